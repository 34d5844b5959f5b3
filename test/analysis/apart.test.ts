import { describe, expect, test } from 'vitest';
import { openNotes } from '../../core/analysis/open-notes';
import { type ReadSubjects, SubjectReader } from '../../core/analysis/subject';
import { agentConfigMap, agentDaemonSet } from './agent-manifests';

function read(files: Readonly<Record<string, string>>, areNamed: boolean): ReadSubjects {
  const reader = new SubjectReader(undefined, undefined, areNamed);
  for (const [file, text] of Object.entries(files)) reader.add({ file, text });
  return reader.finish();
}

const told = ({ subjects }: ReadSubjects) => subjects.map(subject => [subject.name, subject.as, openNotes(subject)]);

const LOST = 'the agent, whose ConfigMap is not there';
const STRAY = "the agent with the ConfigMap's file and no flags";
const WHOLE = 'the agent with its file and flags';
const REMEDY =
  'and each folder is taken for a cluster: if they are of one, put them into one folder, or give what "kustomize build" prints';

describe('a DaemonSet and its ConfigMap in two folders', () => {
  const files = { 'base/ds.yaml': agentDaemonSet(), 'prod/cm.yaml': agentConfigMap() };

  test('are of one cluster where they were named, and that is said', () => {
    expect(told(read(files, true))).toEqual([
      [
        'prod',
        WHOLE,
        [
          'DaemonSet "ip-masq-agent" (base/ds.yaml) and the ConfigMap that it mounts, "ip-masq-agent" (prod/cm.yaml), were named together and are taken for those of one cluster',
        ],
      ],
    ]);
  });

  test('are of two where folders were, and that is said of both', () => {
    const note = `DaemonSet "ip-masq-agent" (base/ds.yaml) and the ConfigMap that it mounts, "ip-masq-agent" (prod/cm.yaml), stand in two folders, ${REMEDY}`;
    expect(told(read(files, false))).toEqual([
      ['base', LOST, [note]],
      ['prod', STRAY, [note]],
    ]);
  });

  test('are looked at together: what does not fit is refused', () => {
    const { subjects, diagnostics } = read(
      { ...files, 'prod/cm.yaml': agentConfigMap().replace('config:', 'file:') },
      true,
    );
    expect(subjects).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toContain('MQ603');
  });

  test('of which there are several are of nobody knows which cluster', () => {
    const note = `DaemonSets of the agent stand in other folders than ConfigMaps that they may mount, ${REMEDY}`;
    const several = { ...files, 'test/cm.yaml': agentConfigMap() };
    expect(told(read(several, true))).toEqual([
      ['base', LOST, [note]],
      ['prod', STRAY, [note]],
      ['test', STRAY, [note]],
    ]);
  });

  test('is none of two DaemonSets in two folders', () => {
    const two = { 'a/ds.yaml': agentDaemonSet(), 'b/ds.yaml': agentDaemonSet(), 'prod/cm.yaml': agentConfigMap() };
    const { subjects } = read(two, true);
    expect(subjects.map(({ name, as }) => [name, as])).toEqual([
      ['a', LOST],
      ['b', LOST],
      ['prod', STRAY],
    ]);
  });

  test('is none of a DaemonSet that is not alone in its folder', () => {
    const { subjects, refusals } = read({ ...files, 'base/other.yaml': agentDaemonSet('x') }, true);
    expect(subjects.map(({ name, as }) => [name, as])).toEqual([['prod', STRAY]]);
    expect(refusals).toEqual(['"base": DaemonSets "ip-masq-agent" and "x" both run ip-masq-agent']);
  });

  test.each(['base', 'prod'])('are of the cluster of the policies beside them: %s', folder => {
    const policy = `apiVersion: networking.gke.io/v1alpha1
kind: EgressNATPolicy
metadata: {name: web}
spec:
  egress: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]
  destinationCIDRs: [203.0.113.0/24]
  egressSourceIP: 192.168.1.100
`;
    const { subjects } = read({ ...files, [`${folder}/policy.yaml`]: policy }, true);
    expect(subjects.map(({ name, as, map }) => [name, as, map.egress.length])).toEqual([['prod', WHOLE, 1]]);
  });
});

test.each([
  ['a ConfigMap of another name', { 'a/ds.yaml': agentDaemonSet('x'), 'b/cm.yaml': agentConfigMap() }],
  [
    'a ConfigMap of another namespace',
    { 'a/ds.yaml': agentDaemonSet(), 'b/cm.yaml': agentConfigMap('ip-masq-agent', 'net') },
  ],
  [
    "a DaemonSet of Azure's agent",
    {
      'a/ds.yaml': agentDaemonSet().replace(/image: .*/, 'image: mcr.microsoft.com/aks/ip-masq-agent-v2:v0.1.15'),
      'b/cm.yaml': agentConfigMap(),
    },
  ],
  [
    'a ConfigMap with a DaemonSet of its own',
    { 'a/ds.yaml': agentDaemonSet('x'), 'b/cm.yaml': agentConfigMap('x'), 'b/ds.yaml': agentDaemonSet('x') },
  ],
  [
    'a DaemonSet that has its ConfigMap',
    {
      'a/ds.yaml': agentDaemonSet(),
      'a/cm.yaml': agentConfigMap(),
      'b/cm.yaml': agentConfigMap(),
    },
  ],
  ['a DaemonSet of a running cluster', { 'cluster:a/ds.yaml': agentDaemonSet(), 'b/cm.yaml': agentConfigMap() }],
])('%s stays where it is', (_, files) => {
  const { subjects } = read(files, true);
  expect(subjects.map(({ name, remarks }) => [name, remarks])).toEqual([
    ['a', undefined],
    ['b', undefined],
  ]);
});

test('a ConfigMap of a running cluster is not for a DaemonSet in a folder, and without one there nobody reads it', () => {
  const { subjects, refusals } = read({ 'a/ds.yaml': agentDaemonSet(), 'cluster:b/cm.yaml': agentConfigMap() }, true);
  expect(subjects.map(({ name, as, remarks }) => [name, as, remarks])).toEqual([['a', LOST, undefined]]);
  expect(refusals).toEqual([expect.stringContaining('"cluster:b": no DaemonSet of an agent is there to read')]);
});
