import { type Address, type Family, WORDS } from './family';
import { type Interval, IntervalSet, lastBefore, sameFamily } from './interval-set';
import { sweepLayers } from './layers';
import { compareWords, copyWords, rank } from './words';

/** A set of addresses and the label that they are to get. */
export interface LabelledSet<T> {
  /** The addresses. */
  readonly set: IntervalSet;
  /** Their label. */
  readonly value: T;
}

/** An address at which two partitions differ. */
export interface Difference<T, U> {
  /** The address. */
  readonly address: Address;
  /** Its label in the first partition. */
  readonly left: T;
  /** Its label in the second one. */
  readonly right: U;
}

/** A stretch of addresses with one label. */
export interface LabelledInterval<T> extends Interval {
  /** The label. */
  readonly value: T;
}

/**
 * An immutable total function from every address of a family to a label, exact over the whole space.
 *
 * Labels are told apart as a `Map` tells its keys apart, so equal objects should be one object. Neighbouring intervals
 * always have different labels. Operations on two partitions throw a RangeError if the families differ.
 */
export class Partition<T> {
  private constructor(
    /** The family of all its addresses. */
    readonly family: Family,
    /** The sorted lowest addresses of the intervals, the first one the bottom of the space. */
    private readonly starts: Uint32Array,
    /** For each interval, the index of its label. */
    private readonly labels: Uint32Array,
    private readonly values: readonly T[],
  ) {}

  /** How many intervals there are; 1 if the label is the same everywhere. */
  get size(): number {
    return this.labels.length;
  }

  /** The function that gives every address the same label. */
  static constant<T>(family: Family, value: T): Partition<T> {
    return new Partition(family, new Uint32Array(WORDS[family]), new Uint32Array(1), [value]);
  }

  /**
   * Of the layers that hold an address the first decides its label; where none does, it is `fallback`.
   * Takes O(n log n) for n bounds in all layers together.
   * @throws RangeError if a layer's set is of the other family.
   */
  static fromLayers<T>(family: Family, layers: readonly LabelledSet<T>[], fallback: T): Partition<T> {
    for (const { set } of layers) sameFamily(family, set.family);
    const builder = new Builder<T>(family);
    const labels = layers.map(layer => builder.labelOf(layer.value));
    labels.push(builder.labelOf(fallback));
    const sets = layers.map(layer => layer.set.bounds);
    sweepLayers(sets, WORDS[family], (words, at, decider) => builder.add(words, at, labels[decider]!));
    return builder.finish((starts, ids, values) => new Partition(family, starts, ids, values));
  }

  /**
   * The label of an address.
   * @throws RangeError if it is of the other family.
   */
  at(address: Address): T {
    sameFamily(this.family, address.family);
    return this.value(rank(this.starts, address.words, WORDS[this.family]) - 1);
  }

  /** The partition with each label replaced. `f` is called once for each label that occurs. */
  map<U>(f: (value: T) => U): Partition<U> {
    return this.zip(Partition.constant(this.family, undefined), value => f(value));
  }

  /** The partition whose label is made of the labels of two. `f` is called once for each pair that occurs. */
  zip<U, V>(other: Partition<U>, f: (left: T, right: U) => V): Partition<V> {
    const { family } = this;
    const builder = new Builder<V>(family);
    const pairs = this.pairs(other, (left, right) => builder.labelOf(f(left, right)));
    this.overlay(other, (words, at, i, j) => {
      builder.add(words, at, pairs(i, j));
      return false;
    });
    return builder.finish((starts, labels, values) => new Partition(family, starts, labels, values));
  }

  /** The addresses whose label satisfies the predicate, which is called once for each label. */
  where(predicate: (value: T) => boolean): IntervalSet {
    const stride = WORDS[this.family];
    const chosen = this.values.map(predicate);
    const flips = new Uint32Array(this.starts.length);
    let n = 0;
    let inside = false;
    for (let k = 0; k < this.size; k++) {
      if (chosen[this.labels[k]!] === inside) continue;
      inside = !inside;
      copyWords(this.starts, k * stride, flips, n, stride);
      n += stride;
    }
    return IntervalSet.ofFlips(this.family, flips.slice(0, n));
  }

