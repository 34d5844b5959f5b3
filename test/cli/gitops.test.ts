import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { GITOPS_EXAMPLES } from '../../examples/gitops/commands';
import { intent, RENDERED, ROOT, sandbox } from './sandbox';

const box = sandbox();
const OWN_PROJECT =
  '--project "default" is the project that Argo CD comes with, and narrowing it would stop others; write another name';
const REPO = 'https://git.example/network/clusters.git';

/** Renders clusters to dist/. */
function synth(...names: string[]): void {
  box.write('intents.yaml', names.map(name => intent(name)).join('---\n'));
  expect(box.masq('synth', 'intents.yaml', '--prune').status).toBe(0);
}

function gitops(...args: string[]) {
  return box.masq('gitops', ...args);
}

interface Loose {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what the test is about
  readonly spec: any;
}

function object(file: string): Loose {
  return parse(box.read(file)) as Loose;
}

describe('masq gitops argocd', () => {
  test('renders a project and an Application for each cluster that is rendered', () => {
    synth('prod', 'staging');
    expect(gitops('argocd', '--repo', REPO)).toEqual({
      status: 0,
      stdout: 'rendered 2 clusters, 3 files in gitops/argocd/: 3 written\n',
      stderr: '',
    });
    expect(box.list('gitops/argocd')).toEqual([
      '10-appproject-masq.yaml',
      '20-application-masq-prod.yaml',
      '20-application-masq-staging.yaml',
    ]);
    const { spec } = object('gitops/argocd/20-application-masq-prod.yaml');
    expect(spec.source).toEqual({ repoURL: REPO, targetRevision: 'main', path: 'dist/prod' });
    expect(spec.destination).toEqual({ name: 'prod', namespace: 'kube-system' });
    expect(spec.syncPolicy.automated).toEqual({ prune: true, selfHeal: true });
    expect(box.read('gitops/argocd/10-appproject-masq.yaml').split('\n', 1)[0]).toBe(
      '# Rendered by masq gitops argocd: run it again, do not edit.',
    );
  });

  test('lets the project write what the folders have in them, and nothing else', () => {
    synth('prod');
    box.write(
      'dist/prod/60-extra.yaml',
      'apiVersion: v1\nkind: List\nitems:\n' +
        '- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}}\n' +
        '- {apiVersion: v1, kind: Service, metadata: {name: a, namespace: net}}\n',
    );
    gitops('argocd', '--repo', REPO);
    expect(object('gitops/argocd/10-appproject-masq.yaml').spec).toEqual({
      description: 'What masq renders, and nothing else.',
      sourceRepos: [REPO],
      destinations: [
        { name: 'prod', namespace: 'kube-system' },
        { name: 'prod', namespace: 'net' },
      ],
      clusterResourceWhitelist: [{ group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' }],
      namespaceResourceWhitelist: [
        { group: '', kind: 'ConfigMap' },
        { group: '', kind: 'Service' },
        { group: '', kind: 'ServiceAccount' },
        { group: 'apps', kind: 'DaemonSet' },
      ],
    });
  });

  test('renders stages with canaries, and says what they need', () => {
    synth('prod', 'prod-2', 'staging');
    mkdirSync(box.path('dist/drafts'));
    const { status, stdout } = gitops(
      ...['argocd', '-r', REPO, '--canary', 'staging', '--max-update', '25%'],
      ...['--destination', 'prod-2=https://203.0.113.1:6443', '-n', 'gitops', '--name', 'net', '--revision', 'v1'],
    );
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        'rendered 3 clusters, 2 files in gitops/argocd/: 2 written\n' +
        'note: the ApplicationSet controller must run with --enable-progressive-syncs; without it all clusters change at once\n',
    });
    const { metadata, spec } = object('gitops/argocd/20-applicationset-net.yaml');
    expect(metadata).toMatchObject({ name: 'net', namespace: 'gitops' });
    const git = (directories: object[], values: object) => ({
      git: { repoURL: REPO, revision: 'v1', directories, values },
    });
    const byName = { name: '{{ .path.basename }}', server: '' };
    expect(spec.generators).toEqual([
      git([{ path: 'dist/staging' }], { ...byName, stage: 'canary' }),
      git([{ path: 'dist/prod-2' }], { name: '', server: 'https://203.0.113.1:6443', stage: 'rest' }),
      git(
        [{ path: 'dist/*' }, ...['drafts', 'prod-2', 'staging'].map(name => ({ path: `dist/${name}`, exclude: true }))],
        { ...byName, stage: 'rest' },
      ),
    ]);
    const step = (stage: string, maxUpdate: unknown) => ({
      matchExpressions: [{ key: 'masq/stage', operator: 'In', values: [stage] }],
      maxUpdate,
    });
    expect(spec.strategy).toEqual({
      type: 'RollingSync',
      rollingSync: { steps: [step('canary', 1), step('rest', '25%')] },
    });
    expect(spec.template.metadata.labels['masq/stage']).toBe('{{ .values.stage }}');
    expect(spec.syncPolicy).toEqual({ applicationsSync: 'create-update', preserveResourcesOnDeletion: true });
  });

  test('no file of an Application deletes what it applied when it goes', () => {
    synth('prod', 'staging');
    for (const args of [[], ['--canary', 'staging']]) {
      gitops('argocd', '-r', REPO, ...args);
      for (const [name, text] of Object.entries(box.files('gitops/argocd'))) {
        expect(text, name).not.toContain('finalizer');
        if (!name.includes('appproject')) expect(text, name).toContain('- Delete=false\n');
      }
    }
  });
});

