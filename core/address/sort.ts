import { compareWords } from './words';

/** Up to this many are sorted by insertion. */
const FEW = 24;

/** From this many on, three wide digits a word beat four narrow ones. */
const MANY = 4096;

/**
 * The order in which the first `count` addresses in `words` ascend: their indexes, from lowest to highest.
 * A radix sort by the first word; what is equal there is sorted by the next one.
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
  private readonly spareKeys: Uint32Array;
  private readonly spareOrder: Uint32Array;

  constructor(
    private readonly words: Uint32Array,
    private readonly stride: number,
    private readonly order: Uint32Array,
  ) {
    const room = order.length > FEW ? order.length : 0;
    this.keys = new Uint32Array(room);
    this.spareKeys = new Uint32Array(room);
    this.spareOrder = new Uint32Array(room);
  }

  /** Sorts `order[from..to)`, whose addresses are equal before word number `w`. */
  sort(from: number, to: number, w: number): void {
    if (to - from <= FEW) {
      this.sortFew(from, to, w);
      return;
    }
    this.sortByWord(from, to, w);
    if (w + 1 === this.stride) return;
    for (let start = from, end = from; start < to; start = end) {
      const key = this.keys[start]!;
      while (++end < to && this.keys[end] === key);
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

  /** Sorts `order[from..to)` by one word, and leaves that word of each in `keys`. */
  private sortByWord(from: number, to: number, w: number): void {
    let { keys, spareKeys, order, spareOrder } = this;
    for (let n = from; n < to; n++) keys[n] = this.words[order[n]! * this.stride + w]!;
    const width = to - from < MANY ? 8 : 11;
    const ends = new Uint32Array(1 << width);
    for (let shift = 0; shift < 32; shift += width) {
      if (!countDigits(keys, from, to, shift, ends)) continue;
      const mask = ends.length - 1;
      for (let n = to - 1; n >= from; n--) {
        const key = keys[n]!;
        const place = --ends[(key >>> shift) & mask]!;
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
