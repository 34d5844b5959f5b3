import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { LANGUAGES, PLATFORMS } from '../../cli/choices';
import { ROOT, type Run, sandbox } from './sandbox';

const box = sandbox();
const AGENT = ['10-serviceaccount', '20-configmap', '30-daemonset'].map(name => `${name}-ip-masq-agent.yaml`);
const NEXT = 'npm install && git init -b main && pre-commit install && npx masq validate\n';

const EXAMPLE =
  'note: https://git.example.com/network/clusters.git is an example; write in .masq.yaml where yours is\n';

/** What `npm install` would bring. */
const PACKAGES = ['cdk8s', 'cdk8s-plus-27', 'constructs', 'yaml', 'tsx', 'typescript', '@types/node'];

function install(folder = '.'): void {
  for (const name of PACKAGES) {
    mkdirSync(dirname(box.path(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), box.path(folder, 'node_modules', name));
  }
  symlinkSync(ROOT, box.path(folder, 'node_modules/cdk8s-masq'));
}

const init = (...args: string[]): Run => box.masq('init', '--app', ...args);

test('makes a repository in an empty folder', () => {
  expect(init()).toEqual({
    status: 0,
    stdout: `wrote 15 files; README.md says what is where\n${EXAMPLE}next: ${NEXT}`,
    stderr: '',
  });
  expect(box.list()).toEqual(
    [
      '.gitattributes',
      '.github/workflows/masq.yml',
      '.gitignore',
      '.masq.yaml',
      '.pre-commit-config.yaml',
      'README.md',
      'cdk8s.yaml',
      ...AGENT.map(name => `dist/my-cluster/${name}`),
      'gitops/argocd/10-appproject-masq.yaml',
      'gitops/argocd/20-application-masq-my-cluster.yaml',
      'intents/my-cluster.yaml',
      'main.mjs',
      'package.json',
    ].sort(),
  );
  box.masq('init', 'kubernetes', '-o', 'other/my-cluster.yaml');
  expect(box.read('intents/my-cluster.yaml')).toBe(box.read('other/my-cluster.yaml'));
});

describe.each(LANGUAGES)('in %s', language => {
  test('it passes its own checks, for every platform', () => {
    const made = init(...PLATFORMS, '--language', language, '-n', 'net', '-o', 'new/app');
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(made.stdout).toContain(` in new/app; README.md says what is where\n${EXAMPLE}next: cd new/app && ${NEXT}`);
    install('new/app');
    const at = { cwd: 'new/app' };
    expect(box.masqWith(at, 'validate', '--fail-on', 'warning')).toMatchObject({ status: 0 });
    const { status, stdout } = box.masqWith(at, 'synth', '--check', '--fail-on', 'warning');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'up to date: 4 clusters, 9 files in dist/\nup to date: 4 clusters, 5 files in gitops/argocd/\n',
    });
  });

  test('what is added to the program is rendered too', () => {
    init('--language', language);
    install();
    const program = language === 'javascript' ? 'main.mjs' : 'main.ts';
    const added = box
      .read(program)
      .replace('{ intentsFromFile', '{ ClusterIntent, intentsFromFile')
      .replace(/^\/\/ (?=new ClusterIntent|}\);| {2}\w)/gm, '');
    box.write(program, added);
    const typed = [
      '--noEmit',
      '--allowJs',
      '--checkJs',
      '--module',
      'node16',
      '--target',
      'es2022',
      '--strict',
      program,
    ];
    const args = language === 'javascript' ? ['--types', 'node', ...typed] : [];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout: types } = spawnSync(process.execPath, [tsc, ...args], { cwd: box.folder, encoding: 'utf8' });
    expect(types).toBe('');
    expect(box.masq('synth', '--check').status).toBe(1);
    expect(box.masq('synth').stdout).toBe(
      'rendered 2 clusters, 6 files in dist/: 3 written\nrendered 2 clusters, 3 files in gitops/argocd/: 1 written, 1 updated\n',
    );
    expect(box.list('dist')).toEqual(['my-cluster', 'staging'].flatMap(name => AGENT.map(file => `${name}/${file}`)));
  });
});

