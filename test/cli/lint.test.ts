import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../cli/lint/unified-diff';
import { runs } from '../random';
import { HOST_BITS, intent, sandbox } from './sandbox';

const box = sandbox();

const LIST = `# what stays as it is
nonMasqueradeCIDRs:
  - 10.0.0.0/8
  - "172.16.0.0/13"
  - 10.1.0.0/16 # partner

  # on premises
  - 192.168.0.0/16
  - '172.24.0.0/13'
  - 169.254.0.0/16
resyncInterval:   60s
`;

const MENDED = `# what stays as it is
nonMasqueradeCIDRs:
  - 10.0.0.0/8
  - "172.16.0.0/12"

  # on premises
  - 192.168.0.0/16
resyncInterval:   60s
`;

/** The file's entry as a list has it in one line. */
const list = (...lines: string[]): string => `nonMasqueradeCIDRs:\n${lines.map(line => `  - ${line}\n`).join('')}`;

describe('what is told', () => {
  test('to people, with what can be mended', () => {
    box.write('list.yaml', LIST);
    expect(box.masq('lint', 'list.yaml')).toEqual({
      status: 0,
      stdout: `list.yaml:4:5 note MQ703 "172.16.0.0/13" and "172.24.0.0/13" are exactly "172.16.0.0/12"; write it instead
  4 |   - "172.16.0.0/13"
    |     ^^^^^^^^^^^^^^^
  note: list.yaml:9:5 "172.24.0.0/13" stands here

list.yaml:5:5 warning MQ121 "10.1.0.0/16" lies inside "10.0.0.0/8" of the same list; remove it
  5 |   - 10.1.0.0/16 # partner
    |     ^^^^^^^^^^^
  note: list.yaml:3:5 "10.0.0.0/8" stands here

list.yaml:10:5 note MQ701 "169.254.0.0/16" never decides: link-local, asked before it, holds all of it; remove it
  10 |   - 169.254.0.0/16
     |     ^^^^^^^^^^^^^^

1 warning, 2 notes in 1 file (1 document)
`,
      stderr: 'masq: 3 findings can be mended with --fix; --diff shows how\n',
    });
  });

  test('fails from the severity on that --fail-on names', () => {
    box.write('list.yaml', list('10.0.0.0/8', '169.254.0.0/16'));
    const status = (...args: string[]) => box.masq('lint', ...args, 'list.yaml').status;
    expect([status(), status('--fail-on', 'warning'), status('--fail-on', 'note')]).toEqual([0, 0, 1]);
  });

  test('all that validate tells, and no more of files with errors', () => {
    box.write('faulty.yaml', list('10.0.0.1/8', '172.16.0.0/13', '172.24.0.0/13'));
    const validated = box.masq('validate', 'faulty.yaml');
    expect(validated.status).toBe(1);
    expect(box.masq('lint', 'faulty.yaml')).toEqual(validated);
    expect(box.masq('lint', '--fix', 'faulty.yaml')).toEqual({
      ...validated,
      stderr: 'masq: "faulty.yaml" has errors, and lint mends nothing in it before they are corrected\n',
    });
  });

  test('of ranges that options name', () => {
    box.write('list.yaml', list('10.24.0.0/14'));
    const run = box.masq(
      'lint',
      '-q',
      '--pod-cidr',
      '10.24.0.0/13',
      '--node-cidr',
      '10.24.0.0/16,192.168.1.0/24',
      'list.yaml',
    );
    expect(run.stdout.match(/^list.*$/gm)).toEqual([
      'list.yaml:1:1 warning MQ705 the list preserves 262144 of the 524288 addresses of the pod range "10.24.0.0/13", but not 10.28.0.0/14: a pod there sees the node of who calls it, and not the pod; add what is missing',
      'list.yaml:1:1 warning MQ705 the list preserves nothing of the node range "192.168.1.0/24": packets to nodes there are masqueraded; add it',
    ]);
    expect(box.masq('lint', '--pod-cidr', '10.24.0.1/13', '--node-cidr', 'x', 'list.yaml')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'masq: --pod-cidr: CIDR "10.24.0.1/13" has host bits set; did you mean "10.24.0.0/13"?\nmasq: --node-cidr: "x" is not an IP address or CIDR\n',
    });
  });

  test("of ranges that a folder's objects name, where it holds one agent's file", () => {
    const pods = 'apiVersion: v1\nkind: Node\nmetadata: {name: n}\nspec: {podCIDR: 10.24.0.0/24}\n';
    box.write('in/node.yaml', pods);
    box.write('in/a.yaml', list('192.168.0.0/16'));
    expect(box.masq('lint', 'in').stdout).toContain('MQ705 the list preserves nothing of the pod range "10.24.0.0/24"');
    box.write('in/b.yaml', list('172.16.0.0/12'));
    expect(box.masq('lint', 'in').stdout).not.toContain('MQ705');
  });

  test('not of a range of IPv6, for which an agent that nobody tells otherwise writes no rules', () => {
    box.write('four.yaml', list('10.0.0.0/8'));
    const { stdout } = box.masq('lint', '--pod-cidr', 'fd00::/56,10.244.0.0/16', 'four.yaml');
    expect(stdout).not.toContain('MQ705');
  });

  test('of objects beside a policy that GKE itself manages, which nobody writes and lint leaves alone', () => {
    const policy = (name: string, ...cidrs: string[]): string =>
      `apiVersion: networking.gke.io/v1\nkind: EgressNATPolicy\nmetadata: {name: ${name}}\nspec:\n  action: NoSNAT\n  destinations:\n${cidrs.map(cidr => `    - cidr: ${cidr}\n`).join('')}`;
    const managed = policy('gke-1a2b3c4d-0', '10.119.0.0/17', '10.119.128.0/17');
    box.write('live.yaml', `${managed}---\n${policy('default', '10.0.0.0/9', '10.128.0.0/9')}`);
    const { status, stdout } = box.masq('lint', 'live.yaml');
    expect({ status, codes: stdout.match(/MQ\d+/g) }).toEqual({ status: 0, codes: ['MQ703'] });
    expect(box.masq('validate', 'live.yaml').stdout).toContain('MQ410 "gke-1a2b3c4d-0"');
    expect(box.masq('lint', '--fix', 'live.yaml').status).toBe(0);
    expect(box.read('live.yaml')).toBe(`${managed}---\n${policy('default', '10.0.0.0/8')}`);
    box.write('own.yaml', policy('mine', '10.0.0.0/9', '10.128.0.0/9'));
    expect(box.masq('lint', '--fix', 'own.yaml').status).toBe(0);
    expect(box.read('own.yaml')).toBe(policy('mine', '10.0.0.0/8'));
  });

  test('of what .masq.yaml names, when no file is', () => {
    box.write('.masq.yaml', 'intents: [intents]\n');
    box.write('intents/a.yaml', intent('a', '[10.120.0.0/22, 172.16.0.0/12]'));
    const { status, stdout } = box.masq('lint', '-q');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^intents\/a\.yaml:12:16 note MQ701 /);
  });

  test('as JSON and for code scanning, with what to replace where', () => {
    const text = list('10.0.0.0/9', '10.128.0.0/9', '169.254.0.0/16 # masq-ignore MQ701 our auditors ask for it');
    box.write('sub/list.yaml', text);
    const json = JSON.parse(box.masq('lint', '-f', 'json', 'sub/list.yaml').stdout);
    expect(json.diagnostics).toHaveLength(1);
    const places = (edits: { range: { start: { offset: number }; end: { offset: number } }; text: string }[]) =>
      edits.map(({ range, text: fresh }) => [text.slice(range.start.offset, range.end.offset), fresh]);
    expect(places(json.diagnostics[0].fix)).toEqual([
      ['10.0.0.0/9', '10.0.0.0/8'],
      ['  - 10.128.0.0/9\n', ''],
    ]);
    const sarif = JSON.parse(
      box.masqWith({ env: { GITHUB_WORKSPACE: box.path() }, cwd: 'sub' }, 'lint', '-f', 'sarif', 'list.yaml').stdout,
    );
    const [found, left] = sarif.runs[0].results;
    expect(left).toMatchObject({ ruleId: 'MQ701', suppressions: [{ justification: 'our auditors ask for it' }] });
    expect(left.fixes).toBeUndefined();
    expect(found.fixes).toEqual([
      {
        description: { text: found.message.text },
        artifactChanges: [
          {
            artifactLocation: { uri: 'sub/list.yaml' },
            replacements: [
              {
                deletedRegion: { startLine: 2, startColumn: 5, endLine: 2, endColumn: 15 },
                insertedContent: { text: '10.0.0.0/8' },
              },
              {
                deletedRegion: { startLine: 3, startColumn: 1, endLine: 4, endColumn: 1 },
                insertedContent: { text: '' },
              },
            ],
          },
        ],
      },
    ]);
  });
});

