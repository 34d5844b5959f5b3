import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CONTAINED, HOST_BITS, intent, sandbox } from './sandbox';

const box = sandbox();
const clean = (files: number) => {
  const s = files === 1 ? '' : 's';
  return { status: 0, stdout: `no findings in ${files} file${s} (${files} document${s})\n`, stderr: '' };
};

describe('exit codes', () => {
  test('0 without findings', () => {
    box.write('a.yaml', intent('a'));
    expect(box.masq('validate', 'a.yaml')).toEqual(clean(1));
  });

  test('1 for an error', () => {
    box.write('a.yaml', intent('a', HOST_BITS));
    const { status, stdout, stderr } = box.masq('validate', 'a.yaml');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/^a\.yaml:12:16 error MQ101 /);
  });

  /** What has the severity, and the exit codes with --fail-on error, warning and note. */
  const CASES: readonly (readonly [severity: string, text: string, codes: readonly number[]])[] = [
    ['error', intent('a', HOST_BITS), [1, 1, 1]],
    ['warning', intent('a', CONTAINED), [0, 1, 1]],
    ['note', 'a: 1\n', [0, 0, 1]],
    ['nothing', intent('a'), [0, 0, 0]],
  ];
  test.each(CASES)('--fail-on with %s', (_severity, text, codes) => {
    box.write('a.yaml', text);
    box.write('sound.yaml', intent('sound'));
    const status = (...args: string[]) => box.masq('validate', ...args, 'a.yaml', 'sound.yaml').status;
    expect(['error', 'warning', 'note'].map(least => status('--fail-on', least))).toEqual(codes);
    expect(status()).toBe(codes[0]);
  });
});

describe('a run that checks nothing fails, whatever --fail-on says', () => {
  const told = (run: { stdout: string; status: number | null }) => {
    expect(run.status).toBe(1);
    return run.stdout.split('\n');
  };

  test.each([
    ['', 'it is empty'],
    ['\n  \n', 'it is empty'],
    ['hello\n', 'it holds no masq intent, no ip-masq-agent file and no manifest that masq knows'],
    [
      'apiVersion: v1\nkind: Service\n',
      'it holds no masq intent, no ip-masq-agent file and no manifest that masq knows',
    ],
  ])('%j', (text, why) => {
    expect(told(box.masqWith({ input: text }, 'validate', '-'))).toEqual([
      `<stdin> error MQ906 nothing was checked: ${why}`,
      '  hint: a command that failed before the pipe leaves nothing to check; "set -o pipefail" makes it count',
      '',
      '1 error in 1 file (0 documents)',
      '',
    ]);
    box.write('one/x.yaml', text);
    expect(told(box.masq('validate', 'one', '-q'))).toEqual([`one/x.yaml error MQ906 nothing was checked: ${why}`, '']);
  });

  test('but not one of named files, as a hook gives them', () => {
    box.write('foreign.yaml', 'apiVersion: v1\nkind: Service\n');
    const { status, stdout } = box.masq('validate', 'foreign.yaml');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('foreign.yaml:1:1 note MQ212 ') });
  });

  test('several files are told of once', () => {
    box.write('in/a.yaml', 'a: 1\n');
    box.write('in/b.json', '[]');
    expect(told(box.masq('validate', 'in', '-q'))).toEqual([
      'error MQ906 nothing was checked: none of the 2 files holds a masq intent, an ip-masq-agent file or a manifest that masq knows',
      '',
    ]);
  });

  test('one document that masq knows is enough', () => {
    box.write('in/a.yaml', 'a: 1\n');
    box.write('in/b.yaml', intent('b'));
    const { status, stdout } = box.masq('validate', 'in');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('in/a.yaml:1:1 note MQ212 ') });
  });

  test('an error says more than that', () => {
    box.write('a.yaml', 'a: [\n');
    const { status, stdout } = box.masq('validate', 'a.yaml');
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.not.stringContaining('MQ906') });
  });
});