test('a repository that is there is completed: its README stays, its .gitignore goes on', () => {
  box.write('README.md', 'mine\n');
  box.write('.gitignore', '*.log');
  expect(init().stdout).toContain('wrote 14 files, .gitignore completed; README.md is left as it is\n');
  expect(box.read('README.md')).toBe('mine\n');
  expect(box.read('.gitignore')).toBe('*.log\nnode_modules/\n');
  expect(init().stdout).toContain('wrote 0 files; README.md is left');
});

test('a name that is a number in YAML', () => {
  expect(init('--name', '010').status).toBe(0);
  expect(parse(box.read('intents/010.yaml')).metadata.name).toBe('010');
});

test('an intent names the schema from where it is', () => {
  init();
  expect(box.read('intents/my-cluster.yaml')).toMatch(/^# yaml-language-server: \$schema=\.\.\/node_modules\//);
});

test('an error of the app is a finding at its line, and not a stack', () => {
  init();
  install();
  const main = box.read('main.mjs').replace('{ intentsFromFile', '{ ClusterIntent, intentsFromFile');
  box.write(
    'main.mjs',
    main.replace(/^\/\/ (?=new ClusterIntent|}\);| {2}\w)/gm, '').replace('10.128.16.0/20', '10.128.16.1/20'),
  );
  const { status, stdout, stderr } = box.masq('synth', '--check', '--format', 'github');
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toMatch(/^::error file=main\.mjs,line=\d+,.*MQ101.*10\.128\.16\.1\/20/m);
  const { stdout: out, stderr: text } = box.masq('synth');
  expect({ out, text }).toEqual({ out: '', text: expect.stringMatching(/^main\.mjs:\d+:\d+ \[staging.*error MQ101/) });
  expect(text).not.toContain('node:internal');
});

describe('what syncs it', () => {
  const git = (...args: string[]) => expect(spawnSync('git', args, { cwd: box.folder }).status).toBe(0);
  const URL = 'https://git.example/network/clusters.git';
  const entry = (folder = '.') => parse(box.read(`${folder}/.masq.yaml`)).gitops as string[];

  test.each([
    ['argocd', URL, `argocd --repo ${URL}`],
    ['argocd', 'git@git.example:network/clusters.git', 'argocd --repo git@git.example:network/clusters.git'],
    ['argocd', 'https://a-token@git.example/network/clusters.git', `argocd --repo ${URL}`],
    ['argocd', 'https://me:secret@git.example/network/clusters.git', `argocd --repo ${URL}`],
    ['flux', 'git@git.example:network/clusters.git', 'flux --repo ssh://git@git.example/network/clusters.git'],
    ['flux', '/srv/clusters.git', 'flux --repo https://git.example.com/network/clusters.git'],
  ])("%s, from git's origin %s", (tool, origin, words) => {
    git('init', '--quiet');
    git('remote', 'add', 'origin', origin);
    const { status, stdout } = init('--gitops', tool, '-o', 'net/app');
    expect({ status, example: stdout.includes('is an example') }).toEqual({
      status: 0,
      example: words.includes('example.com'),
    });
    expect(stdout).not.toContain('git init');
    expect(stdout).toContain('at its top alone');
    expect(entry('net/app')).toEqual([`${words} --path net/app/dist`]);
    expect(Object.values(box.files('net')).join('')).not.toMatch(/a-token|secret@/);
    install('net/app');
    expect(box.masqWith({ cwd: 'net/app' }, 'synth', '--check')).toMatchObject({ status: 0 });
  });

  test('a URL that is told, and a tool that fits none', () => {
    expect(init('--repo', URL, '--gitops', 'flux').stdout).not.toContain('example');
    expect(entry()).toEqual([`flux --repo ${URL}`]);
    expect(box.list('gitops')).toEqual([
      'flux/my-cluster/10-gitrepository-masq.yaml',
      'flux/my-cluster/20-kustomization-masq.yaml',
    ]);
    expect(init('--repo', 'git@git.example:a/b', '--gitops', 'flux', '-o', 'other').stderr).toMatch(
      /^masq: --repo "git@git.example:a\/b" is not allowed; write the URL/,
    );
  });

  test('nothing, if nothing is to', () => {
    expect(init('--gitops', 'none').stdout).not.toContain('example');
    expect(entry()).toBeUndefined();
    expect(box.list().filter(file => file.startsWith('gitops'))).toEqual([]);
    expect(box.read('README.md')).toContain('`npx masq gitops argocd --repo URL`');
    expect(init('--gitops', 'none', '--repo', URL).stderr).toContain('leave it or "--gitops none" out');
    expect(box.masq('init', 'kubernetes', '--repo', URL).stderr).toContain('option --repo goes with --app alone');
  });
});

