import { type Family, type IntervalSet, Partition } from '../address';
import type { NatRule } from './nat-rule';
import { exitsOf, type Run } from './segment';

/**
 * The rules by which packets keep their source: those that let them return from a chain, or accept them. Packets may meet
 * several on their way, and the last one that tells destinations apart is the one to be named: the agent's own list of
 * destinations is such a rule, and what kube-proxy's chain has for every packet is not.
 */
export class Exits {
  private readonly telling: Partition<NatRule | undefined>[] = [];
  private readonly others: Partition<NatRule | undefined>[] = [];

  constructor(private readonly family: Family) {}

  /**
   * Packets leave a chain by a rule.
   * @param tells whether the rule lets others stay
   */
  by(rule: NatRule, set: IntervalSet, tells: boolean): void {
    const exit = Partition.fromLayers<NatRule | undefined>(this.family, [{ set, value: rule }], undefined);
    (tells ? this.telling : this.others).push(exit);
  }

  /** Packets come to a run of rules. */
  through(run: Run, set: IntervalSet): void {
    const exits = exitsOf(this.family, run);
    const coming = Partition.fromLayers(this.family, [{ set, value: true }], false);
    this.telling.push(set.isFull() ? exits : exits.zip(coming, (rule, comes) => (comes ? rule : undefined)));
  }

  /** For each destination the rule to be named; undefined where packets met none. */
  get rules(): Partition<NatRule | undefined> {
    const none = Partition.constant<NatRule | undefined>(this.family, undefined);
    return [...this.others, ...this.telling].reduce((all, next) => all.zip(next, (rule, later) => later ?? rule), none);
  }
}
