import {
  type Cidr,
  compareAddresses,
  FAMILIES,
  type Family,
  formatCidr,
  highestAddress,
  IntervalSet,
  type Partition,
} from '../address';
import type { AgentFile, ListedCidr } from '../agentfile/write';
import { LINUX_NODES } from '../intent/masq-agent';
import type { ClusterModel, Flavor, MetricsModel } from '../intent/model';
import type { PodSelector } from '../intent/selector';
import { LINK_LOCAL, preservesInternet } from '../intent/special';
import { rememberLatest } from '../latest';
import { DEFAULT_CIDR_LIMIT } from '../treatment/agentfile';
import { intentTreatment } from '../treatment/intent';
import type { TreatmentMap } from '../treatment/map';
import type { Decision } from '../treatment/treatment';

/** What has to be rendered for one cluster, as data. */
export interface Plan {
  /** The cluster's name, and its folder's. */
  readonly cluster: string;
  /** Labels for every object. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations for every object. */
  readonly annotations: Readonly<Record<string, string>>;
  /** ip-masq-agent; absent where there is none to configure. */
  readonly agent?: AgentPlan;
  /** EgressNATPolicies v1 of gke-autopilot. */
  readonly noSnat: readonly NoSnatPlan[];
  /** The egress gateway; absent where there is none. */
  readonly gateway?: GatewayPlan;
}

/** The agent's ConfigMap, and its DaemonSet unless somebody else runs it. */
export interface AgentPlan {
  /** The namespace of all its objects. */
  readonly namespace: string;
  /** What the ConfigMap's file says. */
  readonly file: AgentFile;
  /** The declared route that carries pods' addresses to the internet, when the list preserves them there. */
  readonly internetRoute?: InternetRoute;
  /** The DaemonSet; absent when somebody else runs it. */
  readonly daemonSet?: DaemonSetPlan;
}

/** One EgressNATPolicy v1. */
export interface NoSnatPlan {
  /** The policy's name. */
  readonly name: string;
  /** Destinations to which pods keep their address, as CIDRs. */
  readonly destinations: readonly string[];
  /** Why destinations are listed, a line each, when the intent gives reasons. */
  readonly reason?: string;
  /** The declared route that carries pods' addresses to the internet, when the list preserves them there. */
  readonly internetRoute?: InternetRoute;
}

/** What carries packets with a pod's source address to the internet. */
export type InternetRoute = 'cloud-nat' | 'custom-default-route';

/** What is particular to one agent's DaemonSet. */
export interface DaemonSetPlan {
  /** Whose agent it runs. */
  readonly flavor: Flavor;
  /** The container image. */
  readonly image: string;
  /** The agent's flags, as far as they differ from its defaults. */
  readonly args: readonly string[];
  /** Where packets of pods come from, as far as the agent is told: masq-agent alone can be. */
  readonly podCIDRs: readonly string[];
  /** Where masq-agent's metrics are served; absent: nowhere. */
  readonly metrics?: MetricsModel;
  /** Whether the pods get a ServiceAccount of their own. */
  readonly serviceAccount: boolean;
  /** Labels of the nodes that run the agent; empty: every node. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** The pods' priority class. */
  readonly priorityClassName?: string;
  /** What the container requests and may use at most. */
  readonly resources?: ClusterModel['agent']['resources'];
}

/** The egress gateway's objects. */
export interface GatewayPlan {
  /** The gateway object's kind, which depends on the version. */
  readonly kind: 'AnthosNetworkGateway' | 'NetworkGatewayGroup';
  /** The gateway object's namespace. */
  readonly namespace: string;
  /** The addresses that it moves between nodes. */
  readonly floatingIPs: readonly string[];
  /** The policies that steer packets to it. */
  readonly policies: readonly GatewayPolicyPlan[];
  /** Whether the CRDs are rendered too: on clusters that do not bring them. */
  readonly crds: boolean;
  /** The patch of the Cluster object that switches the gateway on; absent where nothing is to be switched. */
  readonly clusterPatch?: ClusterPatchPlan;
}