describe('what is left over', () => {
  const team = ['--repo', REPO, '--name', 'team2'];
  const kept = (): string[] =>
    box.list('gitops').filter(file => file.startsWith('argocd/') || file.startsWith('flux/'));

  test.each([
    ['argocd', 'gitops'],
    ['argocd', '.'],
    ['flux', 'gitops'],
    ['flux', '.'],
  ])('of other folders is none of %s in %s', (tool, output) => {
    synth('prod', 'staging');
    gitops('argocd', '--repo', REPO);
    gitops('flux', '--repo', REPO);
    gitops('flux', '--repo', REPO, '--style', 'hub', '-o', 'gitops/hub');
    const before = kept();
    expect(gitops(tool, ...team, '-o', output)).toMatchObject({
      status: 0,
      stdout: expect.not.stringContaining('deleted'),
    });
    expect(kept()).toEqual(before);
    expect(box.list('gitops/hub')).toHaveLength(3);
    expect(gitops(tool, ...team, '-o', output, '--check').status).toBe(0);
  });

  test('is deleted, and named', () => {
    synth('prod', 'staging');
    gitops('flux', '--repo', REPO, '-o', 'sync');
    synth('prod');
    expect(gitops('flux', '--repo', REPO, '-o', 'sync').stdout).toBe(
      'rendered 1 cluster, 2 files in sync/: 2 deleted\n' +
        '  deleted sync/staging/10-gitrepository-masq.yaml\n  deleted sync/staging/20-kustomization-masq.yaml\n',
    );
    expect(gitops('flux', '--repo', REPO, '-o', 'sync', '--style', 'hub').stdout).toContain('2 written, 2 deleted');
  });

  test('an output folder in the one that is synced is refused', () => {
    synth('prod');
    for (const output of ['dist', 'dist/', './dist/prod', 'dist/gitops']) {
      expect(gitops('argocd', '--repo', REPO, '-o', output)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('is in the folder that is synced; write one beside it'),
      });
    }
  });
});

test.each([
  ['5m', '5m0s'],
  ['1h', '1h0m0s'],
  ['90s', '1m30s'],
  ['3600s', '1h0m0s'],
  ['1h2m3s', '1h2m3s'],
])('a span of %s is rendered as Go writes it', (span, canonical) => {
  synth('prod');
  expect(gitops('flux', '--repo', REPO, '--timeout', span).status).toBe(0);
  expect(object('gitops/flux/prod/20-kustomization-masq.yaml').spec.timeout).toBe(canonical);
});

