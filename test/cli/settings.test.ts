import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseXml } from './junit';
import { CONTAINED, HOST_BITS, intent, sandbox } from './sandbox';

const box = sandbox();
const lines = (text: string) => text.split('\n');

/** An intent whose list has a warning, MQ121 in line 12. */
const WARNED = intent('a', CONTAINED);

describe('rules in .masq.yaml', () => {
  const rule = (severity: string, more = '') =>
    `rules:\n  - code: MQ121\n    severity: ${severity}\n    reason: ticket NET-12\n${more}`;

  test.each([
    ['off', 0, 'no findings in 1 file (1 document); 1 left out as told\n'],
    ['note', 0, /note MQ121 .*\n[\s\S]*\n1 note in 1 file/],
    ['warn', 0, /warning MQ121 /],
    ['warning', 0, /warning MQ121 /],
    ['error', 1, /error MQ121 .*\n[\s\S]*\n1 error in 1 file/],
  ])('%s', (severity, status, said) => {
    box.write('.masq.yaml', rule(severity));
    box.write('a.yaml', WARNED);
    const run = box.masq('validate', 'a.yaml');
    expect(run.status).toBe(status);
    expect(run.stderr).toBe('');
    if (typeof said === 'string') expect(run.stdout).toBe(said);
    else expect(run.stdout).toMatch(said);
  });

  test('go by the name too, and the last that is about a finding counts', () => {
    const text = rule('off').replace('MQ121', 'covered-entry');
    box.write('.masq.yaml', `${text}${rule('error').replace('rules:\n', '')}    paths: [strict/]\n`);
    box.write('a.yaml', WARNED);
    box.write('strict/b.yaml', intent('b', CONTAINED));
    const { status, stdout } = box.masq('validate', 'a.yaml', 'strict');
    expect(status).toBe(1);
    expect(lines(stdout)[0]).toMatch(/^strict\/b\.yaml:12:\d+ error MQ121 /);
    expect(stdout).toContain('1 error in 2 files (2 documents); 1 left out as told');
  });

  test.each([
    ['a.yaml', true],
    ['lab/a.yaml', true],
    ['lab/deep/a.yaml', true],
    ['labs/a.yaml', false],
    ['x/y.lab.yaml', true],
    ['x/y.yaml', false],
  ])('patterns and %s', (file, matches) => {
    box.write('.masq.yaml', rule('off', '    paths: ["./*.yaml", lab/**, "**/*.lab.yaml"]\n'));
    box.write(file, WARNED);
    expect(box.masq('validate', '--fail-on', 'warning', file).status).toBe(matches ? 0 : 1);
  });

  test.each([
    ['["lab"]', ['lab/a.yaml', 'lab/.b/c.yaml']],
    ['[././/lab/]', ['lab/a.yaml', 'lab/.b/c.yaml']],
    ['["./"]', ['a.yaml', 'lab/a.yaml', 'lab/.b/c.yaml', 'x[1]/a.yaml']],
    ['["**", "!lab/**"]', ['a.yaml', 'x[1]/a.yaml']],
    ['["**", "!lab", lab/a.yaml]', ['a.yaml', 'lab/a.yaml', 'x[1]/a.yaml']],
    ['["lab/**", "!**/.b/*"]', ['lab/a.yaml']],
    ['["!lab"]', ['a.yaml', 'x[1]/a.yaml']],
    ['["!(x*)/**"]', ['a.yaml', 'lab/a.yaml', 'lab/.b/c.yaml']],
    ["['x\\[1\\]/a.yaml']", ['x[1]/a.yaml']],
    ['["*.{yaml,json}"]', ['a.yaml']],
  ])('patterns: %s', (paths, expected) => {
    const files = ['a.yaml', 'lab/a.yaml', 'lab/.b/c.yaml', 'x[1]/a.yaml'];
    for (const file of files) box.write(file, `nonMasqueradeCIDRs: ${CONTAINED}\n`);
    box.write('.masq.yaml', rule('off', `    paths: ${paths}\n`));
    const { suppressed } = JSON.parse(box.masq('validate', '-f', 'json', ...files).stdout);
    expect(suppressed.map(({ file }: { file: string }) => file)).toEqual(expected);
  });

  test('a pattern that no file is called like, where all is looked at that the settings name', () => {
    const paths =
      '["in/*.yml", "**/b.yaml", "in/{x,y}/**", "in/**", a.yaml, in, "**/.x/*", "!in/*.json", "!in/b*", "link/*/*"]';
    box.write('.masq.yaml', `intents: [in]\n${rule('off', `    paths: ${paths}\n`)}`);
    box.write('in/deep/b.yaml', intent('b'));
    box.write('a.yaml', intent('a'));
    box.write('node_modules/x.yml', '');
    box.write('link/to', '');
    symlinkSync('..', box.path('link/up'));
    const noted = ({ stdout, stderr }: { stdout: string; stderr: string }) =>
      [...(stdout + stderr).matchAll(/note MQ222 nothing is there that "(.*)" could/g)].map(([, pattern]) => pattern);
    const idle = ['in/*.yml', 'in/{x,y}/**', '!in/*.json', '!in/b*'];
    for (const command of ['validate', 'synth']) {
      expect(noted(box.masq(command))).toEqual(idle);
      expect(noted(box.masq(command, 'in'))).toEqual([]);
    }
    expect(noted(box.masq('validate', '--changed', 'a.yaml'))).toEqual([]);
  });

  test('a pattern that begins with what is not there', () => {
    box.write('.masq.yaml', rule('off', '    paths: [lab/**, a.yaml, "*.yml", nowhere/**, lab/no.yaml]\n'));
    box.write('a.yaml', WARNED);
    box.write('lab/a.yaml', intent('b'));
    const { status, stdout } = box.masq('validate', '--quiet', 'a.yaml', '.masq.yaml');
    expect(status).toBe(0);
    expect(lines(stdout).filter(line => line.includes('MQ'))).toEqual([
      '.masq.yaml:5:38 note MQ222 nothing is there that "nowhere/**" could stand for; correct or remove it',
      '.masq.yaml:5:50 note MQ222 nothing is there that "lab/no.yaml" could stand for; correct or remove it',
    ]);
  });

  test('count from the file, from wherever masq runs, up to the top of the repository', () => {
    box.write('.masq.yaml', rule('off', '    paths: [in/a.yaml]\n'));
    box.write('in/a.yaml', WARNED);
    expect(box.masqWith({ cwd: 'in' }, 'validate', '--fail-on', 'warning', 'a.yaml').status).toBe(0);
    expect(box.masq('validate', '--fail-on', 'warning', box.path('in/a.yaml')).status).toBe(0);
    box.write('in/.git/HEAD', '');
    expect(box.masqWith({ cwd: 'in' }, 'validate', '--fail-on', 'warning', 'a.yaml').status).toBe(1);
    expect(
      box.masqWith({ cwd: 'in' }, 'validate', '--fail-on', 'warning', '--config', '../.masq.yaml', 'a.yaml').status,
    ).toBe(0);
  });

  test('an error in an intent is one to synth, whatever they say', () => {
    box.write('.masq.yaml', 'rules: [{code: MQ101, severity: off, reason: no}]\n');
    box.write('a.yaml', intent('a', HOST_BITS));
    expect(box.masq('validate', 'a.yaml').status).toBe(0);
    const { status, stderr } = box.masq('synth', 'a.yaml');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^a\.yaml:12:16 error MQ101 /);
    expect(box.list()).toEqual(['.masq.yaml', 'a.yaml']);
  });
});

