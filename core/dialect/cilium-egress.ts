import type { Diagnostic, ValuePath } from '../diagnostics';
import { append } from '../diagnostics/collect';
import { readAddresses, readCidrs, unionOfEntries } from '../intent/entry';
import { Findings } from '../intent/findings';
import { type PodSelector, type Requirement, readSelector, type Selector } from '../intent/selector';
import { checkMetadata, list, objectId, record, written } from '../manifest/object';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import type { DialectPolicy } from './reading';

/** Policies of Cilium's egress gateway, read, and what is to be said of them. */
export interface ReadCiliumPolicies {
  readonly policies: readonly DialectPolicy[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The gateway's kinds: today's, and the one that it came from. */
const KINDS = ['CiliumEgressGatewayPolicy', 'CiliumEgressNATPolicy'] as const;

/** Whether a document is a policy of Cilium's egress gateway. */
export function isCiliumPolicy(document: SourceDocument): boolean {
  const id = objectId(document);
  return id?.apiVersion.startsWith('cilium.io/') === true && KINDS.some(kind => kind === id.kind);
}

/**
 * Reads policies of Cilium's egress gateway. A pod is selected when any selector matches it; a selector without
 * `namespaceSelector` is about every namespace. Of the destinations `excludedCIDRs` are taken out, and the cluster's own
 * nodes and pods are in none. The node that `nodeSelector` selects translates; which it is, an intent does not say.
 * Source: cilium/cilium pkg/egressgateway/policy.go; Cilium's page on the egress gateway; its CRD.
 */
export function readCiliumPolicies(documents: readonly SourceDocument[]): ReadCiliumPolicies {
  const diagnostics: Diagnostic[] = [];
  const policies = documents.flatMap(document => {
    const findings = new Findings(document);
    const policy = readPolicy(document, findings);
    append(diagnostics, findings.list);
    return policy ? [policy] : [];
  });
  return { policies, diagnostics };
}

function readPolicy(document: SourceDocument, findings: Findings): DialectPolicy | undefined {
  checkMetadata(document, findings);
  const spec = (...path: ValuePath): ValuePath => ['spec', ...path];
  const value = (...path: ValuePath): unknown => valueAt(document.value, spec(...path));
  const old = objectId(document)?.kind === 'CiliumEgressNATPolicy';
  const selectors = old ? 'egress' : 'selectors';
  const pods = list(value(selectors)).flatMap((item, i) => readPods(item, spec(selectors, i), findings) ?? []);
  if (list(value(selectors)).length === 0) missing(selectors, 'the pods that it is about', findings);
  const cidrs = (key: string) => readCidrs(value(key), spec(key), findings);
  const destinations = cidrs('destinationCIDRs');
  if (list(value('destinationCIDRs')).length === 0)
    missing('destinationCIDRs', 'the destinations that it is about', findings);
  for (const entry of destinations.filter(one => !one.sets[6].isEmpty())) {
    findings.add('MQ507', entry.path, `"${entry.text}" is IPv6; the egress NAT gateway handles IPv4 only`);
  }
  const sourceIP = old ? readIP(['spec', 'egressSourceIP'], findings) : readGateway(document, findings);
  if (sourceIP === undefined || findings.refused([])) return undefined;
  return {
    name: written(valueAt(document.value, ['metadata', 'name'])),
    pods,
    destinations: unionOfEntries(destinations, 4).subtract(unionOfEntries(cidrs('excludedCIDRs'), 4)),
    sourceIP,
    at: document.at(['metadata', 'name']),
  };
}

function missing(key: string, what: string, findings: Findings): void {
  if (!findings.anyBelow(['spec', key])) findings.add('MQ205', ['spec'], `the policy lacks "${key}", ${what}`, 'key');
}

function readIP(path: ValuePath, findings: Findings): string | undefined {
  const value = valueAt(findings.document.value, path);
  const [ip] = readAddresses([value], path, findings);
  if (ip?.address.family === 6)
    findings.add('MQ507', path, `"${ip.text}" is IPv6; the egress NAT gateway handles IPv4 only`);
  return ip?.text;
}

function readGateway(document: SourceDocument, findings: Findings): string | undefined {
  const path = ['spec', 'egressGateway'];
  const gateway = record(valueAt(document.value, path));
  const several = valueAt(document.value, ['spec', 'egressGateways']);
  if (several !== undefined) {
    findings.add(
      'MQ803',
      ['spec', 'egressGateways'],
      'several gateways share the packets of one policy, and an intent gives each policy one address; write a policy for each',
      'key',
    );
    return undefined;
  }
  if (Object.hasOwn(gateway, 'nodeSelector')) {
    findings.add(
      'MQ801',
      [...path, 'nodeSelector'],
      'which node is the gateway is not said in an intent: the one that holds the floating IP is',
      'key',
    );
  }
  if (gateway.egressIP !== undefined) return readIP([...path, 'egressIP'], findings);
  const through = gateway.interface === undefined ? 'its default route' : `interface "${written(gateway.interface)}"`;
  const at = gateway.interface === undefined ? path : [...path, 'interface'];
  const message = `the packets leave with the address that the gateway node has on ${through}, which is not said here, and an intent has to name it; write egressIP`;
  findings.add('MQ803', at, message, 'key');
  return undefined;
}

function readPods(item: unknown, path: ValuePath, findings: Findings): PodSelector | undefined {
  const { namespaceSelector, podSelector, nodeSelector } = record(item);
  if (nodeSelector !== undefined) {
    const message =
      'the policy is about the pods of some nodes, and an intent tells pods apart by labels of theirs and of their namespace';
    findings.add('MQ803', [...path, 'nodeSelector'], message, 'key');
    return undefined;
  }
  if (namespaceSelector === undefined && podSelector === undefined) {
    findings.add(
      'MQ205',
      path,
      'a selector lacks "podSelector" and "namespaceSelector", and Cilium refuses the policy',
    );
    return undefined;
  }
  const pods = readSelector(withoutSource(podSelector), [...path, 'podSelector'], findings);
  const namespaces = readSelector(namespaceSelector, [...path, 'namespaceSelector'], findings);
  return split(pods, namespaces, [...path, 'podSelector'], findings);
}

/** A selector whose keys have no `k8s:` in front, which tells where Cilium has a label from. */
function withoutSource(selector: unknown): unknown {
  const { matchLabels, matchExpressions } = record(selector);
  const bare = (key: unknown): unknown => (typeof key === 'string' ? key.replace(/^k8s:/, '') : key);
  return {
    ...(matchLabels !== undefined && {
      matchLabels: Object.fromEntries(Object.entries(record(matchLabels)).map(([key, label]) => [bare(key), label])),
    }),
    ...(matchExpressions !== undefined && {
      matchExpressions: list(matchExpressions).map(one => ({ ...record(one), key: bare(record(one).key) })),
    }),
  };
}

/** The label with a namespace's name, on the namespace itself. Source: Kubernetes, well-known labels. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Cilium's own labels of pods tell their namespace: they belong to the selector of namespaces. */
function split(pods: Selector, namespaces: Selector, path: ValuePath, findings: Findings): PodSelector {
  const own: Requirement[] = [];
  const moved: Requirement[] = [];
  for (const requirement of pods.requirements) {
    const { key } = requirement;
    const label = /^io\.cilium\.k8s\.namespace\.labels\.(.+)$/.exec(key)?.[1];
    if (key === 'io.kubernetes.pod.namespace') moved.push({ ...requirement, key: NAMESPACE_NAME });
    else if (label !== undefined) moved.push({ ...requirement, key: label });
    else if (/^io\.cilium\.|^reserved:/.test(key)) {
      findings.add(
        'MQ803',
        path,
        `"${key}" is a label that Cilium alone gives, and an intent tells pods apart by labels of Kubernetes'`,
        'key',
      );
    } else own.push(requirement);
  }
  return { pods: { requirements: own }, namespaces: { requirements: [...namespaces.requirements, ...moved] } };
}
