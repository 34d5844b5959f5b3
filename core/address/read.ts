import { BITS, type Family, WORDS } from './family';
import { hasHostBits } from './words';

/**
 * The fast half of parsing: these readers say yes or no, write an address's words where they are told, and allocate
 * nothing. Why a text was refused is found out afterwards, in `diagnose.ts`.
 */

/** The groups of the IPv6 address that is being read. */
const groups = new Uint16Array(8);

/** The value of a hexadecimal digit by its character code, or -1. */
const HEX_DIGIT = Int8Array.from({ length: 0x67 }, (_, code) =>
  /[\da-f]/i.test(String.fromCharCode(code)) ? Number.parseInt(String.fromCharCode(code), 16) : -1,
);

/**
 * Reads a dotted quad: four decimal numbers from 0 to 255, without leading zeros.
 * Answers the offset behind it, or -1.
 */
export function readIpv4(text: string, start: number, into: Uint32Array, at: number): number {
  const { length } = text;
  let offset = start;
  let word = 0;
  for (let dots = 0; ; dots++) {
    const first = offset;
    let part = 0;
    let digit = 0;
    for (; offset < length; offset++) {
      digit = text.charCodeAt(offset) - 0x30;
      if (digit < 0 || digit > 9) break;
      part = part * 10 + digit;
    }
    const digits = offset - first;
    if (digits === 0 || part > 255 || (digits > 1 && text.charCodeAt(first) === 0x30)) return -1;
    word = (word << 8) | part;
    if (dots === 3) break;
    if (digit !== -2) return -1;
    offset++;
  }
  into[at] = word;
  return offset;
}

/**
 * Reads an IPv6 address in the forms of RFC 4291 §2.2: hexadecimal groups, one `::`, a dotted quad for the last two.
 * Answers the offset behind it, or -1.
 */
export function readIpv6(text: string, start: number, into: Uint32Array, at: number): number {
  const { length } = text;
  let count = 0;
  let gap = -1;
  let offset = start;
  if (text.startsWith('::', start)) {
    gap = 0;
    offset += 2;
  }
  for (;;) {
    const first = offset;
    let group = 0;
    let code = 0;
    for (; offset < length; offset++) {
      code = text.charCodeAt(offset);
      const digit = code < HEX_DIGIT.length ? HEX_DIGIT[code]! : -1;
      if (digit < 0) break;
      group = (group << 4) | digit;
    }
    if (offset === first) {
      // Only a `::` may be followed by no group.
      if (gap !== count) return -1;
      break;
    }
    if (code === 0x2e) {
      offset = count <= 6 ? readIpv4(text, first, into, at) : -1;
      if (offset < 0) return -1;
      groups[count++] = into[at]! >>> 16;
      groups[count++] = into[at]!;
      break;
    }
    if (offset - first > 4 || count === 8) return -1;
    groups[count++] = group;
    if (code !== 0x3a) break;
    offset++;
    if (offset < length && text.charCodeAt(offset) === 0x3a) {
      if (gap >= 0) return -1;
      gap = count;
      offset++;
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return -1;
  if (gap >= 0) spread(gap, count);
  for (let w = 0; w < 4; w++) into[at + w] = (groups[2 * w]! << 16) | groups[2 * w + 1]!;
  return offset;
}

/** Moves the groups behind the gap to the end, and fills it with zeros. */
function spread(gap: number, count: number): void {
  for (let to = 7, from = count - 1; to >= gap; to--, from--) groups[to] = from >= gap ? groups[from]! : 0;
}

/** Reads `/` and a prefix length without leading zeros up to the text's end; answers the length, or -1. */
export function readPrefix(text: string, start: number, bits: number): number {
  const { length } = text;
  const first = start + 1;
  if (first >= length || text.charCodeAt(start) !== 0x2f) return -1;
  let prefix = 0;
  for (let offset = first; offset < length; offset++) {
    const digit = text.charCodeAt(offset) - 0x30;
    if (digit < 0 || digit > 9 || (prefix === 0 && offset > first)) return -1;
    prefix = prefix * 10 + digit;
    if (prefix > bits) return -1;
  }
  return prefix;
}

/** Whether an IPv6 address lies in ::ffff:0:0/96 and so says an IPv4 address (RFC 4291 §2.5.5.2). */
export function isMapped(words: Uint32Array, at: number): boolean {
  return words[at + 2] === 0xffff && words[at + 1] === 0 && words[at] === 0;
}

/** Reads the whole text as a strict address of the family; answers whether it is one. */
export function readAddress(text: string, family: Family, into: Uint32Array, at: number): boolean {
  return family === 4
    ? readIpv4(text, 0, into, at) === text.length
    : readIpv6(text, 0, into, at) === text.length && !isMapped(into, at);
}

/** Reads the whole text as a strict CIDR of the family; answers its prefix length, or -1. */
export function readCidr(text: string, family: Family, into: Uint32Array, at: number): number {
  const end = family === 4 ? readIpv4(text, 0, into, at) : readIpv6(text, 0, into, at);
  if (end < 0) return -1;
  const prefix = readPrefix(text, end, BITS[family]);
  if (prefix < 0 || hasHostBits(into, at, WORDS[family], prefix)) return -1;
  return family === 6 && isMapped(into, at) ? -1 : prefix;
}

/** What a text is meant to be; the word is the one that messages use. */
export type Noun = 'address' | 'CIDR';

/** Whether the text is a strict address or CIDR of either family. */
export function accepts(text: string, noun: Noun): boolean {
  const scratch = new Uint32Array(WORDS[6]);
  return noun === 'address'
    ? readAddress(text, 4, scratch, 0) || readAddress(text, 6, scratch, 0)
    : readCidr(text, 4, scratch, 0) >= 0 || readCidr(text, 6, scratch, 0) >= 0;
}
