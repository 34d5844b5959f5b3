import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { intent, isMissing, MASQ, ROOT } from '../cli/sandbox';
import { type Repo, Repos, TAG } from './repo';

const HOOKS = ['masq-validate', 'masq-synth-check'];

test('the bundle is committed, and its entry may be executed', () => {
  const { stdout } = spawnSync('git', ['ls-files', '--stage', 'bundle'], { cwd: ROOT, encoding: 'utf8' });
  expect(stdout).toMatch(/^100755 [0-9a-f]+ 0\tbundle\/masq\.js$/m);
  expect(stdout).toMatch(/^100644 [0-9a-f]+ 0\tbundle\/command\/validate\.js$/m);
});

describe.skipIf(isMissing('pre-commit', '--version') || isMissing('unshare', '-Urn', 'true'))('with pre-commit', () => {
  let repos: Repos;
  let repo: Repo;

  beforeAll(() => {
    repos = new Repos();
    repo = repos.create('user');
    repo.write({
      '.pre-commit-config.yaml': config(repos.hooks()),
      'intents/prod.yaml': intent('prod'),
      'chart/templates/service.yaml': '{{ if .Values.service }}\napiVersion: v1\n{{ end }}\n',
      'compose.yaml': 'services: [web]\n',
    });
    render(repo);
    repo.ok('pre-commit', 'install');
  });
  afterAll(() => repos.close());

  test('a sound commit passes, among files of other kinds', () => {
    const { status, stderr } = repo.commit('one');
    expect(stderr).toMatch(/masq validate\.+Passed\nmasq synth --check\.+Passed\n/);
    expect(status).toBe(0);
    expect(repo.subjects()).toEqual(['one']);
  });

  test('a typo is refused at its place; the others are not blamed', () => {
    repo.write({ 'intents/prod.yaml': intent('prod', '[10.0.0.1/8]') });
    const { status, stderr } = repo.commit('two');
    expect(status).toBe(1);
    expect(stderr).toContain(
      'intents/prod.yaml:12:16 error MQ101 CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?',
    );
    expect(stderr).not.toMatch(/compose|chart/);
    expect(repo.subjects()).toEqual(['one']);
  });

  test('a file that is found by what it holds', () => {
    repo.write({ 'intents/prod.yaml': intent('prod'), 'odd/name.json': '{"nonMasqueradeCIDRs": ["10.0.0.0/33"]}\n' });
    const { status, stderr } = repo.commit('two');
    expect(status).toBe(1);
    expect(stderr).toContain('odd/name.json:1:35 error MQ105 ');
    repo.ok('git', 'rm', '--quiet', '--force', 'odd/name.json');
  });

  test('an intent that was changed and not rendered', () => {
    repo.write({ 'intents/prod.yaml': intent('prod', '[10.0.0.0/8, 172.16.0.0/12]') });
    const { status, stderr } = repo.commit('two');
    expect(status).toBe(1);
    expect(stderr).toMatch(/masq validate\.+Passed\nmasq synth --check\.+Failed\n/);
    expect(stderr).toContain(
      'dist/prod/20-configmap-ip-masq-agent.yaml error MQ903 not up to date: it is not what the intent renders to; run "masq synth --prune intents" and commit the result',
    );
  });

  test('and rendered: it passes', () => {
    render(repo);
    expect(repo.commit('two').status).toBe(0);
    expect(repo.subjects()).toEqual(['two', 'one']);
  });

  test('an intent that was deleted, and nothing else', () => {
    repo.write({ 'intents/lab.yaml': intent('lab') });
    render(repo);
    expect(repo.commit('three').status).toBe(0);
    repo.ok('git', 'rm', '--quiet', 'intents/lab.yaml');
    const { status, stderr } = repo.commit('four');
    expect(status).toBe(1);
    expect(stderr).toMatch(/masq validate\.+\(no files to check\)Skipped\nmasq synth --check\.+Failed\n/);
    expect(stderr).toContain('dist/lab/');
    repo.ok('git', 'reset', '--quiet', '--hard');
  });

  test('a manifest that was deleted, and nothing else', () => {
    repo.ok('git', 'rm', '--quiet', '-r', 'dist/lab');
    expect(repo.commit('four').status).toBe(1);
    repo.ok('git', 'reset', '--quiet', '--hard');
  });

  test('a file that is called like an option', () => {
    repo.write({ '-d.yaml': 'nonMasqueradeCIDRs: [10.0.0.1/8]\n' });
    expect(repo.commit('four').stderr).toContain('-d.yaml:1:22 error MQ101 ');
    repo.ok('git', 'rm', '--quiet', '--force', './-d.yaml');
  });

  test('files that are too large, or in another encoding, and have nothing of masq', () => {
    repo.write({ 'big.json': `{"a": "${'b'.repeat(17 * 1024 * 1024)}"}\n`, 'old.yaml': 'a: 1\n' });
    writeFileSync(repo.path('old.yaml'), Buffer.from('name: caf\xe9\n', 'latin1'));
    expect(repo.commit('four').status).toBe(0);
  });

  test('each hook over all files', () => {
    for (const hook of HOOKS) expect(repo.ok('pre-commit', 'run', '--all-files', hook)).toContain('Passed');
  });
});

