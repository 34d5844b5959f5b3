import { compareAddresses, type Interval, type IntervalSet } from '../address';
import { elementCommands, type NftCommand } from './nft-text';

/**
 * Commands that change the agent's set from `before`, which has to be what it holds, to `after`: no more than the
 * difference; none when there is none.
 */
export function deltaCommands(before: IntervalSet, after: IntervalSet): NftCommand[] {
  const { gone, come } = exclusive([...before.intervals()], [...after.intervals()]);
  return [...elementCommands('delete', before.family, gone), ...elementCommands('add', before.family, come)];
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
