import { type Address, BITS, type Cidr, compareAddresses, formatAddress, IntervalSet, setsOf } from '../address';
import type { ValuePath } from '../diagnostics';
import { valueAt } from '../schema/path';
import { checkEmptied, checkRedundancy, isEmptied } from './check-list';
import { checkOverlaps } from './check-overlap';
import { excludeText } from './exclude';
import type { Findings } from './findings';
import type { ClusterModel, EgressModel, PlacedAddress, PodRuleModel, PolicyModel } from './model';
import { sharedText, sharedWithCluster } from './preserved';
import { commonLabels, matchesEverything } from './selector';
import { unusableKind } from './special';

const EGRESS = ['spec', 'egress'] as const;

/** Checks the egress gateway: its version, its floating IPs, its policies one by one and against each other. */
export function checkGateway(model: ClusterModel, findings: Findings): void {
  const { egress } = model;
  if (!egress || model.platform === 'gke-standard' || model.platform === 'gke-autopilot') return;
  if (model.platform === 'anthos-bare-metal') {
    checkVersion(model, egress, findings);
    checkNamespace(egress, findings);
  }
  checkFloatingIPs(model, egress, findings);
  checkPolicies(model, egress, findings);
  const doubtful = findings.anyBelow([...EGRESS, 'policies'], 'MQ203', 'MQ204', 'MQ211', 'MQ518');
  if (!doubtful) checkOverlaps(egress.policies, findings);
}

function checkVersion(model: ClusterModel, egress: EgressModel, findings: Findings): void {
  const { version } = model;
  if (!version) return;
  const at = ['spec', 'version'];
  const { major, minor, patch } = version;
  if (major < 1 || (major === 1 && minor < 8)) {
    findings.add('MQ511', at, `version ${major}.${minor}.${patch} has no egress NAT gateway; it exists from 1.8.0 on`);
    return;
  }
  if (major === 1 && minor === 8 && patch === 3) {
    findings.add('MQ512', at, 'the egress NAT gateway does not work in 1.8.3; use another patch release');
  }
  const preview = major === 1 && minor < 10;
  if (preview) {
    findings.add(
      'MQ513',
      at,
      `on ${major}.${minor} the gateway is a preview (AnthosNetworkGateway), and a cluster created with it cannot be upgraded; recreate it on 1.10 or later`,
    );
  } else {
    findings.add('MQ515', at, {
      message:
        'the fields of the v1 EgressNATPolicy for bare metal are not published in what masq builds on; v1alpha1 is rendered: check that the cluster serves it',
    });
  }
  const enable = [...EGRESS, 'gateway', 'enable'];
  if (preview && egress.enable === 'advancedNetworking') {
    findings.add(
      'MQ514',
      enable,
      `advancedNetworking exists from 1.10 on; on ${major}.${minor} write "enable: annotation"`,
    );
  } else if (!preview && egress.enable === 'annotation') {
    findings.add(
      'MQ514',
      enable,
      `the annotation is of the preview up to 1.9; on ${major}.${minor} write "enable: advancedNetworking"`,
    );
  }
}

const LONGEST_NAME = 63;

/** The namespace that follows from the cluster's name can be too long, though the name is not. */
function checkNamespace({ clusterName, namespace }: EgressModel, findings: Findings): void {
  if (namespace !== `cluster-${clusterName}` || namespace.length <= LONGEST_NAME) return;
  const gateway = [...EGRESS, 'gateway'];
  const named = valueAt(findings.document.value, [...gateway, 'clusterName']) !== undefined;
  const path = named ? [...gateway, 'clusterName'] : ['metadata', 'name'];
  if (valueAt(findings.document.value, [...gateway, 'namespace']) !== undefined || findings.anyBelow(path)) return;
  findings.add('MQ615', path, {
    message: `"${clusterName}" makes the namespace "${namespace}" ${namespace.length} characters long, and Kubernetes takes ${LONGEST_NAME}; write a name of at most ${LONGEST_NAME - 'cluster-'.length}`,
    hint: 'or name the namespace that the Cluster object really has: spec.egress.gateway.namespace',
  });
}

