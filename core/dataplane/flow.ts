import type { IntervalSet } from '../address';
import type { Mark } from './mark';

/** Packets that are still on their way: by the mark that they carry, their destinations. */
export type Flow = Map<Mark, IntervalSet>;

/** Adds packets to a flow. */
export function join(flow: Flow, mark: Mark, set: IntervalSet): void {
  if (set.isEmpty()) return;
  const there = flow.get(mark);
  flow.set(mark, there ? there.union(set) : set);
}

/** Adds another flow to a flow. */
export function joinAll(flow: Flow, other: Flow): void {
  for (const [mark, set] of other) join(flow, mark, set);
}

/** Whether a flow is exactly the packets of one mark to these destinations. */
export function isExactly(flow: Flow, mark: Mark, set: IntervalSet): boolean {
  return flow.size === 1 && flow.get(mark)?.equals(set) === true;
}