describe('to masq synth', () => {
  const SETTINGS = 'intents: [in]\n';
  const rules = (...list: string[]) =>
    `rules: [${list.map(code => `{code: ${code}, severity: off, reason: why}`).join(', ')}]\n`;

  test('what is left out is counted', () => {
    box.write('.masq.yaml', SETTINGS + rules('MQ121'));
    box.write('in/a.yaml', WARNED);
    expect(box.masq('synth').stdout).toMatch(/^rendered 1 cluster, [^;]*; 1 finding left out as told\n$/);
    expect(box.masq('synth', '--check').stdout).toMatch(/^up to date: [^;]*; 1 finding left out as told\n$/);
  });

  test('what it says of its folder is judged too, but for what is not up to date', () => {
    box.write('.masq.yaml', SETTINGS);
    box.write('in/a.yaml', intent('a'));
    box.write('in/b.yaml', intent('b'));
    expect(box.masq('synth').status).toBe(0);
    rmSync(box.path('in/b.yaml'));
    box.write('dist/a/own.yaml', 'kind: Service\napiVersion: v1\nmetadata: {name: a}\n');
    const before = box.masq('synth', '--check', '--fail-on', 'note');
    expect(before.status).toBe(1);
    expect(before.stderr).toMatch(/ MQ905 [\s\S]* MQ907 | MQ907 [\s\S]* MQ905 /);
    box.write('.masq.yaml', SETTINGS + rules('MQ905', 'MQ907', 'MQ903'));
    const after = box.masq('synth', '--check', '--fail-on', 'note');
    expect(after).toMatchObject({ status: 0, stderr: '' });
    expect(after.stdout).toContain('; 2 findings left out as told\n');
    box.write('in/a.yaml', WARNED.replace('10.1.0.0/16', '172.16.0.0/12'));
    expect(box.masq('synth', '--check').stderr).toContain(' error MQ903 ');
  });
});