describe('what is silenced', () => {
  const IGNORED = list('10.0.0.0/8', '169.254.0.0/16 # masq-ignore MQ701 our auditors ask for it');

  test('is left out, and is not mended', () => {
    box.write('list.yaml', IGNORED);
    expect(box.masq('lint', '--fix', '--fail-on', 'note', 'list.yaml')).toEqual({
      status: 0,
      stdout: 'no findings in 1 file (1 document); 1 left out as told\n',
      stderr: 'masq: 0 findings mended\n',
    });
    expect(box.read('list.yaml')).toBe(IGNORED);
  });

  test('by the settings too', () => {
    box.write('.masq.yaml', 'rules: [{code: shadowed-rule, severity: off, reason: we keep them}]\n');
    box.write('list.yaml', list('10.0.0.0/8', '169.254.0.0/16'));
    expect(box.masq('lint', '--diff', 'list.yaml')).toEqual({
      status: 0,
      stdout: '',
      stderr: 'masq: 0 findings would be mended\n',
    });
  });

  test('is no comment without effect to validate, which does not look for it', () => {
    box.write('list.yaml', IGNORED);
    expect(box.masq('validate', '--fail-on', 'note', 'list.yaml').status).toBe(0);
    box.write('other.yaml', list('10.0.0.0/8 # masq-ignore MQ701 no longer needed'));
    expect(box.masq('validate', '--fail-on', 'note', 'other.yaml').status).toBe(0);
    const { status, stdout } = box.masq('lint', '--fail-on', 'note', 'other.yaml');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^other\.yaml:2:30 note MQ222 line 2 has no finding MQ701; remove the comment\n/);
  });

  test('a rule of validate is looked for by lint as well', () => {
    box.write('list.yaml', list('10.0.0.0/8', '10.1.0.0/16 # masq-ignore MQ121 named by the auditors'));
    const { status, stdout } = box.masq('lint', '--fix', '--fail-on', 'note', 'list.yaml');
    expect([status, stdout]).toEqual([0, 'no findings in 1 file (1 document); 1 left out as told\n']);
  });
});

