import { checkAutopilot } from './check-autopilot';
import { checkExistingDaemonSet } from './check-existing-daemon-set';
import { checkGkeStandard } from './check-gke-standard';
import type { Findings } from './findings';
import type { ClusterModel } from './model';
import { lacks, refuse, refuseAutopilotKeys, refuseGkeFacts } from './platform-keys';

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