describe('mistakes in .masq.yaml', () => {
  const CASES: readonly (readonly [text: string, said: string])[] = [
    [
      'rules: [{code: MQ999, severity: off, reason: a}]\n',
      '.masq.yaml:1:16 error MQ220 "MQ999" is no rule; run "masq rules" for the list',
    ],
    [
      'rules: [{code: coverd-entry, severity: off, reason: a}]\n',
      '.masq.yaml:1:16 error MQ220 "coverd-entry" is no rule; did you mean "covered-entry"?',
    ],
    ['rules: [{code: MQ121, severity: off}]\n', '.masq.yaml:1:9 error MQ205 '],
    ['rules: [{code: MQ121, severity: of, reason: a}]\n', '.masq.yaml:1:33 error MQ206 '],
    [
      'rules: [{code: MQ121, severity: off, reason: a, paths: [/in/**]}]\n',
      '.masq.yaml:1:57 error MQ206 "/in/**" stands for no file: paths count from the folder of .masq.yaml and begin with no slash; write one, such as "in/**"',
    ],
    [
      'rules: [{code: MQ121, severity: off, reason: a, paths: [in\\a.yaml]}]\n',
      '.masq.yaml:1:57 error MQ206 "in\\a.yaml" stands for no file: write "/" between folders: "in/a.yaml"',
    ],
    [
      'rules: [{code: MQ121, severity: off, reason: a, paths: ["!../a"]}]\n',
      '.masq.yaml:1:57 error MQ206 "!../a" stands for no file: write it without ".."; paths count from the folder of .masq.yaml',
    ],
    [
      'rules: [{code: MQ121, severity: off, reason: a, paths: ["!"]}]\n',
      '.masq.yaml:1:57 error MQ206 "!" stands for no file: write the pattern behind the "!"',
    ],
    ['intent: [a]\n', '.masq.yaml:1:1 error MQ203 unknown key "intent"; did you mean "intents"?'],
    ['intents: a\n', '.masq.yaml:1:10 error MQ204 '],
    [
      'intents: [.]\nprune: yes\n',
      '.masq.yaml:2:8 error MQ204 prune "yes" is text; true or false is wanted: write true',
    ],
    [
      'rules: [{code: MQ121, severity: off, reason: " "}]\n',
      '.masq.yaml:1:46 error MQ206 rules[0].reason " " is not allowed; write the reason in words',
    ],
    ['rules: [\n', '.masq.yaml:'],
  ];
  test.each(CASES)('%j', (text, said) => {
    box.write('.masq.yaml', text);
    box.write('a.yaml', intent('a'));
    for (const command of ['validate', 'synth']) {
      const { status, stdout, stderr } = box.masq(command, 'a.yaml');
      expect(status).toBe(1);
      expect(lines(stdout + stderr)[0]?.startsWith(said)).toBe(true);
    }
    expect(box.list()).toEqual(['.masq.yaml', 'a.yaml']);
    expect(box.masq('validate', '--changed', '.masq.yaml').status).toBe(1);
  });

  test('a file of settings that is not there', () => {
    box.write('a.yaml', intent('a'));
    const { status, stdout } = box.masq('validate', '--config', 'no.yaml', 'a.yaml');
    expect(status).toBe(2);
    expect(stdout).toContain('no.yaml error MQ904');
    expect(box.masq('synth', '--config', 'no.yaml', 'a.yaml').status).toBe(2);
  });

  test.each(['validate', 'synth'])('one that is called .masq.yml stops %s', command => {
    box.write('.masq.yml', 'intents: [in]\n');
    box.write('in/a.yaml', intent('a'));
    const { status, stdout, stderr } = box.masqWith({ cwd: 'in' }, command, 'a.yaml');
    expect(status).toBe(1);
    expect(stdout + stderr).toMatch(
      /^\.\.\/\.masq\.yml error MQ904 "\.\.\/\.masq\.yml" is not read; rename it to "\.masq\.yaml"/,
    );
    expect(box.list()).toEqual(['.masq.yml', 'in/a.yaml']);
    box.write('.masq.yaml', 'intents: [in]\n');
    expect(box.masq('validate', 'in/a.yaml').status).toBe(0);
  });

  test('one that does not count', () => {
    const said = (...args: string[]) => lines(box.masq('validate', ...args).stdout).filter(line => line.includes('MQ'));
    box.write('in/.masq.yaml', 'rules: []\n');
    box.write('a.yaml', intent('a'));
    const idle = 'in/.masq.yaml note MQ222 these settings do not count in this run, which has';
    const instead = 'run masq in their folder, or name the file with --config';
    expect(said('--changed', 'in/.masq.yaml')).toEqual([`${idle} none; ${instead}`]);
    expect(said('--config', 'in/.masq.yaml', './in/.masq.yaml')).toEqual([]);
    box.write('.masq.yaml', 'rules: []\n');
    expect(said('in', 'a.yaml')).toEqual([`${idle} those of ".masq.yaml"; ${instead}`]);
    expect(said('.masq.yaml', 'a.yaml')).toEqual([]);
  });

  test('an empty one changes nothing', () => {
    box.write('.masq.yaml', '# nothing yet\n');
    box.write('a.yaml', intent('a'));
    expect(box.masq('validate', 'a.yaml', '.masq.yaml').stdout).toBe('no findings in 2 files (1 document)\n');
  });
});