test.each(['0s', '', '5', 'm', '5m-1s', '1.5h', 'soon'])('"%s" is no span', span => {
  synth('prod');
  expect(gitops('flux', '--repo', REPO, `--timeout=${span}`).status).toBe(2);
});

describe('masq gitops flux', () => {
  test('renders a folder for the Flux of each cluster', () => {
    synth('prod', 'staging');
    const { status, stdout } = gitops('flux', '--repo', REPO, '--secret', 'key', '--service-account', 'masq');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'rendered 2 clusters, 4 files in gitops/flux/: 4 written\n',
    });
    expect(box.list('gitops/flux/prod')).toEqual(['10-gitrepository-masq.yaml', '20-kustomization-masq.yaml']);
    expect(object('gitops/flux/prod/10-gitrepository-masq.yaml').spec).toEqual({
      interval: '1m0s',
      url: REPO,
      ref: { branch: 'main' },
      secretRef: { name: 'key' },
      ignore: '/*\n!/dist\n/dist/*\n!/dist/prod\n/dist/prod/*/\n',
    });
    expect(object('gitops/flux/prod/20-kustomization-masq.yaml').spec).toEqual({
      sourceRef: { kind: 'GitRepository', name: 'masq' },
      path: './dist/prod',
      serviceAccountName: 'masq',
      interval: '10m0s',
      retryInterval: '2m0s',
      timeout: '10m0s',
      prune: true,
      deletionPolicy: 'Orphan',
      wait: true,
    });
  });

  test('renders one Flux for all with canaries, on which the rest depends', () => {
    synth('prod', 'prod-2', 'staging');
    gitops('flux', '--repo', REPO, '--canary', 'staging', '--destination', 'prod=in-cluster', '--timeout', '30m0s');
    const spec = (name: string) => object(`gitops/flux/20-kustomization-masq-${name}.yaml`).spec;
    expect(spec('staging').dependsOn).toBeUndefined();
    expect(spec('prod-2')).toMatchObject({
      dependsOn: [{ name: 'masq-staging' }],
      kubeConfig: { secretRef: { name: 'prod-2-kubeconfig' } },
      timeout: '30m0s',
      // The same source for all: what is depended on has to be ready with this revision.
      sourceRef: spec('staging').sourceRef,
    });
    expect(spec('prod').kubeConfig).toBeUndefined();
  });

  test('takes an artifact of dist/ itself', () => {
    synth('prod');
    gitops('flux', '--source', 'oci', '-r', 'oci://registry.example/net/clusters', '--path', '.');
    expect(object('gitops/flux/prod/10-ocirepository-masq.yaml').spec).toMatchObject({
      url: 'oci://registry.example/net/clusters',
      ref: { tag: 'latest' },
      ignore: '/*\n!/prod\n/prod/*/\n',
    });
    expect(object('gitops/flux/prod/20-kustomization-masq.yaml').spec.path).toBe('./prod');
  });
});