describe.skipIf(isMissing('pre-commit', '--version') || isMissing('unshare', '-Urn', 'true'))('masq-lint', () => {
  let repos: Repos;
  let repo: Repo;
  const list = (text: string) => ({ 'agent/config.yaml': `nonMasqueradeCIDRs: ${text}\n` });

  beforeAll(() => {
    repos = new Repos();
    repo = repos.create('linted');
    const hook = `  - repo: ${repos.hooks()}\n    rev: ${TAG}\n    hooks:\n      - id: masq-lint\n`;
    repo.write({ '.pre-commit-config.yaml': `repos:\n${hook}`, ...list('[10.0.0.0/9, 10.128.0.0/9]') });
    repo.ok('pre-commit', 'install');
  });
  afterAll(() => repos.close());

  test('lets notes pass, and refuses warnings', () => {
    const noted = repo.commit('one');
    expect(noted.stderr).toMatch(/masq lint\.+Passed\n/);
    expect(noted.status).toBe(0);
    repo.write(list('[10.0.0.0/8, 10.1.0.0/16]'));
    const { status, stderr } = repo.commit('two');
    expect(status).toBe(1);
    expect(stderr).toContain('agent/config.yaml:1:34 warning MQ121 "10.1.0.0/16" lies inside "10.0.0.0/8"');
    repo.write(list('[10.0.0.0/8]'));
    expect(repo.commit('two').status).toBe(0);
  });
});

function render(repo: Repo): void {
  repo.ok(process.execPath, MASQ, 'synth', 'intents');
}

/** The set-up of one who uses the hooks. */
function config(hooks: string): string {
  return `repos:
  - repo: ${hooks}
    rev: ${TAG}
    hooks:
      - id: masq-validate
      - id: masq-synth-check
        args: [intents, --prune]
`;
}

describe.skipIf(isMissing('pre-commit', '--version') || isMissing('unshare', '-Urn', 'true'))(
  'in a folder of a larger repository, by the .masq.yaml there',
  () => {
    let repos: Repos;
    let repo: Repo;

    beforeAll(() => {
      repos = new Repos();
      repo = repos.create('mono');
      const text = config(repos.hooks()).replace('        args: [intents, --prune]\n', '');
      const settings = 'intents: [intents]\nrules: [{code: MQ101, paths: [lab], severity: warn, reason: a lab}]\n';
      repo.write({
        '.pre-commit-config.yaml': text
          .replace('masq-validate\n', 'masq-validate\n        args: [--config, clusters/.masq.yaml, --]\n')
          .replace('masq-synth-check\n', 'masq-synth-check\n        args: [--config, clusters/.masq.yaml]\n'),
        'clusters/.masq.yaml': settings,
        'clusters/intents/prod.yaml': intent('prod'),
        'clusters/lab/agent.yaml': 'nonMasqueradeCIDRs: [10.0.0.1/8]\n',
      });
      repo.ok(process.execPath, MASQ, 'synth', '--config', 'clusters/.masq.yaml');
      repo.ok('pre-commit', 'install');
    });
    afterAll(() => repos.close());

    test('rules and rendering count from there', () => {
      const { status, stderr } = repo.commit('one');
      expect(stderr).toMatch(/masq validate\.+Passed\nmasq synth --check\.+Passed\n/);
      expect(status).toBe(0);
      repo.write({ 'clusters/intents/prod.yaml': intent('prod', '[10.0.0.0/8, 172.16.0.0/12]') });
      expect(repo.commit('two').stderr).toContain('clusters/dist/prod/20-configmap-ip-masq-agent.yaml error MQ903 ');
    });
  },
);
