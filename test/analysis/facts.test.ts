import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../core/address';
import { withFacts } from '../../core/analysis/facts';
import { readSubjects, type Subject } from '../../core/analysis/subject';
import type { TreatmentMap } from '../../core/treatment/map';
import { treatmentText } from '../../core/treatment/treatment';
import { agentConfigMap, agentDaemonSet } from './agent-manifests';

/** The one subject of a text. */
function subject(text: string): Subject {
  const { subjects, diagnostics } = readSubjects([{ file: 'one/all.yaml', text }]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return subjects[0]!;
}

const model = (platform: string) =>
  subject(`apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: one}
spec:
  ${platform}
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
`).model!;

const MODELS = {
  kubernetes: model('platform: kubernetes'),
  gke: model('platform: gke-standard'),
  autopilot: model('platform: gke-autopilot\n  version: 1.31.0-gke.1000'),
  anthos: model('platform: anthos-bare-metal\n  version: 1.10.0'),
};

const NO_SNAT = `apiVersion: networking.gke.io/v1
kind: EgressNATPolicy
metadata: {name: default}
spec: {action: NoSNAT, destinations: [{cidr: 10.0.0.0/8}]}
`;
const GATEWAY = `apiVersion: networking.gke.io/v1alpha1
kind: EgressNATPolicy
metadata: {name: web}
spec:
  egress: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]
  destinationCIDRs: [203.0.113.0/24]
  egressSourceIP: 192.168.1.100
`;

function treatment(map: TreatmentMap, text: string): string {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(text);
  return treatmentText(map.base[4].at(parsed.value).treatment);
}

/** What happens to packets to an address of the list, to the cluster's nodes and to the outside, with a cluster's facts. */
function withModel(text: string, facts: keyof typeof MODELS): string[] {
  const read = withFacts(subject(text), MODELS[facts]);
  if (!read.ok) throw new Error(read.message);
  return ['10.1.1.1', '192.168.1.7', '198.18.0.1'].map(to => treatment(read.subject.map, to));
}

const LIST_ALONE = ['preserved', 'masqueraded', 'masqueraded'];

describe("what a cluster's facts make of objects", () => {
  test.each([
    ["an agent's file", agentConfigMap(), 'autopilot', LIST_ALONE],
    ["an agent's file", agentConfigMap(), 'anthos', LIST_ALONE],
    ["an agent's file under a name of its own", agentConfigMap('masq'), 'kubernetes', LIST_ALONE],
    ["an agent's file under a name of its own", agentConfigMap('masq'), 'gke', LIST_ALONE],
    ['a DaemonSet with its file', `${agentConfigMap('masq')}---\n${agentDaemonSet('masq')}`, 'autopilot', LIST_ALONE],
    ['a DaemonSet with its file', `${agentConfigMap('masq')}---\n${agentDaemonSet('masq')}`, 'anthos', LIST_ALONE],
    ["Autopilot's policy", NO_SNAT, 'kubernetes', LIST_ALONE],
    ["Autopilot's policy", NO_SNAT, 'gke', LIST_ALONE],
    ["Autopilot's policy", NO_SNAT, 'anthos', LIST_ALONE],
    ["the gateway's policy", GATEWAY, 'autopilot', ['masqueraded', 'masqueraded', 'masqueraded']],
  ] as const)('of another platform is nothing: %s, %s', (_what, text, facts, wanted) => {
    expect(withModel(text, facts)).toEqual(wanted);
  });

  test.each([
    // With GKE's agent nobody preserves nodes that the list does not name; with Autopilot's it is done for them.
    ["an agent's file", agentConfigMap(), 'gke', LIST_ALONE],
    ["Autopilot's policy", NO_SNAT, 'autopilot', ['preserved', 'preserved', 'masqueraded']],
    ["the gateway's policy", GATEWAY, 'anthos', ['masqueraded', 'preserved', 'masqueraded']],
  ] as const)('of its own is what they say: %s, %s', (_what, text, facts, wanted) => {
    expect(withModel(text, facts)).toEqual(wanted);
  });
});
