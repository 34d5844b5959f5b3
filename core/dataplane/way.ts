import type { IntervalSet } from '../address';
import type { Mark } from './mark';
import { failing, type Matching, type Packets } from './match';
import { type Condition, leads, type NatRule, type NatRuleset } from './nat-rule';
import { destinationsOf, type Run } from './segment';

/** A rule that packets came to. */
export interface Met {
  /** The rule. */
  readonly rule: NatRule;
  /** The destinations of those for which it holds, or may hold. */
  readonly held: IntervalSet;
  /** Whether it is known for which of them it holds. */
  readonly isCertain: boolean;
  /** What it asks that the packets are not, where it holds for none of them. */
  readonly failing?: Condition;
}

/** The rules that packets come to on their way, in the order in which they are asked. */
export class Way {
  private readonly met = new Map<NatRule, Met>();
  private isWhole = true;

  /** Packets come to a rule. */
  ask(rule: NatRule, set: IntervalSet, mark: Mark, packets: Packets, { set: match, certain }: Matching): void {
    const why = match.isEmpty() ? failing(rule, set, mark, packets) : undefined;
    this.add({ rule, held: match, isCertain: certain, ...(why && { failing: why }) });
  }

  /** Packets come to a run of rules. */
  through({ rules }: Run, set: IntervalSet): void {
    let left = set;
    for (const rule of rules) {
      if (left.isEmpty()) return;
      const own = destinationsOf(left.family, rule);
      const held = left.intersect(own);
      const [asks] = rule.conditions;
      this.add({ rule, held, isCertain: true, ...(held.isEmpty() && asks && { failing: asks }) });
      left = left.subtract(own);
    }
  }

  /** Nobody knows in which order rules are asked, or which ones. */
  giveUp(): void {
    this.isWhole = false;
  }

  /**
   * The rules in their order; undefined where that is not known. Packets of several protocols may come to different ones:
   * these stand where they stand among the others.
   */
  rules({ chains, hooks }: NatRuleset): readonly Met[] | undefined {
    if (!this.isWhole) return undefined;
    const places = new Map<NatRule, number>();
    const visit = (name: string, depth: number): void => {
      for (const rule of chains.get(name)?.rules ?? []) {
        if (places.has(rule)) return;
        places.set(rule, places.size);
        if (leads(rule.verdict) && depth < 64) visit(rule.verdict.chain, depth + 1);
      }
    };
    for (const { chain } of [...hooks].sort((a, b) => a.priority - b.priority)) visit(chain, 0);
    return [...this.met.values()].sort((a, b) => (places.get(a.rule) ?? 0) - (places.get(b.rule) ?? 0));
  }

  private add(one: Met): void {
    const before = this.met.get(one.rule);
    if (!before) this.met.set(one.rule, one);
    else {
      const held = before.held.union(one.held);
      const isCertain = before.isCertain && one.isCertain;
      const why = held.isEmpty() ? (before.failing ?? one.failing) : undefined;
      this.met.set(one.rule, { rule: one.rule, held, isCertain, ...(why && { failing: why }) });
    }
  }
}
