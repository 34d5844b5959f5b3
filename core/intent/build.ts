import type { Cidr } from '../address';
import { parseAddress } from '../address';
import { chainFault, portRangeFault } from '../agentfile/flags';
import type { ValuePath } from '../diagnostics';
import { isPlaceholder } from '../schema/placeholder';
import { nearDuration, parseDuration, SHORTEST_RESYNC } from './duration';
import { addFault, type Entry, readAddresses, readCidrs, readEntries } from './entry';
import type { Findings } from './findings';
import { defaultImage } from './images';
import { checkFlavor, METRICS_PORT } from './masq-agent';
import type {
  AgentModel,
  ClusterModel,
  EgressModel,
  MasqueradeModel,
  MetricsModel,
  NetworkModel,
  PlacedAddress,
  Platform,
  PodRuleModel,
  PolicyModel,
} from './model';
import { gkeDeploysAgent, platformDefault } from './platform-default';
import { PLATFORM_DEFAULT, RangeScope, rangeDefinitions } from './ranges';
import { checkAnnotations, checkLabels, readSelector } from './selector';
import { unusablePart } from './special';
import { isReleased, type PlatformVersion, parseVersion } from './version';

type Raw = Readonly<Record<string, unknown>>;

const SPEC = ['spec'] as const;
const PLATFORMS: readonly Platform[] = ['gke-standard', 'gke-autopilot', 'anthos-bare-metal', 'kubernetes'];

/**
 * Fills in a cluster's model from a document, as far as its shape allows: what has a wrong type was reported by the
 * schema and counts as absent here, so that everything else is still checked.
 * @param outer where names are looked up that the document does not define
 */