test('cdk8s synth renders the same, and runs the checks', () => {
  init();
  install();
  const rendered = box.files('dist');
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/cdk8s-cli/bin/cdk8s'), 'synth'], {
    cwd: box.folder,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Validations ended succes') });
  expect(box.files('dist')).toEqual(rendered);
});

describe('what is there already', () => {
  test('is not overwritten, until it is told to be', () => {
    box.write('README.md', 'mine\n');
    box.write('cdk8s.yaml', 'mine\n');
    box.write('dist/my-cluster/20-configmap-ip-masq-agent.yaml', 'mine\n');
    box.write('notes.txt', 'mine\n');
    const before = box.files();
    expect(init()).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'masq: "cdk8s.yaml", "dist/my-cluster/20-configmap-ip-masq-agent.yaml" are there already; move them away, name another folder with -o, or overwrite them with --force\n',
    });
    expect(box.files()).toEqual(before);
    expect(init('--force').status).toBe(0);
    expect(Object.keys(box.files()).filter(file => box.read(file) === 'mine\n')).toEqual(['README.md', 'notes.txt']);
    expect(box.read('notes.txt')).toBe('mine\n');
  });

  test('and as it would be written is no obstacle', () => {
    init();
    const before = box.files();
    expect(init().stdout).toContain('wrote 0 files; ');
    expect(box.files()).toEqual(before);
  });

  test('a package.json is completed: nothing that it says is changed', () => {
    const mine = { name: 'mine', type: 'commonjs', scripts: { synth: 'mine' }, devDependencies: { cdk8s: '2.0.0' } };
    box.write('package.json', JSON.stringify(mine, undefined, '\t'));
    expect(init('--force').stdout).toContain('wrote 15 files, package.json completed; ');
    const text = box.read('package.json');
    const { dependencies, scripts, ...rest } = JSON.parse(text) as Record<string, object>;
    expect(text).toMatch(/^\{\n\t"name"/);
    expect(rest).toEqual({ name: mine.name, type: mine.type, devDependencies: mine.devDependencies });
    expect(scripts).toMatchObject({ synth: 'mine', validate: 'masq validate' });
    expect(Object.keys(dependencies!)).toEqual(['cdk8s-masq', 'cdk8s-plus-27', 'constructs']);
    install();
    expect(box.masq('synth', '--check').status).toBe(0);
  });

  test.each([
    ['{', 'masq: "package.json" is there already, and is no JSON: mend it or move it away\n'],
    ['[]', 'masq: "package.json" is there already, and is none that npm reads: mend it or move it away\n'],
    ['{"scripts": 1}', 'masq: "package.json" is there already, and is none that npm reads: mend it or move it away\n'],
  ])('a package.json that says %s', (text, stderr) => {
    box.write('package.json', text);
    expect(init()).toEqual({ status: 2, stdout: '', stderr });
    expect(box.files()).toEqual({ 'package.json': text });
  });

  test('a folder in the place of a file', () => {
    mkdirSync(box.path('main.mjs'));
    const { status, stderr } = init('--force');
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'masq: "main.mjs" is a folder, but is to be a file\n' });
    expect(box.list()).toEqual([]);
  });

  test('a folder that may not be written to', () => {
    mkdirSync(box.path('shut'));
    chmodSync(box.path('shut'), 0o555);
    const { status, stderr } = box.masqWith({ unprivileged: true }, 'init', '--app', '-o', 'shut');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'masq: "shut" cannot be written to: permission denied\n',
    });
  });
});

