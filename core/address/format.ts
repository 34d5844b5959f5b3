import { type Address, BITS, type Cidr, type Family } from './family';

/** Each byte in decimal, alone and with the dot behind it. */
const DECIMAL = Array.from({ length: 256 }, (_, byte) => String(byte));
const DOTTED = DECIMAL.map(text => `${text}.`);

/** Each prefix length with the slash before it. */
const SLASHED = Array.from({ length: BITS[6] + 1 }, (_, prefix) => `/${prefix}`);

/** Each byte in hexadecimal, as it starts a group and as it ends one. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16));
const PADDED_HEX = HEX.map(text => text.padStart(2, '0'));

/** The text of the address whose words start at `at`. */
export function formatWords(family: Family, words: Uint32Array, at: number): string {
  return family === 4 ? formatIpv4(words[at]!) : formatIpv6(words, at);
}

/** The text of the block whose lowest address starts at `at`. */
export function formatBlock(family: Family, words: Uint32Array, at: number, prefix: number): string {
  return formatWords(family, words, at) + SLASHED[prefix]!;
}

function formatIpv4(word: number): string {
  return DOTTED[word >>> 24]! + DOTTED[(word >>> 16) & 255]! + DOTTED[(word >>> 8) & 255]! + DECIMAL[word & 255]!;
}

function formatIpv6(words: Uint32Array, at: number): string {
  // The longest run of zero groups, at least two long, the first of equals (RFC 5952 §4.2).
  let gap = 8;
  let longest = 1;
  for (let g = 0, run = 0; g < 8; g++) {
    run = groupOf(words, at, g) === 0 ? run + 1 : 0;
    if (run > longest) {
      longest = run;
      gap = g + 1 - run;
    }
  }
  let text = '';
  for (let g = 0; g < 8; g++) {
    if (g === gap) {
      text += '::';
      g += longest - 1;
    } else {
      if (g > 0 && g !== gap + longest) text += ':';
      const group = groupOf(words, at, g);
      text += group > 255 ? HEX[group >>> 8]! + PADDED_HEX[group & 255]! : HEX[group]!;
    }
  }
  return text;
}

function groupOf(words: Uint32Array, at: number, g: number): number {
  return (words[at + (g >> 1)]! >>> (g & 1 ? 0 : 16)) & 0xffff;
}

/**
 * An address's canonical text: dotted decimal for IPv4, RFC 5952 §4 for IPv6 (lower case, no leading zeros, the first
 * longest run of zero groups as `::`). The mixed notation of its §5 is never written.
 */
export function formatAddress(address: Address): string {
  return formatWords(address.family, address.words, 0);
}

/** A block's canonical text: {@link formatAddress} of its lowest address, `/` and the prefix length. */
export function formatCidr(cidr: Cidr): string {
  return formatBlock(cidr.family, cidr.words, 0, cidr.prefix);
}
