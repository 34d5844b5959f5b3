import { type Cidr, type Family, WORDS } from './family';
import { readCidr } from './read';
import { ascendingOrder } from './sort';
import { advance, compareWords, copyWords } from './words';

/** CIDR blocks of one family in any order, gathered side by side to be turned into one set. */
export class Blocks {
  private readonly words: Uint32Array;
  private readonly prefixes: Uint8Array;
  private count = 0;

  /** @param room - how many blocks will be added at most */
  constructor(
    private readonly family: Family,
    room: number,
  ) {
    this.words = new Uint32Array(room * WORDS[family]);
    this.prefixes = new Uint8Array(room);
  }

  /** Adds the block that the text says; answers false where it is no strict CIDR of the family. */
  addText(text: string): boolean {
    const prefix = readCidr(text, this.family, this.words, this.count * WORDS[this.family]);
    if (prefix < 0) return false;
    this.prefixes[this.count++] = prefix;
    return true;
  }

  /** Adds one block. */
  add(block: Cidr): void {
    this.words.set(block.words, this.count * WORDS[this.family]);
    this.prefixes[this.count++] = block.prefix;
  }

  /** The flips of the set of all the blocks' addresses. */
  flips(): Uint32Array {
    const { words, prefixes, count } = this;
    if (count === 0) return words.slice(0, 0);
    const stride = WORDS[this.family];
    const order = ascendingOrder(words, stride, count);
    // The first n words of `out` are the flips so far; behind them is room to try the next block's two.
    const out = new Uint32Array(2 * count * stride);
    let n = 0;
    for (let k = 0; k < count; k++) {
      const index = order[k]!;
      copyWords(words, index * stride, out, n, stride);
      copyWords(words, index * stride, out, n + stride, stride);
      const top = advance(out, n + stride, prefixes[index]!);
      if (n === 0 || compareWords(out, n, out, n - stride, stride) > 0) n += 2 * stride;
      else if (compareWords(out, n + stride, out, n - stride, stride) > 0)
        copyWords(out, n + stride, out, n - stride, stride);
      if (top) return out.slice(0, n - stride);
    }
    return n === out.length ? out : out.slice(0, n);
  }
}

/**
 * Visits the fewest blocks that make up a set, in ascending order. `words` is the visitor's for the call only.
 */
export function visitBlocks(
  family: Family,
  flips: Uint32Array,
  visit: (words: Uint32Array, prefix: number) => void,
): void {
  const stride = WORDS[family];
  const cursor = new Uint32Array(stride);
  for (let at = 0; at < flips.length; at += 2 * stride) {
    const end = at + stride;
    copyWords(flips, at, cursor, 0, stride);
    do {
      const prefix = widestPrefix(cursor, flips, end, stride);
      visit(cursor, prefix);
      if (advance(cursor, 0, prefix)) break;
    } while (end === flips.length || compareWords(cursor, 0, flips, end, stride) < 0);
  }
}

/**
 * The prefix of the largest block that starts at the cursor and ends before `flips[end]`, or anywhere if the flips end
 * there: as large as the cursor's trailing zeros and the distance to the end allow.
 */
function widestPrefix(cursor: Uint32Array, flips: Uint32Array, end: number, stride: number): number {
  const bounded = end < flips.length;
  let aligned = 0;
  let room = 0;
  let borrow = 0;
  for (let w = stride - 1; w >= 0; w--) {
    const word = cursor[w]!;
    const difference = (bounded ? flips[end + w]! : 0) - word - borrow;
    borrow = difference < 0 ? 1 : 0;
    if (aligned === 0 && word !== 0) aligned = 32 * w + 1 + Math.clz32(word & -word);
    if (difference >>> 0 !== 0) room = 32 * w + 1 + Math.clz32(difference);
  }
  return Math.max(aligned, room);
}
