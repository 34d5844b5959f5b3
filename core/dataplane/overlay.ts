import { type Family, Partition } from '../address';

/** What several partitions say of each address, in their order, without those that say nothing of it. */
export function overlay<T>(family: Family, partitions: readonly Partition<T | undefined>[]): Partition<readonly T[]> {
  if (partitions.length === 0) return Partition.constant(family, []);
  let layers = partitions.map(one => one.map((value): readonly T[] => (value === undefined ? [] : [value])));
  // Pairwise, so that each is gone through a logarithm of times.
  while (layers.length > 1) {
    const joined: Partition<readonly T[]>[] = [];
    for (let at = 0; at < layers.length; at += 2) {
      const [left, right] = [layers[at]!, layers[at + 1]];
      joined.push(right ? left.zip(right, (a, b) => (b.length === 0 ? a : a.length === 0 ? b : [...a, ...b])) : left);
    }
    layers = joined;
  }
  return layers[0]!;
}
