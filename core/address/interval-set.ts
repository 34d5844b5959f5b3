import { Blocks, visitBlocks } from './blocks';
import { type Address, BITS, type Cidr, FAMILY_NAME, type Family, WORDS } from './family';
import { combine, complement, ONLY_SECOND, sameWords, TRUTH } from './flips';
import { addBlock, compareWords, copyWords, rank, retreat } from './words';

/** A stretch of addresses of one family, both ends included. */
export interface Interval {
  /** The lowest address. */
  readonly first: Address;
  /** The highest address. */
  readonly last: Address;
}

/** So few words are walked along as fast as searched in. */
const FEW = 64;

/**
 * An immutable set of addresses of one family, exact over the whole space.
 *
 * Operations on two sets throw a RangeError if the families differ.
 */
export class IntervalSet {
  private constructor(
    /** The family of all its addresses. */
    readonly family: Family,
    /**
     * The sorted addresses at which membership changes, {@link WORDS} words each, starting outside: from the first up
     * to but without the second is in, and so on. With an odd number the set runs to the top. Not to be written to.
     */
    readonly bounds: Uint32Array,
  ) {}

  /** One for all: there are many in a list of entries, each of which is of one family only. */
  private static readonly EMPTY = {
    4: new IntervalSet(4, new Uint32Array(0)),
    6: new IntervalSet(6, new Uint32Array(0)),
  };

  /** The set of no address. */
  static empty(family: Family): IntervalSet {
    return IntervalSet.EMPTY[family];
  }

  /** The set of every address. */
  static full(family: Family): IntervalSet {
    return new IntervalSet(family, new Uint32Array(WORDS[family]));
  }

  /**
   * All addresses of the blocks, which may overlap and come in any order.
   * @throws RangeError if a block is of the other family.
   */
  static fromCidrs(family: Family, cidrs: Iterable<Cidr>): IntervalSet {
    const list = [...cidrs];
    for (const cidr of list) sameFamily(family, cidr.family);
    if (list.length < 2) return list[0] ? IntervalSet.ofCidr(list[0]) : IntervalSet.empty(family);
    const blocks = new Blocks(family, list.length);
    for (const cidr of list) blocks.add(cidr);
    return new IntervalSet(family, blocks.flips().slice());
  }

  /** All addresses of one block. */
  static ofCidr({ family, words, prefix }: Cidr): IntervalSet {
    const stride = WORDS[family];
    const bounds = new Uint32Array(2 * stride);
    copyWords(words, 0, bounds, 0, stride);
    const top = addBlock(words, 0, prefix, bounds, stride, stride);
    return new IntervalSet(family, top ? bounds.slice(0, stride) : bounds);
  }

  /**
   * The addresses from `first` to `last`, both included.
   * @throws RangeError if `last` is lower than `first` or of the other family.
   */
  static fromRange(first: Address, last: Address): IntervalSet {
    const { family } = first;
    const stride = WORDS[family];
    sameFamily(family, last.family);
    if (compareWords(first.words, 0, last.words, 0, stride) > 0) {
      throw new RangeError('a range cannot end before it starts');
    }
    const bounds = new Uint32Array(2 * stride);
    bounds.set(first.words);
    bounds.set(last.words, stride);
    const top = addBlock(bounds, stride, BITS[family], bounds, stride, stride);
    return new IntervalSet(family, top ? bounds.slice(0, stride) : bounds);
  }

  /**
   * The addresses that are in any of the sets, however many: in one sort of all their intervals.
   * @throws RangeError if a set is of the other family.
   */
  static unionOf(family: Family, sets: readonly IntervalSet[]): IntervalSet {
    for (const set of sets) sameFamily(family, set.family);
    if (sets.length < 2) return sets[0] ?? IntervalSet.empty(family);
    if (sets.length === 2) return sets[0]!.union(sets[1]!);
    const blocks = new Blocks(
      family,
      sets.reduce((count, set) => count + set.intervalCount, 0),
    );
    for (const set of sets) blocks.addFlips(set.bounds);
    return new IntervalSet(family, blocks.flips().slice());
  }

  /**
   * A set from its flips, sorted and all different, as {@link IntervalSet.bounds} describes them.
   * @internal
   */
  static ofFlips(family: Family, flips: Uint32Array): IntervalSet {
    return new IntervalSet(family, flips);
  }

  /** Addresses in either. */
  union(other: IntervalSet): IntervalSet {
    return this.combined(other, TRUTH.union);
  }

  /** Addresses in both. */
  intersect(other: IntervalSet): IntervalSet {
    const [fewer, more] = this.bounds.length <= other.bounds.length ? [this, other] : [other, this];
    return fewer.combined(more, TRUTH.intersect);
  }

  /** Addresses in this one, but not in the other one. */
  subtract(other: IntervalSet): IntervalSet {
    return this.combined(other, TRUTH.subtract);
  }