describe('what is rendered when no file is named', () => {
  const SETTINGS = 'intents: [in]\noutput: out\nprune: true\nkustomization: true\n';

  test('the intents of the settings, to their folder, from anywhere in the repository', () => {
    box.write('.masq.yaml', SETTINGS);
    box.write('in/a.yaml', intent('a'));
    box.write('in/b.yaml', intent('b'));
    expect(box.masqWith({ cwd: 'in' }, 'synth').status).toBe(0);
    expect(Object.keys(box.files('out'))).toContain('b/kustomization.yaml');
    expect(box.masq('synth', '--check')).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^up to date: 2 clusters/),
      stderr: '',
    });
    rmSync(box.path('in/b.yaml'));
    const check = box.masq('synth', '--check');
    expect(check.status).toBe(1);
    expect(check.stderr).toContain('it belongs to no given intent; run "masq synth" and commit the result');
    expect(box.masq('synth').status).toBe(0);
    expect(Object.keys(box.files('out')).filter(name => name.startsWith('b/'))).toEqual([]);
    expect(box.masq('validate').status).toBe(0);
    expect(box.masq('validate').stdout).toMatch(/^no findings in \d+ files/);
  });

  test('a run that names files never prunes the others', () => {
    box.write('.masq.yaml', SETTINGS);
    box.write('in/a.yaml', intent('a'));
    box.write('in/b.yaml', intent('b'));
    box.masq('synth');
    expect(box.masq('synth', 'in/a.yaml').status).toBe(0);
    expect(Object.keys(box.files('out'))).toContain('b/kustomization.yaml');
  });

  test('apps run in the folder of the settings', () => {
    const app = 'const {writeFileSync, mkdirSync} = require("fs"); const out = process.env.CDK8S_OUTDIR;';
    const rendered = '# Rendered by masq: change the intent and render again, do not edit.\\n';
    box.write('app.js', `${app} mkdirSync(out + "/c"); writeFileSync(out + "/c/x.yaml", "${rendered}");`);
    box.write('.masq.yaml', 'apps: [node app.js]\n');
    box.write('deep/er/x.txt', '');
    expect(box.masqWith({ cwd: 'deep/er' }, 'synth').status).toBe(0);
    expect(Object.keys(box.files('dist'))).toEqual(['c/x.yaml']);
  });
});