function checkFloatingIPs(model: ClusterModel, egress: EgressModel, findings: Findings): void {
  const subnets: NodeSubnet[] = model.network.nodes.flatMap(n =>
    n.cidrs.map(cidr => ({ cidr, text: n.text, path: n.path, members: 0 })),
  );
  const seen = new Map<string, PlacedAddress>();
  for (const ip of egress.floatingIPs) {
    if (!checkFamily(ip, findings)) continue;
    const key = formatAddress(ip.address);
    const earlier = seen.get(key);
    if (earlier) {
      const related = [{ ...findings.document.at(earlier.path), message: 'it stands here' }];
      findings.add('MQ516', ip.path, { message: `floating IP "${ip.text}" is listed twice; remove one`, related });
      continue;
    }
    seen.set(key, ip);
    const holding = subnets.filter(s => setsOf([s.cidr])[4].has(ip.address));
    const single = holding.find(s => s.cidr.prefix === BITS[4]);
    const own = model.network.nodeIPs.find(node => compareAddresses(node.address, ip.address) === 0) ?? single;
    if (own) {
      const related = [{ ...findings.document.at(own.path), message: 'the node' }];
      findings.add('MQ505', ip.path, {
        message: `floating IP "${ip.text}" is a node's own address; choose a free one`,
        related,
      });
    }
    const subnet = narrowest(holding);
    if (!subnet) {
      if (!wholeList(findings, ['spec', 'network', 'nodeCIDRs'], model.network.nodes)) continue;
      const names = subnets.map(s => s.text).join(', ');
      findings.add('MQ503', ip.path, `floating IP "${ip.text}" is in no node subnet (${names}); no node could hold it`);
      continue;
    }
    subnet.members++;
    const edge = edgeOf(subnet.cidr, ip.address);
    if (edge)
      findings.add(
        'MQ504',
        ip.path,
        `floating IP "${ip.text}" is the ${edge} address of "${subnet.text}"; choose one that lies between ${edges(subnet.cidr)} and is neither of the two`,
      );
  }
  if (!wholeList(findings, [...EGRESS, 'floatingIPs'], egress.floatingIPs)) return;
  checkMembers(
    subnets.filter(subnet => subnet.cidr.family === 4),
    findings,
  );
}

/** A subnet is an L2 domain: floating IPs cannot move out of it. What is wrong with one of them may explain what lacks. */
function checkMembers(subnets: readonly NodeSubnet[], findings: Findings): void {
  const path = [...EGRESS, 'floatingIPs'];
  if (findings.anyBelow(path) || findings.anyBelow(['spec', 'network', 'nodeCIDRs'])) return;
  for (const subnet of subnets) {
    const related = [{ ...findings.document.at(subnet.path), message: 'the L2 domain' }];
    if (subnet.members === 0) {
      const message = `no floating IP is in the L2 domain "${subnet.text}", so that none of its nodes can be a gateway; at least two are recommended`;
      findings.add('MQ506', path, { message, related }, 'key');
    } else if (subnet.members === 1) {
      const message = `only one floating IP is in the L2 domain "${subnet.text}"; at least two are recommended, so that a node's failure does not interrupt all egress`;
      findings.add('MQ506', path, { message, related }, 'key');
    }
  }
}

/** A subnet of the nodes, and how many floating IPs it holds. */
interface NodeSubnet {
  readonly cidr: Cidr;
  readonly text: string;
  readonly path: ValuePath;
  members: number;
}

/** Of subnets inside of each other the one that is an L2 domain for sure. */
function narrowest(subnets: readonly NodeSubnet[]): NodeSubnet | undefined {
  const [first, ...others] = subnets;
  return others.reduce((least, subnet) => (subnet.cidr.prefix > least!.cidr.prefix ? subnet : least), first);
}

/** Whether all of a list is there and could be read: otherwise, that something is missing from it proves nothing. */
function wholeList(findings: Findings, path: ValuePath, read: readonly unknown[]): boolean {
  const raw = valueAt(findings.document.value, path);
  return Array.isArray(raw) && raw.length > 0 && raw.length === read.length;
}

function checkFamily(ip: PlacedAddress, findings: Findings): boolean {
  if (ip.address.family === 4) return true;
  findings.add('MQ507', ip.path, `"${ip.text}" is IPv6; the egress NAT gateway handles IPv4 only`);
  return false;
}

function edgeOf(subnet: Cidr, address: Address): 'network' | 'broadcast' | undefined {
  if (subnet.prefix > 30) return undefined;
  const { first, last } = extentOf(subnet);
  if (compareAddresses(first, address) === 0) return 'network';
  return compareAddresses(last, address) === 0 ? 'broadcast' : undefined;
}

/** The first and the last address of a subnet, for a sentence. */
function edges(subnet: Cidr): string {
  const { first, last } = extentOf(subnet);
  return `${formatAddress(first)} and ${formatAddress(last)}`;
}

function extentOf(subnet: Cidr): { readonly first: Address; readonly last: Address } {
  return [...IntervalSet.ofCidr(subnet).intervals()][0]!;
}

