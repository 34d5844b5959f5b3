import type { NatRule } from './nat-rule';

/** What rules make of a packet: what happens to its source, and the rule that decided, for some packets perhaps `others`. */
export type Outcome =
  | { readonly kind: 'preserve' }
  | {
      readonly kind: 'masquerade';
      readonly toPorts?: string;
      readonly randomFully: boolean;
      readonly rule: NatRule;
      readonly others?: readonly NatRule[];
    }
  | { readonly kind: 'snat'; readonly sourceIP: string; readonly rule: NatRule; readonly others?: readonly NatRule[] }
  | { readonly kind: 'drop'; readonly rule: NatRule }
  | {
      /** Rules that cannot be decided about lead to different treatments. */
      readonly kind: 'unknown';
      /** Those rules. */
      readonly rules: readonly NatRule[];
    };

/** No rule gave the packet another source. */
export const NO_NAT: Outcome = { kind: 'preserve' };

/** What a rule makes of packets whose way ends with it, or of which nobody knows where it sends them. */
export function outcomeOf(rule: NatRule): Outcome {
  const { verdict } = rule;
  switch (verdict.kind) {
    case 'masquerade':
    case 'snat':
      return { ...verdict, rule };
    case 'drop':
      return { kind: 'drop', rule };
    case 'untrack':
      return NO_NAT;
    default:
      return { kind: 'unknown', rules: [rule] };
  }
}

/** Whether two outcomes treat a packet alike, whichever rule decides. What is unknown is like nothing else. */
export function sameOutcome(a: Outcome, b: Outcome): boolean {
  if (a.kind === 'masquerade') {
    return b.kind === 'masquerade' && a.toPorts === b.toPorts && a.randomFully === b.randomFully;
  }
  if (a.kind === 'snat') return b.kind === 'snat' && a.sourceIP === b.sourceIP;
  return a.kind === b.kind && a.kind !== 'unknown';
}

/** The rules that an outcome names. */
export function rulesOf(outcome: Outcome): readonly NatRule[] {
  if (outcome.kind === 'unknown') return outcome.rules;
  return 'rule' in outcome ? [outcome.rule, ...('others' in outcome ? (outcome.others ?? []) : [])] : [];
}

/** A rule for which it could not be told whether it holds. */
export interface Doubt {
  /** The rule. */
  readonly rule: NatRule;
  /** Whether it is sure to hold for some packets and not for others, as rules do that spread them. */
  readonly spreads: boolean;
}

/**
 * The one outcome of several that packets to an address may come to. Different ones are one only where rules spread
 * packets over ranges of source ports: then it is all of these ranges.
 */
export function together(outcomes: readonly Outcome[], doubts: readonly Doubt[]): Outcome {
  const first = outcomes[0] ?? NO_NAT;
  if (outcomes.every(outcome => sameOutcome(outcome, first))) return byAny(first, outcomes);
  const spread = doubts.every(doubt => doubt.spreads) ? spreadOver(outcomes) : undefined;
  if (spread) return spread;
  const rules = [...doubts.map(doubt => doubt.rule), ...outcomes.flatMap(rulesOf)];
  return { kind: 'unknown', rules: [...new Set(rules)] };
}

/** An outcome that several rules may decide, all of them alike; those of the last one are for all packets that are left. */
export function byAny(outcome: Outcome, alike: readonly Outcome[]): Outcome {
  if (outcome.kind !== 'masquerade' && outcome.kind !== 'snat') return outcome;
  const last = rulesOf(alike.at(-1)!);
  const before = alike.flatMap(rulesOf).filter(one => !last.includes(one));
  const [rule, ...others] = new Set([...before, ...last]);
  return rule && others.length > 0 ? { ...outcome, rule, others } : outcome;
}

/** The outcome of one of two that packets come to, if nobody knows which: where they differ, it is unknown. */
export function eitherWay(a: Outcome, b: Outcome): Outcome {
  if (sameOutcome(a, b)) return byAny(a, [a, b]);
  return { kind: 'unknown', rules: [...new Set([...rulesOf(a), ...rulesOf(b)])] };
}

/** Masquerading with the ports of all outcomes, if that is what they are. */
function spreadOver(outcomes: readonly Outcome[]): Outcome | undefined {
  const ports: string[] = [];
  const [first] = outcomes;
  for (const outcome of outcomes) {
    if (first?.kind !== 'masquerade' || outcome.kind !== 'masquerade') return undefined;
    if (outcome.toPorts === undefined || outcome.randomFully !== first.randomFully) return undefined;
    ports.push(outcome.toPorts);
  }
  if (first?.kind !== 'masquerade') return undefined;
  return byAny({ ...first, toPorts: [...new Set(ports)].join(',') }, outcomes);
}