describe('writing', () => {
  test('--check says what is stale and how to make it fresh, and writes nothing', () => {
    synth('prod', 'staging');
    const args = ['argocd', '-r', REPO, '--dist', './dist', '--destination', 'prod=p'];
    expect(gitops(...args, '--check')).toMatchObject({ status: 1 });
    expect(box.list('.').filter(name => name.startsWith('gitops'))).toEqual([]);
    gitops(...args);
    expect(gitops(...args, '--check')).toEqual({
      status: 0,
      stdout: 'up to date: 2 clusters, 3 files in gitops/argocd/\n',
      stderr: '',
    });
    synth('prod', 'test');
    const { status, stdout } = gitops(...args, '--check', '-f', 'json');
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; file: string; message: string }[] };
    const remedy = `run "masq gitops argocd --repo ${REPO} --dist ./dist --destination prod=p" and commit the result`;
    expect({ status, found: diagnostics.map(({ code, file, message }) => `${file} ${code} ${message}`) }).toEqual({
      status: 1,
      found: [
        `gitops/argocd/10-appproject-masq.yaml MQ903 not up to date: it is not what the rendered clusters need; ${remedy}`,
        `gitops/argocd/20-application-masq-test.yaml MQ903 not up to date: it is missing; ${remedy}`,
        `gitops/argocd/20-application-masq-staging.yaml MQ903 not up to date: no rendered cluster needs it any more; ${remedy}`,
      ],
    });
    expect(gitops(...args).stdout).toBe(
      'rendered 2 clusters, 3 files in gitops/argocd/: 1 written, 1 updated, 1 deleted\n' +
        '  deleted gitops/argocd/20-application-masq-staging.yaml\n',
    );
    expect(gitops(...args, '--check').status).toBe(0);
    expect(gitops(...args).stdout).toContain(': nothing to change\n');
  });

  test("another style takes the place of the last one; the other tool's files and strangers' stay", () => {
    synth('prod', 'staging');
    box.write('out/mine.yaml', 'mine: true\n');
    gitops('argocd', '-r', REPO, '-o', 'out');
    gitops('flux', '-r', REPO, '-o', 'out');
    gitops('argocd', '-r', REPO, '-o', 'out', '--canary', 'staging');
    expect(box.list('out')).toEqual([
      '10-appproject-masq.yaml',
      '20-applicationset-masq.yaml',
      'mine.yaml',
      'prod/10-gitrepository-masq.yaml',
      'prod/20-kustomization-masq.yaml',
      'staging/10-gitrepository-masq.yaml',
      'staging/20-kustomization-masq.yaml',
    ]);
  });

  test('a file of others in the way stays, and then nothing is written', () => {
    synth('prod');
    box.write('gitops/argocd/10-appproject-masq.yaml', 'mine: true\n');
    const { status, stderr } = gitops('argocd', '-r', REPO);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('"gitops/argocd/10-appproject-masq.yaml" is in the way and not written by masq'),
    });
    expect(box.list('gitops')).toEqual(['argocd/10-appproject-masq.yaml']);
  });

  test('dist/ itself is never written to, even as the output folder', () => {
    synth('prod');
    const before = box.files('dist/prod');
    gitops('flux', '-r', REPO, '-o', 'dist');
    gitops('flux', '-r', REPO, '-o', 'dist', '--style', 'hub');
    expect(box.files('dist/prod')).toEqual(before);
  });
});

