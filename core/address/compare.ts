import { type Address, BITS, type Cidr, WORDS } from './family';
import { compareWords, hostMask, withHostBits } from './words';

/** Orders addresses: IPv4 before IPv6, then from low to high. Negative, zero or positive, as `Array.sort` wants it. */
export function compareAddresses(a: Address, b: Address): number {
  return a.family - b.family || compareWords(a.words, 0, b.words, 0, WORDS[a.family]);
}

/** Orders blocks: IPv4 before IPv6, then by lowest address, then the shorter prefix (the larger block) first. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  return compareAddresses(a, b) || a.prefix - b.prefix;
}

/** Whether every address of `inner` lies in `outer`. A block contains itself; families never contain each other. */
export function cidrContains(outer: Cidr, inner: Cidr | Address): boolean {
  if (outer.family !== inner.family) return false;
  const prefix = 'prefix' in inner ? inner.prefix : BITS[inner.family];
  if (prefix < outer.prefix) return false;
  for (let w = 0; 32 * w < outer.prefix; w++) {
    if (((outer.words[w]! ^ inner.words[w]!) & ~hostMask(w, outer.prefix)) !== 0) return false;
  }
  return true;
}

/** The highest address of a block; its lowest one is the block itself. */
export function highestAddress({ family, words, prefix }: Cidr): Address {
  return { family, words: withHostBits(words, prefix) };
}

/**
 * The lower and the upper half of a block.
 * @throws RangeError if the block is one address.
 */
export function splitCidr({ family, words, prefix }: Cidr): [Cidr, Cidr] {
  if (prefix === BITS[family]) throw new RangeError('one address has no halves');
  const upper = words.slice();
  upper[prefix >> 5]! |= 1 << (31 - (prefix & 31));
  return [
    { family, words, prefix: prefix + 1 },
    { family, words: upper, prefix: prefix + 1 },
  ];
}
