import { IntervalSet } from '../address';
import { type Mark, markOf, serviceBits } from './mark';
import type { Packets } from './match';
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

/** The packets that come, by the marks that they may carry. */
export function startOf(ruleset: NatRuleset, { unmarked = serviceBits(ruleset), marked = [], to }: Packets): Flow {
  let flow: ReadonlyMap<number, IntervalSet> = new Map([[unmarked, to ?? IntervalSet.full(ruleset.family)]]);
  for (const one of marked) {
    const next = new Map<number, IntervalSet>();
    const add = (known: number, set: IntervalSet): unknown =>
      set.isEmpty() || next.set(known, next.get(known)?.union(set) ?? set);
    for (const [known, set] of flow) {
      const bits = (known & ~one.bits) >>> 0;
      add(known, bits === known ? set : set.subtract(one.to));
      if (bits !== known) add(bits, set.intersect(one.to));
    }
    flow = next;
  }
  return new Map([...flow].map(([known, set]) => [markOf(known, 0), set]));
}