describe('--fix', () => {
  test('writes what is better, and every other character as it was', () => {
    box.write('list.yaml', LIST);
    expect(box.masq('lint', '--fix', '--fail-on', 'note', 'list.yaml')).toEqual({
      status: 0,
      stdout: 'no findings in 1 file (1 document)\n',
      stderr: 'masq: 3 findings mended in 1 file\n',
    });
    expect(box.read('list.yaml')).toBe(MENDED);
    expect(box.list()).toEqual(['list.yaml']);
  });

  test('a second time finds nothing to do and touches nothing', () => {
    box.write('list.yaml', MENDED);
    const before = box.stat('list.yaml');
    expect(box.masq('lint', '--fix', 'list.yaml').stderr).toBe('masq: 0 findings mended\n');
    expect(box.stat('list.yaml').mtimeMs).toBe(before.mtimeMs);
    expect(box.stat('list.yaml').ino).toBe(before.ino);
  });

  test('keeps the file behind a link, and who may read it', () => {
    box.write('real/list.yaml', LIST);
    chmodSync(box.path('real/list.yaml'), 0o640);
    mkdirSync(box.path('links'));
    symlinkSync('../real/list.yaml', box.path('links/list.yaml'));
    expect(box.masq('lint', '--fix', 'links').status).toBe(0);
    expect(lstatSync(box.path('links/list.yaml')).isSymbolicLink()).toBe(true);
    expect(box.read('real/list.yaml')).toBe(MENDED);
    expect(box.stat('real/list.yaml').mode & 0o777).toBe(0o640);
  });

  test('leaves what stands below a comment, and says so', () => {
    const text = list('10.0.0.0/8', '172.16.0.0/12').concat(
      '  # why we need it\n  - 10.1.0.0/16\n  - 169.254.0.0/16\n',
    );
    box.write('list.yaml', text);
    const { stdout } = box.masq('lint', '--fix', 'list.yaml');
    expect(box.read('list.yaml')).toBe(text.replace('  - 169.254.0.0/16\n', ''));
    expect(stdout).toMatch(/^list\.yaml:5:5 warning MQ121 /);
  });

  test('mends an intent, and the two at once that an exception and a list say', () => {
    const preserve = '[{cidr: 172.16.0.0/12, except: [172.20.0.0/16, 172.22.0.0/16]}, 10.120.0.0/22]';
    box.write('a.yaml', `${intent('a', preserve)}    always: [172.20.0.0/15] # both\n`);
    expect(box.masq('lint', '--fix', 'a.yaml').stderr).toBe('masq: 2 findings mended in 1 file\n');
    expect(box.read('a.yaml')).toBe(
      `${intent('a', '[{cidr: 172.16.0.0/12, except: [172.22.0.0/16]}]')}    always: [172.20.0.0/15] # both\n`,
    );
  });

  test('mends exceptions that another one of their list covers', () => {
    const text = intent('a', '[{cidr: 10.0.0.0/8, except: [10.5.0.0/24, 10.5.0.128/25, 10.5.0.0/24]}, 10.96.0.0/12]');
    box.write('a.yaml', text);
    expect(box.masq('lint', '--fix', 'a.yaml').stderr).toBe('masq: 3 findings mended in 1 file\n');
    expect(box.read('a.yaml')).toContain('[{cidr: 10.0.0.0/8, except: [10.5.0.0/24]}]');
  });

  test('mends an exception outside of its entry and a list with a name, and leaves a name that nothing uses', () => {
    const text = intent('a', '[dc, {cidr: 100.64.0.0/10, except: [100.64.9.0/24, 10.0.0.0/8]}]').replace(
      '  masquerade:',
      '  ranges:\n    dc: [172.16.0.0/13, 172.24.0.0/13]\n    old: [192.0.2.0/24]\n  masquerade:',
    );
    box.write('a.yaml', text);
    const { stdout, stderr } = box.masq('lint', '--fix', 'a.yaml');
    expect(stderr).toBe('masq: 2 findings mended in 1 file\n');
    expect(box.read('a.yaml')).toBe(
      text
        .replace('172.16.0.0/13, 172.24.0.0/13', '172.16.0.0/12')
        .replace('100.64.9.0/24, 10.0.0.0/8', '100.64.9.0/24'),
    );
    expect(stdout).toContain('range "old" is never used; remove it\n');
    expect(stdout).toContain('  hint: "masq lint --fix" leaves this to you: it may be that the name was to be used\n');
    const anchored = text.replace('[100.64.9.0/24, 10.0.0.0/8]', '&x [100.64.9.0/24, 10.0.0.0/8]');
    box.write('a.yaml', anchored);
    expect(box.masq('lint', 'a.yaml').stdout).toMatch(
      /MQ123 exception "10\.0\.0\.0\/8"[^\n]*\n(?: .*\n)*? {2}hint: "masq lint --fix" leaves this to you: a comment, an anchor/,
    );
  });

  test('says which finding of every check it leaves to people, but for the last entry of a list', () => {
    const hint = '  hint: "masq lint --fix" leaves this to you: a comment, an anchor or ';
    box.write('list.yaml', list('10.0.0.0/8', '&a 10.1.0.0/16'));
    expect(box.masq('lint', 'list.yaml').stdout).toContain(hint);
    box.write('list.yaml', list('10.0.0.0/8', '10.1.0.0/16'));
    expect(box.masq('lint', 'list.yaml').stdout).not.toContain(hint);
  });

  test('does not write into what masq renders', () => {
    box.write('.masq.yaml', 'intents: [intents]\n');
    box.write('intents/a.yaml', intent('a', '[10.0.0.0/8]'));
    expect(box.masq('synth').status).toBe(0);
    const file = 'dist/a/20-configmap-ip-masq-agent.yaml';
    const text = box.read(file).replace(/( *)- 10\.0\.0\.0\/8.*\n/, '$1- 10.0.0.0/9\n$1- 10.128.0.0/9\n');
    box.write(file, text);
    expect(box.masq('lint', '--fix', 'dist').stderr).toBe('masq: 0 findings mended\n');
    expect(box.read(file)).toBe(text);
  });

  test('takes no standard input', () => {
    expect(box.masqWith({ input: LIST }, 'lint', '--fix', '-')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'masq: --fix and --diff take files, and no standard input\n',
    });
    expect(box.masqWith({ input: LIST }, 'lint', '-q', '-').stdout).toMatch(/^<stdin>:4:5 note MQ703 /);
  });
});