/** What switches the egress gateway on in a cluster's own object. */
export interface ClusterPatchPlan {
  /** The Cluster object's name. */
  readonly name: string;
  /** The Cluster object's namespace. */
  readonly namespace: string;
  /** How it is switched on: `annotation` on Anthos 1.8 and 1.9, `advancedNetworking` from 1.10 on. */
  readonly enable: 'annotation' | 'advancedNetworking';
}

/** One EgressNATPolicy v1alpha1. */
export interface GatewayPolicyPlan {
  /** The policy's name. */
  readonly name: string;
  /** Why it is there; becomes an annotation. */
  readonly reason?: string;
  /** Which pods: those that any of the selectors selects. */
  readonly egress: readonly PodSelector[];
  /** Which destinations. */
  readonly destinationCIDRs: readonly string[];
  /** The floating IP that the packets leave with. */
  readonly egressSourceIP: string;
}

/** The smallest artefacts that denote a valid intent's map. */
export const planCluster: (model: ClusterModel) => Plan = rememberLatest(model => {
  const map = intentTreatment(model);
  const agent = planAgent(model, map);
  const gateway = planGateway(model);
  return {
    cluster: model.name,
    labels: model.labels,
    annotations: model.annotations,
    ...(agent && { agent }),
    noSnat: planNoSnat(model, map),
    ...(gateway && { gateway }),
  };
});

function planAgent(model: ClusterModel, map: TreatmentMap): AgentPlan | undefined {
  const { masquerade, agent, network } = model;
  if (!masquerade || (model.platform !== 'gke-standard' && model.platform !== 'kubernetes')) return undefined;
  const families: readonly Family[] = network.ipv6 ? FAMILIES : [4];
  const list = families.flatMap(family => {
    const preservesLocal = (family === 4 ? masquerade.linkLocal : masquerade.linkLocalIPv6) === 'preserve';
    return listed(map.base[family], preservesLocal ? LINK_LOCAL[family] : IntervalSet.empty(family));
  });
  const file: AgentFile = {
    nonMasqueradeCIDRs: list,
    masqLinkLocal: masquerade.linkLocal === 'masquerade',
    masqLinkLocalIPv6: network.ipv6 && masquerade.linkLocalIPv6 === 'masquerade',
    resyncInterval: agent.resyncInterval,
    ...(list.length > DEFAULT_CIDR_LIMIT && { cidrLimit: list.length }),
  };
  return {
    namespace: agent.namespace,
    file,
    ...declaredRoute(model, map),
    ...(agent.daemonSet === 'render' && { daemonSet: planDaemonSet(model) }),
  };
}

/** The declared route that carries pods' addresses to the internet, when a map preserves them there. */
export function declaredRoute(model: ClusterModel, map: TreatmentMap): { internetRoute?: InternetRoute } {
  const { internetRoute } = model.network;
  const kept = FAMILIES.some(f => preservesInternet(map.base[f].where(d => d.treatment.kind === 'preserve')));
  return internetRoute === 'none' || !kept ? {} : { internetRoute };
}

function planDaemonSet(model: ClusterModel): DaemonSetPlan {
  const { agent, network } = model;
  const podCIDRs = agent.flavor === 'masq' ? podSources(network) : [];
  const args = [
    ...(agent.chain === 'IP-MASQ-AGENT' ? [] : [`--masq-chain=${agent.chain}`]),
    ...(network.ipv6 ? ['--enable-ipv6'] : []),
    ...(agent.randomFully ? [] : ['--random-fully=false']),
    ...(agent.toPorts === undefined ? [] : [`--to-ports=${agent.toPorts}`]),
    ...(agent.backend === 'auto' ? [] : [`--backend=${agent.backend}`]),
    ...(agent.logFormat === 'text' ? [] : [`--log-format=${agent.logFormat}`]),
    ...(podCIDRs.length === 0 ? [] : [`--pod-cidrs=${podCIDRs.join(',')}`]),
  ];
  const linuxOnly = agent.flavor === 'masq' || network.windowsNodePools ? LINUX_NODES : {};
  return {
    flavor: agent.flavor,
    image: agent.image,
    args,
    podCIDRs,
    ...(agent.metrics && { metrics: agent.metrics }),
    serviceAccount: agent.flavor !== 'google',
    nodeSelector: { ...linuxOnly, ...agent.nodeSelector },
    ...(agent.priorityClassName !== undefined && { priorityClassName: agent.priorityClassName }),
    ...(agent.resources && { resources: agent.resources }),
  };
}

