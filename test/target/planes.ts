import { parse } from 'yaml';
import type { TargetName } from '../../core/target/facts';
import { blockOf, type Family, holds } from '../core/naive';

/**
 * What each data plane does with one packet, found out the slow way: from the texts that it would be given and its
 * documents' words, in big integers. It shares nothing with core: YAML is read by another package's parser.
 */

/** What a data plane has to do with that its configuration does not say. */
export interface Surroundings {
  readonly nodes: readonly string[];
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly vpc: readonly string[];
  /** Whether the nodes route pods' packets natively, and not through tunnels; Cilium. */
  readonly native: boolean;
  /** What AKS's own file says of link-local. */
  readonly aksMasqLinkLocal: boolean;
}

/** A packet: the labels of its pod and of the pod's namespace, and where it goes. */
export interface Packet {
  readonly family: Family;
  readonly to: bigint;
  readonly namespace: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values: string[] }[];
}

interface PodSelector {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}

interface AgentFile {
  readonly nonMasqueradeCIDRs: readonly string[];
  readonly masqLinkLocal: boolean;
  readonly masqLinkLocalIPv6?: boolean;
}

/** As far as the data planes look into their objects. */
interface Spec {
  readonly selectors: readonly PodSelector[];
  readonly destinationCIDRs: readonly string[];
  readonly excludedCIDRs?: readonly string[];
  readonly egressGateway: { readonly egressIP: string };
  readonly appliedTo: PodSelector;
  readonly egressIP: string;
  readonly cidr: string;
  readonly natOutgoing?: boolean;
  readonly disabled?: boolean;
  readonly natOutgoingExclusions?: string;
  readonly natPortRange?: string;
  readonly template: { readonly spec: { readonly containers: readonly { readonly env: readonly Variable[] }[] } };
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

interface Doc {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: Spec;
}

interface Values {
  readonly bpf?: { readonly masquerade?: boolean };
  readonly egressGateway?: { readonly enabled?: boolean };
  readonly ipMasqAgent?: { readonly enabled?: boolean };
  readonly enableIPv4Masquerade?: boolean;
  readonly enableIPv6Masquerade?: boolean;
  readonly ipv4NativeRoutingCIDR?: string;
  readonly ipv6NativeRoutingCIDR?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly egress?: { readonly exceptCIDRs?: readonly string[] };
  readonly noSNAT?: boolean;
  readonly trafficEncapMode?: string;
}

interface Config {
  readonly values: Values;
  readonly objects: readonly Doc[];
}

/** What a data plane with these files does with packets: `keep`, `masq`, `masq PORTS` or `snat IP`. */
export function planeOf(
  name: TargetName,
  files: ReadonlyMap<string, string>,
): (around: Surroundings, packet: Packet) => string {
  const docs = [...files].map(([path, text]) => [path, parse(text) as unknown] as const);
  const values = (docs.find(([path]) => path.startsWith('values/'))?.[1] ?? {}) as Values;
  const objects = docs.filter(([path]) => !path.startsWith('values/')).map(([, doc]) => doc as Doc);
  return (around, packet) => PLANES[name]({ values, objects }, around, packet);
}

type Plane = (config: Config, around: Surroundings, packet: Packet) => string;

const PLANES: Readonly<Record<TargetName, Plane>> = {
  /** Cilium, bpf/lib/nat.h: egress gateway, native routing range, list, nodes when routing natively, else masquerade. */
  cilium: ({ values, objects }, around, packet) => {
    const { family, to } = packet;
    const inside = holds([...around.nodes, ...around.pods], family, to);
    for (const { kind, spec } of objects) {
      if (kind !== 'CiliumEgressGatewayPolicy' || inside || !values.egressGateway?.enabled) continue;
      const selected = spec.selectors.some(
        s => selects(s.namespaceSelector, packet.namespace) && selects(s.podSelector, packet.labels),
      );
      const excluded = holds(spec.excludedCIDRs ?? [], family, to);
      if (selected && holds(spec.destinationCIDRs, family, to) && !excluded)
        return `snat ${spec.egressGateway.egressIP}`;
    }
    if (!values[`enableIPv${family}Masquerade`]) return 'keep';
    const routed = values[`ipv${family}NativeRoutingCIDR`];
    if (routed && holds([routed], family, to)) return 'keep';
    // A Service's address is a pod's before nat.h sees it: bpf/bpf_lxc.c, __per_packet_lb_svc_xlate_4, and bpf_sock.c.
    if (holds([...around.pods, ...around.services], family, to)) return 'keep';
    if (values.ipMasqAgent?.enabled && values.bpf?.masquerade) {
      const { data } = objects.find(o => o.kind === 'ConfigMap' && o.metadata.name === 'ip-masq-agent')!;
      const file = parse(data.config!) as AgentFile;
      if (keptByFile(file, family, to)) return 'keep';
    }
    return around.native && holds(around.nodes, family, to) ? 'keep' : 'masq';
  },

  /** Felix: a source in a pool with natOutgoing, and a destination in no pool. */
  calico: ({ objects }, around, { family, to }) => {
    const pools = objects.filter(o => o.kind === 'IPPool').map(o => o.spec);
    const felix: Partial<Spec> = objects.find(o => o.kind === 'FelixConfiguration')?.spec ?? {};
    const own = around.pods.filter(cidr => blockOf(cidr).family === family);
    const nat = own.map(cidr => pools.some(p => p.cidr === cidr && p.natOutgoing === true && p.disabled !== true));
    if (new Set(nat).size > 1) throw new Error('pods are treated differently');
    if (
      nat[0] !== true ||
      holds(
        pools.map(p => p.cidr),
        family,
        to,
      )
    )
      return 'keep';
    if (felix.natOutgoingExclusions === 'IPPoolsAndHostIPs' && holds(around.nodes, family, to)) return 'keep';
    return felix.natPortRange ? `masq ${String(felix.natPortRange).replace(':', '-')}` : 'masq';
  },

  /** The VPC CNI: the VPC's IPv4 ranges and the excluded ones are left alone; the patch and the add-on say the same. */
  aws: ({ values, objects }, around, { family, to }) => {
    const patch = objects.find(o => o.kind === 'DaemonSet')!.spec.template.spec.containers[0]!;
    const env: Readonly<Record<string, string>> = Object.fromEntries(patch.env.map(v => [v.name, v.value]));
    if (JSON.stringify(env) !== JSON.stringify(values.env)) throw new Error('the patch and the add-on differ');
    if (family === 6 || env.AWS_VPC_K8S_CNI_EXTERNALSNAT === 'true') return 'keep';
    const excluded = env.AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS!.split(',');
    return holds([...around.vpc, ...excluded], family, to) ? 'keep' : 'masq';
  },

  /** ip-masq-agent-v2 of AKS: lists together, booleans ORed, at most 64 entries a file, no IPv6 without its flag. */
  azure: ({ objects }, around, { family, to }) => {
    if (family === 6) return 'keep';
    const own = parse(objects[0]!.data['ip-masq-agent']!) as AgentFile;
    if (own.nonMasqueradeCIDRs.length > 64) throw new Error('the agent ends with an error');
    if (own.nonMasqueradeCIDRs.some(cidr => cidr.includes(':'))) throw new Error('IPv6 is not enabled');
    const merged = {
      nonMasqueradeCIDRs: [...own.nonMasqueradeCIDRs, ...around.vpc],
      masqLinkLocal: own.masqLinkLocal || around.aksMasqLinkLocal,
    };
    return keptByFile(merged, family, to) ? 'keep' : 'masq';
  },

  /** Antrea: Egress but for its exceptions and what is inside; else masquerade to anything but pods and Services. */
  antrea: ({ values, objects }, around, packet) => {
    const { family, to } = packet;
    if (!around.pods.some(cidr => blockOf(cidr).family === family)) return 'keep';
    if (holds([...around.pods, ...around.services], family, to)) return 'keep';
    const applies = family === 4 && !holds([...around.nodes, ...(values.egress?.exceptCIDRs ?? [])], family, to);
    for (const { kind, spec } of applies ? objects : []) {
      if (kind !== 'Egress') continue;
      const { namespaceSelector, podSelector } = spec.appliedTo;
      if (selects(namespaceSelector, packet.namespace) && selects(podSelector, packet.labels))
        return `snat ${spec.egressIP}`;
    }
    return values.noSNAT && values.trafficEncapMode === 'noEncap' ? 'keep' : 'masq';
  },
};

function keptByFile(file: AgentFile, family: Family, to: bigint): boolean {
  const local = family === 4 ? !file.masqLinkLocal : !file.masqLinkLocalIPv6;
  if (local && holds([family === 4 ? '169.254.0.0/16' : 'fe80::/10'], family, to)) return true;
  return holds(file.nonMasqueradeCIDRs, family, to);
}

/** A Kubernetes label selector. */
export function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return true;
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      const is = labels[key];
      if (operator === 'In') return is !== undefined && values.includes(is);
      if (operator === 'NotIn') return is === undefined || !values.includes(is);
      return (operator === 'Exists') === (is !== undefined);
    })
  );
}