describe('what is read', () => {
  test('the standard input, once, under a name of its own', () => {
    const sound = box.masqWith({ input: intent('a') }, 'validate', '-', '-');
    expect(sound).toEqual(clean(1));
    const { status, stdout } = box.masqWith({ input: intent('a', HOST_BITS) }, 'validate', '-');
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(/^<stdin>:12:16 error MQ101 /) });
  });

  test('the standard input beside files', () => {
    box.write('a.yaml', intent('a'));
    expect(box.masqWith({ input: intent('b') }, 'validate', 'a.yaml', '-')).toEqual(clean(2));
    const { status, stdout } = box.masqWith({ input: intent('a') }, 'validate', 'a.yaml', '-');
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining('<stdin>:4:9 error MQ214 ') });
  });

  test('folders, everything below them that ends in .yaml, .yml or .json, each file once', () => {
    for (const name of ['b.yaml', 'a.yml', 'sub/c.YAML', 'sub/deep/d.yaml']) {
      box.write(`in/${name}`, intent(name.replace(/\W/g, '-').toLowerCase(), CONTAINED));
    }
    box.write('in/e.json', JSON.stringify({ nonMasqueradeCIDRs: ['10.0.0.0/8'] }));
    box.write('in/notes.txt', HOST_BITS);
    box.write('in/.hidden/f.yaml', intent('f', HOST_BITS));
    box.write('in/node_modules/g.yaml', intent('g', HOST_BITS));
    symlinkSync('..', box.path('in/sub/circle'));
    const { stdout } = box.masq('validate', 'in', 'in/b.yaml', './in/');
    const found = [...stdout.matchAll(/^(\S+):12:28 warning MQ121/gm)].map(match => match[1]);
    expect(found).toEqual(['in/a.yml', 'in/b.yaml', 'in/sub/c.YAML', 'in/sub/deep/d.yaml']);
    expect(stdout).toMatch(/4 warnings in 5 files \(5 documents\)\n$/);
  });

  test('a process substitution of bash', () => {
    box.write('a.yaml', intent('a', HOST_BITS));
    const { status, stdout } = box.bash('masq validate <(cat a.yaml)');
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/^\/dev\/fd\/\d+:12:16 error MQ101/),
    });
  });
});

describe.skipIf(process.platform === 'win32')('pipes', () => {
  test('with a name are read, and it is said that this may wait', () => {
    box.write('a.yaml', intent('a', HOST_BITS));
    const run = box.bash('mkfifo pipe; cat a.yaml > pipe & masq validate -q pipe');
    expect(run.stderr).toBe('masq: "pipe" is a pipe; waiting until it is written\n');
    expect(run).toMatchObject({ status: 1, stdout: expect.stringMatching(/^pipe:12:16 error MQ101 /) });
  });

  test("without a name, of the shell's, are read like files", () => {
    box.write('a.yaml', intent('a'));
    const sound = { status: 0, stdout: '', stderr: '' };
    expect(box.bash('masq validate -q <(cat a.yaml)')).toEqual(sound);
    expect(box.bash('cat a.yaml | masq validate -q /dev/stdin')).toEqual(sound);
    expect(box.bash('masq synth -q <(cat a.yaml)')).toEqual(sound);
    expect(box.list('dist')).not.toEqual([]);
  });
});

