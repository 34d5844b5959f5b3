import { CidrList } from '../address/cidr-list';
import { readIptablesRule } from './iptables-rule';
import { iptablesRuleset, type TableLabel } from './iptables-ruleset';
import { POSTROUTING, type SavedTable } from './iptables-save';
import { chainRules, jumpRule } from './iptables-text';
import type { NatRule, NatRuleset } from './nat-rule';
import type { FamilyPlan, RulePlan } from './plan';

/**
 * What of a saved table decides about packets of pods, as text: POSTROUTING with its policy, and every chain that it
 * may lead to. Counters, comments, other chains and the order of chains leave it as it is.
 *
 * The kernel's map is a function of it. So a map that was once proved for a text holds as long as the text is the same,
 * and need not be walked again.
 */
export function decidingText({ policies, rules }: SavedTable): string {
  const lines: string[] = [];
  const names = new Set([POSTROUTING]);
  for (const name of names) {
    if (!policies.has(name)) continue;
    lines.push(`:${name} ${policies.get(name)}`);
    for (const rule of rules.get(name) ?? []) {
      lines.push(`-A ${name} ${rule}`);
      // A rule that leads to a chain ends with its name; one that only looks so adds a chain too many at worst.
      names.add(rule.slice(rule.lastIndexOf(' ') + 1));
    }
  }
  return lines.join('\n');
}

/** The {@link decidingText} of a table in which nothing but the plan's rules stands: then the map is the plan's. */
export function expectedText(plan: RulePlan, family: FamilyPlan): string {
  return [
    `:${POSTROUTING} ACCEPT`,
    `-A ${POSTROUTING} ${jumpRule(plan.chain)}`,
    `:${plan.chain} -`,
    ...chainRules(family).map(rule => `-A ${plan.chain} ${rule}`),
  ].join('\n');
}

/** How a saved table differs from a plan. */
export interface SavedPlan {
  /** Whether the agent's chain is exactly as the plan says, other than it says, or not there. */
  readonly chain: 'same' | 'different' | 'absent';
  /** How many rules of POSTROUTING are the one that leads to the agent's chain: there has to be one. */
  readonly jumps: number;
  /** Every other rule of POSTROUTING, in order: whether they change what the plan says is for a walk to tell. */
  readonly others: readonly string[];
}

/** Compares a saved table with a plan, rule by rule, as text. */
export function comparePlan({ rules }: SavedTable, plan: RulePlan, family: FamilyPlan): SavedPlan {
  const own = rules.get(plan.chain);
  const wanted = chainRules(family);
  const same = own?.length === wanted.length && wanted.every((rule, i) => rule === own[i]);
  const base = rules.get(POSTROUTING) ?? [];
  const jump = jumpRule(plan.chain);
  const others = base.filter(rule => rule !== jump);
  return { chain: own ? (same ? 'same' : 'different') : 'absent', jumps: base.length - others.length, others };
}

/**
 * The table's chains as rules that can be walked through. Where the agent's chain is as the plan says, letter by letter,
 * its list is not read again: it is the plan's.
 * @param name how chains and rules are named. @default as they were printed
 */
export function savedRuleset(table: SavedTable, plan: RulePlan, family: FamilyPlan, name?: TableLabel): NatRuleset {
  const same = comparePlan(table, plan, family).chain === 'same';
  const known = new Map(same ? [[plan.chain, plannedRules(family)]] : []);
  return iptablesRuleset(family.family, table, name, known);
}

/** The rules of the agent's chain, those that preserve destinations as one. */
function plannedRules(plan: FamilyPlan): readonly NatRule[] {
  const { length } = plan.preserved;
  const preserve: NatRule = {
    conditions: [{ on: 'destination', set: plan.preserved.set() }],
    verdict: { kind: 'return' },
    // Hardly ever asked for, and as long as the list.
    get text() {
      return chainRules(plan).slice(0, length).join('\n');
    },
  };
  const others = chainRules({ ...plan, preserved: new CidrList(plan.family, []) });
  return [preserve, ...others.map(text => readIptablesRule(plan.family, text))];
}
