import type { Partition } from '../address';
import { masquerade, PRESERVE, type Treatment } from '../treatment/treatment';
import type { NatRule, NatRuleset } from './nat-rule';
import { type Outcome, type Packets, PROTOCOLS, walkRules } from './walk';

/** What the kernel's rules make of packets to an address. */
export type KernelDecision =
  | {
      /** What happens to the packets' source. */
      readonly treatment: Treatment;
      /** Whether their source port is fully randomised, where it may change. */
      readonly randomFully?: boolean;
      /** The rule that decides; absent where none does, and nothing happens. */
      readonly rule?: NatRule;
    }
  | {
      /** It cannot be told. */
      readonly treatment?: undefined;
      /** The rules that are in the way. */
      readonly rules: readonly NatRule[];
    };

/**
 * What the kernel's rules do to new packets of pods, as a map over every destination. Protocols are followed one by
 * one: those with ports have to be treated alike, and the others like them but for the limits of the ports.
 */
export function kernelMap(ruleset: NatRuleset, packets: Omit<Packets, 'protocol'> = {}): Partition<KernelDecision> {
  const [tcp, ...others] = PROTOCOLS.map(protocol => walkRules(ruleset, { ...packets, protocol }));
  let all = tcp!.map((outcome): readonly Outcome[] => [outcome]);
  for (const other of others) all = all.zip(other, (before, outcome) => [...before, outcome]);
  return all.map(decide);
}

/** @param outcomes one for each of {@link PROTOCOLS}, the one without ports last */
function decide(outcomes: readonly Outcome[]): KernelDecision {
  const first = outcomes[0]!;
  const alike = outcomes.every((outcome, i) => same(outcome, first, i === outcomes.length - 1));
  if (alike && first.kind !== 'unknown' && first.kind !== 'drop') return decisionOf(first);
  const rules = outcomes.flatMap(outcome => (outcome.kind === 'unknown' ? outcome.rules : (outcome.rule ?? [])));
  return { rules: [...new Set(rules)] };
}

function same(outcome: Outcome, first: Outcome, portless: boolean): boolean {
  if (outcome.kind === 'masquerade' && first.kind === 'masquerade') {
    const ports = portless ? outcome.toPorts === undefined : outcome.toPorts === first.toPorts;
    return ports && outcome.randomFully === first.randomFully;
  }
  if (outcome.kind === 'snat' && first.kind === 'snat') return outcome.sourceIP === first.sourceIP;
  return outcome.kind === first.kind;
}

function decisionOf(outcome: Exclude<Outcome, { kind: 'unknown' | 'drop' }>): KernelDecision {
  const by = outcome.rule ? { rule: outcome.rule } : {};
  switch (outcome.kind) {
    case 'preserve':
      return { treatment: PRESERVE, ...by };
    case 'masquerade':
      return { treatment: masquerade(outcome.toPorts), randomFully: outcome.randomFully, ...by };
    case 'snat':
      return { treatment: { kind: 'snat', sourceIP: outcome.sourceIP }, ...by };
  }
}
