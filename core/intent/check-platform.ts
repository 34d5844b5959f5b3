import { both } from '../address';
import { andList, suggest, type ValuePath } from '../diagnostics';
import { valueAt } from '../schema/path';
import type { Findings } from './findings';
import type { ClusterModel, MasqueradeModel, NetworkModel } from './model';
import { gkeDeploysAgent } from './platform-default';
import { keptDefaults, ownRanges, takenOut } from './preserved';
import { firstShared } from './special';
import { atLeast } from './version';

const SPEC = ['spec'] as const;

/** Checks an intent against what its platform is and can. */
export function checkPlatform(model: ClusterModel, findings: Findings): void {
  switch (model.platform) {
    case 'gke-standard':
      checkGkeStandard(model, findings);
      break;
    case 'gke-autopilot':
      checkAutopilot(model, findings);
      break;
    case 'anthos-bare-metal':
      checkAnthos(model, findings);
      break;
    case 'kubernetes':
      checkKubernetes(model, findings);
      break;
  }
}

/** Whether the document has a key, whatever its value. */
function has(model: ClusterModel, path: ValuePath): boolean {
  let value: unknown = model.document.value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string | number, unknown>)[step];
  }
  return true;
}

/** Refuses what the platform has no use for. What is wrong inside it does not matter then. */
function refuse(model: ClusterModel, findings: Findings, path: ValuePath, message: string): void {
  if (has(model, path)) findings.settle('MQ411', path, message, 'key');
}

function checkGkeStandard(model: ClusterModel, findings: Findings): void {
  const { agent, network } = model;
  refuse(
    model,
    findings,
    [...SPEC, 'egress'],
    'gke-standard has no egress NAT gateway; use Cloud NAT for fixed addresses, or remove egress',
  );
  refuseAutopilotKeys(model, findings);
  if (agent.chain !== 'IP-MASQ') {
    findings.add(
      'MQ401',
      [...SPEC, 'agent', 'chain'],
      `chain "${agent.chain}" does not replace GKE's own rules; write "IP-MASQ", or remove the key`,
    );
  }
  if (network.dataplane === 'v2' && agent.randomFully) {
    findings.add(
      'MQ402',
      [...SPEC, 'agent', 'randomFully'],
      'Dataplane V2 needs --random-fully=false; write false, or remove the key',
    );
  }
  if (network.disableDefaultSnat && model.masquerade) {
    findings.add(
      'MQ403',
      [...SPEC, 'network', 'disableDefaultSnat'],
      'disableDefaultSnat has no effect beside ip-masq-agent: the list decides',
      'key',
    );
  }
  if (!model.masquerade) return;
  const daemonSet = [...SPEC, 'agent', 'daemonSet'];
  if (gkeDeploysAgent(network) && agent.daemonSet === 'render') {
    findings.add(
      'MQ413',
      daemonSet,
      `GKE deploys ip-masq-agent on this cluster itself, since ${whyGkeDeploys(network)}; write "existing", or remove the key`,
    );
  }
  checkExistingDaemonSet(model, findings);
  if (gkeDeploysAgent(network) && agent.namespace !== 'kube-system') {
    const message = `GKE's own ip-masq-agent reads a ConfigMap in kube-system, not in "${agent.namespace}"; remove the key`;
    findings.add('MQ606', [...SPEC, 'agent', 'namespace'], { message, severity: 'error' });
  }
}

/** The keys of the agent that decide what its DaemonSet looks like. */
const OF_DAEMON_SET: readonly string[] = [
  'flavor',
  'image',
  'chain',
  'randomFully',
  'toPorts',
  'nodeSelector',
  'backend',
  'logFormat',
  'metrics',
  'priorityClassName',
  'resources',
];

/** What belongs to the DaemonSet cannot be set where somebody else runs it. */
function checkExistingDaemonSet(model: ClusterModel, findings: Findings): void {
  if (model.agent.daemonSet !== 'existing') return;
  const agent = [...SPEC, 'agent'];
  const raw = valueAt(model.document.value, agent);
  const keys = typeof raw === 'object' && raw !== null ? Object.keys(raw) : [];
  const [first, ...more] = keys.filter(key => OF_DAEMON_SET.includes(key));
  if (first === undefined) return;
  const remove = more.length > 0 ? 'remove them' : 'remove it';
  const fix = gkeRuns(model) ? remove : `${remove}, or write "daemonSet: render"`;
  const who = gkeRuns(model)
    ? `GKE runs the agent of this cluster itself, since ${whyGkeDeploys(model.network)}`
    : 'the DaemonSet is not rendered here';
  findings.add(
    'MQ411',
    [...agent, first],
    {
      message: `${who}: ${andList([first, ...more])} cannot be set; ${fix}`,
      related: more.map(key => ({ ...findings.document.at([...agent, key], 'key'), message: `${key} is set here` })),
    },
    'key',
  );
}

