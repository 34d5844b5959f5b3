import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAMILIES, formatCidr } from '../../core/address';
import { diffMaps } from '../../core/analysis/diff';
import { openNotes } from '../../core/analysis/open-notes';
import { readSubjects } from '../../core/analysis/subject';
import { agentConfigMap, agentDaemonSet } from './agent-manifests';

const ROOT = join(__dirname, '../..');

function inputs(folder: string) {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter(f => f.endsWith('.yaml'));
  return files.map(name => ({ file: `${folder}/${name}`, text: readFileSync(join(ROOT, folder, name), 'utf8') }));
}

const yaml = (file: string, text: string) => [{ file, text }];

test('a bare file: each entry is a rule with its place', () => {
  const { subjects, diagnostics } = readSubjects(
    yaml('node/agent.yaml', 'nonMasqueradeCIDRs:\n  - 10.0.0.0/8\n  - 192.168.0.0/16\n'),
  );
  expect(diagnostics).toEqual([]);
  const [{ name, map }] = subjects as [(typeof subjects)[0]];
  expect(name).toBe('agent');
  expect(map.asked[4].layers.map(({ value }) => [value.rule, value.at?.range?.start.line])).toEqual([
    ['link-local', undefined],
    ['nonMasqueradeCIDRs[0] "10.0.0.0/8"', 2],
    ['nonMasqueradeCIDRs[1] "192.168.0.0/16"', 3],
  ]);
});

test('files with an error denote nothing', () => {
  const { subjects, diagnostics } = readSubjects(yaml('a.yaml', 'nonMasqueradeCIDRs: [10.0.0.1/8]\n'));
  expect(subjects).toEqual([]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['MQ101']);
});

test('two files of the agent are told by what their ConfigMaps have not in common', () => {
  const lacks = (...texts: string[]) => readSubjects(yaml('a/all.yaml', texts.join('---\n')));
  const alike = lacks(agentConfigMap('ip-masq-agent', 'kube-system'), agentConfigMap('ip-masq-agent', 'net'));
  expect(JSON.stringify(alike)).toContain(
    'ConfigMaps hold 2 files of the agent, \\"ip-masq-agent\\" in kube-system (config) and \\"ip-masq-agent\\" in net (config)',
  );
  expect(JSON.stringify(lacks(agentConfigMap('masq-a', 'net'), agentConfigMap('masq-b', 'net')))).toContain(
    '\\"masq-a\\" (config) and \\"masq-b\\" (config)',
  );
});

describe('what is rendered denotes what was asked for', () => {
  const all = readSubjects(inputs('dist'));
  const wanted = readSubjects(inputs('examples').filter(({ file }) => !/gitops|cmp|masq\.yaml$/.test(file)));

  test('every folder of dist/ is read', () => {
    expect(all.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(all.refusals).toEqual([]);
    expect(all.subjects.length).toBeGreaterThan(15);
    expect(wanted.subjects.length).toBeGreaterThan(10);
  });

  test.each(wanted.subjects.map(subject => [subject.name, subject] as const))('%s', (name, subject) => {
    const rendered = all.subjects.find(other => other.name === name);
    if (!rendered || !/agent/.test(rendered.as)) return;
    const diff = diffMaps(subject.map, rendered.map);
    expect(diff.classes.flatMap(({ changes }) => changes.map(({ to }) => to.family))).toEqual([]);
    for (const family of FAMILIES) expect(rendered.map.base[family].size).toBeGreaterThan(0);
  });
});

describe("a ConfigMap that is not where GKE's agent looks", () => {
  test.each([
    ['ip-masq-agent', 'kube-system', []],
    ['ip-masq-config', 'kube-system', ['"ip-masq-config" in kube-system']],
    ['ip-masq-agent', 'default', ['"ip-masq-agent" in default']],
  ])('%s in %s', (name, namespace, where) => {
    const [subject] = readSubjects(yaml('a.yaml', agentConfigMap(name, namespace))).subjects;
    expect(openNotes(subject!)).toEqual(
      where.map(
        one =>
          `GKE's agent reads ConfigMap "ip-masq-agent" in kube-system, and this one is ${one}: nobody reads it, unless a DaemonSet that is not here mounts it`,
      ),
    );
  });
});

describe('what runs already is read, though nobody may write it so', () => {
  const policy = (name: string, cidr: string): string =>
    `apiVersion: networking.gke.io/v1\nkind: EgressNATPolicy\nmetadata: {name: ${name}}\nspec: {action: NoSNAT, destinations: [{cidr: ${cidr}}]}\n`;

  test('the policy that GKE manages itself, in a List too', () => {
    const managed = policy('gke-1a2b3c4d-0', '10.119.128.0/17');
    const { subjects, diagnostics } = readSubjects(
      yaml('live.yaml', `${managed}---\n${policy('default', '172.16.0.0/12')}`),
    );
    expect(diagnostics).toEqual([]);
    const [{ map }] = subjects as [(typeof subjects)[0]];
    expect(
      map.base[4]
        .where(({ treatment }) => treatment.kind === 'preserve')
        .cidrs()
        .map(formatCidr),
    ).toEqual(['10.119.128.0/17', '169.254.0.0/16', '172.16.0.0/12']);
    const items = `apiVersion: v1\nkind: List\nitems:\n  - ${managed.trim().replaceAll('\n', '\n    ')}\n`;
    expect(readSubjects(yaml('list.yaml', items)).diagnostics).toEqual([]);
  });

  test('an intent still may not name one', () => {
    const spec =
      '{platform: gke-autopilot, version: 1.30.0-gke.1, network: {nodeCIDRs: [10.128.0.0/20], podCIDRs: [10.119.128.0/17], serviceCIDRs: [10.120.0.0/22]}, masquerade: {preserve: [172.16.0.0/12], defaultPolicy: add, policyName: gke-1a2b3c4d-0}}';
    const text = `apiVersion: masq/v1alpha1\nkind: ClusterIntent\nmetadata: {name: a}\nspec: ${spec}\n`;
    expect(readSubjects(yaml('a.yaml', text)).diagnostics.map(({ code }) => code)).toContain('MQ410');
  });

  const SELECTOR = '  selector: {matchLabels: {k8s-app: ip-masq-agent}}\n';
  const daemonSet = (apiVersion: string, selector = ''): string =>
    agentDaemonSet().replace('apps/v1', apiVersion).replace(SELECTOR, selector);

  test('a DaemonSet of an apiVersion that filled in the selector itself', () => {
    const old = readSubjects(yaml('old.yaml', daemonSet('extensions/v1beta1')));
    expect(old.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(old.subjects.map(({ as }) => as)).toEqual(['the agent, whose ConfigMap is not there']);
    const codes = (text: string) => readSubjects(yaml('a.yaml', text)).diagnostics.map(({ code }) => code);
    expect(codes(daemonSet('apps/v2', '  selector: {matchLabels: {k8s-app: ip-masq-agent}}\n'))).toContain('MQ609');
    expect(codes(daemonSet('apps/v1'))).toContain('MQ610');
    expect(codes(daemonSet('extensions/v1beta1', '  selector: {matchLabels: {k8s-app: x}}\n'))).toContain('MQ610');
  });
});
