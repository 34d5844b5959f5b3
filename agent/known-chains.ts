import type { Family } from '../core/address';
import { tableLabel } from '../core/dataplane/iptables-ruleset';
import { POSTROUTING, type SavedTable } from '../core/dataplane/iptables-save';
import { jumpRule } from '../core/dataplane/iptables-text';
import type { NatRule, NatRuleset } from '../core/dataplane/nat-rule';
import type { KnownChains as Known } from '../core/dataplane/nft-ruleset';
import type { RulePlan } from '../core/dataplane/plan';

/** What iptables-save says of tables of iptables-nft. */
export class KnownChains {
  /** Rules of chains that need not be listed. */
  readonly rules = new Map<string, readonly NatRule[]>();
  private readonly saved = new Map<string, readonly NatRule[]>();

  /** Adds the chains of a table. */
  add({ chains }: NatRuleset): void {
    for (const [name, { rules }] of chains) this.saved.set(name, rules);
  }

  /**
   * The agent's chain as planned need not be listed, nor POSTROUTING with nothing but the jump to it: a rule that is
   * written by `nft` is not printed like these by iptables-save, unless by somebody who forges the agent's own comment.
   */
  trust({ rules }: SavedTable, { chain }: RulePlan, family: Family): void {
    const { scope } = tableLabel(family, 'nft');
    const base = rules.get(POSTROUTING) ?? [];
    const isAlone = base.length === 1 && base[0] === jumpRule(chain);
    for (const name of [chain, ...(isAlone ? [POSTROUTING] : [])]) {
      const saved = this.saved.get(scope + name);
      if (saved) this.rules.set(scope + name, saved);
    }
  }

  /** What is to be known beside chains that `nft` listed. */
  beside(listed: ReadonlySet<string>): Known {
    return { rules: this.rules, saved: new Map([...this.saved].filter(([name]) => listed.has(name))) };
  }
}
