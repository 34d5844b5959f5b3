import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAMILIES } from '../../core/address';
import { diffMaps } from '../../core/analysis/diff';
import { openNotes } from '../../core/analysis/open-notes';
import { readSubjects } from '../../core/analysis/subject';

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
  const configMap = (name: string, namespace: string) =>
    yaml(
      'a.yaml',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\ndata: {config: "nonMasqueradeCIDRs: [10.0.0.0/8]"}\n`,
    );

  test.each([
    ['ip-masq-agent', 'kube-system', []],
    ['ip-masq-config', 'kube-system', ['"ip-masq-config" in kube-system']],
    ['ip-masq-agent', 'default', ['"ip-masq-agent" in default']],
  ])('%s in %s', (name, namespace, where) => {
    const [subject] = readSubjects(configMap(name, namespace)).subjects;
    expect(openNotes(subject!)).toEqual(
      where.map(
        one =>
          `GKE's agent reads ConfigMap "ip-masq-agent" in kube-system, and this one is ${one}: nobody reads it, unless a DaemonSet that is not here mounts it`,
      ),
    );
  });
});