describe('entries of intents that lead nowhere', () => {
  const MISSING = '"intents" does not exist';
  const COUNTS = 'it counts as one without intents, since what is rendered no more is to be deleted';
  const said = ({ stdout, stderr }: { stdout: string; stderr: string }) =>
    lines(stdout + stderr).filter(line => line.includes(' MQ'));

  test.each([
    ['intents', MISSING],
    ['intents/*.yaml', '"intents/*.yaml" does not exist: patterns are not taken here; name the folder "intents"'],
    ['int', '"int" does not exist; did you mean "in"?'],
    ['empty', '"empty" has no .yaml, .yml or .json file in it'],
  ])('%s: the place is the one in .masq.yaml', (entry, message) => {
    box.write('.masq.yaml', `# what is rendered\nintents: [in, '${entry}']\n`);
    box.write('in/a.yaml', intent('a'));
    box.write('empty/readme.md', '');
    for (const command of ['validate', 'synth']) {
      const run = box.masq(command);
      expect(said(run)).toEqual([expect.stringMatching(/^\.masq\.yaml:2:15 error MQ90[46] /)]);
      expect(said(run)[0]?.replace(/^.* MQ90\d /, '')).toBe(message);
      expect(run.status).toBe(1);
    }
    expect(box.list()).not.toContain('dist');
  });

  test('from a folder below they are those seen from there', () => {
    box.write('.masq.yaml', 'intents: [intents]\n');
    box.write('deep/x', '');
    expect(said(box.masqWith({ cwd: 'deep' }, 'validate'))).toEqual([
      '../.masq.yaml:1:11 error MQ904 "../intents" does not exist',
    ]);
  });

  describe.each([
    ['gone', MISSING],
    ['empty', '"intents" has no .yaml, .yml or .json file in it'],
  ])('the folder of the last intent is %s', (state, message) => {
    const remove = (settings: string): void => {
      box.write('.masq.yaml', settings);
      box.write('intents/a.yaml', intent('a'));
      expect(box.masq('synth').status).toBe(0);
      rmSync(box.path('intents'), { recursive: true });
      if (state === 'empty') box.write('intents/.gitkeep', '');
    };

    test('with prune what was rendered is deleted', () => {
      remove('intents: [intents]\nprune: true\n');
      const note = `.masq.yaml:1:11 note MQ906 ${message}; ${COUNTS}`;
      const check = box.masq('synth', '--check');
      expect(check.status).toBe(1);
      expect(said(check).filter(line => line.includes('MQ903'))).toHaveLength(3);
      const run = box.masq('synth');
      const deleted = /^rendered 0 clusters, 0 files in dist\/: 3 deleted\n(?: *deleted dist\/a\/\S+\n){3}$/;
      expect(run).toMatchObject({ status: 0, stdout: expect.stringMatching(deleted) });
      expect(said(run)).toEqual([note]);
      expect(box.list().filter(name => name.startsWith('dist'))).toEqual([]);
      expect(box.masq('synth', '--check')).toMatchObject({
        status: 0,
        stdout: 'up to date: 0 clusters, 0 files in dist/\n',
      });
      const validate = box.masq('validate');
      expect(said(validate)).toEqual([note]);
      expect(validate.status).toBe(0);
      expect(box.masq('validate', '--changed').status).toBe(0);
    });

    test('without prune it stays an error, and what to do is said', () => {
      remove('intents: [intents]\n');
      for (const command of ['synth', 'validate']) {
        const run = box.masq(command);
        expect(run.status).toBe(1);
        expect(said(run)[0]).toMatch(/^\.masq\.yaml:1:11 error MQ90[46] /);
        expect(run.stdout + run.stderr).toContain('"prune: true" in the settings has "masq synth" delete');
      }
      expect(box.masq('validate', '--changed')).toEqual({ status: 0, stdout: 'no findings\n', stderr: '' });
      expect(box.list('dist/a')).toHaveLength(3);
      expect(box.masq('synth', '--prune').status).toBe(0);
      expect(box.list().filter(name => name.startsWith('dist'))).toEqual([]);
    });
  });

  test('what syncs clusters has to be told that there is none any more', () => {
    const gitops = 'gitops: [argocd --repo https://git.example/network/clusters.git]\n';
    box.write('.masq.yaml', `intents: [intents]\nprune: true\n${gitops}`);
    box.write('intents/a.yaml', intent('a'));
    box.masq('synth');
    rmSync(box.path('intents'), { recursive: true });
    const run = box.masq('synth');
    expect(run.status).toBe(1);
    expect(said(run)[1]).toMatch(
      /^\.masq\.yaml:3:10 error MQ223 .*: no cluster is rendered any more; remove the entry, /,
    );
    expect(box.list('dist/a')).toHaveLength(3);
    box.write('.masq.yaml', 'intents: [intents]\nprune: true\n');
    expect(box.masq('synth').status).toBe(0);
  });

  test('one that is called wrongly, or a link that leads nowhere, deletes nothing', () => {
    box.write('.masq.yaml', 'intents: [intents]\nprune: true\n');
    box.write('intents/a.yaml', intent('a'));
    box.masq('synth');
    renameSync(box.path('intents'), box.path('intent'));
    expect(box.masq('synth')).toMatchObject({ status: 1, stderr: expect.stringContaining('did you mean "intent"?') });
    rmSync(box.path('intent'), { recursive: true });
    symlinkSync('nowhere', box.path('intents'));
    expect(box.masq('synth').status).toBe(1);
    expect(box.list('dist/a')).toHaveLength(3);
  });

  test('one that may not be looked at deletes nothing', () => {
    box.write('.masq.yaml', 'intents: [closed/intents]\nprune: true\n');
    box.write('closed/intents/a.yaml', intent('a'));
    box.masq('synth');
    chmodSync(box.path('closed'), 0);
    const { status, stderr } = box.masqWith({ unprivileged: true }, 'synth', '--check');
    chmodSync(box.path('closed'), 0o755);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^\.masq\.yaml:1:11 error MQ904 "closed\/intents" cannot be read: permission denied\n/);
    expect(stderr).not.toContain('MQ903');
  });

  test('files without an intent are too little to delete everything', () => {
    box.write('.masq.yaml', 'intents: [intents]\nprune: true\n');
    box.write('intents/a.yaml', intent('a'));
    box.masq('synth');
    box.write('intents/a.yaml', 'a: b\n');
    const { status, stderr } = box.masq('synth');
    expect(status).toBe(2);
    expect(stderr).toContain('if the last one is gone for good, delete intents: what was rendered goes then');
    expect(box.list('dist/a')).toHaveLength(3);
  });

  test.each(['validate', 'synth'])('masq %s where .masq.yaml names none', command => {
    box.write('.masq.yaml', 'output: out\n');
    const { status, stderr } = box.masq(command);
    expect(status).toBe(2);
    expect(stderr).toContain('; ".masq.yaml" names none: write "intents: [intents]" there to have them taken\n');
  });
});

