import { checkExistingDaemonSet, whyGkeDeploys } from './check-existing-daemon-set';
import type { Findings } from './findings';
import type { ClusterModel } from './model';
import { gkeDeploysAgent } from './platform-default';
import { refuse, refuseAutopilotKeys } from './platform-keys';

const SPEC = ['spec'] as const;

/** Checks an intent for gke-standard. */
export function checkGkeStandard(model: ClusterModel, findings: Findings): void {
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
