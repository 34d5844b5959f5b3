import { IntervalSet } from '../address';
import { type Mark, markOf, serviceBits, UNTRACKED } from './mark';
import type { Packets, PossibleMark } from './match';
import type { NatRuleset } from './nat-rule';

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

/** The packets that come, by the marks that they may carry: at first, or at last when they come to the postrouting hook. */
export function startOf(ruleset: NatRuleset, packets: Packets, isLate: boolean): Flow {
  const { unmarked = serviceBits(ruleset), marked = [], cleared = 0, to } = packets;
  const known = isLate ? (unmarked | cleared) >>> 0 : unmarked;
  let flow: ReadonlyMap<number, IntervalSet> = new Map([[known, to ?? IntervalSet.full(ruleset.family)]]);
  for (const one of marked) {
    const set = isLate && one.isBeforeRouting ? one.bits & ~cleared : one.bits;
    if (set !== 0) flow = withPossible(flow, { ...one, bits: set });
  }
  return new Map([...flow].map(([bits, set]) => [markOf(bits, 0), set]));
}

/** By the bits that are known not to be set the destinations, where some may be set all the same. */
function withPossible(
  flow: ReadonlyMap<number, IntervalSet>,
  { bits, to }: Pick<PossibleMark, 'bits' | 'to'>,
): ReadonlyMap<number, IntervalSet> {
  const next = new Map<number, IntervalSet>();
  const add = (known: number, set: IntervalSet): unknown =>
    set.isEmpty() || next.set(known, next.get(known)?.union(set) ?? set);
  for (const [known, set] of flow) {
    const left = (known & ~bits) >>> 0;
    add(known, left === known ? set : set.subtract(to));
    if (left !== known) add(left, set.intersect(to));
  }
  return next;
}

/** Packets of which nobody followed the marks: they have those with which packets come, and are tracked or not as they were. */
export function marksForgotten(flow: Flow, start: Flow): Flow {
  const next: Flow = new Map();
  for (const [mark, set] of flow) {
    for (const [first, to] of start) join(next, first | (mark & UNTRACKED), set.intersect(to));
  }
  return next;
}
