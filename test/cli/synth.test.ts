import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CONTAINED, HOST_BITS, intent, isMissing, RENDERED, ROOT, sandbox } from './sandbox';

const box = sandbox();
const AGENT = [
  '10-serviceaccount-ip-masq-agent.yaml',
  '20-configmap-ip-masq-agent.yaml',
  '30-daemonset-ip-masq-agent.yaml',
];
const below = (...clusters: string[]) => clusters.flatMap(cluster => AGENT.map(name => `${cluster}/${name}`));
const LONG_AGO = new Date(2001, 1, 3);

beforeEach(() => {
  box.write('in/a.yaml', intent('a'));
  box.write('in/b.yaml', intent('b', '[172.16.0.0/12]'));
});

/** Dates everything below dist/ back, so that a file that is touched shows. */
function dateBack(): void {
  for (const name of box.list('dist')) utimesSync(box.path('dist', name), LONG_AGO, LONG_AGO);
}

/** Every file below dist/ that is not as old as {@link dateBack} made it. */
function touched(): string[] {
  return box.list('dist').filter(name => box.stat(`dist/${name}`).mtimeMs !== LONG_AGO.getTime());
}

const done = (stdout: string) => ({ status: 0, stdout, stderr: '' });

describe('masq synth', () => {
  test('writes a folder for each cluster, one object a file', () => {
    expect(box.masq('synth', 'in')).toEqual(done('rendered 2 clusters, 6 files in dist/: 6 written\n'));
    expect(box.list('dist')).toEqual(below('a', 'b'));
    const { kind, data } = parse(box.read('dist/b/20-configmap-ip-masq-agent.yaml')) as Record<string, unknown>;
    expect(kind).toBe('ConfigMap');
    expect(JSON.stringify(data)).toContain('172.16.0.0/12');
    for (const text of Object.values(box.files('dist'))) expect(text.startsWith(RENDERED)).toBe(true);
  });

  test('leaves nothing else behind', () => {
    box.masq('synth', 'in');
    expect(box.list()).toEqual([...below('a', 'b').map(name => `dist/${name}`), 'in/a.yaml', 'in/b.yaml']);
  });

  test('touches no file that is up to date', () => {
    box.masq('synth', 'in');
    dateBack();
    expect(box.masq('synth', 'in')).toEqual(done('rendered 2 clusters, 6 files in dist/: nothing to change\n'));
    expect(touched()).toEqual([]);
    box.write('in/b.yaml', intent('b', '[192.168.0.0/16]'));
    expect(box.masq('synth', 'in').stdout).toBe('rendered 2 clusters, 6 files in dist/: 1 updated\n');
    expect(touched()).toEqual(['b/20-configmap-ip-masq-agent.yaml']);
  });

  test('keeps the permissions of a file that it updates', () => {
    box.masq('synth', 'in');
    chmodSync(box.path('dist/a', AGENT[1]!), 0o640);
    box.write('in/a.yaml', intent('a', '[192.168.0.0/16]'));
    box.masq('synth', 'in');
    expect(box.stat(`dist/a/${AGENT[1]}`).mode & 0o777).toBe(0o640);
  });

  test('says nothing with --quiet', () => {
    expect(box.masq('synth', '-q', 'in')).toEqual(done(''));
    expect(box.list('dist')).toHaveLength(6);
  });

  test.each([['-o', 'out'], ['--output=out'], ['-oout']])('writes where %s says', (...option) => {
    expect(box.masq('synth', 'in', ...option).stdout).toContain('in out/: 6 written');
    expect(box.list('out')).toEqual(below('a', 'b'));
    expect(box.list()).not.toContain('dist');
  });

  test('makes the folders above the output', () => {
    expect(box.masq('synth', 'in', '-o', 'deep/er/out').status).toBe(0);
    expect(box.list('deep/er/out')).toEqual(below('a', 'b'));
  });

  test('reads the standard input', () => {
    const { status } = box.masqWith({ input: intent('c') }, 'synth', '-');
    expect({ status, files: box.list('dist') }).toEqual({ status: 0, files: below('c') });
  });

  test('renders several intents of one file', () => {
    box.write('both.yaml', `${intent('a')}---\n${intent('b')}`);
    expect(box.masq('synth', 'both.yaml').stdout).toBe('rendered 2 clusters, 6 files in dist/: 6 written\n');
  });

  test('renders the same from everywhere, and says no path of the machine', () => {
    box.masq('synth', 'in');
    const there = box.files('dist');
    const places: readonly (readonly [cwd: string, ...args: string[]])[] = [
      ['in', '.', '-o', '../two'],
      ['in', 'b.yaml', 'a.yaml', '-o', box.path('two')],
      ['.', box.path('in'), '-o', 'two'],
      ['.', './in/../in', '-o', './two/'],
    ];
    for (const [cwd, ...args] of places) {
      const { status, stderr } = box.masqWith({ cwd }, 'synth', ...args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(box.files('two')).toEqual(there);
    }
    expect(JSON.stringify(there)).not.toContain(box.folder);
    expect(box.masq('synth', 'in', '-o', 'two').stdout).toContain('nothing to change');
  });

  test.skipIf(isMissing('kubectl', 'version', '--client'))(
    'writes what kubectl can read, whatever is in a text',
    () => {
      const reason = 'partner\u2028firewall \\uffff, \\x7f';
      box.write('in/a.yaml', intent('a', `[{cidr: 10.0.0.0/8, reason: "${reason}"}]`));
      box.write(
        'in/b.yaml',
        intent('b').replace('  name: b\n', '  name: b\n  annotations: {a/b: "x\u2028y", c: "12:30"}\n'),
      );
      expect(box.masq('synth', 'in', '--kustomization')).toMatchObject({ status: 0, stderr: '' });
      expect(box.masq('validate', 'dist')).toMatchObject({ status: 0 });
      expect(box.read('dist/a/20-configmap-ip-masq-agent.yaml')).toContain(' - 10.0.0.0/8 # partner firewall , ;');
      expect(box.read('dist/b/20-configmap-ip-masq-agent.yaml')).toContain('a/b: "x\\u2028y"\n    c: "12:30"\n');
      for (const folder of ['a', 'b'])
        expect(box.bash(`kubectl kustomize dist/${folder}`)).toMatchObject({ status: 0, stderr: '' });
    },
  );

  test('follows a link as its output folder', () => {
    mkdirSync(box.path('real'));
    symlinkSync('real', box.path('dist'));
    expect(box.masq('synth', 'in').status).toBe(0);
    expect(box.list('real')).toEqual(below('a', 'b'));
  });
});

describe('its own output is no input', () => {
  test.each([
    ['in', '.'],
    ['.', 'in'],
    ['.', '.'],
    ['.', 'dist'],
  ])('masq synth %s -o %s', (input, output) => {
    const first = box.masq('synth', input, '-o', output);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const files = box.files();
    const second = box.masq('synth', input, '-o', output);
    expect(second).toEqual(done(first.stdout.replace('6 written', 'nothing to change')));
    expect(box.files()).toEqual(files);
  });
});

describe('nothing at all is written', () => {
  test('for an error in one of many files', () => {
    for (let i = 0; i < 20; i++) box.write(`in/c${i}.yaml`, intent(`c${i}`));
    box.write('in/z.yaml', intent('z', HOST_BITS));
    const { status, stdout, stderr } = box.masq('synth', 'in');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^in\/z\.yaml:12:16 error MQ101 /);
    expect(box.list('.').every(name => name.startsWith('in/'))).toBe(true);
  });

  test('over what is there', () => {
    box.masq('synth', 'in');
    const before = box.files('dist');
    dateBack();
    box.write('in/a.yaml', intent('a', '[192.168.0.0/16]'));
    box.write('in/b.yaml', intent('b', HOST_BITS));
    expect(box.masq('synth', 'in', '--prune').status).toBe(1);
    expect(box.files('dist')).toEqual(before);
    expect(touched()).toEqual([]);
  });

  test('for a warning with --fail-on warning', () => {
    box.write('in/b.yaml', intent('b', CONTAINED));
    const { status, stderr } = box.masq('synth', '--fail-on', 'warning', 'in');
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('MQ121') });
    expect(box.list()).toEqual(['in/a.yaml', 'in/b.yaml']);
    expect(box.masq('synth', 'in').status).toBe(0);
  });

  test('for a note about folders of others with --fail-on note', () => {
    box.masq('synth', 'in');
    box.write('in/a.yaml', intent('a', '[192.168.0.0/16]'));
    const before = box.files('dist');
    const { status, stderr } = box.masq('synth', '--fail-on', 'note', 'in/a.yaml');
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('dist/b note MQ905') });
    expect(box.files('dist')).toEqual(before);
  });

  test('for two clusters of one name', () => {
    box.write('in/c.yaml', intent('a'));
    const { status, stderr } = box.masq('synth', 'in');
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('in/c.yaml:4:9 error MQ214') });
    expect(box.list()).not.toContain('dist');
  });

  test('where no intent is', () => {
    box.write('other.yaml', 'a: 1\n');
    const { status, stdout, stderr } = box.masq('synth', 'other.yaml', '--prune');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe('masq: no ClusterIntent is in other.yaml; "masq init" writes a first one\n');
  });

  /** What is in the way, and the one line on standard error. */
  const IN_THE_WAY: readonly (readonly [what: string, name: string, message: RegExp])[] = [
    [
      'a file of somebody else',
      `dist/a/${AGENT[1]}`,
      /^masq: "dist\/a\/20-configmap-ip-masq-agent.yaml" is in the way/,
    ],
    ['a file where a folder is needed', 'dist/a', /^masq: "dist\/a" is /],
    ['a file where the output folder is needed', 'dist', /^masq: "dist" is not a folder$/],
  ];
  test.each(IN_THE_WAY)('with %s in the way', (_what, name, message) => {
    box.write(name, 'mine\n');
    const { status, stdout, stderr } = box.masq('synth', 'in');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(box.list()).toEqual([name, 'in/a.yaml', 'in/b.yaml']);
    expect(box.read(name)).toBe('mine\n');
  });

  test.skipIf(!existsSync('/proc/self'))('into a file system that takes no folders', () => {
    const { status, stderr } = box.masq('synth', 'in', '-o', '/proc/masq/dist');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'masq: "/proc/masq" cannot be made: "/proc" takes no folders\n',
    });
  });

  test('into a folder that cannot be made', () => {
    mkdirSync(box.path('closed'), { mode: 0o555 });
    const { status, stderr } = box.masqWith({ unprivileged: true }, 'synth', 'in', '-o', 'closed/dist');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'masq: "closed/dist" cannot be written: permission denied\n',
    });
  });

  test('into a folder that may not be written to', () => {
    mkdirSync(box.path('dist'), { mode: 0o555 });
    const { status, stderr } = box.masqWith({ unprivileged: true }, 'synth', 'in');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'masq: "dist" cannot be written to: permission denied\n',
    });
  });

  test('through a link that leads out of the output folder', () => {
    mkdirSync(box.path('elsewhere'));
    mkdirSync(box.path('dist'));
    symlinkSync('../elsewhere', box.path('dist/a'));
    const { status, stderr } = box.masq('synth', 'in');
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/^masq: .*dist\/a.*\n$/) });
    expect(box.list('elsewhere')).toEqual([]);
  });
});