describe('what is no file', () => {
  test('is linted at a revision, and imported, but not mended', () => {
    box.write('in/list.yaml', LIST);
    const git = `git init -q -b main . && git -c user.name=x -c user.email=x@example.com commit -q --allow-empty -m 0
git add -A && git -c user.name=x -c user.email=x@example.com commit -qm 1 && rm -r in`;
    expect(box.bash(git).status).toBe(0);
    const { status, stdout, stderr } = box.masq('lint', 'git:main:in');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('main:in/list.yaml:5:5 warning MQ121 "10.1.0.0/16" lies inside');
    expect(box.masq('validate', 'git:main:in').status).toBe(0);
    expect(box.masq('lint', '--diff', 'git:main:in')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'masq: --fix and --diff mend files that are here, and "git:main:in" is none\n',
    });
    const facts = ['--node-cidr', '10.0.0.0/24', '--pod-cidr', '10.9.0.0/16', '--platform', 'kubernetes'];
    expect(box.masq('import', 'git:main:in', ...facts).stdout).toContain('# Imported by masq from git:main:in');
    expect(box.masq('lint', 'git:main')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'masq: "git:main": no path is said, and no .masq.yaml that counts here names any; write git:main:PATH\n',
    });
  });
});

test('--fix and --diff are one or the other; a folder without a file is wrong usage', () => {
  box.write('list.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8, 10.0.0.0/8]\n');
  expect(box.masq('lint', '--fix', '--diff', 'list.yaml')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'masq: --fix writes and --diff shows what would be written: give one of them\n',
  });
  mkdirSync(box.path('empty'));
  expect(box.masq('lint', 'empty').status).toBe(2);
});