/** The fewest CIDRs that hold every pod's address. */
function podSources({ pods }: ClusterModel['network']): string[] {
  const cidrs = FAMILIES.flatMap(family =>
    IntervalSet.unionOf(
      family,
      pods.map(entry => entry.sets[family]),
    ).cidrs(),
  );
  return cidrs.map(formatCidr);
}

function planNoSnat(model: ClusterModel, map: TreatmentMap): Plan['noSnat'] {
  const { masquerade } = model;
  if (!masquerade || model.platform !== 'gke-autopilot') return [];
  const list = listed(map.base[4], LINK_LOCAL[4]);
  const reasoned = masquerade.preserve.some(entry => entry.reason !== undefined);
  const lines = list.filter(entry => entry.note !== undefined).map(entry => `${entry.cidr}: ${entry.note}`);
  return [
    {
      name: masquerade.defaultPolicy === 'replace' ? 'default' : masquerade.policyName,
      destinations: list.map(entry => entry.cidr),
      ...(reasoned && { reason: lines.join('\n') }),
      ...declaredRoute(model, map),
    },
  ];
}

function planGateway(model: ClusterModel): GatewayPlan | undefined {
  const { egress, platform, version } = model;
  if (!egress) return undefined;
  const anthos = platform === 'anthos-bare-metal';
  const preview = anthos && version !== undefined && version.major === 1 && version.minor < 10;
  return {
    kind: preview ? 'AnthosNetworkGateway' : 'NetworkGatewayGroup',
    namespace: egress.namespace,
    floatingIPs: egress.floatingIPs.map(ip => ip.text),
    policies: egress.policies.map(policy => ({
      name: policy.name,
      ...(policy.reason !== undefined && { reason: policy.reason }),
      egress: policy.from.map(({ namespaces, pods }) => ({ namespaces, pods })),
      destinationCIDRs: IntervalSet.unionOf(
        4,
        policy.to.map(entry => entry.sets[4]),
      )
        .cidrs()
        .map(formatCidr),
      egressSourceIP: policy.sourceIP?.text ?? '',
    })),
    crds: !anthos,
    ...(egress.enable && {
      clusterPatch: { name: egress.clusterName, namespace: egress.namespace, enable: egress.enable },
    }),
  };
}

/**
 * The fewest CIDRs that cover what is preserved. Addresses that are preserved in any case (link-local) may be in the
 * list or not: they are taken in only where that makes it shorter. One block of them can only help whole or not at all.
 */
export function listed(partition: Partition<Decision>, anyway: IntervalSet): ListedCidr[] {
  const preserved = partition.where(decision => decision.treatment.kind === 'preserve');
  const without = preserved.subtract(anyway).cidrs();
  const within = anyway.isEmpty() ? without : preserved.union(anyway).cidrs();
  const cidrs = within.length < without.length ? within : without;
  const notes = notesFor(cidrs, partition);
  return cidrs.map((cidr, i) => ({ cidr: formatCidr(cidr), ...(notes[i] !== undefined && { note: notes[i] }) }));
}

/** For each CIDR the notes of the rules that decided for it: one walk along both lists, which are in order. */
function notesFor(cidrs: readonly Cidr[], partition: Partition<Decision>): (string | undefined)[] {
  const stretches = [...partition.entries()];
  let from = 0;
  return cidrs.map(cidr => {
    const last = highestAddress(cidr);
    while (compareAddresses(stretches[from]!.last, cidr) < 0) from++;
    const notes = new Set<string>();
    for (let i = from; i < stretches.length && compareAddresses(stretches[i]!.first, last) <= 0; i++) {
      const note = stretches[i]!.value.note;
      if (note !== undefined) notes.add(note);
    }
    if (notes.size === 0) return undefined;
    const shown = [...notes].slice(0, 4);
    return notes.size > 4 ? `${shown.join('; ')} and ${notes.size - 4} more` : shown.join('; ');
  });
}
