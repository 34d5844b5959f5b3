import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runJob } from '../ci/runner';
import { isMissing } from '../cli/sandbox';
import { fences, read } from '../docs/documents';
import { crdOf, haveCrds } from '../gitops/crds';
import { Stranger } from './stranger';

const PAGE = 'docs/start.md';
const [BEGIN, CHANGE, REFUSAL] = fences(read(PAGE));
const INTENT = 'intents/prod-eu-1.yaml';
const LIST = '      - rfc1918 ';
const WORKFLOW = '.github/workflows/masq.yml';
const GREEN = ['actions/checkout 0', 'actions/setup-node 0', 'install 0', 'masq validate 0', 'masq synth --check 0'];

/** From an empty folder to a repository that is looked after, with nothing but the packed tarball; each test goes on from the last. */
describe.skipIf(isMissing('pre-commit', '--version'))('a stranger', () => {
  let stranger: Stranger;
  const log = () => stranger.ok('git log --format=%s').trim().split('\n');

  beforeAll(async () => {
    stranger = await Stranger.arrive();
  });
  afterAll(() => stranger.leave());

  /** How each step of the CI job ends, in a clone of what is committed. */
  const pipeline = (name: string) => {
    const folder = stranger.clone(name);
    const results = runJob(join(folder, WORKFLOW), 'check', { folder, env: stranger.env });
    return {
      ends: results.map(({ name: step, status }) => `${step.split('@')[0]} ${status}`),
      says: results.map(({ output }) => output).join(''),
    };
  };

  test('has no network but the registry', () => {
    expect(stranger.run('npm view lodash version', stranger.home).status).not.toBe(0);
  });

  test('begins as the page says, from an empty folder to a commit: the hooks pass', () => {
    const said = stranger.ok(`set -e\n${BEGIN!.text}`, stranger.home);
    expect(said).toContain('wrote 14 files; ');
    expect(said).toMatch(/masq validate\.+Passed\nmasq synth --check\.+Passed\n/);
    expect(stranger.read(INTENT)).toContain(LIST);
    expect(log()).toHaveLength(1);
    expect(stranger.ok('git status --short')).toBe('');
    expect(stranger.ok('git ls-files')).toMatch(/^package-lock\.json$/m);
    expect(stranger.ok('npx masq validate')).toBe('no findings in 3 files (3 documents)\n');
    expect(stranger.ok('npm run --silent check')).toContain('up to date: 1 cluster, 2 files in dist/\n');
  });

  test('CI is green', () => {
    expect(pipeline('first').ends).toEqual(GREEN);
  });

  test('a typo is refused at its place', () => {
    stranger.edit(INTENT, LIST, '      - 10.0.0.1/8 ');
    const { status, stderr } = stranger.commit('typo');
    expect(status).toBe(1);
    expect(stderr).toContain(REFUSAL!.text);
    expect(log()).toHaveLength(1);
  });

  test('mended, but not rendered: refused, and the hook says what to do', () => {
    stranger.edit(INTENT, '10.0.0.1/8', '10.0.0.0/8');
    const { status, stderr } = stranger.commit('narrow');
    expect(status).toBe(1);
    expect(stderr).toMatch(/masq validate\.+Passed\nmasq synth --check\.+Failed\n/);
    expect(stderr).toContain('dist/prod-eu-1/20-configmap-ip-masq-agent.yaml error MQ903 not up to date: ');
    expect(stderr).toContain('run "masq synth" and commit the result');
  });

  test('rendered: committed, and CI is green', () => {
    expect(stranger.ok(CHANGE!.text)).toMatch(
      /^no findings .*\nrendered 1 cluster, 2 files in dist\/: 1 updated\nrendered 1 cluster, 2 files in gitops\/argocd\/: nothing to change\n$/,
    );
    expect(stranger.commit('narrow').status).toBe(0);
    expect(log()).toEqual(['narrow', expect.any(String)]);
    expect(pipeline('second').ends).toEqual(GREEN);
  });

  test('what Argo CD and Flux need is written, and committed', () => {
    const [made] = /^ {2}- argocd --repo .*$/m.exec(stranger.read('.masq.yaml'))!;
    const repo = 'https://git.example.com/we/clusters.git';
    stranger.edit('.masq.yaml', made, `  - argocd --repo ${repo}\n  - flux --repo ${repo}`);
    expect(stranger.commit('place').stderr).toContain('gitops/flux/prod-eu-1/10-gitrepository-masq.yaml error MQ903 ');
    stranger.ok('npx masq synth');
    expect(new Set(gitOpsObjects().map(({ kind }) => kind))).toEqual(
      new Set(['AppProject', 'Application', 'GitRepository', 'Kustomization']),
    );
    expect(stranger.commit('gitops').status).toBe(0);
  });

  test.skipIf(!haveCrds())('and is valid by the schemas of both', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const object of gitOpsObjects()) {
      const isValid = ajv.compile(crdOf(object.apiVersion, object.kind)!);
      expect(isValid(object), JSON.stringify(isValid.errors)).toBe(true);
    }
  });

  function gitOpsObjects(): { apiVersion: string; kind: string }[] {
    const files = stranger.ok('find gitops -name "*.yaml" | sort').trim().split('\n');
    return files.map(file => parse(stranger.read(file)) as { apiVersion: string; kind: string });
  }

  test('a change that goes round the hooks: --check is red, and so is CI', () => {
    stranger.edit(INTENT, '- 10.0.0.0/8', '- 172.16.0.0/12');
    expect(stranger.run('npx masq synth --check').status).toBe(1);
    stranger.ok('git commit --quiet --all --no-verify --message widen');
    const { ends, says } = pipeline('third');
    expect(ends).toEqual([...GREEN.slice(0, -1), 'masq synth --check 1']);
    expect(says).toContain('::error file=dist/prod-eu-1/20-configmap-ip-masq-agent.yaml');
  });

  test('rendered again: green', () => {
    stranger.ok('npx masq synth && npx masq synth --check');
    expect(stranger.commit('render').status).toBe(0);
    expect(pipeline('fourth').ends).toEqual(GREEN);
  });

  test('a commit that only deletes is no way round', () => {
    stranger.ok(
      `git rm --quiet ${INTENT.replace('intents/', 'dist/').replace('.yaml', '/20-configmap-ip-masq-agent.yaml')}`,
    );
    expect(stranger.commit('delete').stderr).toContain('20-configmap-ip-masq-agent.yaml error MQ903 ');
    stranger.ok('npx masq synth && git add --all && git diff --cached --quiet');
  });

  test('the app is a cdk8s app: what is added in JavaScript is rendered, checked and committed too', () => {
    stranger.edit('main.mjs', '{ intentsFromFile', '{ ClusterIntent, intentsFromFile');
    const commented = /^\/\/ new ClusterIntent[\s\S]*?^\/\/ }\);$/m.exec(stranger.read('main.mjs'))![0];
    stranger.edit('main.mjs', commented, commented.replace(/^\/\/ /gm, ''));
    expect(stranger.commit('staging').stderr).toContain('dist/staging/20-configmap-ip-masq-agent.yaml error MQ903 ');
    expect(stranger.ok('npx masq synth')).toMatch(
      /^rendered 2 clusters, 5 files in dist\/: 3 written\n.* gitops\/argocd\/: 1 written, 1 updated\n.* gitops\/flux\/: 2 written\n$/,
    );
    expect(stranger.commit('staging').status).toBe(0);
    expect(pipeline('fifth').ends).toEqual(GREEN);
  });
});
