import { compareAddresses, type Interval, type IntervalSet } from '../address';
import { elementLines, NFT_SET, nftTable } from './nft-text';

/**
 * Text for `nft -f -` that changes the agent's set from `before`, which has to be what it holds, to `after`: as one
 * transaction, and no larger than the difference; empty when there is none.
 */
export function nftDeltaText(before: IntervalSet, after: IntervalSet): string {
  const set = `${nftTable(before.family)} ${NFT_SET}`;
  const { gone, come } = exclusive([...before.intervals()], [...after.intervals()]);
  const change = (verb: string, intervals: readonly Interval[]): string[] =>
    intervals.length === 0 ? [] : [`${verb} element ${set} {`, ...elementLines(intervals, '  '), '}', ''];
  return [...change('delete', gone), ...change('add', come)].join('\n');
}

/** The intervals that only one of two lists has. They are not cut: the kernel knows elements as a whole only. */
function exclusive(
  before: readonly Interval[],
  after: readonly Interval[],
): { readonly gone: Interval[]; readonly come: Interval[] } {
  const gone: Interval[] = [];
  const come: Interval[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const a = before[i];
    const b = after[j];
    const order = !a ? 1 : !b ? -1 : compareAddresses(a.first, b.first) || compareAddresses(a.last, b.last);
    if (order < 0) gone.push(a!);
    if (order > 0) come.push(b!);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return { gone, come };
}
