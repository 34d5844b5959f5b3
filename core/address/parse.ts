import { diagnose } from './diagnose';
import { type Address, type Cidr, FAMILIES, WORDS } from './family';
import type { Parsed } from './fault';
import { readAddress, readCidr } from './read';

/**
 * Reads a strict IPv4 address or an IPv6 address (RFC 4291 §2.2). Refuses whatever readers disagree on: leading zeros,
 * short forms, zones, IPv4-mapped IPv6, white space. Never throws.
 */
export function parseAddress(text: string): Parsed<Address> {
  for (const family of FAMILIES) {
    const words = new Uint32Array(WORDS[family]);
    if (readAddress(text, family, words, 0)) return { ok: true, value: { family, words } };
  }
  return { ok: false, fault: diagnose(text, 'address') };
}

/**
 * Reads a strict CIDR: an address as {@link parseAddress} reads it, `/`, and a prefix length in plain decimal
 * (RFC 4632 §3.1, RFC 4291 §2.3) that leaves no host bit set. Never throws.
 */
export function parseCidr(text: string): Parsed<Cidr> {
  for (const family of FAMILIES) {
    const words = new Uint32Array(WORDS[family]);
    const prefix = readCidr(text, family, words, 0);
    if (prefix >= 0) return { ok: true, value: { family, words, prefix } };
  }
  return { ok: false, fault: diagnose(text, 'CIDR') };
}

/**
 * An address that is known to be right, such as a constant.
 * @throws RangeError with the fault's message if it is not.
 */
export function address(text: string): Address {
  return orThrow(parseAddress(text));
}

/**
 * A CIDR that is known to be right, such as a constant.
 * @throws RangeError with the fault's message if it is not.
 */
export function cidr(text: string): Cidr {
  return orThrow(parseCidr(text));
}

function orThrow<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new RangeError(parsed.fault.message);
}