function checkPolicies(model: ClusterModel, egress: EgressModel, findings: Findings): void {
  const byName = new Map<string, PolicyModel>();
  const bySource = new Map<string, { name: string; path: PlacedAddress['path'] }>();
  for (const policy of egress.policies) {
    const earlier = byName.get(policy.name);
    if (earlier) {
      const related = [{ ...findings.document.at([...earlier.path, 'name']), message: 'the first one' }];
      const message = `policy "${policy.name}" is defined twice; rename one`;
      findings.add('MQ517', [...policy.path, 'name'], { message, related });
    } else if (policy.name !== '') byName.set(policy.name, policy);
    checkSourceIP(egress, policy, bySource, findings);
    checkDestinations(model, policy, findings);
    for (const rule of policy.from) {
      checkSatisfiable(policy, rule, findings);
      const raw = (key: string): unknown => valueAt(findings.document.value, [...rule.path, key]);
      if (!matchesEverything(raw('namespaceSelector')) || !matchesEverything(raw('podSelector'))) continue;
      findings.add(
        'MQ510',
        rule.path,
        `policy "${policy.name}" selects every pod of the cluster; name labels if that is not meant`,
      );
    }
  }
}

/** Requirements that contradict each other: no labels meet them all. */
function checkSatisfiable(policy: PolicyModel, rule: PodRuleModel, findings: Findings): void {
  for (const [key, selector, whose] of [
    ['namespaceSelector', rule.namespaces, 'namespace'],
    ['podSelector', rule.pods, 'pod'],
  ] as const) {
    const path = [...rule.path, key];
    if (commonLabels(selector) || findings.anyBelow(path)) continue;
    const message = `no labels of a ${whose} meet all of ${key}, so that the rule of policy "${policy.name}" selects no pod; change one of those that contradict each other`;
    findings.add('MQ519', path, message);
  }
}

function checkSourceIP(
  egress: EgressModel,
  policy: PolicyModel,
  bySource: Map<string, { name: string; path: PlacedAddress['path'] }>,
  findings: Findings,
): void {
  const ip = policy.sourceIP;
  if (!ip || !checkFamily(ip, findings)) return;
  const all = wholeList(findings, [...EGRESS, 'floatingIPs'], egress.floatingIPs);
  if (all && !egress.floatingIPs.some(f => compareAddresses(f.address, ip.address) === 0)) {
    const known = egress.floatingIPs.map(f => f.text).join(', ');
    findings.add('MQ501', ip.path, {
      message: `sourceIP "${ip.text}" is not among the floating IPs (${known}); add it there, or use one of them`,
      hint: 'the gateway would not serve the policy, and an event UnknownEgressIP would say so',
    });
  }
  const key = formatAddress(ip.address);
  const earlier = bySource.get(key);
  if (earlier) {
    const related = [{ ...findings.document.at(earlier.path), message: `policy "${earlier.name}" uses it here` }];
    const message = `policies "${earlier.name}" and "${policy.name}" share sourceIP "${ip.text}"; each needs one of its own`;
    findings.add('MQ502', ip.path, { message, related });
  } else bySource.set(key, { name: policy.name, path: ip.path });
}

function checkDestinations(model: ClusterModel, policy: PolicyModel, findings: Findings): void {
  checkRedundancy(policy.to, findings);
  if (policy.to.length > 0 && policy.to.every(isEmptied)) {
    const message = `the exceptions leave policy "${policy.name}" no destination; take less out, or remove the policy`;
    findings.add('MQ124', [...policy.path, 'to'], { message, severity: 'error' }, 'key');
  } else checkEmptied(policy.to, findings);
  for (const entry of policy.to) {
    if (!entry.sets[6].isEmpty()) {
      findings.add('MQ507', entry.path, `"${entry.text}" is IPv6; the egress NAT gateway handles IPv4 only`);
    }
    const kind = entry.sets[6].isEmpty() ? unusableKind(entry.sets) : undefined;
    if (kind !== undefined) {
      const message = `destination "${entry.text}" is nothing but ${kind}, which nothing reaches through a gateway: packets there would be lost; remove it`;
      findings.add('MQ520', entry.path, message);
    }
    const inside = sharedWithCluster(model, entry.sets);
    if (inside.length === 0) continue;
    findings.add('MQ509', entry.path, {
      message: `destination "${entry.text}" contains ${sharedText(inside)}; traffic inside the cluster would go through the gateway; ${excludeText(
        findings.document,
        entry,
        inside.map(({ range }) => range),
      )}`,
      related: inside.map(({ role, range }) => ({ ...findings.document.at(range.path), message: `the ${role} range` })),
    });
  }
}
