import schemaV1 from '../../schemas/json/networking.gke.io/egressnatpolicy_v1.json';
import schemaV1Alpha1 from '../../schemas/json/networking.gke.io/egressnatpolicy_v1alpha1.json';
import { formatCidr, parseAddress } from '../address';
import type { Diagnostic } from '../diagnostics';
import { checkRedundancy } from '../intent/check-list';
import { addFault, type Entry, readCidrs } from '../intent/entry';
import { Findings } from '../intent/findings';
import type { PolicyModel } from '../intent/model';
import { matchesEverything, readSelector } from '../intent/selector';
import { preservesInternet } from '../intent/special';
import { validateEgressNATPolicyV1 } from '../schema/generated/validator-egressnatpolicy-v1';
import { validateEgressNATPolicyV1Alpha1 } from '../schema/generated/validator-egressnatpolicy-v1alpha1';
import { valueAt } from '../schema/path';
import { shapeDiagnostics } from '../schema/shape';
import type { SourceDocument } from '../source';
import { DEFAULT_CIDR_LIMIT } from '../treatment/agentfile';
import { checkMetadata, hasDeclaredRoute, list, written } from './object';

/** Names of the policies that GKE manages itself: `gke-`, eight hex digits, a number. */
const MANAGED = /^gke-[0-9a-f]{8}-\d+$/;

/** An EgressNATPolicy `networking.gke.io/v1`: destinations to which pods keep their address. */
export interface NoSnatPolicy {
  /** The object. */
  readonly document: SourceDocument;
  /** Its name; empty where it has none. */
  readonly name: string;
  /** The destinations that could be read. */
  readonly destinations: readonly Entry[];
}

/** Whether GKE manages a policy itself: nobody else writes it. */
export function isManagedPolicy({ name }: Pick<NoSnatPolicy, 'name'>): boolean {
  return MANAGED.test(name);
}

/** Checks an EgressNATPolicy `networking.gke.io/v1` of GKE Autopilot, and reads it. */
export function readEgressPolicyV1(document: SourceDocument): {
  readonly policy: NoSnatPolicy;
  readonly diagnostics: readonly Diagnostic[];
} {
  const findings = new Findings(document);
  if (!validateEgressNATPolicyV1(document.value)) {
    findings.addAll(shapeDiagnostics(document, validateEgressNATPolicyV1.errors ?? [], schemaV1));
  }
  checkMetadata(document, findings);
  const name = written(valueAt(document.value, ['metadata', 'name']));
  if (isManagedPolicy({ name })) {
    const message = `"${name}" is the name of a GKE-managed policy, which cannot be written; choose another`;
    findings.add('MQ410', ['metadata', 'name'], message);
  }
  if (valueAt(document.value, ['metadata', 'namespace']) !== undefined) {
    const message = 'EgressNATPolicy v1 is cluster-scoped; remove the namespace';
    findings.add('MQ606', ['metadata', 'namespace'], { message, severity: 'error' }, 'key');
  }
  const entries = readCidrs(
    valueAt(document.value, ['spec', 'destinations']),
    ['spec', 'destinations'],
    findings,
    'cidr',
  );
  checkRedundancy(entries, findings);
  checkCount(document, findings);
  for (const entry of entries) {
    if (!entry.sets[6].isEmpty()) {
      const message = `"${entry.text}" is IPv6; Google documents EgressNATPolicy for IPv4 only`;
      findings.add('MQ411', entry.path, { message, severity: 'warning' });
    }
  }
  const widest = entries.find(entry => preservesInternet(entry.sets[4]));
  if (widest && !hasDeclaredRoute(document)) {
    findings.add('MQ303', widest.path, {
      severity: 'warning',
      message: `"${widest.text}" preserves pod addresses to the internet, which needs a route for them there (Cloud NAT over the pod ranges, or a custom default route)`,
    });
  }
  return { policy: { document, name, destinations: entries }, diagnostics: findings.list };
}

/** What GKE writes from the policies into the agent's list is more than the agent takes, or nothing. */
function checkCount(document: SourceDocument, findings: Findings): void {
  const path = ['spec', 'destinations'];
  const destinations = valueAt(document.value, path);
  const count = list(destinations).length;
  if (Array.isArray(destinations) && count === 0) {
    const message = 'the policy has no destinations, and preserves nothing; name some, or remove it';
    findings.add('MQ307', path, message, 'key');
  } else if (count > DEFAULT_CIDR_LIMIT) {
    const message = `the policy has ${count} destinations, which GKE writes into the list of ip-masq-agent, beside the cluster's own ranges; the agent takes ${DEFAULT_CIDR_LIMIT}, and Autopilot has no way to allow more: join some`;
    findings.add('MQ122', path, { message }, 'key');
  }
}

/** Checks an EgressNATPolicy `networking.gke.io/v1alpha1` of the egress NAT gateway, and reads it. */
export function readEgressPolicyV1Alpha1(document: SourceDocument): {
  readonly policy: PolicyModel;
  readonly diagnostics: readonly Diagnostic[];
} {
  const findings = new Findings(document);
  if (!validateEgressNATPolicyV1Alpha1(document.value)) {
    findings.addAll(shapeDiagnostics(document, validateEgressNATPolicyV1Alpha1.errors ?? [], schemaV1Alpha1));
  }
  const spec = ['spec'];
  const to = readCidrs(valueAt(document.value, ['spec', 'destinationCIDRs']), [...spec, 'destinationCIDRs'], findings);
  checkRedundancy(to, findings);
  for (const entry of to) {
    if (!entry.sets[6].isEmpty()) {
      findings.add('MQ507', entry.path, `"${entry.text}" is IPv6; the egress NAT gateway handles IPv4 only`);
    }
    if (entry.sets[4].cidrs().map(formatCidr).join() === '0.0.0.0/0') {
      const message = `"${entry.text}" contains the cluster's own ranges too, whose traffic would go through the gateway; write CIDRs that leave them out`;
      findings.add('MQ509', entry.path, { message, severity: 'warning' });
    }
  }
  const from = list(valueAt(document.value, ['spec', 'egress'])).map((rule, i) => {
    const path = [...spec, 'egress', i];
    const pair = {
      path,
      namespaces: readSelector(valueAt(rule, ['namespaceSelector']), [...path, 'namespaceSelector'], findings),
      pods: readSelector(valueAt(rule, ['podSelector']), [...path, 'podSelector'], findings),
    };
    const raw = (key: string): unknown => valueAt(rule, [key]);
    if (matchesEverything(raw('namespaceSelector')) && matchesEverything(raw('podSelector'))) {
      findings.add('MQ510', path, 'the rule selects every pod of the cluster; name labels if that is not meant');
    }
    return pair;
  });
  checkMetadata(document, findings);
  const name = written(valueAt(document.value, ['metadata', 'name']));
  const sourceIP = readSourceIP(document, findings);
  const policy: PolicyModel = {
    name,
    path: spec,
    from,
    to,
    ...(sourceIP && { sourceIP }),
  };
  return { policy, diagnostics: findings.list };
}

function readSourceIP(document: SourceDocument, findings: Findings): PolicyModel['sourceIP'] {
  const path = ['spec', 'egressSourceIP'];
  const text = valueAt(document.value, path);
  if (typeof text !== 'string') return undefined;
  const parsed = parseAddress(text);
  if (!parsed.ok) {
    addFault(findings, path, text, parsed.fault, 'address');
    return undefined;
  }
  if (parsed.value.family === 6) {
    findings.add('MQ507', path, `"${text}" is IPv6; the egress NAT gateway handles IPv4 only`);
  }
  return { address: parsed.value, text, path };
}