describe('--diff', () => {
  test('shows what would be written, and writes nothing', () => {
    box.write('list.yaml', LIST);
    box.write('sound.yaml', MENDED);
    const { status, stdout, stderr } = box.masq('lint', '--diff', 'list.yaml', 'sound.yaml');
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'masq: 3 findings would be mended in 1 file\n' });
    expect(stdout).toBe(`--- list.yaml
+++ list.yaml
@@ -1,11 +1,8 @@
 # what stays as it is
 nonMasqueradeCIDRs:
   - 10.0.0.0/8
-  - "172.16.0.0/13"
-  - 10.1.0.0/16 # partner
+  - "172.16.0.0/12"
 
   # on premises
   - 192.168.0.0/16
-  - '172.24.0.0/13'
-  - 169.254.0.0/16
 resyncInterval:   60s
`);
    expect(box.read('list.yaml')).toBe(LIST);
    expect(box.masq('lint', '--diff', 'sound.yaml')).toEqual({
      status: 0,
      stdout: '',
      stderr: 'masq: 0 findings would be mended\n',
    });
  });

  test('fails for errors that are in the way', () => {
    box.write('a.yaml', intent('a', HOST_BITS));
    const { status, stdout, stderr } = box.masq('lint', '--diff', 'a.yaml');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^a\.yaml:12:16 error MQ101 [\s\S]*\nmasq: "a\.yaml" has errors, and lint mends nothing in it before they are corrected\n$/,
    );
  });

  test('names what is left alone beside what is mended', () => {
    box.write('list.yaml', LIST);
    box.write('a.yaml', intent('a', HOST_BITS));
    box.write('b.yaml', intent('b', HOST_BITS));
    const said = (...files: string[]) =>
      box
        .masq('lint', '--diff', 'list.yaml', ...files)
        .stderr.split('\n')
        .slice(-3);
    const would = 'masq: 3 findings would be mended in 1 file';
    expect(said('a.yaml')).toEqual([
      would,
      'masq: "a.yaml" has errors, and lint mends nothing in it before they are corrected',
      '',
    ]);
    expect(said('a.yaml', 'b.yaml')).toEqual([
      would,
      'masq: 2 files have errors, and lint mends nothing in them before they are corrected',
      '',
    ]);
  });

  test('says as much as --fix does and as is offered, and why something is left', () => {
    box.write('list.yaml', `${list('10.0.0.0/8', '10.1.0.0/16 # masq-ignore MQ999 why')}`);
    const left = 'masq: 1 finding cannot be mended before the errors of its file are\n';
    expect(box.masq('lint', 'list.yaml').stderr).toBe(left);
    expect(box.masq('lint', '--diff', 'list.yaml').stderr.endsWith(left)).toBe(true);
    expect(box.masq('lint', '--fix', 'list.yaml').stderr).toBe(left);
    box.write('sound.yaml', LIST);
    const both = (args: string[]): string[] =>
      box
        .masq('lint', ...args, 'list.yaml', 'sound.yaml')
        .stderr.split('\n')
        .slice(-3);
    expect(both([])).toEqual(['masq: 3 findings can be mended with --fix; --diff shows how', left.trim(), '']);
    expect(both(['--diff'])).toEqual(['masq: 3 findings would be mended in 1 file', left.trim(), '']);
  });

  test('is what git applies', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\r\n', '\n');
    const text = fc
      .tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom('', 'z'))
      .map(([all, end]) => all.join('') + end);
    fc.assert(
      fc.property(text, text, (before, after) => {
        // Git takes an empty file for none.
        if (before === '' || after === '' || before === after) return;
        box.write('file', before);
        const patch = unifiedDiff('file', before, after);
        const { status, stderr } = spawnSync('git', ['apply', '-p0', '--whitespace=nowarn', '-'], {
          cwd: box.folder,
          input: patch,
          encoding: 'utf8',
        });
        expect(`${stderr}${status}`).toBe('0');
        expect(box.read('file')).toBe(after);
      }),
      { numRuns: runs(40) },
    );
  });
});

