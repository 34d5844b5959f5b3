import { parseAddress } from '../address';
import type { ValuePath } from '../diagnostics';
import { addFault, readAddresses, readEntries } from './entry';
import type { Findings } from './findings';
import type { EgressModel, PlacedAddress, Platform, PodRuleModel, PolicyModel } from './model';
import type { RangeScope } from './ranges';
import { choice, isRecord, type Raw, record, text } from './raw';
import { readSelector } from './selector';
import type { PlatformVersion } from './version';

/** Reads the egress gateway and its policies; absent: none. */
export function readEgress(
  value: unknown,
  platform: Platform,
  version: PlatformVersion | undefined,
  clusterName: string,
  findings: Findings,
  scope: RangeScope,
): EgressModel | undefined {
  if (!isRecord(value)) return undefined;
  const raw = value;
  const path = ['spec', 'egress'];
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