describe('refuses', () => {
  const GIT =
    'write the URL of a Git repository without a password, such as "https://github.com/org/repo.git" or "git@github.com:org/repo.git"';

  test.each<[args: string[], ...lines: string[]]>([
    [['argo', '-r', REPO], '"argo" is no tool that masq renders for; write argocd or flux'],
    [['argocdd', '-r', REPO], '"argocdd" is no tool that masq renders for; did you mean "argocd"?'],
    [['argocd'], '--repo is missing: the URL of the repository that holds the rendered folders'],
    [['argocd', '-r', 'clusters'], `--repo "clusters" is not allowed; ${GIT}`],
    [
      ['argocd', '-r', 'https://me:secret@git.example/x'],
      `--repo "https://me:***@git.example/x" is not allowed; ${GIT}`,
    ],
    [
      ['flux', '-r', 'git@git.example:x'],
      '--repo "git@git.example:x" is not allowed; write the URL of a Git repository without a password, such as "https://github.com/org/repo.git" or "ssh://git@github.com/org/repo.git"',
    ],
    [
      ['flux', '--source', 'oci', '-r', 'oci://registry.example/x:v1'],
      '--repo "oci://registry.example/x:v1" is not allowed; write the URL of an OCI repository without a tag, such as "oci://ghcr.io/org/manifests"',
    ],
    [['argocd', '-r', REPO, '--project', 'default'], OWN_PROJECT],
    [['argocd', '-r', REPO, '--name', 'default'], OWN_PROJECT],
    [
      ['argocd', '-r', REPO, '--destination', 'prod=a', '--destination', 'staging=a'],
      '--destination "prod" and "staging" are both at "a"; each needs its own',
    ],
    [
      ['argocd', '-r', REPO, '--destination', 'prod=staging'],
      '--destination "prod" and "staging" are both at "staging"; each needs its own',
    ],
    [
      ['flux', '-r', REPO, '--style', 'hub', '--destination', 'prod=in-cluster', '--destination', 'staging=in-cluster'],
      '--destination "prod" and "staging" are both at "in-cluster"; each needs its own',
    ],
    [['argocd', '-r', REPO, '--canary', 'stagin'], '--canary "stagin" is no rendered cluster; did you mean "staging"?'],
    [['argocd', '-r', REPO, '--canary', 'x'], '--canary "x" is no rendered cluster; there are prod and staging'],
    [
      ['argocd', '-r', REPO, '--canary', 'prod', '--canary', 'staging'],
      '--canary: every cluster is a canary; leave at least one for the rest',
    ],
    [
      ['argocd', '-r', REPO, '--canary', 'prod', '--style', 'applications'],
      '--canary: Applications sync each by itself, in no stages; write the style "applicationset", or no canaries',
    ],
    [
      ['flux', '-r', REPO, '--canary', 'prod', '--style', 'per-cluster'],
      '--canary: a Flux in each cluster knows nothing of the others; write --style hub, or no canaries',
    ],
    [['argocd', '-r', REPO, '--style', 'hub'], '--style hub is not for argocd; write applications or applicationset'],
    [
      ['flux', '-r', REPO, '--destination', 'prod=x'],
      '--destination: a Flux in each cluster writes to its own; write --style hub, or no destinations',
    ],
    [['argocd', '-r', REPO, '--destination', 'prod'], '--destination "prod" is not allowed; write CLUSTER=WHERE'],
    [
      ['argocd', '-r', REPO, '--destination', 'prod=a', '--destination', 'prod=b'],
      '--destination names two places for "prod": "a" and "b"',
    ],
    [
      ['argocd', '-r', REPO, '--destination', 'prd=a'],
      '--destination "prd" is no rendered cluster; did you mean "prod"?',
    ],
    [
      ['argocd', '-r', REPO, '--destination', 'prod=http://203.0.113.1'],
      '--destination "http://203.0.113.1" is not allowed; write the URL of an API server such as "https://203.0.113.1:6443", or the name of a cluster',
    ],
    [['argocd', '-r', REPO, '--max-update', '2'], '--max-update is for the style "applicationset", which has stages'],
    [
      ['argocd', '-r', REPO, '--canary', 'prod', '--max-update', 'half'],
      '--max-update "half" is not allowed; write a number such as 1, a share such as "25%", or 0 to wait for a hand',
    ],
    [
      ['argocd', '-r', REPO, '--secret', 'x', '--revision', '--x'],
      'option --revision needs a value: REV; if "--x" is meant, write "--revision=--x"',
    ],
    [['argocd', '-r', REPO, '--secret', 'x'], '--secret is for flux; leave it out'],
    [['flux', '-r', REPO, '--project', 'x'], '--project is for argocd; leave it out'],
    [
      ['flux', '-r', REPO, '--timeout', '10 m'],
      '--timeout "10 m" is not allowed; write a span as Go writes it, such as "30s", "10m0s" or "1h0m0s"',
    ],
    [
      ['argocd', '-r', REPO, '--name', 'Net', '--revision', 'a b'],
      '--name "Net" is not allowed; write lower-case letters, digits and dashes, at most 63',
      '--revision "a b" is not allowed; write a branch such as "main", "refs/tags/" and a tag, or a commit',
    ],
    [
      ['argocd', '-r', REPO, '--path', '../dist'],
      '--path "../dist" is not allowed; write the path of a folder below the root of the repository, such as "dist", or "." for the root itself',
    ],
    [
      ['argocd', '-r', REPO, '--dist', 'disst'],
      '--dist "disst" does not exist; render intents with "masq synth" first, or name the folder they were rendered to',
    ],
    [
      ['argocd', '-r', REPO, '--dist', 'intents.yaml'],
      '--dist "intents.yaml" is no folder; render intents with "masq synth" first, or name the folder they were rendered to',
    ],
    [
      ['argocd', '-r', REPO, '--dist', 'empty'],
      '--dist "empty" has no folder with a file that masq rendered; run "masq synth" first',
    ],
  ])('%j', (args, ...lines) => {
    synth('prod', 'staging');
    mkdirSync(box.path('empty/prod'), { recursive: true });
    const before = box.list();
    const { status, stdout, stderr } = gitops(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.split('\n').slice(0, lines.length)).toEqual(lines.map(line => `masq: ${line}`));
    expect(box.list()).toEqual(before);
  });

  test('a folder outside of this one that is not said to be somewhere in the repository', () => {
    synth('prod');
    const { status, stderr } = gitops('argocd', '-r', REPO, '--dist', box.path('dist'));
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `masq: --dist "${box.path('dist')}" does not say where it is in the repository; add --path\n`,
    });
    expect(gitops('argocd', '-r', REPO, '--dist', box.path('dist'), '--path', 'infra/dist/').status).toBe(0);
    expect(object('gitops/argocd/20-application-masq-prod.yaml').spec.source.path).toBe('infra/dist/prod');
  });

  test('a name that is too long to be a label', () => {
    synth('c'.repeat(60));
    const name = `masq-${'c'.repeat(60)}`;
    expect(gitops('argocd', '-r', REPO).stderr).toBe(
      `masq: --name "${name}" has 65 characters, a label at most 63; write a shorter one\n`,
    );
  });

  test.each([
    ['kustomization.yaml', 'resources: [../x]\n', 'was not written by masq: what it builds cannot be told; remove it'],
    ['x.yaml', 'a: [\n', 'cannot be read: '],
    [
      'x.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n',
      'has Service "a" without a namespace; write it there',
    ],
  ])('what is beside rendered files and cannot be told: %s %j', (name, text, why) => {
    synth('prod');
    box.write(`dist/prod/${name}`, text);
    const { status, stderr } = gitops('argocd', '-r', REPO);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining(`masq: "dist/prod/${name}" ${why}`),
    });
  });
});