describe('arguments that lead nowhere are findings and wrong usage, all of them told', () => {
  const UNEXPANDED = 'does not exist: the shell did not expand it; write it without quotes, or name the folder';
  /** Arguments, and the beginnings of the findings. */
  const CASES: readonly (readonly [args: string, lines: readonly string[]])[] = [
    ['prod.yml', ['prod.yml error MQ904 "prod.yml" does not exist; did you mean "prod.yaml"?']],
    [
      'intnts/prod.yaml',
      ['intnts/prod.yaml error MQ904 "intnts/prod.yaml" does not exist; did you mean "intents/prod.yaml"?'],
    ],
    ['zzzz.yaml', ['zzzz.yaml error MQ904 "zzzz.yaml" does not exist']],
    ['prod.yaml/x', ['prod.yaml/x error MQ904 "prod.yaml/x" does not exist']],
    ['in/*.yaml', [`in/*.yaml error MQ904 "in/*.yaml" ${UNEXPANDED} "in"`]],
    ['*.y[a]ml', [`*.y[a]ml error MQ904 "*.y[a]ml" ${UNEXPANDED} "."`]],
    ['empty', ['empty error MQ906 "empty" has no .yaml, .yml or .json file in it']],
    ['circle', ['circle error MQ904 "circle" cannot be read: its symbolic links lead in a circle']],
    [
      'zzzz.yaml prod.yaml empty',
      ['prod.yaml:12:16 error MQ101', 'zzzz.yaml error MQ904 "zzzz.yaml" does', 'empty error MQ906 "empty" has no'],
    ],
  ];

  test.each(CASES)('masq validate %s', (args, lines) => {
    box.write('prod.yaml', intent('a', HOST_BITS));
    box.write('intents/prod.yaml', intent('a'));
    mkdirSync(box.path('empty'));
    symlinkSync('circle', box.path('circle'));
    for (const command of ['validate', 'synth']) {
      const { status, stdout, stderr } = box.masq(command, ...args.split(' '));
      expect(status, command).toBe(2);
      const told = `${stdout}${stderr}`.split('\n').filter(line => / (?:error|warning|note) MQ/.test(line));
      expect(told, command).toEqual(lines.map(line => expect.stringContaining(line)));
      expect(command === 'validate' ? stderr : stdout, command).toBe('');
    }
    expect(box.list('.')).not.toContain('dist');
  });

  test.each(['json', 'sarif', 'junit', 'github'])('in %s, beside what is found in the other files', format => {
    box.write('prod.yaml', intent('a', HOST_BITS));
    for (const command of ['validate', 'synth']) {
      const { status, stdout, stderr } = box.masq(command, '-f', format, 'zzzz.yaml', 'prod.yaml');
      expect({ status, stderr }, command).toEqual({ status: 2, stderr: '' });
      for (const code of ['MQ904', 'MQ101']) expect(stdout, command).toContain(code);
      expect(stdout, command).toContain('does not exist');
    }
  });

  test('what is called like a file in a folder and cannot be read is named, and the files beside it are checked', () => {
    box.write('in/a.yaml', intent('a', CONTAINED));
    symlinkSync('nowhere', box.path('in/gone.yaml'));
    symlinkSync('somebody@somewhere', box.path('in/.#a.yaml'));
    box.bash('mkfifo in/pipe.yaml in/other');
    const { status, stdout, stderr } = box.masq('validate', 'in');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout.split('\n').filter(line => / MQ/.test(line))).toEqual([
      expect.stringMatching(/^in\/a\.yaml:12:28 warning MQ121 /),
      'in/gone.yaml error MQ904 "in/gone.yaml" is a symbolic link that leads nowhere; correct it, or delete it',
      'in/pipe.yaml error MQ904 "in/pipe.yaml" is a pipe; name it itself to have it read',
    ]);
    expect(box.masq('synth', 'in')).toMatchObject({ status: 1, stdout: '' });
  });

  test.skipIf(process.platform !== 'linux')('a name that is not UTF-8', () => {
    writeFileSync(Buffer.concat([Buffer.from(box.path('k')), Buffer.from('\xe9.yaml', 'latin1')]), 'a: 1\n');
    const { status, stdout } = box.masq('validate', '.');
    expect(status).toBe(1);
    expect(stdout).toContain('"k\ufffd.yaml" has a name that is not UTF-8; rename it');
  });

  test('an empty argument', () => {
    expect(box.masq('validate', '-q', '')).toEqual({
      status: 2,
      stdout: 'error MQ904 an argument is empty; a file or a folder is wanted\n',
      stderr: '',
    });
  });
});

describe('files that cannot be read are findings, beside those of the others', () => {
  test('a file without permission', () => {
    box.write('in/a.yaml', intent('a'));
    box.write('in/b.yaml', intent('b', HOST_BITS));
    chmodSync(box.path('in/a.yaml'), 0o000);
    const { status, stdout, stderr } = box.masqWith({ unprivileged: true }, 'validate', 'in');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('in/a.yaml error MQ904 "in/a.yaml" cannot be read: permission denied\n');
    expect(stdout).toContain('in/b.yaml:12:16 error MQ101');
  });

  test('a folder without permission is wrong usage', () => {
    box.write('in/sub/a.yaml', intent('a'));
    chmodSync(box.path('in/sub'), 0o000);
    const run = box.masqWith({ unprivileged: true }, 'validate', '-q', 'in');
    chmodSync(box.path('in/sub'), 0o755);
    expect(run).toEqual({
      status: 2,
      stdout: 'in error MQ904 "in/sub" cannot be read: permission denied\n',
      stderr: '',
    });
  });

  /** Names, bytes, and what is told of them. */
  const UNREADABLE: readonly (readonly [what: string, bytes: Buffer, finding: string])[] = [
    [
      'UTF-16 with its mark',
      Buffer.from(`\ufeff${intent('a')}`, 'utf16le'),
      'MQ217 "x.yaml" is UTF-16 text; save it as UTF-8',
    ],
    ['UTF-16 without', Buffer.from(intent('a'), 'utf16le'), 'MQ217 "x.yaml" is UTF-16 text; save it as UTF-8'],
    ['UTF-16, the other end first', Buffer.from(intent('a'), 'utf16le').swap16(), 'MQ217 "x.yaml" is UTF-16 text'],
    [
      'Latin-1',
      Buffer.from('# one\n# caf\u00e9\n', 'latin1'),
      'x.yaml:2:6 error MQ217 "x.yaml" is not UTF-8 text: the byte 0xE9',
    ],
    [
      'a cut character',
      Buffer.from('# \u20ac').subarray(0, -1),
      'x.yaml:1:3 error MQ217 "x.yaml" is not UTF-8 text: it ends in the middle',
    ],
    ['16 MiB and a byte', Buffer.alloc(16 * 1024 * 1024 + 1, '#'), 'MQ209 "x.yaml" is larger than 16 MiB'],
  ];
  test.each(UNREADABLE)('%s', (_what, bytes, finding) => {
    box.write('x.yaml', bytes);
    const { status, stdout } = box.masq('validate', 'x.yaml');
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining(finding) });
    const piped = box.masqWith({ input: bytes }, 'validate', '-');
    expect(piped.stdout).toContain(finding.replace('"x.yaml"', '<stdin>').replace('x.yaml:', '<stdin>:'));
  });
});