export function buildModel(findings: Findings, outer?: RangeScope): ClusterModel | undefined {
  const root = record(findings.document.value);
  const spec = record(root.spec);
  const metadata = record(root.metadata);
  const known = PLATFORMS.find(p => p === spec.platform);
  // Addresses and names are read all the same, so that a slip in the platform hides no other.
  const platform = known ?? 'kubernetes';
  const version = readVersion(spec.version, platform, findings);
  const raw = record(spec.network);
  const defaults = (): readonly Cidr[] | undefined => {
    const found = platformDefault(platform, version, network);
    if (found !== 'needs-image') return found;
    findings.add('MQ414', ['spec', 'version'], {
      message: `before GKE 1.14.1-gke.14, and on 1.14.2 before 1.14.2-gke.1, the default destinations depend on the node image; say spec.network.nodeImage`,
    });
    return undefined;
  };
  const special = new Map([[PLATFORM_DEFAULT, defaults]]);
  const scope = new RangeScope(findings, rangeDefinitions(spec.ranges), [...SPEC, 'ranges'], outer, special);
  const network = readNetwork(raw, platform, findings);
  const labels = texts(metadata.labels);
  checkLabels(labels, ['metadata', 'labels'], findings);
  checkManagedBy(labels, findings);
  const annotations = texts(metadata.annotations);
  checkAnnotations(annotations, ['metadata', 'annotations'], findings);
  const masquerade = isRecord(spec.masquerade) ? readMasquerade(spec.masquerade, findings, scope) : undefined;
  const egress = readEgress(spec.egress, platform, version, text(metadata.name) ?? '', findings, scope);
  scope.resolveAll();
  // A name that was mistyped somewhere, or stands where nothing could be read, looks unused.
  const mistyped = findings.anyBelow([], 'MQ113', 'MQ203', 'MQ204', 'MQ205', 'MQ206', 'MQ211', 'MQ613');
  for (const name of mistyped ? [] : scope.unused()) {
    findings.add('MQ127', [...SPEC, 'ranges', name], `range "${name}" is never used; remove it`, 'key');
  }
  const agent = readAgent(record(spec.agent), platform, network, findings);
  if (!known) return undefined;
  return {
    document: findings.document,
    name: text(metadata.name) ?? '',
    labels,
    annotations,
    platform,
    ...(version && { version }),
    network,
    ...(masquerade && { masquerade }),
    agent,
    ...(egress && { egress }),
  };
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** The label that tells masq's objects from others' is not to be had. */
function checkManagedBy({ [MANAGED_BY]: value }: Readonly<Record<string, string>>, findings: Findings): void {
  if (value === undefined || value === 'masq') return;
  const message = `the label ${MANAGED_BY} is always "masq" on what masq renders, not "${value}"; remove it`;
  findings.add('MQ206', ['metadata', 'labels', MANAGED_BY], message);
}

function readVersion(value: unknown, platform: Platform, findings: Findings): PlatformVersion | undefined {
  if (typeof value !== 'string') return undefined;
  const version = parseVersion(platform === 'kubernetes' ? withoutSuffix(value) : value);
  if (isPlaceholder(value)) {
    const message = `"${value}" is a placeholder that was never filled in; write a version such as "1.29.4-gke.1043000"`;
    findings.add('MQ613', ['spec', 'version'], message);
  } else if (!version) {
    findings.add(
      'MQ412',
      ['spec', 'version'],
      `"${value}" is no version; write one such as "1.29.4-gke.1043000" or "1.10.2"`,
    );
  } else if (!isReleased(version)) {
    const [, minor, patch] = /^v?1(?:\.(\d\d)(\d+)|(\d{1,2})\.(\d+))/.exec(value)?.filter(Boolean) ?? [];
    const instead = minor === undefined ? 'write one such as "1.29.4"' : `did you mean "1.${minor}.${patch}"?`;
    findings.add('MQ412', ['spec', 'version'], `no platform has a version "${value}"; ${instead}`);
    return undefined;
  }
  return version;
}

/** A version without what distributions append to it: v1.29.4+k3s1, 1.29.4-eks-036c24b. */
function withoutSuffix(version: string): string {
  const at = version.search(/[-+](?!gke)/);
  return at >= 0 && /^.[0-9A-Za-z.+-]+$/.test(version.slice(at)) ? version.slice(0, at) : version;
}

function readNetwork(raw: Raw, platform: Platform, findings: Findings): NetworkModel {
  const path = [...SPEC, 'network'];
  const cidrs = (key: string): Entry[] => readCidrs(raw[key], [...path, key], findings);
  const own = (key: string, role: string): Entry[] => cidrs(key).filter(range => isUsable(range, role, findings));
  const pods = own('podCIDRs', 'pod');
  const nodeImage = text(raw.nodeImage);
  return {
    dataplane: choice(raw.dataplane, ['v1', 'v2']) ?? (platform === 'gke-autopilot' ? 'v2' : 'v1'),
    nodes: own('nodeCIDRs', 'node'),
    pods,
    services: own('serviceCIDRs', 'service'),
    nodeIPs: readAddresses(raw.nodeIPs, [...path, 'nodeIPs'], findings),
    onPremises: cidrs('onPremisesCIDRs'),
    internetRoute: choice(raw.internetRoute, ['none', 'cloud-nat', 'custom-default-route']) ?? 'none',
    networkPolicy: raw.networkPolicy === true,
    disableDefaultSnat: raw.disableDefaultSnat === true,
    windowsNodePools: raw.windowsNodePools === true,
    ...(nodeImage !== undefined && { nodeImage }),
    ipv6: pods.some(entry => !entry.sets[6].isEmpty()),
  };
}

/** Class E as a whole is a range that GKE gives to pods, though its last address is the broadcast address. */
const CLASS_E = '240.0.0.0/4';

/** Reports a range of addresses that no host can have; like one that cannot be read it counts as absent then. */
function isUsable(range: Entry, role: string, findings: Findings): boolean {
  const part = unusablePart(range.sets);
  if (part === undefined || range.text === CLASS_E) return true;
  const message = `${role} range "${range.text}" holds ${part}, which no ${role} can have; write the range that the cluster really has`;
  findings.add('MQ318', range.path, message);
  return false;
}

function readMasquerade(value: unknown, findings: Findings, scope: RangeScope): MasqueradeModel | undefined {
  const raw = record(value);
  const path = [...SPEC, 'masquerade'];
  const defaultPolicy = choice(raw.defaultPolicy, ['replace', 'add']);
  return {
    preserve: readEntries(raw.preserve, [...path, 'preserve'], findings, scope),
    always: readEntries(raw.always, [...path, 'always'], findings, scope),
    linkLocal: choice(raw.linkLocal, ['preserve', 'masquerade']) ?? 'preserve',
    linkLocalIPv6: choice(raw.linkLocalIPv6, ['preserve', 'masquerade']) ?? 'preserve',
    ...(defaultPolicy && { defaultPolicy }),
    policyName: text(raw.policyName) ?? 'masq',
  };
}

function readAgent(raw: Raw, platform: Platform, network: NetworkModel, findings: Findings): AgentModel {
  const path = [...SPEC, 'agent'];
  const gke = platform === 'gke-standard';
  const flavor = choice(raw.flavor, ['google', 'upstream', 'masq']) ?? (gke ? 'google' : 'upstream');
  const chain = text(raw.chain) ?? (gke ? 'IP-MASQ' : 'IP-MASQ-AGENT');
  const fault = raw.chain === undefined ? undefined : chainFault(chain);
  if (fault) findings.add('MQ313', [...path, 'chain'], fault);
  const resyncInterval = text(raw.resyncInterval) ?? '60s';
  checkDuration(resyncInterval, [...path, 'resyncInterval'], findings);
  const ports = Array.isArray(raw.toPorts) ? raw.toPorts.filter(p => typeof p === 'string') : [];
  ports.forEach((range, i) => {
    const wrong = portRangeFault(range);
    if (wrong) findings.add('MQ312', [...path, 'toPorts', i], wrong);
  });
  const priorityClassName = text(raw.priorityClassName) ?? (flavor === 'google' ? undefined : 'system-node-critical');
  const nodeSelector = texts(raw.nodeSelector);
  checkLabels(nodeSelector, [...path, 'nodeSelector'], findings);
  const daemonSet =
    choice(raw.daemonSet, ['render', 'existing']) ?? (gke && gkeDeploysAgent(network) ? 'existing' : 'render');
  if (daemonSet === 'render') checkFlavor(raw, flavor, path, findings);
  const resources = raw.resources === undefined ? undefined : record(raw.resources);
  const metrics = isRecord(raw.metrics) ? readMetrics(raw.metrics) : undefined;
  return {
    flavor,
    daemonSet,
    image: text(raw.image) ?? defaultImage(flavor) ?? '',
    namespace: text(raw.namespace) ?? 'kube-system',
    chain,
    resyncInterval,
    randomFully: typeof raw.randomFully === 'boolean' ? raw.randomFully : !gke,
    ...(ports.length > 0 && { toPorts: ports.join(',') }),
    nodeSelector,
    backend: choice(raw.backend, ['auto', 'iptables', 'nftables']) ?? 'auto',
    logFormat: choice(raw.logFormat, ['text', 'json']) ?? 'text',
    ...(metrics && { metrics }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(resources && { resources: { requests: texts(resources.requests), limits: texts(resources.limits) } }),
  };
}

function readMetrics(raw: Raw): MetricsModel {
  const address = text(raw.address);
  return {
    port: typeof raw.port === 'number' ? raw.port : METRICS_PORT,
    ...(address !== undefined && { address }),
  };
}

/** Reports a resync interval that the agent would refuse or spin on. */
export function checkDuration(value: string, path: ValuePath, findings: Findings): void {
  const duration = parseDuration(value);
  if (duration === undefined) {
    const wrong = /^\d+$/.test(value)
      ? `has no unit; write ${value}s`
      : `is no Go duration; write ${nearDuration(value) ?? 'one such as 60s, 500ms or 1h30m'}`;
    findings.add('MQ216', path, `resyncInterval "${value}" ${wrong}`);
  } else if (duration < SHORTEST_RESYNC) {
    findings.add(
      'MQ311',
      path,
      `resyncInterval "${value}" is shorter than ${SHORTEST_RESYNC}ms and would make the agent spin; write 60s`,
    );
  }
}

function readEgress(
  value: unknown,
  platform: Platform,
  version: PlatformVersion | undefined,
  clusterName: string,
  findings: Findings,
  scope: RangeScope,
): EgressModel | undefined {
  if (!isRecord(value)) return undefined;
  const raw = value;
  const path = [...SPEC, 'egress'];
  const gateway = record(raw.gateway);
  const anthos = platform === 'anthos-bare-metal';
  const name = text(gateway.clusterName) ?? clusterName;
  const needed = !version || version.major > 1 || version.minor >= 10 ? 'advancedNetworking' : 'annotation';
  const enable = anthos ? (choice(gateway.enable, ['annotation', 'advancedNetworking']) ?? needed) : undefined;
  return {
    floatingIPs: readAddresses(raw.floatingIPs, [...path, 'floatingIPs'], findings),
    policies: (Array.isArray(raw.policies) ? raw.policies : []).map((policy, i) =>
      readPolicy(record(policy), [...path, 'policies', i], findings, scope),
    ),
    clusterName: name,
    namespace: text(gateway.namespace) ?? (anthos ? `cluster-${name}` : 'kube-system'),
    ...(enable && { enable }),
  };
}

function readPolicy(raw: Raw, path: ValuePath, findings: Findings, scope: RangeScope): PolicyModel {
  const sourceIP = readAddress(raw.sourceIP, [...path, 'sourceIP'], findings);
  const reason = text(raw.reason);
  return {
    name: text(raw.name) ?? '',
    path,
    from: (Array.isArray(raw.from) ? raw.from : []).map((rule, i) =>
      readPodRule(record(rule), [...path, 'from', i], findings),
    ),
    to: readEntries(raw.to, [...path, 'to'], findings, scope),
    ...(sourceIP && { sourceIP }),
    ...(reason !== undefined && { reason }),
  };
}

function readPodRule(raw: Raw, path: ValuePath, findings: Findings): PodRuleModel {
  return {
    path,
    namespaces: readSelector(raw.namespaceSelector, [...path, 'namespaceSelector'], findings),
    pods: readSelector(raw.podSelector, [...path, 'podSelector'], findings),
  };
}

function readAddress(value: unknown, path: ValuePath, findings: Findings): PlacedAddress | undefined {
  if (typeof value !== 'string') return undefined;
  const parsed = parseAddress(value);
  if (parsed.ok) return { address: parsed.value, text: value, path };
  addFault(findings, path, value, parsed.fault, 'address');
  return undefined;
}

function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record(value)).filter((e): e is [string, string] => typeof e[1] === 'string'),
  );
}

function choice<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find(c => c === value);
}
