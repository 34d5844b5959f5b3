import { type Both, FAMILIES, formatAddress, type IntervalSet } from '../address';
import { checkRedundancy } from './check-list';
import type { Entry } from './entry';
import type { Findings } from './findings';
import type { ClusterModel } from './model';

const NETWORK = ['spec', 'network'] as const;

/** Checks the cluster's facts against each other. */
export function checkNetwork(model: ClusterModel, findings: Findings): void {
  const { nodes, pods, services, onPremises } = model.network;
  for (const list of [nodes, pods, services, onPremises]) checkRedundancy(list, findings);
  checkApart('pod', pods, 'node', nodes, findings);
  checkApart('service', services, 'node', nodes, findings);
  checkApart('service', services, 'pod', pods, findings);
  checkNodesOnPremises(model, findings);
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
  const raw = root.spec?.network ?? {};
  if (findings.anyBelow(NETWORK, 'MQ203', 'MQ204', 'MQ211')) return;
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

/** The lowest address that is in both, in writing. */
export function firstShared(a: Both<IntervalSet>, b: Both<IntervalSet>): string | undefined {
  for (const family of FAMILIES) {
    const first = a[family].intersect(b[family]).first();
    if (first) return formatAddress(first);
  }
  return undefined;
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
