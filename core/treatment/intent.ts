import { type Both, both, IntervalSet, setsOf } from '../address';
import type { Entry } from '../intent/entry';
import type { ClusterModel } from '../intent/model';
import { gkeDefault, gkeDeploysAgent } from '../intent/platform-default';
import { LINK_LOCAL } from '../intent/special';
import { rememberLatest } from '../latest';
import { pathText } from '../schema/path';
import { type EgressRule, type Layer, mapOf, type TreatmentMap, withIPv6 } from './map';
import { type Decision, MASQUERADE, masquerade, PRESERVE, type Treatment } from './treatment';

/** What an intent says of every packet: the map that everything rendered from it has to denote. */
export const intentTreatment: (model: ClusterModel) => TreatmentMap = rememberLatest(model => {
  switch (model.platform) {
    case 'gke-autopilot':
      return autopilot(model);
    case 'anthos-bare-metal':
      return withoutAgent(model);
    case 'gke-standard':
      return model.masquerade ? agent(model) : gkeSettings(model);
    case 'kubernetes':
      return model.masquerade ? agent(model) : byDataPlane(model);
  }
});

const NO_LIST = 'the cluster\'s data plane, for the intent has no "masquerade"';

/** What an intent without a list leaves to the data plane, which every one does in its own way. */
const LEFT_OPEN: Treatment = { kind: 'unknown', rules: [NO_LIST], ofCluster: true };

const BY_PLATFORM: Decision = { treatment: MASQUERADE, rule: "the platform's own masquerading" };

/**
 * An intent's map beside what a data plane does: what the intent leaves open is as the data plane has it, so that only
 * what the intent says is compared.
 */
export function whereSaid(intent: TreatmentMap, plane: TreatmentMap): TreatmentMap {
  const base = both(family =>
    intent.base[family].zip(plane.base[family], (said, done) => (isLeftOpen(said) ? done : said)),
  );
  const left = intent.base[4].where(isLeftOpen);
  // What a policy does there is as little known, where that hangs on what nodes there are.
  const done = plane.egress
    .filter(({ decision }) => decision.treatment.kind === 'unknown')
    .map(rule => ({ ...rule, destinations: rule.destinations.intersect(left) }))
    .filter(({ destinations }) => !destinations.isEmpty());
  return { ...intent, base, egress: [...intent.egress, ...done] };
}

/** Whether an intent leaves it to the data plane what happens. */
export function isLeftOpen({ treatment }: Decision): boolean {
  return treatment === LEFT_OPEN;
}

/** ip-masq-agent with a list: the cluster's own ranges, link-local, exceptions, the list, and the rest masqueraded. */
function agent(model: ClusterModel): TreatmentMap {
  const { linkLocal, linkLocalIPv6, always, preserve } = model.masquerade!;
  const masq = masquerade(model.agent.toPorts);
  const local: Layer[] = [
    { sets: only(4), decision: { treatment: linkLocal === 'preserve' ? PRESERVE : masq, rule: 'link-local' } },
    { sets: only(6), decision: { treatment: linkLocalIPv6 === 'preserve' ? PRESERVE : masq, rule: 'link-local' } },
  ];
  const layers = [
    ...clusterLayers(model),
    ...local,
    ...entryLayers(model, always, masq),
    ...entryLayers(model, preserve, PRESERVE),
  ];
  const rest: Decision = { treatment: masq, rule: 'everything that is not preserved' };
  const map = mapOf(layers, { 4: rest, 6: rest }, egressRules(model));
  return model.network.ipv6 ? map : withIPv6(map, NO_IPV6);
}

function only(family: 4 | 6): Both<IntervalSet> {
  return both(f => (f === family ? LINK_LOCAL[f] : IntervalSet.empty(f)));
}

/** EgressNATPolicies: what GKE manages and link-local first, then the list; with `add` the generated default too. */
function autopilot(model: ClusterModel): TreatmentMap {
  const list = model.masquerade;
  const kept: Layer[] = [
    { sets: LINK_LOCAL, decision: { treatment: PRESERVE, rule: 'link-local (always preserved on Autopilot)' } },
  ];
  const defaults = { sets: setsOf(elevenRanges()), decision: { treatment: PRESERVE, rule: 'EgressNATPolicy default' } };
  const layers = [
    ...clusterLayers(model),
    ...kept,
    ...(list ? entryLayers(model, list.always, MASQUERADE) : []),
    ...(list ? entryLayers(model, list.preserve, PRESERVE) : []),
    ...(list && list.defaultPolicy === 'replace' ? [] : [defaults]),
  ];
  const rest: Decision = { treatment: MASQUERADE, rule: 'everything that no policy preserves' };
  const map = mapOf(layers, { 4: rest, 6: rest });
  return withIPv6(map, NO_IPV6);
}

