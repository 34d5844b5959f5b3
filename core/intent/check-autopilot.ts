import { both } from '../address';
import type { Findings } from './findings';
import type { ClusterModel, MasqueradeModel } from './model';
import { has, lacks, refuse } from './platform-keys';
import { keptDefaults, ownRanges, takenOut } from './preserved';
import { firstShared } from './special';
import { atLeast } from './version';

const SPEC = ['spec'] as const;

/** Checks an intent for gke-autopilot. */
export function checkAutopilot(model: ClusterModel, findings: Findings): void {
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
