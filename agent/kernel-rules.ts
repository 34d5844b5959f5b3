import type { Address, Family, IntervalSet, Partition } from '../core/address';
import { exemptingRule } from '../core/dataplane/exempting';
import { type KernelDecision, kernelMap } from '../core/dataplane/kernel-map';
import type { Packets } from '../core/dataplane/match';
import type { NatRule, NatRuleset } from '../core/dataplane/nat-rule';
import type { Protocol } from '../core/dataplane/protocol';

/** The rules that packets of one family come to. */
export interface FamilyRules {
  /** The rules. */
  readonly ruleset: NatRuleset;
  /** By the name that rules refer to them with, sets of addresses. */
  readonly sets: ReadonlyMap<string, IntervalSet>;
}

/** Everything that may give pods' packets another source, at one moment: the agent's rules and those of others. */
export class KernelRules {
  /** @param pods by family, where packets of pods come from, as far as that is known */
  constructor(
    private readonly families: ReadonlyMap<Family, FamilyRules>,
    private readonly pods: ReadonlyMap<Family, IntervalSet>,
  ) {}

  /** What the rules make of pods' packets. */
  map(family: Family): Partition<KernelDecision> {
    return kernelMap(this.families.get(family)!.ruleset, this.packets(family));
  }

  /** The rule that lets packets of a protocol to an address out before any gives them another source, if one does. */
  exempting(address: Address, protocol: Protocol): NatRule | undefined {
    const { ruleset } = this.families.get(address.family)!;
    return exemptingRule(ruleset, { ...this.packets(address.family), protocol }, address);
  }

  private packets(family: Family): Omit<Packets, 'protocol'> {
    const sources = this.pods.get(family);
    return { sets: this.families.get(family)!.sets, ...(sources && { sources }) };
  }
}