/** Whether GKE deploys the agent, so that no DaemonSet may be rendered. */
function gkeRuns({ platform, network }: ClusterModel): boolean {
  return platform === 'gke-standard' && gkeDeploysAgent(network);
}

function whyGkeDeploys({ networkPolicy, dataplane }: NetworkModel): string {
  return networkPolicy && dataplane === 'v1'
    ? 'network policy is enforced (networkPolicy: true)'
    : 'a pod range lies outside of 10.0.0.0/8';
}

/** Whether a key is missing, and not just misspelt, which has a finding of its own. */
function lacks(model: ClusterModel, path: ValuePath): boolean {
  const key = String(path[path.length - 1]);
  const parent = valueAt(model.document.value, path.slice(0, -1));
  const keys = typeof parent === 'object' && parent !== null ? Object.keys(parent) : [];
  return !keys.some(k => suggest(k, [key]) !== undefined);
}

function refuseAutopilotKeys(model: ClusterModel, findings: Findings): void {
  for (const key of ['defaultPolicy', 'policyName']) {
    refuse(
      model,
      findings,
      [...SPEC, 'masquerade', key],
      `${key} is about gke-autopilot's policies; ${model.platform} has none: remove it`,
    );
  }
}

function checkAutopilot(model: ClusterModel, findings: Findings): void {
  const { network, version, masquerade } = model;
  refuse(
    model,
    findings,
    [...SPEC, 'egress'],
    'gke-autopilot has no egress NAT gateway; use Cloud NAT for fixed addresses, or remove egress',
  );
  refuse(
    model,
    findings,
    [...SPEC, 'agent'],
    'on gke-autopilot Google runs ip-masq-agent and its settings cannot be changed; remove agent',
  );
  refuse(
    model,
    findings,
    [...SPEC, 'network', 'windowsNodePools'],
    'gke-autopilot has no Windows node pools; remove the key',
  );
  if (network.disableDefaultSnat) {
    findings.add(
      'MQ403',
      [...SPEC, 'network', 'disableDefaultSnat'],
      'disableDefaultSnat has no effect on gke-autopilot, which always runs ip-masq-agent',
      'key',
    );
  }
  if (!version && lacks(model, [...SPEC, 'version'])) {
    findings.add(
      'MQ205',
      SPEC,
      'spec lacks the key "version", which gke-autopilot needs: EgressNATPolicy exists from 1.22.7-gke.1500 and 1.23.4-gke.1600 on',
      'key',
    );
  } else if (
    version &&
    !(version.major === 1 && version.minor === 22 ? atLeast(version, 1, 22, 7, 1500) : atLeast(version, 1, 23, 4, 1600))
  ) {
    findings.add(
      'MQ405',
      [...SPEC, 'version'],
      'EgressNATPolicy needs GKE 1.23.4-gke.1600 or later, or on 1.22 1.22.7-gke.1500 or later',
    );
  }
  if (network.dataplane === 'v1') {
    findings.add(
      'MQ406',
      [...SPEC, 'network', 'dataplane'],
      'EgressNATPolicy needs a cluster created with Dataplane V2; write v2 if it was',
    );
  }
  if (!masquerade) return;
  for (const key of ['linkLocal', 'linkLocalIPv6'] as const) {
    if (masquerade[key] === 'masquerade') {
      findings.add(
        'MQ407',
        [...SPEC, 'masquerade', key],
        'gke-autopilot always preserves link-local; write preserve, or remove the key',
      );
    }
  }
  checkAutopilotPolicies(model, findings);
}

function checkAutopilotPolicies(model: ClusterModel, findings: Findings): void {
  const masquerade = model.masquerade!;
  const path = [...SPEC, 'masquerade'];
  if (lacks(model, [...path, 'defaultPolicy'])) {
    findings.add(
      'MQ408',
      path,
      {
        message:
          'spec.masquerade lacks the key "defaultPolicy": say whether the list replaces the generated policy "default" or is added to it',
        hint: 'Google does not document which of the two a custom policy does; write "defaultPolicy: replace" or "defaultPolicy: add"',
      },
      'key',
    );
  }
  checkPolicyName(model, masquerade, findings);
  if (masquerade.defaultPolicy === 'add') checkKeptDefaults(model, masquerade, findings);
  for (const entry of [...masquerade.preserve, ...masquerade.always]) {
    if (entry.sets[6].isEmpty()) continue;
    findings.add(
      'MQ411',
      entry.path,
      `"${entry.text}" is IPv6; EgressNATPolicy is documented for IPv4 only, so masq does not render it`,
    );
  }
  for (const pods of model.network.pods) {
    if (pods.sets[6].isEmpty()) continue;
    findings.add(
      'MQ411',
      pods.path,
      `"${pods.text}" is IPv6; EgressNATPolicy is documented for IPv4 only, so masq cannot keep IPv6 pods' sources`,
    );
  }
}

