import type { Difference, Partition } from '../address';
import { type Decision, masquerade, PRESERVE, sameTreatment, type Treatment } from '../treatment/treatment';
import type { Packets } from './match';
import type { NatRule, NatRuleset } from './nat-rule';
import { byAny, type Outcome, rulesOf, sameOutcome } from './outcome';
import { PROTOCOLS, type Protocol } from './protocol';
import { walkRules } from './walk';

/** What the kernel's rules make of packets to an address. */
export type KernelDecision =
  | {
      /** What happens to the packets' source. */
      readonly treatment: Treatment;
      /** Whether their source port is fully randomised; absent where they are not masqueraded. */
      readonly randomFully?: boolean;
      /** The rule that gives them another source; absent where none does. */
      readonly rule?: NatRule;
      /** Other rules that give it to the packets that do not come to that one, or for which it does not hold. */
      readonly others?: readonly NatRule[];
    }
  | {
      /** It cannot be told, or differs between packets to the same address: by their protocol or their source. */
      readonly treatment?: undefined;
      /** The rules that are in the way. */
      readonly rules: readonly NatRule[];
      /** What is known of some protocols. */
      readonly some: readonly ProtocolDecision[];
    };

/** What the kernel's rules make of packets of a protocol to an address. */
export type ProtocolDecision = Extract<KernelDecision, { readonly treatment: Treatment }> & {
  /** The protocol. */
  readonly protocol: Protocol;
};

/**
 * What the kernel's rules do to new packets of pods, as a map over every destination. Protocols are followed one by
 * one: those with ports have to be treated alike, and the others like them but for the limits of the ports.
 */
export function kernelMap(ruleset: NatRuleset, packets: Omit<Packets, 'protocol'> = {}): Partition<KernelDecision> {
  if (!asksForProtocol(ruleset)) {
    return walkRules(ruleset, { ...packets, protocol: 'other' }).map(outcome => decide([outcome]));
  }
  const [first, ...others] = PROTOCOLS.map(protocol => walkRules(ruleset, { ...packets, protocol }));
  let all = first!.map((outcome): readonly Outcome[] => [outcome]);
  for (const other of others) all = all.zip(other, (before, outcome) => [...before, outcome]);
  return all.map(decide);
}

/**
 * The lowest address that the kernel treats otherwise than is wanted, or nobody can tell how; undefined is the proof
 * that it treats every address as is wanted.
 * @param randomFully whether source ports of masqueraded packets are to be fully randomised
 */
export function firstDeviation(
  wanted: Partition<Decision>,
  kernel: Partition<KernelDecision>,
  randomFully: boolean,
): Difference<Decision, KernelDecision> | undefined {
  return wanted.firstDifference(kernel, (want, is) => isAs(want.treatment, is, randomFully));
}

/**
 * The lowest address that the kernel certainly treats otherwise than is wanted, if only packets of some protocols. What
 * nobody can tell is no contradiction.
 * @param randomFully whether source ports of masqueraded packets are to be fully randomised
 */
export function firstContradiction(
  wanted: Partition<Decision>,
  kernel: Partition<KernelDecision>,
  randomFully: boolean,
): Difference<Decision, KernelDecision | ProtocolDecision> | undefined {
  const found = wanted.firstDifference(kernel, ({ treatment }, is) => !contradiction(treatment, is, randomFully));
  return found && { ...found, right: contradiction(found.left.treatment, found.right, randomFully)! };
}

/**
 * What of a decision certainly is not as is wanted: all of it, or that for some protocol; undefined where nothing is.
 * @param randomFully whether source ports of masqueraded packets are to be fully randomised; absent: either way is right
 */
export function contradiction(
  wanted: Treatment,
  is: KernelDecision,
  randomFully: boolean | undefined,
): Extract<KernelDecision, { readonly treatment: Treatment }> | ProtocolDecision | undefined {
  if (is.treatment) return isAs(wanted, is, randomFully) ? undefined : is;
  return is.some.find(one => !isAs(one.protocol === 'other' ? noPorts(wanted) : wanted, one, randomFully));
}

function isAs(wanted: Treatment, is: KernelDecision, randomFully: boolean | undefined): boolean {
  if (!is.treatment || !sameTreatment(wanted, is.treatment)) return false;
  return is.treatment.kind !== 'masquerade' || randomFully === undefined || is.randomFully === randomFully;
}

function noPorts(treatment: Treatment): Treatment {
  return treatment.kind === 'masquerade' ? masquerade(undefined) : treatment;
}

/** Whether rules ask for a protocol. */
export function asksForProtocol({ chains }: NatRuleset): boolean {
  for (const { rules } of chains.values()) {
    if (rules.some(rule => rule.conditions.some(({ on }) => on === 'protocol'))) return true;
  }
  return false;
}

/** @param outcomes one for all protocols, or one for each of {@link PROTOCOLS}; the last one is of those without ports */
function decide(outcomes: readonly Outcome[]): KernelDecision {
  const first = outcomes[0]!;
  const last = outcomes.length - 1;
  const alike = outcomes.every((outcome, i) => sameOutcome(outcome, i === last ? withoutPorts(first) : first));
  const decision = alike ? decisionOf(byAny(first, outcomes)) : undefined;
  if (decision) return decision;
  const some = outcomes.flatMap((outcome, i) => {
    const one = decisionOf(outcome);
    return one ? [{ ...one, protocol: PROTOCOLS[outcomes.length === 1 ? last : i]! }] : [];
  });
  return { rules: [...new Set(outcomes.flatMap(rulesOf))], some };
}

/** What a protocol without ports is given beside one that has them. */
function withoutPorts(outcome: Outcome): Outcome {
  if (outcome.kind !== 'masquerade') return outcome;
  const { toPorts: _, ...others } = outcome;
  return others;
}

function decisionOf(outcome: Outcome): Extract<KernelDecision, { readonly treatment: Treatment }> | undefined {
  switch (outcome.kind) {
    case 'preserve':
      return { treatment: PRESERVE };
    case 'masquerade':
      return { treatment: masquerade(outcome.toPorts), randomFully: outcome.randomFully, ...deciding(outcome) };
    case 'snat':
      return { treatment: { kind: 'snat', sourceIP: outcome.sourceIP }, ...deciding(outcome) };
    default:
      return undefined;
  }
}

function deciding({
  rule,
  others,
}: Extract<Outcome, { readonly sourceIP: string } | { readonly randomFully: boolean }>): {
  readonly rule: NatRule;
  readonly others?: readonly NatRule[];
} {
  return { rule, ...(others && { others }) };
}
