import {
  type Cidr,
  cidrContains,
  compareCidrs,
  type Family,
  formatCidr,
  IntervalSet,
  type Partition,
} from '../../address';
import { termsOf } from '../terms';

/** A block of the tree, and the blocks in it that are told apart. */
export interface Branch<T> {
  /** The block. */
  readonly cidr: Cidr;
  /** The label of its addresses outside of `branches`; absent where these are all of it. */
  readonly value?: T;
  /** How many addresses that are. */
  readonly count: bigint;
  /** The blocks in it, from low to high. */
  readonly branches: readonly Branch<T>[];
}

/**
 * The tree of the blocks that rules name, each in the smallest that holds it, below the whole space. What is left of a
 * block outside of those in it has one label, since rules are about these blocks only.
 * @param sets what rules are about; the partition's labels may change at their bounds alone
 */
export function prefixTree<T>(partition: Partition<T>, sets: readonly IntervalSet[]): Branch<T> {
  const { family } = partition;
  const known = new Map<string, Cidr>();
  for (const { cidr, minus } of sets.flatMap(termsOf))
    for (const block of [cidr, ...minus]) known.set(formatCidr(block), block);
  const top = whole(family);
  const sorted = [...known.values()].filter(({ prefix }) => prefix > 0).sort(compareCidrs);
  return branchAt(partition, top, sorted, { at: 0 });
}

function whole(family: Family): Cidr {
  return { family, words: new Uint32Array(family === 4 ? 1 : 4), prefix: 0 };
}

/** Blocks sorted by their lowest address, larger ones first, come right behind those that hold them. */
function branchAt<T>(partition: Partition<T>, cidr: Cidr, sorted: readonly Cidr[], next: { at: number }): Branch<T> {
  const branches: Branch<T>[] = [];
  while (next.at < sorted.length && cidrContains(cidr, sorted[next.at]!)) {
    branches.push(branchAt(partition, sorted[next.at++]!, sorted, next));
  }
  const inner = IntervalSet.fromCidrs(
    cidr.family,
    branches.map(branch => branch.cidr),
  );
  const own = IntervalSet.ofCidr(cidr).subtract(inner);
  const first = own.first();
  return { cidr, ...(first && { value: partition.at(first) }), count: own.count(), branches };
}