test('CRLF and a byte order mark move no line and no column', () => {
  const text = intent('a', HOST_BITS);
  box.write('lf/x.yaml', text);
  box.write('crlf/x.yaml', text.replaceAll('\n', '\r\n'));
  box.write('bom/x.yaml', `\ufeff${text}`);
  box.write('both/x.yaml', `\ufeff${text.replaceAll('\n', '\r\n')}`);
  const found = ['lf', 'crlf', 'bom', 'both'].map(cwd => box.masqWith({ cwd }, 'validate', 'x.yaml'));
  expect(found[0]!.stdout).toContain('x.yaml:12:16 error MQ101');
  for (const run of found) expect(run).toEqual(found[0]);
});

test('files with CRLF and a byte order mark render to what the plain one does', () => {
  box.write('x.yaml', intent('a'));
  box.write('both.yaml', `\ufeff${intent('a').replaceAll('\n', '\r\n')}`);
  expect(box.masq('synth', 'x.yaml', '-o', 'one').status).toBe(0);
  expect(box.masq('synth', 'both.yaml', '-o', 'two').status).toBe(0);
  expect(box.files('two')).toEqual(box.files('one'));
});

test('--quiet leaves the summary out and nothing else', () => {
  box.write('a.yaml', intent('a', HOST_BITS));
  box.write('b.yaml', intent('b'));
  const loud = box.masq('validate', 'a.yaml');
  const quiet = box.masq('validate', '--quiet', 'a.yaml');
  expect(loud.stdout.startsWith(quiet.stdout)).toBe(true);
  expect(loud.stdout.slice(quiet.stdout.length)).toBe('\n1 error in 1 file (1 document)\n');
  expect(quiet.status).toBe(1);
  expect(box.masq('validate', '-q', 'b.yaml')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('nothing is ever written', () => {
  box.write('a.yaml', intent('a'));
  box.masq('validate', '.');
  expect(box.list()).toEqual(['a.yaml']);
});

describe('--changed', () => {
  const policy = (name: string, floating: string) => `apiVersion: networking.gke.io/v1alpha1
kind: EgressNATPolicy
metadata:
  name: ${name}
spec:
  egress:
    - podSelector: {matchLabels: {role: frontend}}
  destinationCIDRs: [8.8.8.0/24]
  egressSourceIP: ${floating}
`;

  test('says nothing of files that masq does not know, and passes when there are no others', () => {
    box.write('compose.yaml', 'services: [web\n');
    box.write('a.yaml', 'a: 1\n');
    expect(box.masq('validate', '--changed', 'compose.yaml', 'a.yaml')).toEqual({
      status: 0,
      stdout: 'no findings\n',
      stderr: '',
    });
  });

  test('a fault in a file that names what masq knows', () => {
    box.write('a.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8\n');
    expect(box.masq('validate', '--changed', 'a.yaml').status).toBe(1);
  });

  const unrelated: readonly (readonly [what: string, content: string | Buffer])[] = [
    ['larger than masq reads', `{"a": "${'b'.repeat(17 * 1024 * 1024)}"}`],
    ['UTF-16', Buffer.from('\ufeffname: a\n', 'utf16le')],
    ['of another encoding', Buffer.from('name: caf\xe9\n', 'latin1')],
  ];
  test.each(unrelated)('a file that is %s is only refused where it has to do with masq', (_, content) => {
    box.write('a.yaml', content);
    expect(box.masq('validate', '--changed', 'a.yaml')).toEqual({ status: 0, stdout: 'no findings\n', stderr: '' });
    const own =
      typeof content === 'string' ? `${content}nonMasqueradeCIDRs` : Buffer.concat([content, inKind(content)]);
    box.write('a.yaml', own);
    const { status, stdout } = box.masq('validate', '--changed', 'a.yaml');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^a\.yaml[:\d]* error MQ2(?:09|17) /);
  });
  const inKind = (like: Buffer) => Buffer.from('nonMasqueradeCIDRs', like.includes(0) ? 'utf16le' : 'latin1');

  test('a word of masq that two pieces of a large file share', () => {
    const MIB = 1024 * 1024;
    box.write('a.json', `${' '.repeat(MIB - 9)}nonMasqueradeCIDRs${' '.repeat(16 * MIB)}`);
    expect(box.masq('validate', '--changed', 'a.json').stdout).toMatch(/^a\.json error MQ209 /);
  });

  test('a commit without files passes, whatever .masq.yaml names', () => {
    expect(box.masq('validate', '--changed', '--quiet', '--')).toEqual({ status: 0, stdout: '', stderr: '' });
    box.write('.masq.yaml', 'intents: [in]\n');
    box.write('in/a.yaml', intent('a', HOST_BITS));
    expect(box.masq('validate', '--changed', '--quiet', '--')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('pages and programs that mention what masq knows are none of it; a document without an ending is', () => {
    const page = '# Masquerading\n\nWrite:\n\n```yaml\nnonMasqueradeCIDRs: [10.0.0.1/8]\n```\n';
    box.write('README.md', page);
    box.write('page.md', `---\ntitle: a\n---\n${page}`);
    box.write('run.sh', 'masq validate "$@"\n');
    box.write('icon.png', Buffer.from('89504e470d0a1a0a6d617371ff', 'hex'));
    const files = ['README.md', 'page.md', 'run.sh', 'icon.png'];
    expect(box.masq('validate', '--changed', ...files)).toEqual({ status: 0, stdout: 'no findings\n', stderr: '' });
    box.write('config', 'nonMasqueradeCIDRs: [10.0.0.1/8]\n');
    expect(box.masq('validate', '--changed', ...files, 'config').stdout).toMatch(/^config:1:22 error MQ101 /);
  });

  test('submodules and links that lead to no file are left out, and nothing else is', () => {
    box.write('sub/a.yaml', 'nonMasqueradeCIDRs: [10.0.0.1/8]\n');
    mkdirSync(box.path('empty.yaml'));
    symlinkSync('sub', box.path('folder.yaml'));
    symlinkSync('nowhere', box.path('nowhere.yaml'));
    const run = box.masq('validate', '--changed', 'sub', 'empty.yaml', 'folder.yaml', 'nowhere.yaml');
    expect(run).toEqual({ status: 0, stdout: 'no findings\n', stderr: '' });
    expect(box.masq('validate', 'nowhere.yaml').stdout).toContain(
      '"nowhere.yaml" is a symbolic link that leads nowhere;',
    );
    symlinkSync('sub/a.yaml', box.path('link.yaml'));
    expect(box.masq('validate', '--changed', 'link.yaml').status).toBe(1);
  });

  test('a file that is gone is named', () => {
    const { status, stdout } = box.masq('validate', '--changed', 'gone.yaml');
    expect(status).toBe(2);
    expect(stdout).toContain('gone.yaml error MQ904 "gone.yaml" does not exist');
  });

  test('manifests beside it count, as far as they have to do with it', () => {
    box.write('k/a.yaml', policy('a', '192.168.1.100'));
    box.write('k/b.yaml', policy('b', '192.168.1.101'));
    box.write('k/bad.yaml', policy('bad', '192.168.1.300').replace('frontend', 'backend'));
    const alone = box.masq('validate', 'k/b.yaml').stdout;
    const { stdout } = box.masq('validate', '--changed', 'k/b.yaml');
    expect(alone).not.toContain('k/a.yaml');
    expect(stdout).toContain('k/a.yaml');
    expect(stdout).not.toContain('192.168.1.300');
    expect(stdout).toMatch(/in 1 file \(1 document\)\n$/);
  });

  test('a patch is told from a whole object by the kustomization beside or above it', () => {
    const patch =
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ip-masq-agent\ndata:\n  config: 'nonMasqueradeCIDRs: [10.0.0.0/8]'\n";
    box.write('k/patch.yaml', patch);
    box.write('k/kustomization.yaml', 'patches:\n  - path: patch.yaml\n');
    box.write('k/over/patch.yaml', patch);
    expect(box.masq('validate', '--changed', 'k/patch.yaml').stdout).toMatch(/^no findings/);
    expect(box.masq('validate', '--changed', 'k/over/patch.yaml').stdout).not.toMatch(/^no findings/);
    box.write('k/kustomization.yaml', 'patches:\n  - path: over/patch.yaml\n');
    expect(box.masq('validate', '--changed', 'k/over/patch.yaml').stdout).toMatch(/^no findings/);
  });
});