function elevenRanges() {
  const ranges = gkeDefault({ reservedRangesFlag: false });
  return ranges === 'needs-image' ? [] : ranges;
}

/** No agent of ours: traffic inside the cluster keeps its source, everything else leaves with the node's address. */
function withoutAgent(model: ClusterModel): TreatmentMap {
  const map = mapOf(clusterLayers(model), { 4: BY_PLATFORM, 6: BY_PLATFORM }, egressRules(model));
  return withIPv6(map, NO_IPV6);
}

/**
 * No list on a cluster of any kind: data planes agree that packets between pods keep their source and those to the world
 * leave with the node's address. In what becomes of packets to nodes, and of IPv6, they do not agree.
 */
function byDataPlane(model: ClusterModel): TreatmentMap {
  const { nodes, pods, services, ipv6 } = model.network;
  const layers = [
    ...entryLayers(model, pods, PRESERVE, 'pods'),
    ...entryLayers(model, services, PRESERVE, 'services'),
    ...entryLayers(model, nodes, LEFT_OPEN, 'nodes'),
  ];
  const open: Decision = { treatment: LEFT_OPEN, rule: NO_LIST };
  const map = mapOf(layers, { 4: BY_PLATFORM, 6: open }, egressRules(model));
  return ipv6 ? map : withIPv6(map, NO_IPV6);
}

/** What GKE does by itself when the intent gives no list. */
function gkeSettings(model: ClusterModel): TreatmentMap {
  const { network, version } = model;
  if (network.disableDefaultSnat && model.agent.daemonSet !== 'existing') {
    const all: Decision = { treatment: PRESERVE, rule: '--disable-default-snat' };
    return mapOf([], { 4: all, 6: all });
  }
  const facts = {
    ...(version && { version }),
    ...(network.nodeImage !== undefined && { nodeImage: network.nodeImage }),
  };
  const ranges = gkeDefault({ ...facts, reservedRangesFlag: gkeDeploysAgent(network) });
  const defaults = setsOf(ranges === 'needs-image' ? [] : ranges);
  const layers: Layer[] = [
    { sets: only(4), decision: { treatment: PRESERVE, rule: 'link-local' } },
    { sets: defaults, decision: { treatment: PRESERVE, rule: "GKE's default non-masquerade destinations" } },
  ];
  const rest: Decision = { treatment: MASQUERADE, rule: 'everything outside of the defaults' };
  const map = mapOf(layers, { 4: rest, 6: rest });
  return withIPv6(map, NO_IPV6);
}

const NO_IPV6: Decision = { treatment: PRESERVE, rule: 'no IPv6 rules' };

/** The cluster's own ranges, which are always preserved. */
function clusterLayers(model: ClusterModel): Layer[] {
  const { nodes, pods, services } = model.network;
  return [
    ...entryLayers(model, nodes, PRESERVE, 'nodes'),
    ...entryLayers(model, pods, PRESERVE, 'pods'),
    ...entryLayers(model, services, PRESERVE, 'services'),
  ];
}

function entryLayers(model: ClusterModel, entries: readonly Entry[], treatment: Treatment, role?: string): Layer[] {
  return entries.map(entry => {
    const note = role ?? entry.reason ?? (entry.named ? entry.text : undefined);
    return {
      sets: entry.sets,
      decision: {
        treatment,
        rule: `${pathText(entry.path)} "${entry.text}"`,
        ...(note !== undefined && { note }),
        at: model.document.at(entry.path),
      },
    };
  });
}

function egressRules(model: ClusterModel): EgressRule[] {
  return (model.egress?.policies ?? []).flatMap(policy => {
    if (!policy.sourceIP) return [];
    const destinations = IntervalSet.unionOf(
      4,
      policy.to.map(entry => entry.sets[4]),
    );
    const decision: Decision = {
      treatment: { kind: 'snat', sourceIP: policy.sourceIP.text },
      rule: `${pathText(policy.path)} "${policy.name}"`,
      ...(policy.reason !== undefined && { note: policy.reason }),
      at: model.document.at(policy.path),
    };
    return [{ pods: policy.from.map(({ namespaces, pods }) => ({ namespaces, pods })), destinations, decision }];
  });
}