describe('--changed', () => {
  test('says nothing of files that masq does not know, and takes manifests beside for what they are', () => {
    box.write('compose.yaml', 'services: [web]\n');
    box.write('list.yaml', list('10.0.0.0/9', '10.128.0.0/9'));
    const { status, stdout } = box.masq('lint', '-q', '--changed', '--', 'compose.yaml', 'list.yaml');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^list\.yaml:2:5 note MQ703 /);
    expect(stdout).not.toContain('compose');
  });
});

test('--fix keeps a byte order mark, and --diff shows the line as the file has it', () => {
  const text = `\uFEFFnonMasqueradeCIDRs: [10.0.0.0/8, 10.1.0.0/16]\n`;
  box.write('mark.yaml', text);
  expect(box.masq('lint', '--diff', 'mark.yaml').stdout).toContain(
    '-\uFEFFnonMasqueradeCIDRs: [10.0.0.0/8, 10.1.0.0/16]\n+\uFEFFnonMasqueradeCIDRs: [10.0.0.0/8]\n',
  );
  expect(box.masq('lint', '--fix', 'mark.yaml').status).toBe(0);
  expect(box.read('mark.yaml')).toBe('\uFEFFnonMasqueradeCIDRs: [10.0.0.0/8]\n');
});

test('--fix leaves an entry that has a reason, and says so', () => {
  const text = intent('told', '[10.0.0.0/8, {cidr: 10.9.0.0/16, reason: audit}, 169.254.0.0/16]');
  box.write('told.yaml', text);
  const { stdout } = box.masq('lint', '--fix', 'told.yaml');
  expect(box.read('told.yaml')).toBe(text.replace(', 169.254.0.0/16]', ']'));
  expect(stdout).toContain('MQ121 "10.9.0.0/16" lies inside "10.0.0.0/8"');
  expect(stdout).toContain('leaves this to you: the entry has a reason, which would be lost with it');
});