  /** Addresses in exactly one. */
  symmetricDifference(other: IntervalSet): IntervalSet {
    return this.combined(other, TRUTH.symmetricDifference);
  }

  /** Addresses of the family that are not in this one. */
  complement(): IntervalSet {
    return new IntervalSet(this.family, complement(this.bounds, WORDS[this.family]));
  }

  /** Whether both hold the same addresses. Sets of different families never do, not even empty ones. */
  equals(other: IntervalSet): boolean {
    return this.family === other.family && sameWords(this.bounds, other.bounds);
  }

  /** Whether no address is in the set. */
  isEmpty(): boolean {
    return this.bounds.length === 0;
  }

  /** Whether every address of the family is in the set. */
  isFull(): boolean {
    return this.equals(IntervalSet.full(this.family));
  }

  /** Whether the address is in the set; one of the other family is not. */
  has(address: Address): boolean {
    return address.family === this.family && rank(this.bounds, address.words, WORDS[this.family]) % 2 === 1;
  }

  /** Whether every address of the other one is in this one. */
  containsSet(other: IntervalSet): boolean {
    return !other.meets(this, TRUTH.subtract);
  }

  /** Whether an address is in both. */
  overlaps(other: IntervalSet): boolean {
    const [fewer, more] = this.bounds.length <= other.bounds.length ? [this, other] : [other, this];
    return fewer.meets(more, TRUTH.intersect);
  }

  /** How many intervals the set has, none touching the next. */
  get intervalCount(): number {
    return Math.ceil(this.bounds.length / WORDS[this.family] / 2);
  }

  /** How many addresses are in the set. */
  count(): bigint {
    const { bounds, family } = this;
    const stride = WORDS[family];
    const flips = bounds.length / stride;
    let total = 0n;
    for (let w = 0; w < stride; w++) {
      total <<= 32n;
      // A number holds the sum of 2^20 words exactly.
      for (let from = 0; from < flips; from += 2 ** 20) {
        let sum = 0;
        for (let flip = from; flip < Math.min(flips, from + 2 ** 20); flip++) {
          const word = bounds[flip * stride + w]!;
          sum += flip % 2 === 0 ? -word : word;
        }
        total += BigInt(sum);
      }
    }
    return flips % 2 === 0 ? total : total + (1n << BigInt(BITS[family]));
  }

  /** The lowest address, or undefined if there is none. */
  first(): Address | undefined {
    const { family } = this;
    return this.isEmpty() ? undefined : { family, words: this.bounds.slice(0, WORDS[family]) };
  }

  /** The intervals from low to high, none touching the next. */
  *intervals(): IterableIterator<Interval> {
    const { family, bounds } = this;
    const stride = WORDS[family];
    for (let at = 0; at < bounds.length; at += 2 * stride) {
      const words = bounds.slice(at, at + stride);
      yield { first: { family, words }, last: lastBefore(family, bounds, at + stride) };
    }
  }

  /** The fewest blocks that hold exactly these addresses, from low to high (RFC 4632 §3.1). */
  cidrs(): Cidr[] {
    const { family } = this;
    const cidrs: Cidr[] = [];
    visitBlocks(family, this.bounds, (words, prefix) => cidrs.push({ family, words: words.slice(), prefix }));
    return cidrs;
  }

  private combined(other: IntervalSet, truth: number): IntervalSet {
    sameFamily(this.family, other.family);
    const flips = (truth & ONLY_SECOND) === 0 ? this.around(other.bounds) : other.bounds;
    return new IntervalSet(this.family, combine(this.bounds, flips, WORDS[this.family], truth));
  }

  /** Whether {@link IntervalSet.combined} would be anything but empty. */
  private meets(other: IntervalSet, truth: number): boolean {
    sameFamily(this.family, other.family);
    return combine(this.bounds, this.around(other.bounds), WORDS[this.family], truth, 1).length > 0;
  }

  /** Of another set's flips those that lie around this one's: a small set is not to walk along all of a large one. */
  private around(flips: Uint32Array): Uint32Array {
    const { bounds, family } = this;
    const stride = WORDS[family];
    if (flips.length <= FEW || bounds.length === 0) return flips;
    const before = rank(flips, bounds, stride);
    const runsToTop = (bounds.length / stride) % 2 === 1;
    const end = runsToTop ? flips.length : stride * rank(flips, bounds.subarray(-stride), stride);
    return flips.subarray(stride * (before - (before % 2)), end);
  }
}

/** Insists that two operands are of one family. */
export function sameFamily(a: Family, b: Family): void {
  if (a !== b) throw new RangeError(`an ${FAMILY_NAME[a]} operand cannot be combined with an ${FAMILY_NAME[b]} one`);
}

/** The address before the one at `bounds[at]`; the highest of the family if the array ends there. */
export function lastBefore(family: Family, bounds: Uint32Array, at: number): Address {
  const words = new Uint32Array(WORDS[family]);
  if (at < bounds.length) copyWords(bounds, at, words, 0, words.length);
  retreat(words);
  return { family, words };
}