test('a kustomization that masq wrote is nothing to apply', () => {
  box.write('intents.yaml', intent('prod'));
  box.masq('synth', 'intents.yaml', '--kustomization');
  expect(gitops('argocd', '-r', REPO).status).toBe(0);
  expect(box.read('gitops/argocd/10-appproject-masq.yaml')).not.toContain('Kustomization');
});

test('of many clusters the first are named', () => {
  synth(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(letter => `cluster-${letter}`));
  expect(gitops('argocd', '-r', REPO, '--canary', 'production').stderr).toBe(
    'masq: --canary "production" is no rendered cluster; there are cluster-a, cluster-b, cluster-c, cluster-d, cluster-e and 2 more\n',
  );
});

test('a folder whose name no object can have', () => {
  box.write('dist/My_Cluster/20-x.yaml', RENDERED);
  expect(gitops('argocd', '-r', REPO).stderr).toBe(
    'masq: --dist "My_Cluster" is not allowed; write lower-case letters, digits and dashes, at most 63\n',
  );
});

test.each(GITOPS_EXAMPLES)('the committed example is what its README says: masq gitops %s', (...words) => {
  const args = [join(ROOT, 'lib/cli/masq.js'), 'gitops', ...words, '--check'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: expect.stringContaining('up to date: '),
    stderr: '',
  });
});

test('there are two of them', () => expect(GITOPS_EXAMPLES.map(([tool]) => tool)).toEqual(['argocd', 'flux']));