/** Notes what Google leaves open of the policy that is going to be rendered. */
export function noteAddedPolicy({ platform, masquerade }: ClusterModel, findings: Findings): void {
  if (platform !== 'gke-autopilot' || masquerade?.defaultPolicy !== 'add') return;
  const message =
    'the added policy repeats the eleven default ranges, so that it means the same whether Google adds or replaces';
  findings.add('MQ409', [...SPEC, 'masquerade', 'defaultPolicy'], message);
}

/** Only a policy that is added has a name to choose; `replace` rewrites the one that is called default. */
function checkPolicyName(model: ClusterModel, masquerade: MasqueradeModel, findings: Findings): void {
  const path = [...SPEC, 'masquerade', 'policyName'];
  const { policyName, defaultPolicy } = masquerade;
  if (/^gke-[0-9a-f]{8}-\d+$/.test(policyName)) {
    const message = `"${policyName}" is the name of a GKE-managed policy, which cannot be written; choose another`;
    findings.add('MQ410', path, message);
  } else if (defaultPolicy === 'replace') {
    if (!has(model, path) || policyName === 'default' || findings.anyBelow(path)) return;
    const message = `with "defaultPolicy: replace" the policy is called "default", so policyName "${policyName}" has no effect; remove it, or write "defaultPolicy: add"`;
    findings.add('MQ411', path, message);
  } else if (policyName === 'default') {
    const message = 'the policy "default" is generated by GKE; write "defaultPolicy: replace" to rewrite it';
    findings.add('MQ410', path, message);
  }
}

/**
 * With `add` the generated policy stays, and goes on preserving whatever the list takes out of its ranges. The cluster's
 * own ranges are preserved in any case: taking them out has a finding of its own.
 */
function checkKeptDefaults(model: ClusterModel, masquerade: MasqueradeModel, findings: Findings): void {
  const defaults = keptDefaults(model, masquerade);
  const own = ownRanges(model);
  const kept = both(family => defaults[family].subtract(own[family]));
  for (const entry of masquerade.always) {
    const shared = firstShared(entry.sets, kept);
    if (!shared) continue;
    const message = `"${entry.text}" masquerades ${shared}, which the generated policy "default" preserves; write "defaultPolicy: replace"`;
    findings.add('MQ411', entry.path, message);
  }
  for (const entry of masquerade.preserve) {
    const shared = firstShared(takenOut(entry, masquerade), kept);
    if (!shared) continue;
    const message = `"${entry.text}" takes out ${shared}, which the generated policy "default" preserves all the same; write "defaultPolicy: replace"`;
    findings.add('MQ411', entry.path, message);
  }
}

function checkAnthos(model: ClusterModel, findings: Findings): void {
  const only = 'everything that no egress policy selects is masqueraded to the node';
  refuse(
    model,
    findings,
    [...SPEC, 'masquerade'],
    `anthos-bare-metal has no list of preserved destinations: ${only}; remove masquerade`,
  );
  refuse(model, findings, [...SPEC, 'agent'], 'anthos-bare-metal does not run ip-masq-agent; remove agent');
  refuseGkeFacts(model, findings);
  if (lacks(model, [...SPEC, 'version'])) {
    findings.add(
      'MQ205',
      SPEC,
      'spec lacks the key "version", which anthos-bare-metal needs: it decides between AnthosNetworkGateway and NetworkGatewayGroup',
      'key',
    );
  }
}

function checkKubernetes(model: ClusterModel, findings: Findings): void {
  refuseAutopilotKeys(model, findings);
  refuseGkeFacts(model, findings);
  checkExistingDaemonSet(model, findings);
  for (const key of ['clusterName', 'enable']) {
    refuse(
      model,
      findings,
      [...SPEC, 'egress', 'gateway', key],
      `${key} is about the Cluster object of anthos-bare-metal; remove it`,
    );
  }
  if (model.agent.flavor === 'google') {
    findings.add(
      'MQ411',
      [...SPEC, 'agent', 'flavor'],
      "Google's image serves GKE only; write upstream, or remove the key",
    );
  }
}

function refuseGkeFacts(model: ClusterModel, findings: Findings): void {
  for (const key of ['disableDefaultSnat', 'networkPolicy', 'nodeImage', 'dataplane']) {
    refuse(
      model,
      findings,
      [...SPEC, 'network', key],
      `${key} is a fact about GKE clusters; ${model.platform} has none: remove it`,
    );
  }
}
