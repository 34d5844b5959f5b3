import { type Cidr, type Family, WORDS } from './family';
import { readCidr } from './read';
import { sortRecords } from './sort';
import { addBlock, compareWords, copyWords, isBottom } from './words';

/** Blocks, or stretches of any length, of one family in any order: gathered side by side to be turned into one set. */
export class Blocks {
  private readonly stride: number;
  /** Of each its lowest address and the one behind its highest, which is 0 for the top of the space. */
  private readonly bounds: Uint32Array;
  private length = 0;

  /** @param room - how many blocks will be added at most */
  constructor(
    private readonly family: Family,
    room: number,
  ) {
    this.stride = WORDS[family];
    this.bounds = roomFor(2 * room * this.stride);
  }

  /** Adds the block that the text says; answers false where it is no strict CIDR of the family. */
  addText(text: string): boolean {
    const prefix = readCidr(text, this.family, this.bounds, this.length);
    if (prefix < 0) return false;
    this.close(prefix);
    return true;
  }

  /** Adds one block. */
  add(block: Cidr): void {
    this.addWords(block.words, 0, block.prefix);
  }

  /** Adds the block whose lowest address stands in `words` from `at` on. */
  addWords(words: Uint32Array, at: number, prefix: number): void {
    copyWords(words, at, this.bounds, this.length, this.stride);
    this.close(prefix);
  }

  /** Adds the stretches of a set that has these flips. */
  addFlips(flips: Uint32Array): void {
    const { bounds, stride } = this;
    copyWords(flips, 0, bounds, this.length, flips.length);
    this.length += flips.length;
    if (this.length % (2 * stride) !== 0) bounds.fill(0, this.length, (this.length += stride));
  }

  /**
   * The flips of the set of all the blocks' addresses. They take the place of the blocks, in room that is to be given
   * back soon: whoever keeps them keeps a copy.
   */
  flips(): Uint32Array {
    const { stride, bounds, length } = this;
    sortRecords(bounds, 2 * stride, stride, length);
    let n = 0;
    for (let at = 0; at < length; at += 2 * stride) {
      const end = at + stride;
      const top = isBottom(bounds, end, stride);
      if (n === 0 || compareWords(bounds, at, bounds, n - stride, stride) > 0) {
        copyWords(bounds, at, bounds, n, 2 * stride);
        n += 2 * stride;
      } else if (top || compareWords(bounds, end, bounds, n - stride, stride) > 0) {
        copyWords(bounds, end, bounds, n - stride, stride);
      }
      if (top) return bounds.subarray(0, n - stride);
    }
    return bounds.subarray(0, n);
  }

  /** Ends the block whose lowest address was written last. */
  private close(prefix: number): void {
    const { bounds, stride, length } = this;
    addBlock(bounds, length, prefix, bounds, length + stride, stride);
    this.length = length + 2 * stride;
  }
}

/** How many words are asked for at once where few are needed. */
const SLAB = 2 ** 12;
let slab = new Uint32Array(0);
let used = 0;

/** Room for words, whatever is in it. Arrays that are not tiny take the engine long to make: small ones share one. */
function roomFor(length: number): Uint32Array {
  if (length > SLAB / 8) return new Uint32Array(length);
  if (used + length > slab.length) {
    slab = new Uint32Array(SLAB);
    used = 0;
  }
  return slab.subarray(used, (used += length));
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
      if (addBlock(cursor, 0, prefix, cursor, 0, stride)) break;
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
    const limit = bounded ? flips[end + w]! : 0;
    const difference = (limit - word - borrow) | 0;
    borrow = limit < word || (limit === word && borrow === 1) ? 1 : 0;
    if (aligned === 0 && word !== 0) aligned = 32 * w + 1 + Math.clz32(word & -word);
    if (difference !== 0) room = 32 * w + 1 + Math.clz32(difference);
  }
  return Math.max(aligned, room);
}
