import { type Family, type IntervalSet, type LabelledSet, Partition } from '../address';
import type { NatRule } from './nat-rule';
import { type Doubt, NO_NAT, type Outcome, outcomeOf, sameOutcome, together } from './outcome';
import { overlay } from './overlay';
import type { Run } from './segment';

/** The ends that packets come to on all the ways that they may go, and the rules of which nobody knows whether they hold. */
export class Ends {
  /** For a set of destinations, or those that a partition tells apart. */
  private readonly reached: (LabelledSet<Outcome> | Partition<Outcome | undefined>)[] = [];
  private readonly doubts: Partition<Doubt | undefined>[] = [];
  private readonly outcomes = new Map<NatRule, Outcome>();
  /** Whether every packet's way is known, so that it comes to one end only. */
  private isCertain = true;

  constructor(private readonly family: Family) {}

  /** How many ends there are: whether packets came to one in between is told by it. */
  get count(): number {
    return this.reached.length;
  }

  /** Packets come to their end. */
  reach(outcome: Outcome, set: IntervalSet): void {
    if (!set.isEmpty()) this.reached.push({ set, value: outcome });
  }

  /** Packets come to a rule that ends their way; the result is whether it is known what becomes of them. */
  by(rule: NatRule, set: IntervalSet): boolean {
    const outcome = this.outcomes.get(rule) ?? outcomeOf(rule);
    this.outcomes.set(rule, outcome);
    this.reach(outcome, set);
    if (outcome.kind === 'unknown') this.isCertain = false;
    return outcome.kind !== 'unknown';
  }

  /** Packets come to a run of rules, which may end their way. */
  through({ outcomes }: Run, set: IntervalSet): void {
    if (outcomes) this.reached.push(outcomes.zip(only(set, true), (outcome, is) => (is ? outcome : undefined)));
  }

  /** Nobody knows whether a rule holds for packets. */
  doubt(doubt: Doubt, set: IntervalSet): void {
    this.isCertain = false;
    this.doubts.push(only(set, doubt));
  }

  /** What each destination may come to, put together. */
  get result(): Partition<Outcome> {
    const sets = this.reached.filter(end => !(end instanceof Partition));
    const partitions = this.reached.filter(end => end instanceof Partition);
    if (this.isCertain) {
      const ends = sets.filter(end => end.value !== NO_NAT);
      const decided = Partition.fromLayers<Outcome>(this.family, ends, NO_NAT);
      return partitions.reduce<Partition<Outcome>>((all, some) => all.zip(some, (other, one) => one ?? other), decided);
    }
    const possible = overlay(
      this.family,
      this.reached.map(end => (end instanceof Partition ? end : only(end.set, end.value))),
    );
    const open = possible.where(outcomes => !outcomes.every(outcome => sameOutcome(outcome, outcomes[0]!)));
    if (open.isEmpty()) return possible.map(outcomes => together(outcomes, []));
    return possible.zip(overlay(this.family, this.doubts), together);
  }
}

/** The value for the addresses of a set, and nothing for the others. */
function only<T>(set: IntervalSet, value: T): Partition<T | undefined> {
  return Partition.fromLayers<T | undefined>(set.family, [{ set, value }], undefined);
}
