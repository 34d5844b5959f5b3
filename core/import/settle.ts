import { type Both, both, cidr, FAMILIES, type Family, formatCidr, IntervalSet, Partition, setsOf } from '../address';
import { andList, type Diagnostic, diagnostic } from '../diagnostics';
import type { KeptRange, OwnRanges, OwnRole } from '../dialect/reading';
import type { Platform } from '../intent/model';
import { internetSet, LINK_LOCAL, preservesInternet } from '../intent/special';
import type { Agent, ClusterIntentSpec, Egress, Masquerade, Network } from '../schema/generated/types-intent';
import type { TreatmentMap } from '../treatment/map';
import { type Decision, PRESERVE } from '../treatment/treatment';
import { reasonOf } from './comment';
import type { Draft, DraftEgress } from './draft';
import { preserveEntries, type ReasonedRange } from './entries';
import { type ClusterFacts, clusterFacts, type ImportFacts, ownRanges } from './facts';

/** An intent in its own words, and the map that it has to denote. */
export interface Settled {
  readonly name: string;
  readonly spec: ClusterIntentSpec;
  readonly expected: TreatmentMap;
}

/** What became of a draft: an intent, the facts that it lacks, a line each, or what an intent cannot say. */
export interface Settling {
  readonly settled?: Settled;
  readonly missing: readonly string[];
  /** Options that the intent hangs on in nothing, a line each. */
  readonly misused: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What comes first where nobody names the cluster. */
const NAME = 'my-cluster';

/** Makes an intent of a draft, with the cluster's facts. */
export function settle(draft: Draft, facts: ImportFacts): Settling {
  const known = clusterFacts(facts, draft.found);
  const own = ownRanges(known);
  const map = draft.map(own);
  const platform = facts.platform ?? draft.platform;
  const version = facts.version ?? draft.found.version;
  const ipv6 = !own.pods[6].isEmpty();
  // Without a list an intent leaves packets to nodes to the data plane.
  const said = draft.kept || platform !== 'kubernetes' ? own : { ...own, nodes: both(IntervalSet.empty) };
  const hit = both(f => (f === 6 && !ipv6 ? IntervalSet.empty(6) : ownSet(said, f).intersect(masqueraded(map, f))));
  const expected = facts.preserveCluster ? preserving(map, hit) : map;
  const kept = both(f => expected.base[f].where(({ treatment }) => treatment.kind === 'preserve'));
  const internetRoute = facts.internetRoute ?? draft.found.internetRoute;
  const needsRoute = draft.kept !== undefined && FAMILIES.some(f => (f === 4 || ipv6) && preservesInternet(kept[f]));
  const lacksVpc = draft.needsVpc !== undefined && known.vpc.length === 0;
  const missing = [
    ...(platform === undefined ? [MISSING.platform] : []),
    ...((platform === 'gke-autopilot' || platform === 'anthos-bare-metal') && version === undefined
      ? [MISSING.version]
      : []),
    ...(known.nodes.length === 0 ? [MISSING.nodes] : []),
    ...(known.pods.length === 0 ? [MISSING.pods] : []),
    ...(known.pods.length > 0 && !ipv6 && !kept[6].isFull() ? [MISSING.pods6] : []),
    ...(ipv6 && draft.ipv6Unknown ? [MISSING.flags] : []),
    ...(lacksVpc ? [`give --vpc-cidr: ${draft.needsVpc}`] : []),
    ...(needsRoute && internetRoute === undefined ? [MISSING.route] : []),
  ];
  const local = both(f => linkLocalMode(kept[f]));
  const diagnostics = [
    // Of what a VPC has in it nothing is masqueraded, once it is known.
    ...(lacksVpc ? [] : ownDiagnostics(draft, hit, own, facts.preserveCluster === true)),
    ...(draft.kept ? FAMILIES.filter(f => f === 4 || ipv6).flatMap(f => linkLocalFault(draft, kept[f])) : []),
    ...(draft.nodesByAddress ? nodesNote(draft, own, map) : []),
  ];
  // What facts that are missing would change is not known.
  if (missing.length > 0 || platform === undefined) return { missing, misused: [], diagnostics };
  const isPublic =
    draft.kept !== undefined && FAMILIES.some(f => (f === 4 || ipv6) && kept[f].overlaps(internetSet(f)));
  const misused = [
    ...(facts.internetRoute !== undefined && !isPublic
      ? [`--internet-route ${facts.internetRoute}: ${IDLE_ROUTE}`]
      : []),
    ...(facts.preserveCluster && FAMILIES.every(f => hit[f].isEmpty()) ? [`--preserve-cluster: ${IDLE_PRESERVE}`] : []),
  ];
  const name = facts.name ?? draft.found.name ?? NAME;
  const masquerade = draft.kept && masqueradeSpec(draft, draft.kept, { platform, own, kept, local, ipv6 });
  const agent = agentSpec(draft, platform, own);
  const spec: ClusterIntentSpec = {
    platform,
    ...(version !== undefined && { version }),
    network: networkSpec(known, draft, {
      ...(facts.dataplane !== undefined && { dataplane: facts.dataplane }),
      ...(internetRoute !== undefined && (needsRoute || facts.internetRoute !== undefined) && { internetRoute }),
    }),
    ...(masquerade && { masquerade }),
    ...(masquerade && Object.keys(agent).length > 0 && { agent }),
    ...(draft.egress && { egress: egressSpec(draft.egress, draft, { name, platform, own }) }),
  };
  return { settled: { name, spec, expected }, missing, misused, diagnostics };
}

const IDLE_ROUTE =
  "it is for pods' addresses that are preserved to the internet, and nothing that is imported preserves them there; leave it out";

const IDLE_PRESERVE = "what is imported masquerades none of the cluster's own ranges; leave it out";

/** What is said of a fact that is not known: the option that gives it. */
const MISSING = {
  platform:
    'give --platform: what is imported does not say whether it is gke-standard, gke-autopilot, anthos-bare-metal or kubernetes',
  version: "give --version: the platform's version decides what can be rendered",
  nodes: "give --node-cidr: the nodes' subnets, which an intent has to name",
  pods: "give --pod-cidr: the pods' ranges, which an intent has to name",
  pods6: "give --pod-cidr with the pods' IPv6 range too: what is imported masquerades IPv6",
  flags:
    'give --agent-args with what the agent is started with, as in --agent-args=--enable-ipv6 or --agent-args=--enable-ipv6=false: pods have IPv6 addresses, and no DaemonSet says whether the agent writes IPv6 rules',
  route:
    "give --internet-route: pods' addresses are preserved to the internet, by cloud-nat or by a custom-default-route",
};

function ownSet(own: OwnRanges, family: Family): IntervalSet {
  return IntervalSet.unionOf(family, [own.nodes[family], own.pods[family], own.services[family]]);
}

function masqueraded(map: TreatmentMap, family: Family): IntervalSet {
  return map.base[family].where(({ treatment }) => treatment.kind === 'masquerade');
}

/** The map with some destinations preserved. */
function preserving(map: TreatmentMap, sets: Both<IntervalSet>): TreatmentMap {
  const decision: Decision = { treatment: PRESERVE, rule: "the cluster's own ranges" };
  const base = both(family => {
    const over = Partition.fromLayers<Decision | undefined>(
      family,
      [{ set: sets[family], value: decision }],
      undefined,
    );
    return over.zip(map.base[family], (ours, theirs) => ours ?? theirs);
  });
  return { ...map, base };
}

/** What is said where the cluster's own ranges would be masqueraded. */
function ownDiagnostics(draft: Draft, hit: Both<IntervalSet>, own: OwnRanges, isAccepted: boolean): Diagnostic[] {
  const roles: readonly OwnRole[] = ['nodes', 'pods', 'services'];
  const parts = roles.flatMap(role =>
    FAMILIES.flatMap(family => {
      const part = own[role][family].intersect(hit[family]);
      return part.isEmpty() ? [] : [`${part.cidrs().map(formatCidr).join(', ')} (${role})`];
    }),
  );
  if (parts.length === 0) return [];
  const what = `packets to ${andList(parts)} are masqueraded by ${draft.as}`;
  const message = isAccepted
    ? `${what}, and the intent preserves them: in this it differs`
    : `${what}, and what masq renders always preserves them; if the ranges are right, give --preserve-cluster`;
  return [diagnostic('MQ804', draft.at, { message, severity: isAccepted ? 'warning' : 'error' })];
}

/**
 * What is said where a data plane keeps its hands off the nodes, and the intent off all of their ranges: in its list, where
 * it has one, and in its policies.
 */
function nodesNote(draft: Draft, own: OwnRanges, map: TreatmentMap): Diagnostic[] {
  const bare = draft.map({ ...own, nodes: both(IntervalSet.empty) });
  const nodesIn = (family: Family, set: IntervalSet) => set.intersect(own.nodes[family]);
  const open = both(f =>
    draft.kept ? nodesIn(f, masqueraded(bare, f).subtract(masqueraded(map, f))) : IntervalSet.empty(f),
  );
  const steered = IntervalSet.unionOf(
    4,
    bare.egress.map(({ destinations }) => nodesIn(4, destinations)),
  );
  const isListed = FAMILIES.some(f => !open[f].isEmpty());
  const ranges = FAMILIES.flatMap(f => (f === 4 ? open[f].union(steered) : open[f]).cidrs().map(formatCidr));
  if (ranges.length === 0) return [];
  const does = isListed
    ? `packets to nodes are left as they are by ${draft.as}, and by the intent those to all of`
    : `no packet to a node is sent through a gateway by ${draft.as}, and by the intent none to any address of`;
  const message = `${does} ${andList(ranges)}, whether a node has the address or not`;
  return [diagnostic('MQ802', draft.at, { message })];
}

function linkLocalMode(kept: IntervalSet): 'preserve' | 'masquerade' {
  return kept.containsSet(LINK_LOCAL[kept.family]) ? 'preserve' : 'masquerade';
}

function linkLocalFault(draft: Draft, kept: IntervalSet): Diagnostic[] {
  const local = LINK_LOCAL[kept.family];
  if (kept.containsSet(local) || !kept.overlaps(local)) return [];
  const part = kept.intersect(local).cidrs().map(formatCidr).join(', ');
  const message = `of link-local addresses ${part} alone are preserved, and an intent preserves all of ${local.cidrs().map(formatCidr).join()} or none`;
  return [diagnostic('MQ803', draft.at, { message })];
}

interface Meaning {
  readonly platform: Platform;
  readonly own: OwnRanges;
  readonly kept: Both<IntervalSet>;
  readonly local: Both<'preserve' | 'masquerade'>;
  readonly ipv6: boolean;
}

function masqueradeSpec(draft: Draft, ranges: readonly KeptRange[], meaning: Meaning): Masquerade {
  const { platform, own, kept, local, ipv6 } = meaning;
  const anyway = both(f => (local[f] === 'preserve' ? ownSet(own, f).union(LINK_LOCAL[f]) : ownSet(own, f)));
  const all6: ReasonedRange[] = ipv6 && kept[6].isFull() ? [{ text: '::/0', cidrs: IntervalSet.full(6).cidrs() }] : [];
  const listed = ranges.flatMap((range): ReasonedRange[] => {
    const cidrs = range.cidrs.filter(one => one.family === 4 || (ipv6 && all6.length === 0));
    const reason = reasonOf(range.comment);
    return cidrs.length === 0 ? [] : [{ text: range.text, cidrs, ...(reason !== undefined && { reason }) }];
  });
  const vpc = draft.needsVpc !== undefined ? cidrsOf(own.vpc) : [];
  const autopilot = platform === 'gke-autopilot' ? (draft.autopilot ?? { defaultPolicy: 'replace' as const }) : {};
  return {
    preserve: preserveEntries([...vpc, ...listed, ...all6], anyway),
    ...(local[4] === 'masquerade' && { linkLocal: 'masquerade' as const }),
    ...(ipv6 && local[6] === 'masquerade' && { linkLocalIPv6: 'masquerade' as const }),
    ...autopilot,
  };
}

function cidrsOf(sets: Both<IntervalSet>): ReasonedRange[] {
  return FAMILIES.flatMap(family => sets[family].cidrs().map(cidr => ({ text: formatCidr(cidr), cidrs: [cidr] })));
}

/** The agent's keys as the schema has them, but for those of masq-agent alone. */
const AGENT_ORDER = [
  'flavor',
  'daemonSet',
  'image',
  'namespace',
  'chain',
  'resyncInterval',
  'randomFully',
  'toPorts',
  'nodeSelector',
  'priorityClassName',
  'resources',
] as const satisfies readonly (keyof Agent)[];

/** How the agent runs; that masq renders its DaemonSet is said only where GKE would be taken to run it. */
function agentSpec(draft: Draft, platform: Platform, own: OwnRanges): Agent {
  if (platform !== 'gke-standard' && platform !== 'kubernetes') return {};
  const { daemonSet, ...agent } = draft.agent(platform);
  const ten = setsOf([cidr('10.0.0.0/8')])[4];
  const isGkes = platform === 'gke-standard' && !ten.containsSet(own.pods[4]);
  const spec: Agent = { ...agent, ...((daemonSet === 'existing' || (daemonSet && isGkes)) && { daemonSet }) };
  return Object.fromEntries(AGENT_ORDER.flatMap(key => (spec[key] === undefined ? [] : [[key, spec[key]]])));
}

function networkSpec(known: ClusterFacts, draft: Draft, more: Partial<Network>): Network {
  const { nodeIPs } = draft.found;
  return {
    nodeCIDRs: [...known.nodes],
    podCIDRs: [...known.pods],
    ...(known.services.length > 0 && { serviceCIDRs: [...known.services] }),
    ...(nodeIPs && draft.egress && { nodeIPs: [...nodeIPs] }),
    ...more,
  };
}

function egressSpec(
  { floatingIPs, namespace, policies }: DraftEgress,
  draft: Draft,
  { name, platform, own }: { readonly name: string; readonly platform: Platform; readonly own: OwnRanges },
): Egress {
  const anthos = platform === 'anthos-bare-metal';
  const clusterName =
    anthos && draft.found.name !== undefined && draft.found.name !== name ? draft.found.name : undefined;
  const usual = anthos ? `cluster-${clusterName ?? name}` : 'kube-system';
  const gateway = {
    ...(clusterName !== undefined && { clusterName }),
    ...(namespace !== undefined && namespace !== usual && { namespace }),
  };
  return {
    floatingIPs: floatingIPs.map(({ text }) => text),
    ...(Object.keys(gateway).length > 0 && { gateway }),
    ...(policies.length > 0 && {
      policies: policies.map(({ name, from, to, at: _place, ...rest }) => ({ name, from, to: to(own), ...rest })),
    }),
  };
}
