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
  for (let w = prefix >>> 5; w < stride; w++) if ((words[at + w]! & hostMask(w, prefix)) !== 0) return true;
  return false;
}

/** The lowest address of the block of `prefix` that the address lies in. */
export function withoutHostBits(words: Uint32Array, prefix: number): Uint32Array {
  return words.map((word, w) => word & ~hostMask(w, prefix));
}

/** The highest address of the block of `prefix` that the address lies in. */
export function withHostBits(words: Uint32Array, prefix: number): Uint32Array {
  return words.map((word, w) => word | hostMask(w, prefix));
}

/**
 * Moves the address up by one block of `prefix`, in place.
 * Answers whether that ran over the top of the space; the address is then back at the bottom.
 */
export function advance(words: Uint32Array, at: number, prefix: number): boolean {
  if (prefix === 0) return true;
  let w = (prefix - 1) >>> 5;
  let step = (0x80000000 >>> ((prefix - 1) & 31)) >>> 0;
  for (;;) {
    const sum = (words[at + w]! + step) >>> 0;
    words[at + w] = sum;
    if (sum >= step) return false;
    if (--w < 0) return true;
    step = 1;
  }
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
