/**
 * Arithmetic on addresses that lie side by side in one Uint32Array, `stride` big-endian words each.
 * `at` is the index of an address's first word.
 */

/** Orders the address at `a[i]` against the one at `b[j]`: negative, zero or positive. */
export function compareWords(a: Uint32Array, i: number, b: Uint32Array, j: number, stride: number): number {
  for (let w = 0; w < stride; w++) {
    const x = a[i + w]!;
    const y = b[j + w]!;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Whether the address at `words[at]` is the lowest there is. */
export function isBottom(words: Uint32Array, at: number, stride: number): boolean {
  for (let w = 0; w < stride; w++) if (words[at + w] !== 0) return false;
  return true;
}

/** Copies the address at `from[i]` to `to[j]`. */
export function copyWords(from: Uint32Array, i: number, to: Uint32Array, j: number, stride: number): void {
  for (let w = 0; w < stride; w++) to[j + w] = from[i + w]!;
}

/** The bits of word number `w` that lie beyond `prefix`. */
export function hostMask(w: number, prefix: number): number {
  const network = prefix - 32 * w;
  return network >= 32 ? 0 : network <= 0 ? 0xffffffff : 0xffffffff >>> network;
}

/** Whether the address has a bit set beyond `prefix`. */
export function hasHostBits(words: Uint32Array, at: number, stride: number, prefix: number): boolean {
  let w = prefix >>> 5;
  if (w < stride && (words[at + w]! & (0xffffffff >>> (prefix & 31))) !== 0) return true;
  while (++w < stride) if (words[at + w] !== 0) return true;
  return false;
}

/** The lowest address of the block of `prefix` that the address lies in. */
export function withoutHostBits(words: Uint32Array, prefix: number): Uint32Array {
  const lowest = words.slice();
  for (let w = prefix >>> 5; w < words.length; w++) lowest[w]! &= ~hostMask(w, prefix);
  return lowest;
}

/** The highest address of the block of `prefix` that the address lies in. */
export function withHostBits(words: Uint32Array, prefix: number): Uint32Array {
  const highest = words.slice();
  for (let w = prefix >>> 5; w < words.length; w++) highest[w]! |= hostMask(w, prefix);
  return highest;
}

/**
 * Writes to `to[j]` the address behind the block of `prefix` that the one at `from[i]` starts; they may be one place.
 * Answers whether that ran over the top of the space, and so to its bottom.
 */
export function addBlock(
  from: Uint32Array,
  i: number,
  prefix: number,
  to: Uint32Array,
  j: number,
  stride: number,
): boolean {
  const last = (prefix - 1) >> 5;
  let add = 0;
  for (let w = stride - 1; w >= 0; w--) {
    if (w === last) add = (0x80000000 >>> ((prefix - 1) & 31)) >>> 0;
    const sum = (from[i + w]! + add) >>> 0;
    to[j + w] = sum;
    add = sum < add ? 1 : 0;
  }
  return add === 1 || prefix === 0;
}

/** Moves the address down by one, in place; from the bottom of the space to its top. */
export function retreat(words: Uint32Array): void {
  for (let w = words.length - 1; w >= 0; w--) {
    words[w] = words[w]! - 1;
    if (words[w] !== 0xffffffff) return;
  }
}

/** How many of the sorted addresses in `words` are not above the one given. */
export function rank(words: Uint32Array, address: Uint32Array, stride: number): number {
  let low = 0;
  let high = words.length / stride;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareWords(words, middle * stride, address, 0, stride) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
