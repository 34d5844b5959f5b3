/** An IP version: `4` or `6`. */
export type Family = 4 | 6;

/** The families, in the order in which lists are written. */
export const FAMILIES: readonly Family[] = [4, 6];

/** How many bits an address of a family has: the longest prefix. */
export const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/**
 * How many 32-bit words an address of a family takes. Every algorithm here runs over words with this stride,
 * so that both families share one code path.
 */
export const WORDS: Readonly<Record<Family, number>> = { 4: 1, 6: 4 };

/** What people call a family, for messages. */
export const FAMILY_NAME: Readonly<Record<Family, string>> = { 4: 'IPv4', 6: 'IPv6' };

/** One IP address; `words` are big-endian, {@link WORDS} of them. */
export interface Address {
  /** Whether it is IPv4 or IPv6. */
  readonly family: Family;
  /** The address, big-endian. Not to be written to. */
  readonly words: Uint32Array;
}

/** One CIDR block (RFC 4632, RFC 4291 §2.3): `words` is its lowest address, no bit is set beyond `prefix`. */
export interface Cidr {
  /** Whether it is IPv4 or IPv6. */
  readonly family: Family;
  /** Its lowest address, big-endian. Not to be written to. */
  readonly words: Uint32Array;
  /** How many leading bits its addresses share: 0 to 32 or 128. */
  readonly prefix: number;
}
