import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { HOST_BITS, intent, MASQ, ROOT } from '../cli/sandbox';
import { evaluate } from './expression';
import { runJob, type StepResult, type Surroundings } from './runner';

const FILES = [
  'action.yml',
  '.github/workflows/ci.yml',
  'ci/github.yml',
  '.github/workflows/release.yml',
  '.github/workflows/random.yml',
  'ci/diff/action.yml',
];
const [ACTION, OWN, EXAMPLE] = FILES.map(name => join(ROOT, name)) as [string, string, string];

/** The actions of this repository, by what a workflow calls them. */
const ACTIONS = { 'OWNER/masq': ROOT, './': ROOT, 'OWNER/masq/ci/diff': join(ROOT, 'ci/diff') };

/** What a job may do beside reading the repository. */
const WRITES: Readonly<Record<string, object>> = {
  check: { 'security-events': 'write', actions: 'read' },
  changes: { 'pull-requests': 'write' },
  package: { 'id-token': 'write' },
  image: { packages: 'write', 'id-token': 'write' },
  index: { packages: 'write', 'id-token': 'write' },
  notes: { contents: 'write' },
};

interface Document {
  readonly permissions?: unknown;
  readonly jobs?: Readonly<Record<string, Steps & { readonly permissions: object }>>;
  readonly runs?: Steps;
}
interface Steps {
  readonly steps: readonly { readonly run?: string }[];
}

/** What the steps of a workflow or an action give to a shell. */
function scripts({ jobs = {}, runs = { steps: [] } }: Document): string[] {
  return [...Object.values(jobs), runs].flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
}

