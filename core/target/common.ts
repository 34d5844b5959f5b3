import { FAMILIES, type Family, IntervalSet } from '../address';
import { unionOfEntries } from '../intent/entry';
import type { ClusterModel } from '../intent/model';
import { has } from '../intent/platform-keys';
import { intentTreatment } from '../treatment/intent';
import type { Refusals } from './refusals';

const AGENT = ['spec', 'agent'];
const NETWORK = ['spec', 'network'];

/** Refuses what no target has: another platform's own data plane, and rules on some nodes only. */
export function refuseForAll(refusals: Refusals): void {
  const { model } = refusals;
  if (model.platform !== 'kubernetes') {
    const message = `${model.platform} has a data plane of its own, which "masq synth" renders for; --target is for platform kubernetes`;
    refusals.cannot(['spec', 'platform'], message);
  }
  if (Object.keys(model.agent.nodeSelector).length > 0) {
    refusals.cannot([...AGENT, 'nodeSelector'], 'it treats packets alike on every node; remove nodeSelector');
  }
}

/** Refuses limits of the source ports. */
export function refusePorts(refusals: Refusals, why: string): void {
  const { toPorts } = refusals.model.agent;
  if (toPorts !== undefined)
    refusals.cannot([...AGENT, 'toPorts'], `source ports cannot be limited: ${why}; remove toPorts`);
}

/** Refuses a wish about random source ports that is written down, and that the target does not grant. */
export function refuseRandomFully(refusals: Refusals, granted: boolean, why: string): void {
  const { model } = refusals;
  const path = [...AGENT, 'randomFully'];
  if (has(model, path) && model.agent.randomFully !== granted) refusals.cannot(path, `${why}; remove randomFully`);
}

/** Refuses every egress policy. */
export function refusePolicies(refusals: Refusals, why: string): void {
  for (const policy of refusals.model.egress?.policies ?? []) {
    refusals.cannot(policy.path, `policy "${policy.name}" cannot be expressed: ${why}; remove it`);
  }
}

/** The addresses of pods of one family. */
export function podsOf({ network }: ClusterModel, family: Family): IntervalSet {
  return unionOfEntries(network.pods, family);
}

/** The addresses to which pods keep theirs. */
export function preservedBy(model: ClusterModel, family: Family): IntervalSet {
  return intentTreatment(model).base[family].where(({ treatment }) => treatment.kind === 'preserve');
}

/** Whether the intent asks for IPv6 rules that are not there by themselves: some IPv6 packets are to be masqueraded. */
export function masqueradesIPv6(model: ClusterModel): boolean {
  return model.network.ipv6 && !preservedBy(model, 6).isFull();
}

/** Refuses IPv6 where some of it is to be masqueraded. */
export function refuseIPv6(refusals: Refusals, why: string): void {
  if (masqueradesIPv6(refusals.model))
    refusals.cannot([...NETWORK, 'ipv6'], `IPv6 packets cannot be masqueraded: ${why}`);
}

/** The families that the cluster's pods have. */
export function familiesOf(model: ClusterModel): readonly Family[] {
  return FAMILIES.filter(family => family === 4 || model.network.ipv6);
}

/** The destinations of a policy. */
export function destinationsOf(policy: NonNullable<ClusterModel['egress']>['policies'][number]): IntervalSet {
  return IntervalSet.unionOf(
    4,
    policy.to.map(entry => entry.sets[4]),
  );
}

/** Refuses policies whose destinations are inside of the cluster, where no gateway of others takes packets. */
export function refuseInside(refusals: Refusals, why: string): void {
  const { model } = refusals;
  const inside = unionOfEntries([...model.network.nodes, ...model.network.pods], 4);
  for (const policy of model.egress?.policies ?? []) {
    for (const entry of policy.to) {
      const shared = entry.sets[4].intersect(inside);
      if (shared.isEmpty()) continue;
      refusals.cannot(entry.path, `"${entry.text}" holds addresses of nodes or pods, and ${why}; leave them out of it`);
    }
  }
}
