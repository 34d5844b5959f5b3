import * as fc from 'fast-check';
import { cidr, IntervalSet } from '../../core/address';
import type { PodSelector, Requirement } from '../../core/intent/selector';
import { intentTreatment } from '../../core/treatment/intent';
import type { TreatmentMap } from '../../core/treatment/map';
import type { Pod } from '../../core/treatment/pod-classes';
import { treatmentText } from '../../core/treatment/treatment';
import { cidrArbitrary, cidrsOf, intentArbitrary, modelOf } from '../core/intents';
import { edges, type Family, holds, type Intent, keeps } from '../core/naive';

/** An egress policy as the tests write it. */
export interface Policy {
  readonly pods: readonly PodSelector[];
  readonly to: readonly string[];
  readonly sourceIP: string;
}

/** What a side of a comparison is made from. */
export interface Side {
  readonly intent: Intent;
  readonly policies: readonly Policy[];
}

const KEYS = ['app', 'tier'] as const;
const VALUES = ['a', 'b', 'c'] as const;

const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    key: fc.constantFrom(...KEYS),
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: fc.constantFrom(...KEYS), operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);

const selector = fc.array(requirement, { maxLength: 2 }).map(requirements => ({ requirements }));

const policy: fc.Arbitrary<Policy> = fc.record({
  pods: fc.array(fc.record({ namespaces: selector, pods: selector }), { minLength: 1, maxLength: 2 }),
  to: fc.array(cidrArbitrary(4), { minLength: 1, maxLength: 3 }),
  sourceIP: fc.constantFrom('192.0.2.1', '192.0.2.2'),
});

/** Autopilot keeps link-local whatever one wants, and has no IPv6. */
function sayable(intent: Intent): Intent {
  if (intent.platform !== 'gke-autopilot') return intent;
  const ipv4 = (cidrs: readonly string[]) => cidrs.filter(text => !text.includes(':'));
  return {
    ...intent,
    ...{ linkLocal: 'preserve', linkLocalIPv6: 'preserve' },
    ...{ pods: ipv4(intent.pods), always: ipv4(intent.always) },
    preserve: intent.preserve.filter(rule => !rule.cidr.includes(':')),
  };
}

/** Intents with and without egress policies. */
export const sideArbitrary: fc.Arbitrary<Side> = fc.record({
  intent: intentArbitrary.map(sayable),
  policies: fc.oneof(fc.constant([]), fc.array(policy, { minLength: 1, maxLength: 3 })),
});

const labels = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES, 'd'));

/** Pods with labels that policies ask for, and with others. */
export const podArbitrary: fc.Arbitrary<Pod> = fc.record({ namespace: labels, labels });

/** The map that a side denotes. */
export function mapOfSide({ intent, policies }: Side): TreatmentMap {
  const map = intentTreatment(modelOf(intent));
  const egress = policies.map(({ pods, to, sourceIP }, i) => ({
    pods,
    destinations: IntervalSet.fromCidrs(4, to.map(cidr)),
    decision: { treatment: { kind: 'snat' as const, sourceIP }, rule: `policy ${i}` },
  }));
  return { ...map, egress };
}

/** What happens to a packet, found out from the words alone. */
export function naiveTreatment({ intent, policies }: Side, pod: Pod, family: Family, value: bigint): string {
  const selected = family === 4 ? policies.find(one => selectsPod(one, pod) && holds(one.to, 4, value)) : undefined;
  if (selected) return treatmentText({ kind: 'snat', sourceIP: selected.sourceIP });
  if (keeps(intent, family, value)) return 'preserved';
  const { toPorts } = (intent.agent ?? {}) as { toPorts?: readonly string[] };
  const ports = intent.platform === 'gke-autopilot' || !runsOwnAgent(intent) ? undefined : toPorts?.join(',');
  return treatmentText(ports === undefined ? { kind: 'masquerade' } : { kind: 'masquerade', toPorts: ports });
}

function runsOwnAgent({ platform, pods }: Intent): boolean {
  return platform === 'kubernetes' || (platform === 'gke-standard' && pods[0]!.startsWith('10.'));
}

function selectsPod({ pods }: Policy, pod: Pod): boolean {
  const all = (requirements: readonly Requirement[], own: Pod['labels']) =>
    requirements.every(one => {
      const value = own[one.key];
      if (one.operator === 'In') return value !== undefined && one.values.includes(value);
      if (one.operator === 'NotIn') return value === undefined || !one.values.includes(value);
      return (one.operator === 'Exists') === (value !== undefined);
    });
  return pods.some(pair => all(pair.namespaces.requirements, pod.namespace) && all(pair.pods.requirements, pod.labels));
}

/** The addresses of a family at which something may change on a side. */
export function edgesOf({ intent, policies }: Side, family: Family): bigint[] {
  return edges(family, [...cidrsOf(intent), ...policies.flatMap(({ to }) => to)]);
}
