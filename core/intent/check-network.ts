import { FAMILIES, formatAddress } from '../address';
import { checkRedundancy } from './check-list';
import type { Entry } from './entry';
import type { Findings } from './findings';
import type { ClusterModel, PlacedAddress } from './model';
import { firstShared } from './special';

const NETWORK = ['spec', 'network'] as const;

/** Checks the cluster's facts against each other. */
export function checkNetwork(model: ClusterModel, findings: Findings): void {
  const { nodes, pods, services, onPremises } = model.network;
  for (const list of [nodes, pods, services, onPremises]) checkRedundancy(list, findings);
  checkApart('pod', pods, 'node', nodes, findings);
  checkApart('service', services, 'node', nodes, findings);
  checkApart('service', services, 'pod', pods, findings);
  checkNodeIPs(model, findings);
  checkNodesOnPremises(model, findings);
  checkServicesOnPremises(model, findings);
  checkPodsOnPremises(model, findings);
  checkFamilies(model, findings);
  if (model.network.windowsNodePools) {
    findings.add('MQ404', [...NETWORK, 'windowsNodePools'], {
      message:
        'IP masquerading is not supported on Windows Server node pools: nothing here changes what their pods send',
    });
  }
}

/** Ranges that masq cannot keep safe because nobody names them: a missing list, or a family that only the pods have. */
function checkFamilies(model: ClusterModel, findings: Findings): void {
  const { nodes, services, ipv6 } = model.network;
  const root = model.document.value as { spec?: { network?: Record<string, unknown> } };
  const raw = root.spec?.network;
  if (!raw || findings.anyBelow(NETWORK, 'MQ203', 'MQ204', 'MQ211')) return;
  if (!Array.isArray(raw.serviceCIDRs)) {
    findings.add(
      'MQ315',
      NETWORK,
      {
        message:
          'spec.network declares no serviceCIDRs; masq cannot make sure that traffic to Services keeps its source',
        hint: 'name the range, or write "serviceCIDRs: []" if the cluster routes none of it',
      },
      'key',
    );
  }
  for (const [key, entries] of [
    ['nodeCIDRs', nodes],
    ['serviceCIDRs', services],
  ] as const) {
    if (!ipv6 || entries.length === 0 || entries.some(e => !e.sets[6].isEmpty())) continue;
    if (findings.anyBelow([...NETWORK, key])) continue;
    const message = `the pods have IPv6 addresses, but ${key} names no IPv6 range; masq cannot make sure that IPv6 traffic to it keeps its source`;
    findings.add('MQ315', [...NETWORK, key], message, 'key');
  }
}

function checkApart(
  role: string,
  entries: readonly Entry[],
  otherRole: string,
  others: readonly Entry[],
  findings: Findings,
): void {
  for (const entry of entries) {
    for (const other of others) {
      const shared = firstShared(entry.sets, other.sets);
      if (!shared) continue;
      findings.add('MQ306', entry.path, {
        message: `${role} range "${entry.text}" overlaps ${otherRole} range "${other.text}" at ${shared}; they must be apart`,
        related: [{ ...findings.document.at(other.path), message: `the ${otherRole} range` }],
      });
    }
  }
}

/** A node range in use on premises too: the far side answers a node of its own, and packets can go in circles. */
function checkNodesOnPremises(model: ClusterModel, findings: Findings): void {
  for (const node of model.network.nodes) {
    for (const far of model.network.onPremises) {
      const shared = firstShared(node.sets, far.sets);
      if (!shared) continue;
      findings.add('MQ305', node.path, {
        message: `node range "${node.text}" overlaps on-premises range "${far.text}" at ${shared}; masqueraded traffic can loop between the two`,
        related: [{ ...findings.document.at(far.path), message: 'the on-premises range' }],
      });
    }
  }
}

/** Single nodes: each named once, and in a node range. */
function checkNodeIPs(model: ClusterModel, findings: Findings): void {
  const { nodeIPs, nodes } = model.network;
  const seen = new Map<string, PlacedAddress>();
  const ranges = findings.anyBelow([...NETWORK, 'nodeCIDRs']) ? [] : nodes;
  for (const ip of nodeIPs) {
    const earlier = seen.get(formatAddress(ip.address));
    if (earlier) {
      const related = [{ ...findings.document.at(earlier.path), message: 'it stands here' }];
      findings.add('MQ120', ip.path, { message: `node address "${ip.text}" is listed twice; remove one`, related });
      continue;
    }
    seen.set(formatAddress(ip.address), ip);
    if (ranges.length === 0 || ranges.some(range => range.sets[ip.address.family].has(ip.address))) continue;
    const names = ranges.map(range => range.text).join(', ');
    const message = `node address "${ip.text}" is in no node range (${names}), so masq cannot make sure that traffic to it keeps its source; add its subnet to nodeCIDRs`;
    findings.add('MQ316', ip.path, message);
  }
}

/** Packets to a Service's address never leave the cluster: hosts on premises with such an address cannot be reached. */
function checkServicesOnPremises(model: ClusterModel, findings: Findings): void {
  for (const service of model.network.services) {
    for (const far of model.network.onPremises) {
      const shared = firstShared(service.sets, far.sets);
      if (!shared) continue;
      findings.add('MQ317', service.path, {
        message: `service range "${service.text}" overlaps on-premises range "${far.text}" at ${shared}; pods cannot reach hosts there, since their packets are taken for Services'`,
        related: [{ ...findings.document.at(far.path), message: 'the on-premises range' }],
      });
    }
  }
}

/**
 * The same of pods. Where a range on premises is wider than theirs, nothing is said: that pods masquerade to a network
 * which uses their addresses too is what a list is for. A range that is all theirs nobody can reach.
 */
function checkPodsOnPremises(model: ClusterModel, findings: Findings): void {
  for (const pods of model.network.pods) {
    for (const far of model.network.onPremises) {
      if (!FAMILIES.every(family => pods.sets[family].containsSet(far.sets[family]))) continue;
      findings.add('MQ320', pods.path, {
        message: `pod range "${pods.text}" holds all of on-premises range "${far.text}"; pods cannot reach hosts there, since such addresses are taken for pods'`,
        related: [{ ...findings.document.at(far.path), message: 'the on-premises range' }],
      });
    }
  }
}