describe('--check', () => {
  const check = (...args: string[]) => {
    dateBack();
    const before = box.files('.');
    const run = box.masq('synth', 'in', '--check', ...args);
    expect(box.files('.')).toEqual(before);
    expect(touched()).toEqual([]);
    return run;
  };
  const stale = (path: string, why: string, remedy = 'masq synth in') =>
    `${path} error MQ903 not up to date: ${why}; run "${remedy}" and commit the result`;
  const lines = (run: { status: number | null; stdout: string; stderr: string }) => {
    expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 1, stdout: '' });
    return run.stderr.split('\n').filter(line => / (error|note) MQ/.test(line));
  };

  beforeEach(() => {
    box.masq('synth', 'in');
  });

  test('up to date', () => {
    expect(check()).toEqual(done('up to date: 2 clusters, 6 files in dist/\n'));
    expect(check('--prune', '--quiet')).toEqual(done(''));
  });

  test('a file that is missing', () => {
    box.write('in/c.yaml', intent('c'));
    expect(lines(check())).toEqual(below('c').map(name => stale(`dist/${name}`, 'it is missing')));
  });

  test('a file that is different', () => {
    box.write('in/a.yaml', intent('a', '[192.168.0.0/16]'));
    expect(lines(check())).toEqual([stale(`dist/a/${AGENT[1]}`, 'it is not what the intent renders to')]);
  });

  test('a file that was edited', () => {
    box.write(`dist/a/${AGENT[2]}`, `${box.read(`dist/a/${AGENT[2]}`)}# edited\n`);
    expect(lines(check())).toEqual([stale(`dist/a/${AGENT[2]}`, 'it is not what the intent renders to')]);
  });

  test('a file whose lines git has ended as Windows does', () => {
    const name = `dist/a/${AGENT[1]}`;
    box.write(name, box.read(name).replaceAll('\n', '\r\n'));
    const message = `not up to date: its lines end in CRLF, and are to end in LF; write "* text=auto eol=lf" into .gitattributes, so that git leaves them so, and run "masq synth in"`;
    expect(lines(check())).toEqual([`${name} error MQ903 ${message}`]);
    box.write(name, `${box.read(name)}# more\r\n`);
    expect(lines(check())).toEqual([stale(name, 'it is not what the intent renders to')]);
  });

  test('a file that is left over in the folder of a cluster', () => {
    box.write('dist/a/50-old.yaml', `${RENDERED}a: 1\n`);
    expect(lines(check())).toEqual([stale('dist/a/50-old.yaml', 'it is rendered no more')]);
  });

  test('a folder of an intent that is gone is a note, with --prune an error', () => {
    box.write('dist/old/x.yaml', `${RENDERED}a: 1\n`);
    const { status, stdout, stderr } = check();
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'up to date: 2 clusters, 6 files in dist/\n' });
    expect(stderr).toContain('dist/old note MQ905 1 file rendered by masq, but for no given intent');
    expect(lines(check('--prune'))).toEqual([
      stale('dist/old/x.yaml', 'it belongs to no given intent', 'masq synth --prune in'),
    ]);
  });

  test("files of others are nobody else's business", () => {
    box.write('dist/README.md', 'mine\n');
    box.write('dist/a/notes.yaml', 'mine: true\n');
    expect(check('--prune')).toMatchObject({ status: 0, stderr: '' });
  });

  test('a manifest of others in the folder of a cluster is a note, a kustomization is none', () => {
    box.write('dist/a/zz.json', '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}');
    box.write(
      'dist/a/kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [zz.json]\n',
    );
    box.write('dist/elsewhere/x.yaml', 'apiVersion: v1\nkind: Service\n');
    const note = 'dist/a/zz.json note MQ907 not written by masq, but applied with the folder: ';
    const { status, stdout, stderr } = check();
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'up to date: 2 clusters, 6 files in dist/\n' });
    expect(stderr.match(/ MQ\d+ /g)).toEqual([' MQ907 ']);
    expect(stderr).toContain(note);
    expect(check('--fail-on', 'note').status).toBe(1);
    expect(box.masq('synth', 'in').stderr).toContain(note);
  });

  test('no output at all', () => {
    box.write('in/a.yaml', intent('a'));
    const { status, stderr } = box.masq('synth', 'in', '--check', '-o', 'never');
    expect(status).toBe(1);
    expect(stderr.match(/it is missing/g)).toHaveLength(6);
    expect(box.list()).not.toContain('never');
  });

  test('the command that the finding names is the one that helps', () => {
    box.write("in/it's c.yaml", intent('c'));
    const args = ['-o', 'an other', '--kustomization', '--prune', '--app', 'sh app', '--', "in/it's c.yaml", '-d.yaml'];
    box.write('app', `mkdir "$CDK8S_OUTDIR/e" && echo '${RENDERED}a: 1' > "$CDK8S_OUTDIR/e/a.yaml"\n`);
    box.write('-d.yaml', intent('d'));
    const { status, stderr } = box.masq('synth', '--check', ...args);
    expect(status).toBe(1);
    const [command, ...others] = new Set([...stderr.matchAll(/; run "(.*)" and commit the result$/gm)].map(m => m[1]!));
    expect(others).toEqual([]);
    expect(box.bash(command!)).toMatchObject({ status: 0, stderr: '' });
    expect(box.masq('synth', '--check', ...args)).toMatchObject({ status: 0, stderr: '' });
  });

  test('its summary counts the rendered files, since each of them was compared', () => {
    box.write('in/c.yaml', intent('c'));
    expect(check().stderr.trimEnd().split('\n').at(-1)).toBe('3 errors in 12 files (12 documents)');
  });

  test('as JSON', () => {
    box.write('in/c.yaml', intent('c'));
    const { status, stdout } = check('-f', 'json');
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Record<string, string>[] };
    expect(status).toBe(1);
    expect(diagnostics.map(d => [d.code, d.file])).toEqual(below('c').map(name => ['MQ903', `dist/${name}`]));
  });
});

