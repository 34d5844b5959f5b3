import { compareWords } from './words';

/** Up to this many are sorted by insertion. */
const FEW = 24;

/**
 * Up to this many, the engine's own sort of numbers is the fastest where code is not yet, or never, compiled to machine
 * code. A power of two, and not more than fits into a double beside a word: 2^21.
 */
const SOME = 2 ** 16;

/** How many bits of a word more than that are sorted by at once. */
const DIGIT = 11;

/** Sorts records of `size` words each, side by side in `words[0..length)`, by the address that their first words are. */
export function sortRecords(words: Uint32Array, size: number, stride: number, length: number): void {
  for (let at = size; at < length; at += size) {
    if (compareWords(words, at - size, words, at, stride) > 0) {
      sortFrom(words, size, stride, 0, length, 0);
      return;
    }
  }
}

/**
 * Sorts the records in `words[from..to)`, which are equal before word number `w`: by that word, and what is equal there
 * by the next one.
 */
function sortFrom(words: Uint32Array, size: number, stride: number, from: number, to: number, w: number): void {
  if (to - from <= FEW * size) {
    sortFew(words, size, stride, from, to);
    return;
  }
  const count = (to - from) / size;
  const order = count <= SOME ? orderSome(words, size, from + w, count) : orderMany(words, size, from + w, count);
  const sorted = new Uint32Array(to - from);
  for (let n = 0, out = 0; n < count; n++) {
    const at = from + order[n]! * size;
    for (let k = 0; k < size; k++) sorted[out++] = words[at + k]!;
  }
  words.set(sorted, from);
  if (w + 1 === stride) return;
  for (let start = from, end = from; start < to; start = end) {
    const key = words[start + w]!;
    do end += size;
    while (end < to && words[end + w] === key);
    if (end - start > size) sortFrom(words, size, stride, start, end, w + 1);
  }
}

/** Lets each record sink to its place among those before it. */
function sortFew(words: Uint32Array, size: number, stride: number, from: number, to: number): void {
  for (let next = from + size; next < to; next += size) {
    for (let at = next; at > from && compareWords(words, at - size, words, at, stride) > 0; at -= size) {
      for (let k = at; k < at + size; k++) {
        const word = words[k]!;
        words[k] = words[k - size]!;
        words[k - size] = word;
      }
    }
  }
}

/** The order in which `words[at]`, `words[at + size]` and so on ascend: each is packed into a number with its place. */
function orderSome(words: Uint32Array, size: number, at: number, count: number): Uint32Array {
  const packed = new Float64Array(count);
  for (let n = 0; n < count; n++) packed[n] = words[at + n * size]! * SOME + n;
  packed.sort();
  const order = new Uint32Array(count);
  for (let n = 0; n < count; n++) order[n] = packed[n]! & (SOME - 1);
  return order;
}

/** The same for any number of words: sorts them by one digit after the other, the lowest first. */
function orderMany(words: Uint32Array, size: number, at: number, count: number): Uint32Array {
  let keys = new Uint32Array(count);
  let order = new Uint32Array(count);
  let spareKeys = new Uint32Array(count);
  let spareOrder = new Uint32Array(count);
  for (let n = 0; n < count; n++) {
    keys[n] = words[at + n * size]!;
    order[n] = n;
  }
  const ends = new Uint32Array(1 << DIGIT);
  for (let shift = 0; shift < 32; shift += DIGIT) {
    if (!countDigits(keys, shift, ends)) continue;
    for (let n = count - 1; n >= 0; n--) {
      const key = keys[n]!;
      const place = --ends[(key >>> shift) & (ends.length - 1)]!;
      spareKeys[place] = key;
      spareOrder[place] = order[n]!;
    }
    [keys, spareKeys, order, spareOrder] = [spareKeys, keys, spareOrder, order];
  }
  return order;
}

/**
 * Sets `ends[d]` to the place behind the last key whose digit at `shift` is `d`.
 * Answers false where all keys have the same digit, so that there is nothing to move.
 */
function countDigits(keys: Uint32Array, shift: number, ends: Uint32Array): boolean {
  const mask = ends.length - 1;
  ends.fill(0);
  for (let n = 0; n < keys.length; n++) ends[(keys[n]! >>> shift) & mask]!++;
  if (ends[(keys[0]! >>> shift) & mask] === keys.length) return false;
  for (let digit = 0, end = 0; digit <= mask; digit++) ends[digit] = end += ends[digit]!;
  return true;
}
