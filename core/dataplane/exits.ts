import { type Family, type IntervalSet, Partition } from '../address';
import type { NatRule } from './nat-rule';
import { overlay } from './overlay';
import { exitsOf, type Run } from './segment';

/**
 * The rules by which packets keep their source: those that let them return from a chain, or accept them. Packets may meet
 * several on their way, and the last one that tells destinations apart is the one to be named: the agent's own list of
 * destinations is such a rule, and what kube-proxy's chain has for every packet is not.
 */
export class Exits {
  private readonly telling: Partition<NatRule | undefined>[] = [];
  private readonly others: Partition<NatRule | undefined>[] = [];
  /** Those by which only some packets may leave. */
  private readonly possible: Partition<NatRule | undefined>[] = [];

  constructor(private readonly family: Family) {}

  /**
   * Packets leave a chain by a rule.
   * @param tells whether the rule lets others stay
   * @param isSure whether all of them leave by it, or only some
   */
  by(rule: NatRule, set: IntervalSet, tells: boolean, isSure: boolean): void {
    const exit = Partition.fromLayers<NatRule | undefined>(this.family, [{ set, value: rule }], undefined);
    (isSure ? (tells ? this.telling : this.others) : this.possible).push(exit);
  }

  /** Packets come to a run of rules. */
  through(run: Run, set: IntervalSet, isSure: boolean): void {
    const exits = exitsOf(this.family, run);
    const coming = Partition.fromLayers(this.family, [{ set, value: true }], false);
    (isSure ? this.telling : this.possible).push(
      set.isFull() ? exits : exits.zip(coming, (rule, comes) => (comes ? rule : undefined)),
    );
  }

  /** For each destination the rule to be named; undefined where packets met none. */
  get rules(): Partition<NatRule | undefined> {
    return this.last([...this.possible, ...this.others, ...this.telling]);
  }

  /** For each destination the rules by which some packets may leave, and behind them the one by which all others do. */
  get candidates(): Partition<readonly (NatRule | undefined)[]> {
    const last = this.last([...this.others, ...this.telling]);
    return overlay(this.family, this.possible).zip(last, (some, rule) => [...new Set([...some, rule])]);
  }

  private last(exits: readonly Partition<NatRule | undefined>[]): Partition<NatRule | undefined> {
    const none = Partition.constant<NatRule | undefined>(this.family, undefined);
    return exits.reduce((all, next) => all.zip(next, (rule, later) => later ?? rule), none);
  }
}