/** What is refused, and how. */
const REFUSED: readonly (readonly [args: readonly string[], stderr: string])[] = [
  [['gke-standrd'], 'masq: "gke-standrd" is no platform; did you mean "gke-standard"?\n'],
  [['kubernetes', 'nope', 'gke-standrad'], 'masq: "nope" is no platform; there are '],
  [
    ['kubernetes', 'kubernetes'],
    'masq: "kubernetes" is named twice; add more clusters as files in intents/ afterwards\n',
  ],
  [['-o', '-'], 'masq: "-" is no folder; with --app, -o takes the folder of the repository\n'],
  [['-n', 'Prod'], 'masq: "Prod" is no name for a cluster; '],
  [
    ['kubernetes', 'gke-standard', '-n', 'a'.repeat(60)],
    `masq: "${'a'.repeat(60)}-kubernetes" is no name for a cluster; `,
  ],
  [['--language', 'python'], 'masq: option --language takes javascript or typescript, not "python"\n'],
];

test.each(REFUSED)('--app %j', (args, stderr) => {
  const run = init(...args);
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain(stderr);
  expect(box.list()).toEqual([]);
});

test('what goes with --app alone, and several platforms without it', () => {
  expect(box.masq('init', 'kubernetes', '--language', 'javascript').stderr).toBe(
    'masq: option --language goes with --app alone\n',
  );
  expect(box.masq('init', 'kubernetes', 'gke-standard').stderr).toBe(
    'masq: unexpected argument "gke-standard"; masq init takes one PLATFORM, and several with --app\n',
  );
  expect(box.list()).toEqual([]);
});

describe('the pipelines', () => {
  const pins = (text: string) =>
    new Set([...text.matchAll(/uses: ([\w-]+\/[\w-]+@[0-9a-f]{40} # v\S+)/g)].map(m => m[1]));

  test('name actions as this repository’s own workflows do', () => {
    init();
    const own = pins(readFileSync(join(ROOT, '.github/workflows/ci.yml'), 'utf8'));
    const made = pins(box.read('.github/workflows/masq.yml'));
    expect(made.size).toBe(2);
    for (const pin of made) expect(own).toContain(pin);
  });

  test('an independent validator takes the workflow for valid', () => {
    init();
    const file = box.path('.github/workflows/masq.yml');
    const validator = join(ROOT, 'node_modules/@action-validator/cli/cli.mjs');
    const { status, stdout } = spawnSync(process.execPath, [validator, file], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test('of GitLab, by choice', () => {
    init('--ci', 'gitlab');
    expect(box.list()).not.toContain('.github/workflows/masq.yml');
    const { masq } = parse(box.read('.gitlab-ci.yml')) as { masq: { script: string[] } };
    const script = masq.script.join('\n').replaceAll('npx --no-install masq', 'masq');
    install();
    expect(box.bash(script).status).toBe(0);
    expect(box.read('masq-junit.xml')).toContain('<testsuites');
    box.write(
      'dist/my-cluster/20-configmap-ip-masq-agent.yaml',
      box.read('dist/my-cluster/10-serviceaccount-ip-masq-agent.yaml'),
    );
    expect(box.bash(script).status).toBe(1);
  });
});

test('the README names files that are there', () => {
  for (const args of [[], ['--language', 'typescript', '--ci', 'gitlab']]) {
    init('--force', ...args);
    const links = [...box.read('README.md').matchAll(/\]\(([^)]+)\)/g)].map(match => match[1]!);
    expect(links.length).toBeGreaterThan(8);
    for (const link of links) expect(() => box.stat(link), link).not.toThrow();
  }
});