describe('--prune', () => {
  beforeEach(() => {
    box.masq('synth', 'in');
    box.write('dist/README.md', 'mine\n');
    box.write('dist/b/notes.yaml', 'mine: true\n');
  });

  test('deletes what masq rendered for other intents, and nothing of anybody else', () => {
    const { stdout } = box.masq('synth', 'in/a.yaml', '--prune');
    const gone = below('b')
      .map(name => `  deleted dist/${name}\n`)
      .join('');
    expect(stdout).toBe(`rendered 1 cluster, 3 files in dist/: 3 deleted\n${gone}`);
    expect(box.list('dist')).toEqual(['README.md', ...below('a'), 'b/notes.yaml'].sort());
    expect(box.masq('synth', 'in/a.yaml', '--prune').stdout).toContain('nothing to change');
  });

  test('is not done unasked: a folder of another intent is a note', () => {
    const before = box.files('dist');
    const { status, stderr } = box.masq('synth', 'in/a.yaml');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining('dist/b note MQ905 3 files rendered by masq, but for no given intent'),
    });
    expect(box.files('dist')).toEqual(before);
  });

  test('a file that a cluster no longer needs goes unasked', () => {
    box.write('dist/a/50-old.yaml', `${RENDERED}a: 1\n`);
    expect(box.masq('synth', 'in').stdout).toContain(': 1 deleted');
    expect(box.list('dist/a')).toEqual(AGENT);
  });

  test('a folder that is empty afterwards is gone', () => {
    box.masq('synth', '--prune', 'in/b.yaml');
    expect(() => box.stat('dist/a')).toThrow();
  });
});

