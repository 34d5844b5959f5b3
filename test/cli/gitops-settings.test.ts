import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { intent, sandbox } from './sandbox';

const box = sandbox();
const URL = 'https://git.example/network/clusters.git';
const ARGOCD = `argocd --repo ${URL}`;
const FILES = ['gitops/argocd/10-appproject-masq.yaml', 'gitops/argocd/20-application-masq-prod.yaml'];

function repository(entries: readonly string[], ...clusters: string[]): void {
  const lines = entries.map(entry => `  - ${entry}\n`).join('');
  box.write('.masq.yaml', `intents: [intents]\nprune: true\ngitops:\n${lines}`);
  for (const name of clusters) box.write(`intents/${name}.yaml`, intent(name));
}

const synth = (...args: string[]) => box.masq('synth', ...args);
const CURRENT = { status: 0, stderr: '' };

describe('gitops in the settings', () => {
  test('is rendered with the manifests, as "masq gitops" renders it', () => {
    repository([ARGOCD, `flux -r ${URL} --output sync/flux`], 'prod');
    expect(synth()).toEqual({
      status: 0,
      stdout:
        'rendered 1 cluster, 3 files in dist/: 3 written\n' +
        'rendered 1 cluster, 2 files in gitops/argocd/: 2 written\n' +
        'rendered 1 cluster, 2 files in sync/flux/: 2 written\n',
      stderr: '',
    });
    const argocd = ARGOCD.split(' ');
    expect(box.masq('gitops', ...argocd, '--check')).toMatchObject(CURRENT);
    expect(box.masq('gitops', 'flux', '-r', URL, '-o', 'sync/flux', '--check')).toMatchObject(CURRENT);
    expect(synth('--check')).toEqual({
      status: 0,
      stdout:
        'up to date: 1 cluster, 3 files in dist/\n' +
        'up to date: 1 cluster, 2 files in gitops/argocd/\n' +
        'up to date: 1 cluster, 2 files in sync/flux/\n',
      stderr: '',
    });
  });

  test('follows clusters that come and go, in the same run', () => {
    repository([ARGOCD], 'prod');
    synth();
    box.write('intents/staging.yaml', intent('staging'));
    const { status, stdout } = synth('--check', '--format', 'json');
    expect(status).toBe(1);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { file: string; message: string }[] };
    const stale = diagnostics.filter(({ file }) => file.startsWith('gitops/'));
    expect(stale.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      'gitops/argocd/10-appproject-masq.yaml: not up to date: it is not what the rendered clusters need; run "masq synth" and commit the result',
      'gitops/argocd/20-application-masq-staging.yaml: not up to date: it is missing; run "masq synth" and commit the result',
    ]);
    expect(synth().stdout).toContain('in gitops/argocd/: 1 written, 1 updated\n');
    rmSync(box.path('intents/staging.yaml'));
    expect(synth().stdout).toContain('rendered 1 cluster, 2 files in gitops/argocd/: 1 updated, 1 deleted\n');
    expect(box.list('gitops')).toEqual(FILES.map(file => file.replace('gitops/', '')));
    expect(synth('--check')).toMatchObject(CURRENT);
  });

  test('knows which folders will be there, and what others have put into them', () => {
    repository([`${ARGOCD} --style applicationset`], 'prod', 'old', 'older');
    synth();
    box.write('dist/docs/notes.txt', 'mine\n');
    box.write('dist/old/notes.txt', 'mine\n');
    box.write('dist/prod/mine.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: mine, namespace: lab}\n');
    for (const name of ['old', 'older']) rmSync(box.path(`intents/${name}.yaml`));
    synth();
    expect(synth('--check').status).toBe(0);
    expect(box.masq('gitops', ...`${ARGOCD} --style applicationset --check`.split(' '))).toMatchObject(CURRENT);
    expect(box.read('gitops/argocd/10-appproject-masq.yaml')).toMatch(/kind: Secret$/m);
    const { spec } = parse(box.read('gitops/argocd/20-applicationset-masq.yaml'));
    const [{ git }] = spec.generators as [{ git: { directories: { path: string; exclude?: boolean }[] } }];
    const excluded = git.directories.filter(({ exclude }) => exclude).map(({ path }) => path);
    expect(excluded).toEqual(['dist/docs', 'dist/old']);
  });

  test('is left alone by runs that name files, and by those that render elsewhere', () => {
    repository([ARGOCD], 'prod');
    synth('intents/prod.yaml');
    synth('-o', 'elsewhere');
    expect(box.list().filter(file => file.startsWith('gitops/'))).toEqual([]);
  });

  test('is found from a folder below', () => {
    repository([ARGOCD], 'prod');
    expect(box.masqWith({ cwd: 'intents' }, 'synth').status).toBe(0);
    expect(box.list('gitops')).toHaveLength(2);
    expect(box.read(FILES[1]!)).toContain('path: dist/prod\n');
    expect(synth('--check').status).toBe(0);
  });

  test.each([
    ['argocd', '--repo is missing: the URL of the repository that holds the rendered folders'],
    ['argo --repo x', '"argo" is no tool that masq renders for; write argocd or flux'],
    [`${ARGOCD} --canary stagging`, '--canary "stagging" is no rendered cluster'],
    [`${ARGOCD} --check`, 'unknown option "--check"'],
    [`${ARGOCD} --dist out`, 'unknown option "--dist"'],
    [`${ARGOCD} --help`, '--help is for the command line'],
  ])('%s is refused at its place, and nothing is written', (entry, says) => {
    repository([`flux --repo ${URL}`, entry], 'prod');
    const { status, stderr } = synth();
    expect(status).toBe(1);
    expect(stderr).toContain(`.masq.yaml:5:5 error MQ223 gitops "${entry}": ${says}`);
    expect(box.list()).toEqual(['.masq.yaml', 'intents/prod.yaml']);
    expect(synth('--check').stderr).toContain('.masq.yaml:5:5 error MQ223 ');
  });

  test('two entries never write to one folder', () => {
    repository([ARGOCD, `${ARGOCD} --name other`], 'prod');
    const { status, stderr } = synth();
    expect(status).toBe(1);
    expect(stderr).toContain(
      `.masq.yaml:5:5 error MQ223 gitops "${ARGOCD} --name other": another entry writes to gitops/argocd/ too; give it another --output`,
    );
  });
});
