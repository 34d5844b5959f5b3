import { Blocks } from './blocks';
import { type Cidr, type Family, WORDS } from './family';
import { IntervalSet } from './interval-set';

/** CIDR blocks of one family in their order, side by side: ten thousand objects would take a hundred times the room. */
export class CidrList implements Iterable<Cidr> {
  private readonly words: Uint32Array;
  private readonly prefixes: Uint8Array;

  /** @param cidrs - blocks of either family, of which the other family's are left out */
  constructor(
    readonly family: Family,
    cidrs: readonly Cidr[],
  ) {
    const own = cidrs.filter(block => block.family === family);
    const stride = WORDS[family];
    this.words = new Uint32Array(own.length * stride);
    this.prefixes = new Uint8Array(own.length);
    for (let n = 0; n < own.length; n++) {
      this.words.set(own[n]!.words, n * stride);
      this.prefixes[n] = own[n]!.prefix;
    }
  }

  /** How many blocks there are. */
  get length(): number {
    return this.prefixes.length;
  }

  /** Each block. */
  *[Symbol.iterator](): IterableIterator<Cidr> {
    for (let n = 0; n < this.length; n++) yield this.block(n);
  }

  /** What `f` makes of each block. */
  map<T>(f: (block: Cidr) => T): T[] {
    const made: T[] = [];
    for (let n = 0; n < this.length; n++) made.push(f(this.block(n)));
    return made;
  }

  /** The addresses of all of them. */
  set(): IntervalSet {
    const { family, words, prefixes } = this;
    if (prefixes.length === 0) return IntervalSet.empty(family);
    const blocks = new Blocks(family, prefixes.length);
    const stride = WORDS[family];
    for (let n = 0; n < prefixes.length; n++) blocks.addWords(words, n * stride, prefixes[n]!);
    return IntervalSet.ofFlips(family, blocks.flips().slice());
  }

  private block(n: number): Cidr {
    const { family, words, prefixes } = this;
    const stride = WORDS[family];
    return { family, words: words.subarray(n * stride, (n + 1) * stride), prefix: prefixes[n]! };
  }
}