test("--kustomization lists each folder's objects, and is up to date the second time", () => {
  expect(box.masq('synth', 'in', '--kustomization').stdout).toContain('8 files in dist/: 8 written');
  expect(parse(box.read('dist/a/kustomization.yaml'))).toEqual({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: AGENT,
  });
  expect(box.masq('synth', 'in', '--kustomization').stdout).toContain('nothing to change');
  expect(box.masq('synth', 'in').stdout).toContain(': 2 deleted');
});

describe('--app', () => {
  const lib = join(ROOT, 'lib/constructs');
  const command = `"${process.execPath}" app.cjs`;

  /** An app of MasqApp that renders one cluster with a list of preserved ranges. */
  function app(name: string, preserve = '10.0.0.0/8'): void {
    const props = {
      clusterName: name,
      platform: 'kubernetes',
      network: { nodeCIDRs: ['10.128.0.0/20'], podCIDRs: ['10.119.128.0/17'], serviceCIDRs: ['10.120.0.0/22'] },
      masquerade: { preserve: [preserve] },
    };
    box.write(
      'app.cjs',
      `const { ClusterIntent, MasqApp } = require(${JSON.stringify(lib)});
const app = new MasqApp();
new ClusterIntent(app, 'cluster', ${JSON.stringify(props)});
app.synth();
`,
    );
  }

  test('renders to the same as the intent in YAML', () => {
    app('a');
    expect(box.masq('synth', '--app', command).stdout).toBe('rendered 1 cluster, 3 files in dist/: 3 written\n');
    expect(box.masq('synth', 'in/a.yaml', '--check', '--prune')).toMatchObject({ status: 0 });
  });

  test('beside intents, with the same care', () => {
    app('c');
    expect(box.masq('synth', 'in', '--app', command, '--kustomization').stdout).toContain(
      '12 files in dist/: 12 written',
    );
    dateBack();
    expect(box.masq('synth', 'in', '--app', command, '--kustomization').stdout).toContain('nothing to change');
    expect(touched()).toEqual([]);
    app('c', '192.168.0.0/16');
    expect(box.masq('synth', 'in', '--app', command, '--kustomization', '--check').status).toBe(1);
  });

  const NOTHING = 'it wrote nothing into the folder that CDK8S_OUTDIR names; leave "outdir" out of MasqApp\'s props';
  /** A program that writes where its own folder is. */
  const ELSEWHERE = `new (require(${JSON.stringify(lib)}).MasqApp)({ outdir: "other" }).synth()`;

  /** A shell command, and what is said of it. */
  const FAILING: readonly (readonly [app: string, message: string])[] = [
    ['exit 3', 'masq: the app "exit 3" failed: exit code 3; nothing was written'],
    ['kill -9 $$', 'masq: the app "kill -9 $$" failed: '],
    ['no-such-command-of-any-machine', 'failed: exit code 127; nothing was written'],
    [
      'echo a: 1 > "$CDK8S_OUTDIR/x.yaml"',
      "it wrote x.yaml outside of any cluster's folder; use MasqApp; nothing was written",
    ],
    [
      'mkdir "$CDK8S_OUTDIR/x" && echo a: 1 > "$CDK8S_OUTDIR/x/y.yaml"',
      'x/y.yaml was not written by MasqApp; nothing was written',
    ],
    ['true', NOTHING],
    [`"${process.execPath}" -e '${ELSEWHERE}'`, NOTHING],
  ];
  test.each(FAILING)('%s', (failing, message) => {
    const { status, stdout, stderr } = box.masq('synth', 'in', '--app', failing);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(`the app "${failing}" failed`);
    expect(box.list()).toEqual(['in/a.yaml', 'in/b.yaml']);
  });

  test('whose intent has an error', () => {
    app('a', '10.0.0.1/8');
    const { status, stderr } = box.masq('synth', '--app', command);
    expect(status).toBe(1);
    expect(stderr).toContain('CIDR "10.0.0.1/8" has host bits set');
    expect(box.list()).not.toContain('dist');
  });

  test('that renders the cluster of an intent, or of another app, to something else', () => {
    app('a', '172.16.0.0/12');
    const { status, stderr } = box.masq('synth', 'in', '--app', command);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `masq: "a" is rendered by an intent and by the app "${command}", and not to the same; rename one\n`,
    });
    expect(box.list()).not.toContain('dist');
  });

  test('that renders the cluster of an intent to the same: they agree', () => {
    app('a');
    expect(box.masq('synth', 'in', '--app', command, '--app', `${command} again`)).toEqual(
      done('rendered 2 clusters, 6 files in dist/: 6 written\n'),
    );
  });

  test('is not run where an intent has an error', () => {
    box.write('in/b.yaml', intent('b', HOST_BITS));
    const { status, stderr } = box.masq('synth', 'in', '--app', 'echo ran; exit 3');
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('in/b.yaml:12:16 error MQ101 ') });
    expect(stderr).not.toContain('ran');
  });

  test('its warnings are told as those of intents are, once, and .masq.yaml counts for them', () => {
    box.write('in/b.yaml', intent('b', CONTAINED));
    box.write(
      'app.cjs',
      `const { intentsFromFile, MasqApp } = require(${JSON.stringify(lib)});
const app = new MasqApp();
for (const name of ['a', 'b']) intentsFromFile(app, \`in/\${name}.yaml\`);
app.synth();
`,
    );
    box.write('.masq.yaml', `apps: [${JSON.stringify(command)}]\n`);
    mkdirSync(box.path('sub'));
    const told = (...args: string[]) => {
      const { stdout, stderr } = box.masqWith({ cwd: 'sub' }, 'synth', '-f', 'json', ...args);
      expect(stderr).toBe('');
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; file: string }[] };
      return diagnostics.map(({ code, file }) => `${file} ${code}`);
    };
    expect(told()).toEqual(['../in/b.yaml MQ121']);
    box.write('.masq.yaml', `intents: [in]\napps: [${JSON.stringify(command)}]\n`);
    expect(told()).toEqual(['../in/b.yaml MQ121']);
    const rule = 'rules: [{code: MQ121, severity: off, reason: as agreed}]\n';
    box.write('.masq.yaml', `apps: [${JSON.stringify(command)}]\n${rule}`);
    expect(told()).toEqual([]);
  });

  test('what an app says goes where it says it', () => {
    app('a');
    const { stdout, stderr } = box.masq('synth', '-f', 'json', '--app', `echo >&2 hello; ${command}`);
    expect(stderr).toBe('hello\n');
    expect(JSON.parse(stdout)).toHaveProperty('summary.errors', 0);
  });
});

test('the examples of the repository render to what is committed', () => {
  const intents = readFileSync(join(ROOT, 'examples/upstream-user-guide/intent.yaml'), 'utf8');
  const name = /^ {2}name: (\S+)/m.exec(intents)![1]!;
  box.write('x.yaml', intents);
  expect(box.masq('synth', 'x.yaml').status).toBe(0);
  for (const [file, text] of Object.entries(box.files(`dist/${name}`))) {
    expect(text).toBe(readFileSync(join(ROOT, 'dist', name, file), 'utf8'));
  }
});