describe.each(FILES)('%s', name => {
  const text = readFileSync(join(ROOT, name), 'utf8');

  test('is what an independent validator takes for valid', () => {
    const validate = (file: string) =>
      spawnSync(process.execPath, [join(ROOT, 'node_modules/@action-validator/cli/cli.mjs'), file], {
        encoding: 'utf8',
      });
    expect(validate(join(ROOT, name)).stdout).toBe('');
    const folder = mkdtempSync(join(tmpdir(), 'masq-ci-'));
    const broken = join(folder, name.endsWith('action.yml') ? 'action.yml' : 'broken.yml');
    writeFileSync(broken, text.replace(/steps:/, 'stepps:'));
    expect(validate(broken).status).toBe(1);
    rmSync(folder, { recursive: true });
  });

  test('pins every action of others by its digest, and says which version that is', () => {
    for (const [, uses = ''] of text.matchAll(/\buses: (.*)/g)) {
      expect(uses).toMatch(
        /^(\.\/$|OWNER\/masq(\/ci\/diff)?@DIGEST # .*|[\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$)/,
      );
    }
  });

  test('gives no step more rights than it needs, and no text of strangers to a shell', () => {
    const document = parse(text) as Document;
    if (document.jobs) {
      expect(document.permissions).toEqual({});
      for (const [job, { permissions }] of Object.entries(document.jobs))
        expect(permissions, job).toEqual({ contents: 'read', ...WRITES[job] });
    }
    const runs = scripts(document);
    expect(runs.length).toBe(text.match(/\brun: /g)?.length ?? 0);
    expect(runs.join('')).not.toContain('${{');
  });
});

test('the action keeps to what the bash of macOS knows, which is 3.2', () => {
  const text = scripts(parse(readFileSync(ACTION, 'utf8')) as Document).join('');
  expect(text).not.toMatch(/mapfile|readarray|declare -A|\$\{\w+(?:\[.\])?[,^@]|\|&|&>>/);
});

describe('ci/gitlab.yml', () => {
  const text = readFileSync(join(ROOT, 'ci/gitlab.yml'), 'utf8');
  const judged = (template: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'masq-ci-'));
    try {
      writeFileSync(join(folder, '.gitlab-ci.yml'), template);
      for (const args of [
        ['init', '--quiet'],
        ['remote', 'add', 'origin', 'git@gitlab.example.com:we/clusters.git'],
      ])
        spawnSync('git', args, { cwd: folder });
      const program = join(ROOT, 'node_modules/.bin/gitlab-ci-local');
      const { status, stdout, stderr } = spawnSync(program, ['--list'], { cwd: folder, encoding: 'utf8' });
      return { status, said: stdout + stderr };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('is what an independent validator takes for valid', () => {
    expect(judged(text)).toEqual({ status: 0, said: expect.stringContaining('json schema validated') });
    expect(judged(text.replace('interruptible: true', 'interruptible: perhaps')).status).toBe(1);
    expect(judged(text.replace('script:', 'scrpt:')).status).toBe(1);
  });
});

describe('the steps, run for real', () => {
  let folder: string;
  let surroundings: Surroundings;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masq-ci-'));
    write('.masq.yaml', 'intents: [intents]\nprune: true\n');
    write('intents/prod.yaml', intent('prod'));
    masq('synth');
    const github = {
      event_name: 'pull_request',
      repository: 'we/clusters',
      token: 'secret',
      event: { pull_request: { number: 7, base: { sha: '' }, head: { repo: { full_name: 'we/clusters' } } } },
    };
    surroundings = { folder, contexts: { github, matrix: {} }, actions: ACTIONS };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const masq = (...args: string[]) => spawnSync(process.execPath, [MASQ, ...args], { cwd: folder, encoding: 'utf8' });
  const git = (...args: string[]) => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    return spawnSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).stdout.trim();
  };
  const ends = (results: readonly StepResult[]) => results.map(({ status }) => status);

  test('green where all is sound; the report for code scanning is written', () => {
    const results = runJob(EXAMPLE, 'check', surroundings);
    expect(results.map(({ name }) => name.split('@')[0])).toEqual([
      'actions/checkout',
      'masq validate',
      'masq synth --check',
      'github/codeql-action/upload-sarif',
    ]);
    expect(ends(results)).toEqual([0, 0, 0, 0]);
    expect(JSON.parse(readFileSync(join(folder, 'masq.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  test('red at the place of a typo, with the report all the same', () => {
    write('intents/prod.yaml', intent('prod', HOST_BITS));
    const results = runJob(EXAMPLE, 'check', surroundings);
    expect(ends(results)).toEqual([0, 1, 1, 0]);
    expect(results[1]!.output).toMatch(/^::error file=intents\/prod\.yaml,line=12,(endLine=12,)?col=16,/m);
    const [run] = JSON.parse(readFileSync(join(folder, 'masq.sarif'), 'utf8')).runs;
    expect(run.results).toMatchObject([{ ruleId: 'MQ101' }]);
  });

  test('red where it was not rendered', () => {
    write('intents/prod.yaml', intent('prod', '[10.0.0.0/8, 172.16.0.0/12]'));
    const results = runJob(EXAMPLE, 'check', surroundings);
    expect(ends(results)).toEqual([0, 0, 1, 0]);
    expect(results[2]!.output).toContain('::error file=dist/prod/20-configmap-ip-masq-agent.yaml');
  });

  test('nothing is uploaded for a pull request from a fork', () => {
    const { github } = surroundings.contexts as { github: { event: { pull_request: object } } };
    const fork = { ...github.event.pull_request, head: { repo: { full_name: 'they/clusters' } } };
    const contexts = { github: { ...github, event: { pull_request: fork } } };
    expect(ends(runJob(EXAMPLE, 'check', { ...surroundings, contexts }))).toEqual([0, 0, 0, 'skipped']);
    expect(runJob(EXAMPLE, 'changes', { ...surroundings, contexts })).toEqual([]);
  });

  describe('a pull request', () => {
    let env: NodeJS.ProcessEnv;
    let contexts: Surroundings['contexts'];

    beforeEach(() => {
      git('init', '--quiet');
      write('.masq.yaml', 'intents: [intents]\n');
      git('add', '--all');
      git('commit', '--quiet', '--message', 'one');
      const base = git('rev-parse', 'HEAD');
      write('bin/gh', '#!/bin/sh\ncase $2 in --paginate) cat own.txt ;; *) echo "$@" > gh.txt ;; esac\n');
      write('own.txt', '');
      chmodSync(join(folder, 'bin/gh'), 0o755);
      const { github } = surroundings.contexts as { github: { event: { pull_request: object } } };
      contexts = {
        github: { ...github, event: { pull_request: { ...github.event.pull_request, base: { sha: base } } } },
      };
      env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` };
    });

    const comment = (wanted: string, statuses: readonly unknown[] = [0, 0, 0]): string => {
      const results = runJob(EXAMPLE, 'changes', { ...surroundings, contexts, env });
      expect(ends(results)).toEqual(statuses);
      expect(readFileSync(join(folder, 'gh.txt'), 'utf8')).toBe(`${wanted}\n`);
      return readFileSync(join(folder, 'comment.md'), 'utf8');
    };
    const FIRST = 'pr comment 7 --body-file comment.md';
    const PATCH = 'api --silent --method PATCH repos/we/clusters/issues/comments/4711 --field body=@comment.md';
    const change = (preserve: string): void => {
      write('intents/prod.yaml', intent('prod', preserve));
      masq('synth');
      git('commit', '--quiet', '--all', '--message', 'two');
    };

    test('has a comment that says what changes for packets, and what is applied differently', () => {
      expect(comment(FIRST)).toBe(
        '<!-- masq diff -->\n### masq: what changes for packets\n\n**no changes; 1 cluster compared**\n',
      );
      write('own.txt', '4711\n');
      change('[10.0.0.0/8, 172.16.0.0/12]');
      const told = comment(PATCH);
      expect(told).toContain('| `172.16.0.0/12` | 1,048,576 IPv4 addresses | masqueraded → **preserved** |');
      expect(told).toMatch(/^```diff\n[\s\S]*^\+ +- 172\.16\.0\.0\/12[\s\S]*^<\/details>\n$/m);
      expect(told.startsWith('<!-- masq diff -->\n')).toBe(true);
    });

    test('is compared with where it began, whatever came to its base since', () => {
      change('[10.0.0.0/8, 172.16.0.0/12]');
      const { github } = contexts as { github: { event: { pull_request: object } } };
      git('switch', '--quiet', '--create', 'other', 'HEAD^');
      write('intents/new.yaml', intent('new'));
      git('add', 'intents');
      git('commit', '--quiet', '--message', 'beside');
      const sha = git('rev-parse', 'HEAD');
      git('switch', '--quiet', '-');
      const moved = { ...github.event.pull_request, base: { sha } };
      contexts = { github: { ...github, event: { pull_request: moved } } };
      expect(comment(FIRST)).toContain('**1 cluster changed; 1 cluster compared**');
    });

    test('with more than fits has a comment of what does', () => {
      change(`[${Array.from({ length: 60 }, (_, n) => `172.${16 + (n % 16)}.${n}.0/25`).join(', ')}]`);
      write('dist/long.yaml', `# ${'x'.repeat(90)}\n`.repeat(2000));
      git('add', 'dist');
      git('commit', '--quiet', '--message', 'long');
      const told = comment(FIRST);
      expect(told.length).toBeLessThan(65_536);
      expect(told.length).toBeGreaterThan(60_000);
      expect(told.endsWith('\n```\n</details>\n')).toBe(true);
    });

    test('with files that are wrong is red, and its comment says so', () => {
      write('intents/prod.yaml', intent('prod', HOST_BITS));
      git('commit', '--quiet', '--all', '--message', 'two');
      expect(comment(FIRST, [0, 2, 0])).toBe(
        '<!-- masq diff -->\n### masq: what changes for packets\n\nThis cannot be told: see the job.\n',
      );
    });

    test('is red at the changes that are named, and at no others', () => {
      change('[10.0.0.0/8, 172.16.0.0/12]');
      const file = join(folder, 'w.yml');
      const diff = (given: object): readonly unknown[] => {
        const uses = { uses: 'OWNER/masq/ci/diff@v1', with: { base: 'HEAD^', output: 'out.md', ...given } };
        writeFileSync(file, JSON.stringify({ jobs: { a: { steps: [uses] } } }));
        return ends(runJob(file, 'a', surroundings));
      };
      expect(diff({})).toEqual([0]);
      expect(diff({ 'fail-on': 'newly-preserved-public' })).toEqual([0]);
      expect(diff({ 'fail-on': 'newly-preserved-public\nnewly-preserved=172.16.0.0/16\n' })).toEqual([1]);
      expect(readFileSync(join(folder, 'out.md'), 'utf8')).toContain(
        '- **stopped by** newly-preserved=172.16.0.0/16: ',
      );
      expect(diff({ sides: 'intents\ndist\n' })).toEqual([0]);
      expect(readFileSync(join(folder, 'out.md'), 'utf8').split('<!-- masq diff -->')).toHaveLength(3);
      expect(diff({ sides: 'intents\n', 'fail-on': 'any' })).toEqual([1]);
      expect(diff({ 'fail-on': 'any-thing' })).toEqual([2]);
    });
  });

  test('this repository’s own job', () => {
    const results = runJob(OWN, 'examples', { ...surroundings, folder: ROOT });
    expect(ends(results)).toEqual([0, 0, 'skipped']);
  });

  test('what the action is given: files, a folder to work in, arguments of synth', () => {
    const file = join(folder, 'w.yml');
    const steps = (given: object) => {
      writeFileSync(file, JSON.stringify({ jobs: { a: { steps: [{ uses: './', with: given }] } } }));
      return runJob(file, 'a', surroundings);
    };
    write('other/odd name.yaml', intent('odd', '[10.0.0.0/8, 10.1.0.0/16]'));
    expect(ends(steps({ files: 'other/odd name.yaml\nintents\n', 'synth-check': 'false' }))).toEqual([0, 'skipped']);
    expect(ends(steps({ files: 'other\n', 'fail-on': 'warning' }))).toEqual([1, 0]);
    expect(ends(steps({ 'working-directory': 'intents' }))).toEqual([0, 0]);
    write('net/.masq.yaml', 'intents: [odd.yaml]\n');
    write('net/odd.yaml', intent('odd', HOST_BITS));
    const [found] = steps({ 'working-directory': 'net', 'sarif-file': 'masq.sarif' });
    expect(found!.output).toContain('::error file=net/odd.yaml,line=12,');
    expect(readFileSync(join(folder, 'net/masq.sarif'), 'utf8')).toContain('"uri": "net/odd.yaml"');
    expect(ends(steps({ 'synth-args': 'intents\n--output\nelsewhere\n' }))).toEqual([0, 1]);
    expect(() => steps({ file: 'x' })).toThrow('has no input file');
  });

  test.each(['bash', 'dash'])('plain shell: %s', shell => {
    const check = () =>
      spawnSync(shell, [join(ROOT, 'ci/check.sh')], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, MASQ: `node ${MASQ}` },
      });
    expect(check().status).toBe(0);
    write('intents/prod.yaml', intent('prod', '[10.0.0.0/8, 172.16.0.0/12]'));
    expect(check().status).toBe(1);
    write('intents/prod.yaml', intent('prod', HOST_BITS));
    expect(check().status).toBe(1);
  });

  test('the jobs of GitLab', () => {
    const jobs = parse(readFileSync(join(ROOT, 'ci/gitlab.yml'), 'utf8'));
    const { 'masq validate': validate, 'masq synth': synth, 'masq diff': diff } = jobs;
    mkdirSync(join(folder, 'bin'));
    symlinkSync(MASQ, join(folder, 'bin/masq'));
    const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` };
    const run = ({ script }: { script: string[] }, more = {}) =>
      spawnSync('bash', ['-eo', 'pipefail', '-c', script.join('\n')], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...env, ...more },
      }).status;
    expect([run(validate), run(synth)]).toEqual([0, 0]);
    write('.masq.yaml', 'intents: [intents]\n');
    git('init', '--quiet');
    git('add', 'intents');
    git('commit', '--quiet', '--message', 'one');
    const base = { CI_MERGE_REQUEST_DIFF_BASE_SHA: git('rev-parse', 'HEAD'), MASQ_FAIL_ON: '' };
    write('intents/prod.yaml', intent('prod', '[10.0.0.0/8, 172.16.0.0/12]'));
    const gates = ['', 'newly-masqueraded', 'newly-preserved', 'nothing'];
    expect(gates.map(MASQ_FAIL_ON => run(diff, { ...base, MASQ_FAIL_ON }))).toEqual([0, 0, 1, 2]);
    expect(readFileSync(join(folder, diff.artifacts.paths[0]), 'utf8')).toContain('`172.16.0.0/12`');
    write('intents/prod.yaml', intent('prod', HOST_BITS));
    expect([run(validate), run(synth)]).toEqual([1, 1]);
    expect(readFileSync(join(folder, validate.artifacts.reports.junit), 'utf8')).toContain('MQ101');
  });
});

describe('the runner', () => {
  const contexts = { github: { event: { number: 7 } }, inputs: { 'fail-on': 'error' } };
  test.each([
    ['github.event.number', 7],
    ["inputs.fail-on == 'error' && !cancelled()", true],
    ["(inputs.fail-on != 'error' || github.nothing) && github", undefined],
    ["'it''s'", "it's"],
  ])('evaluates %s', (expression, value) => expect(evaluate(expression, contexts)).toBe(value));

  test.each(['fromJSON()', 'env.X', "inputs.fail-on == 'a", '(github', 'github github'])('refuses %s', expression => {
    expect(() => evaluate(expression, contexts)).toThrow();
  });

  test('has what it runs', () => expect(existsSync(ACTION)).toBe(true));
});
