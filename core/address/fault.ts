/**
 * What is wrong with a text that should be an address or a CIDR.
 *
 * - `host-bits`: a bit is set beyond the prefix
 * - `leading-zero`: a number starts with a zero, which some readers take for octal
 * - `part-out-of-range`: an IPv4 part over 255, an IPv6 group of more than four digits
 * - `wrong-number-of-parts`: parts or groups are missing, empty or too many; `::` stands twice
 * - `prefix-out-of-range`: the prefix length is over 32 or 128, or no plain number
 * - `missing-prefix`: a CIDR without a prefix length
 * - `netmask`: a netmask, or its inverse, where the prefix length belongs
 * - `zone`: an IPv6 zone such as `%eth0` (RFC 4007)
 * - `ipv4-mapped`: IPv4 dressed up as IPv6, in ::ffff:0:0/96 (RFC 4291 §2.5.5.2)
 * - `whitespace`: a blank, a tab or a line break before, behind or in it
 * - `not-an-address`: anything else
 * - `cidr-for-address`: a CIDR where one address is wanted
 */
export type FaultKind =
  | 'host-bits'
  | 'leading-zero'
  | 'part-out-of-range'
  | 'wrong-number-of-parts'
  | 'prefix-out-of-range'
  | 'missing-prefix'
  | 'netmask'
  | 'zone'
  | 'ipv4-mapped'
  | 'whitespace'
  | 'not-an-address'
  | 'cidr-for-address';

/** Why a text is no strict address or CIDR, and where in it. */
export interface AddressFault {
  /** What is wrong. */
  readonly kind: FaultKind;
  /** Where the offending stretch starts, in UTF-16 code units of the text. */
  readonly offset: number;
  /** How long it is: 0 where something is missing. */
  readonly length: number;
  /** The value in quotes, what is wrong with it and what to write instead: one line, no full stop. */
  readonly message: string;
  /** What to write instead of the whole text, where that can be told. It always parses. */
  readonly suggestion?: string;
}

/** What reading a text gave: `ok` says whether it is the `value`, or the `fault` that kept it from being one. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: AddressFault };