  /**
   * The lowest address at which two partitions' labels are not `equal`, or undefined if there is none: that is the
   * proof that they are the same function. `equal` is called once for each pair of labels.
   */
  firstDifference<U>(other: Partition<U>, equal: (left: T, right: U) => boolean): Difference<T, U> | undefined {
    const { family } = this;
    const pairs = this.pairs(other, equal);
    let found: Difference<T, U> | undefined;
    this.overlay(other, (words, at, i, j) => {
      if (pairs(i, j)) return false;
      const address = { family, words: words.slice(at, at + WORDS[family]) };
      found = { address, left: this.value(i), right: other.value(j) };
      return true;
    });
    return found;
  }

  /** The intervals from low to high, with their labels. */
  *entries(): IterableIterator<LabelledInterval<T>> {
    const { family, starts } = this;
    const stride = WORDS[family];
    for (let k = 0; k < this.size; k++) {
      const words = starts.slice(k * stride, (k + 1) * stride);
      yield { first: { family, words }, last: lastBefore(family, starts, (k + 1) * stride), value: this.value(k) };
    }
  }

  /** The label of interval number `k`. */
  private value(k: number): T {
    return this.values[this.labels[k]!]!;
  }

  /** `f` of the labels of two intervals, computed once for each pair. */
  private pairs<U, V>(other: Partition<U>, f: (left: T, right: U) => V): (i: number, j: number) => V {
    const known = new Map<number, V>();
    return (i, j) => {
      const key = this.labels[i]! * other.values.length + other.labels[j]!;
      const old = known.get(key);
      if (old !== undefined || known.has(key)) return old as V;
      const made = f(this.value(i), other.value(j));
      known.set(key, made);
      return made;
    };
  }

  /**
   * Visits each stretch on which both labels stay the same, from low to high: where it starts, and which interval of
   * each one it lies in. Ends early when the visitor answers true.
   */
  private overlay<U>(
    other: Partition<U>,
    visit: (words: Uint32Array, at: number, i: number, j: number) => boolean,
  ): void {
    sameFamily(this.family, other.family);
    const stride = WORDS[this.family];
    let done = visit(this.starts, 0, 0, 0);
    for (let i = 1, j = 1; !done && (i < this.size || j < other.size); ) {
      const order =
        i === this.size
          ? 1
          : j === other.size
            ? -1
            : compareWords(this.starts, i * stride, other.starts, j * stride, stride);
      if (order <= 0) i++;
      if (order >= 0) j++;
      done =
        order <= 0
          ? visit(this.starts, (i - 1) * stride, i - 1, j - 1)
          : visit(other.starts, (j - 1) * stride, i - 1, j - 1);
    }
  }
}

/** Gathers a partition from low to high, and joins neighbours of one label. */
class Builder<T> {
  private readonly stride: number;
  private readonly ids = new Map<T, number>();
  private readonly labels: number[] = [];
  private starts: Uint32Array;

  constructor(family: Family) {
    this.stride = WORDS[family];
    this.starts = new Uint32Array(16 * this.stride);
  }

  /** The number that stands for a label. */
  labelOf(value: T): number {
    const known = this.ids.get(value);
    if (known !== undefined) return known;
    const label = this.ids.size;
    this.ids.set(value, label);
    return label;
  }

  /** From the address at `words[at]` on, the label holds. */
  add(words: Uint32Array, at: number, label: number): void {
    const { labels, stride } = this;
    if (labels.length > 0 && labels[labels.length - 1] === label) return;
    const n = labels.length * stride;
    if (n === this.starts.length) {
      const larger = new Uint32Array(2 * n);
      larger.set(this.starts);
      this.starts = larger;
    }
    copyWords(words, at, this.starts, n, stride);
    labels.push(label);
  }

  finish<P>(make: (starts: Uint32Array, labels: Uint32Array, values: readonly T[]) => P): P {
    const starts = this.starts.slice(0, this.labels.length * this.stride);
    return make(starts, Uint32Array.from(this.labels), [...this.ids.keys()]);
  }
}
