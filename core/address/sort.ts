import { compareWords } from './words';

/** Up to this many are sorted by insertion. */
const FEW = 24;

/**
 * Up to this many, the engine's own sort of numbers is the fastest where code is not yet, or never, compiled to machine
 * code. Not more than fit into a double beside a word: 2^21.
 */
const SOME = 2 ** 16;

/** How many bits of a word more than that are sorted by at once. */
const DIGIT = 11;

/**
 * The order in which the first `count` addresses in `words` ascend: their indexes, from lowest to highest.
 * Sorts by the first word; what is equal there is sorted by the next one.
 */
export function ascendingOrder(words: Uint32Array, stride: number, count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let n = 0; n < count; n++) order[n] = n;
  if (!ascends(words, stride, count)) new Sorter(words, stride, order).sort(0, count, 0);
  return order;
}

function ascends(words: Uint32Array, stride: number, count: number): boolean {
  for (let at = stride; at < count * stride; at += stride) {
    if (compareWords(words, at - stride, words, at, stride) > 0) return false;
  }
  return true;
}

class Sorter {
  private readonly keys: Uint32Array;

  constructor(
    private readonly words: Uint32Array,
    private readonly stride: number,
    private readonly order: Uint32Array,
  ) {
    this.keys = new Uint32Array(order.length > FEW ? order.length : 0);
  }

  /** Sorts `order[from..to)`, whose addresses are equal before word number `w`. */
  sort(from: number, to: number, w: number): void {
    if (to - from <= FEW) {
      this.sortFew(from, to, w);
      return;
    }
    const { words, stride, order, keys } = this;
    for (let n = from; n < to; n++) keys[n] = words[order[n]! * stride + w]!;
    if (to - from <= SOME) this.sortSome(from, to);
    else this.sortMany(from, to);
    if (w + 1 === stride) return;
    for (let start = from, end = from; start < to; start = end) {
      const key = keys[start]!;
      while (++end < to && keys[end] === key);
      if (end - start > 1) this.sort(start, end, w + 1);
    }
  }

  private sortFew(from: number, to: number, w: number): void {
    const { words, stride, order } = this;
    for (let n = from + 1; n < to; n++) {
      const index = order[n]!;
      let hole = n;
      for (; hole > from; hole--) {
        const before = order[hole - 1]!;
        if (compareWords(words, before * stride + w, words, index * stride + w, stride - w) <= 0) break;
        order[hole] = before;
      }
      order[hole] = index;
    }
  }

  /** Sorts `order[from..to)` and its `keys`, each packed into one number with its place. */
  private sortSome(from: number, to: number): void {
    const { keys, order } = this;
    const packed = new Float64Array(to - from);
    for (let n = from; n < to; n++) packed[n - from] = keys[n]! * SOME + (n - from);
    packed.sort();
    const places = order.slice(from, to);
    for (let n = from; n < to; n++) {
      const key = Math.floor(packed[n - from]! / SOME);
      keys[n] = key;
      order[n] = places[packed[n - from]! - key * SOME]!;
    }
  }

  /** Sorts `order[from..to)` and its `keys` by one digit after the other, the lowest first. */
  private sortMany(from: number, to: number): void {
    let { keys, order } = this;
    let spareKeys: Uint32Array = new Uint32Array(to);
    let spareOrder: Uint32Array = new Uint32Array(to);
    const ends = new Uint32Array(1 << DIGIT);
    for (let shift = 0; shift < 32; shift += DIGIT) {
      if (!countDigits(keys, from, to, shift, ends)) continue;
      for (let n = to - 1; n >= from; n--) {
        const key = keys[n]!;
        const place = --ends[(key >>> shift) & (ends.length - 1)]!;
        spareKeys[place] = key;
        spareOrder[place] = order[n]!;
      }
      [keys, spareKeys, order, spareOrder] = [spareKeys, keys, spareOrder, order];
    }
    if (order === this.order) return;
    this.order.set(order.subarray(from, to), from);
    this.keys.set(keys.subarray(from, to), from);
  }
}

/**
 * Sets `ends[d]` to the place behind the last key whose digit at `shift` is `d`.
 * Answers false where all keys have the same digit, so that there is nothing to move.
 */
function countDigits(keys: Uint32Array, from: number, to: number, shift: number, ends: Uint32Array): boolean {
  const mask = ends.length - 1;
  ends.fill(0);
  for (let n = from; n < to; n++) ends[(keys[n]! >>> shift) & mask]!++;
  if (ends[(keys[from]! >>> shift) & mask] === to - from) return false;
  for (let digit = 0, end = from; digit <= mask; digit++) ends[digit] = end += ends[digit]!;
  return true;
}