test('absolute paths are what they are', () => {
  box.write('in/a.yaml', intent('a'));
  box.write('below/.masq.yaml', `intents: [${box.path('in')}]\noutput: ${box.path('out')}\n`);
  expect(box.masqWith({ cwd: 'below' }, 'synth').status).toBe(0);
  expect(box.list()).toEqual(expect.arrayContaining(['below/.masq.yaml', 'in/a.yaml']));
  expect(box.list('out/a')).toHaveLength(3);
  expect(box.masqWith({ cwd: 'below' }, 'validate').stdout).toMatch(/^no findings in 4 files/);
});

describe('# masq-ignore', () => {
  const list = (...entries: string[]) => `nonMasqueradeCIDRs:\n${entries.map(entry => `  ${entry}\n`).join('')}`;
  const WIDE = '- 10.0.0.0/8';
  const INNER = '- 10.1.0.0/16';

  test.each([
    ['behind the value', list(WIDE, `${INNER} # masq-ignore MQ121 ticket NET-12`)],
    ['by its name, with a colon and a dash', list(WIDE, `${INNER} # masq-ignore: covered-entry - ticket NET-12`)],
    ['above the line', list(WIDE, '# masq-ignore MQ121 ticket NET-12', INNER)],
    ['above, with another comment between', list(WIDE, '# masq-ignore MQ121 NET-12', '# and more', INNER)],
    ['behind another comment', list(WIDE, `${INNER} # the partner # masq-ignore MQ121 ticket NET-12`)],
  ])('%s', (_, text) => {
    box.write('a.yaml', text);
    expect(box.masq('validate', 'a.yaml').stdout).toBe('no findings in 1 file (1 document); 1 left out as told\n');
  });

  test('in a file within a ConfigMap, and several rules at once', () => {
    const file = list(
      WIDE,
      `${INNER} # masq-ignore MQ121, MQ120 ticket NET-12`,
      `${INNER} # masq-ignore MQ120,MQ121 NET-12`,
    );
    const config = file.replace(/^/gm, '    ').trimEnd();
    const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ip-masq-agent\n  namespace: kube-system\n';
    box.write('a.yaml', `${head}data:\n  config: |\n${config}\n`);
    const { stdout, status } = box.masq('validate', '--fail-on', 'warning', 'a.yaml');
    expect(stdout).not.toMatch(/(warning|error) /);
    expect(stdout).toContain('left out as told');
    expect(status).toBe(0);
  });

  test('between Windows line ends, another comment between', () => {
    box.write('a.yaml', list(WIDE, '# masq-ignore MQ121 NET-12', '# and more', INNER).replaceAll('\n', '\r\n'));
    expect(box.masq('validate', 'a.yaml').stdout).toBe('no findings in 1 file (1 document); 1 left out as told\n');
  });

  describe('in a file in quotes', () => {
    const entries = [
      WIDE,
      `${INNER} # masq-ignore MQ121 NET-12`,
      '- 10.2.0.0/16',
      '# masq-ignore MQ121 NET-13',
      '- 10.3.0.0/16',
    ];
    const map = (config: string) =>
      `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ip-masq-agent", "namespace": "kube-system"}, "data": {"config": ${config}}}\n`;

    test.each([
      ['JSON in one line', map(JSON.stringify(list(...entries)))],
      ['of a List', `{"apiVersion": "v1", "kind": "List", "items": [${map(JSON.stringify(list(...entries)))}]}`],
      ['in single quotes', map(`'${list(...entries).replaceAll('\n', '\n\n ')}'`)],
      ['in double quotes over several lines', map(JSON.stringify(list(...entries)).replace(/\\n(?= )/g, '\\n\\\n\\'))],
    ])('it is about the line in there: %s', (_, text) => {
      box.write('a.json', text);
      const { summary, diagnostics, suppressed } = JSON.parse(box.masq('validate', '-f', 'json', 'a.json').stdout);
      expect(diagnostics.map((d: { message: string }) => d.message)).toEqual([
        expect.stringMatching(/^"10\.2\.0\.0\/16" lies inside /),
      ]);
      expect(suppressed.map((d: { message: string; reason: string }) => [d.message.slice(0, 13), d.reason])).toEqual([
        ['"10.1.0.0/16"', 'NET-12'],
        ['"10.3.0.0/16"', 'NET-13'],
      ]);
      expect(summary).toMatchObject({ warnings: 1, suppressed: 2 });
    });

    test('a text in quotes is no comment of the line that it stands in', () => {
      box.write('a.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8, 10.1.0.0/16, "a # masq-ignore MQ121, MQ111 why"]\n');
      const { stdout } = box.masq('validate', 'a.yaml');
      expect(stdout).toContain('warning MQ121 "10.1.0.0/16"');
      expect(stdout).toContain('1 left out as told');
    });
  });

  test('beside an error nothing is said of comments that left nothing out', () => {
    box.write('a.yaml', `${list(WIDE, `${INNER} # masq-ignore MQ121 ticket NET-12`)}- a: b: c\n`);
    const { stdout } = box.masq('validate', 'a.yaml');
    expect(stdout).toContain('error MQ201');
    expect(stdout).not.toContain('MQ222');
  });

  test('what is said of the comments themselves is left to .masq.yaml too', () => {
    box.write('a.yaml', list('- 172.16.0.0/12 # masq-ignore MQ121 why', '- 10.0.0.0/8 # masq-ignore MQ121'));
    const rules = ['{code: MQ221, severity: note, reason: a}', '{code: MQ222, severity: off, reason: a}'];
    box.write('.masq.yaml', `rules: [${rules.join(', ')}]\n`);
    const { status, stdout } = box.masq('validate', 'a.yaml');
    expect(stdout).toMatch(/ note MQ221 [\s\S]*\n1 note in 1 file \(1 document\); 1 left out as told\n$/);
    expect(status).toBe(0);
  });

  test('an error that validate leaves out keeps an intent from being rendered', () => {
    box.write('a.yaml', intent('a', `${HOST_BITS} # masq-ignore MQ101 we mean it`));
    expect(box.masq('validate', 'a.yaml').status).toBe(0);
    expect(box.masq('synth', 'a.yaml').status).toBe(1);
  });

  test.each([
    [
      'no reason',
      `${INNER} # masq-ignore MQ121`,
      '3:17 error MQ221 the comment gives no reason and has no effect; write # masq-ignore MQ121 and why',
    ],
    [
      'no rule',
      `${INNER} # masq-ignore`,
      '3:17 error MQ221 the comment names no rule and has no effect; write # masq-ignore MQ303 and why',
    ],
    [
      'no comma',
      `${INNER} # masq-ignore MQ121 MQ120 why`,
      '3:17 error MQ221 the comment lacks a comma between its rules and has no effect; write # masq-ignore MQ121, MQ120 and why',
    ],
    [
      'and for a comma, and no reason',
      `${INNER} # masq-ignore MQ121 and duplicate-entry`,
      '3:17 error MQ221 the comment lacks a comma between its rules and has no effect; write # masq-ignore MQ121, duplicate-entry and why',
    ],
    [
      'an underscore',
      `${INNER} # masq_ignore MQ121 why`,
      '3:19 error MQ221 "masq_ignore" is not read; write # masq-ignore',
    ],
    ['a slip', `${INNER} # masq-ignroe: MQ121 why`, '3:19 error MQ221 "masq-ignroe" is not read; write # masq-ignore'],
    ['capitals', `${INNER} # MASQ-IGNORE MQ121 why`, '3:19 error MQ221 "MASQ-IGNORE" is not read; write # masq-ignore'],
    ['a blank', `${INNER} #masq ignore MQ121 why`, '3:18 error MQ221 "masq ignore" is not read; write # masq-ignore'],
    [
      'one of two is idle',
      `${INNER} # masq-ignore MQ121, MQ120 why`,
      '3:38 note MQ222 line 3 has no finding MQ120; remove MQ120 from the comment',
    ],
    [
      'one that is named twice',
      `${INNER} # masq-ignore MQ121,covered-entry why`,
      '3:37 note MQ222 the comment names MQ121 twice; remove one of the two',
    ],
    [
      'two comments',
      `# masq-ignore MQ121 why\n  ${INNER} # masq-ignore MQ121 why`,
      '4:31 note MQ222 MQ121 of line 4 is left out by another comment already; remove this one',
    ],
    ['an unknown rule', `${INNER} # masq-ignore MQ12 why`, '3:31 error MQ220 "MQ12" is no rule; did you mean "MQ102"?'],
    [
      'nothing to ignore',
      '- 172.16.0.0/12 # masq-ignore MQ121 why',
      '3:33 note MQ222 line 3 has no finding MQ121; remove the comment',
    ],
  ])('%s', (_, entry, said) => {
    box.write('a.yaml', list(WIDE, entry));
    expect(box.masq('validate', 'a.yaml').stdout).toContain(`a.yaml:${said}`);
  });

  test.each([
    `${INNER} # masq-ignore MQ121 covered by the partner's`,
    `${INNER} # masq-ignore MQ121 two-way traffic`,
    `${INNER} # see MQ120 # masq-ignore MQ121 why`,
  ])('rules in the words of others are no slips: %s', entry => {
    box.write('a.yaml', list(WIDE, entry));
    expect(box.masq('validate', 'a.yaml').stdout).toBe('no findings in 1 file (1 document); 1 left out as told\n');
  });

  test('what is left out is told to machines, with its reason', () => {
    box.write('a.yaml', list(WIDE, `${INNER} # masq-ignore MQ121 ticket NET-12`));
    const json = JSON.parse(box.masq('validate', '-f', 'json', 'a.yaml').stdout);
    expect(json.summary.suppressed).toBe(1);
    expect(json.suppressed).toMatchObject([{ code: 'MQ121', reason: 'ticket NET-12', by: 'comment' }]);
    expect(box.masq('validate', '-f', 'github', 'a.yaml').stdout).toBe('1 finding left out as told\n');
    const suites = parseXml(box.masq('validate', '-f', 'junit', 'a.yaml').stdout);
    expect(suites.attributes).toMatchObject({ tests: '1', failures: '0', skipped: '1' });
    expect(suites.children[0]!.children[0]!.children).toMatchObject([
      {
        tag: 'skipped',
        attributes: { message: 'ticket NET-12' },
        text: expect.stringMatching(/^a\.yaml:3:5 warning /),
      },
    ]);
    const [run] = JSON.parse(box.masq('validate', '-f', 'sarif', 'a.yaml').stdout).runs;
    expect(run.results).toMatchObject([
      { ruleId: 'MQ121', ruleIndex: 0, suppressions: [{ kind: 'inSource', justification: 'ticket NET-12' }] },
    ]);
    expect(run.tool.driver.rules).toHaveLength(1);
  });
});
