import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOST_BITS, intent, ROOT, sandbox } from './sandbox';

const box = sandbox();
const RECORDER = join(__dirname, 'fixtures/record-files.cjs');

/** The files of the repository that a run reads, by their paths in it, and the modules that it asks for by name. */
function loaded(env: Record<string, string>, ...args: string[]): string[] {
  const { status } = box.masqWith(
    { node: ['--require', RECORDER], env: { MASQ_RECORD: box.path('record.txt'), ...env } },
    ...args,
  );
  expect(status).not.toBe(2);
  const files = box.read('record.txt').split('\n');
  return files.map(file => (file.startsWith(ROOT) ? relative(ROOT, file) : file)).filter(file => file !== '');
}

/** Modules of node itself and what is asked for to be read, by name, is not of interest here. */
const ofMasq = (files: readonly string[]) => files.filter(file => file.startsWith('lib/')).sort();
const ofPackages = (files: readonly string[]) =>
  files.filter(file => /(^|\/)(cdk8s|constructs|cdk8s-plus-27|yaml|ajv)(\/|$)|node_modules/.test(file));

const COLD: Record<string, string> = { NODE_DISABLE_COMPILE_CACHE: '1' };

describe('what a command loads', () => {
  const cases: readonly (readonly [args: string, bundles: readonly string[]])[] = [
    ['validate x.yaml', ['lib/cli/command/validate.js', 'lib/cli/masq.js']],
    ['validate -f sarif x.yaml', ['lib/cli/command/validate.js', 'lib/cli/masq.js']],
    ['rules', ['lib/cli/command/rules.js', 'lib/cli/masq.js']],
    ['rules MQ101', ['lib/cli/command/rules.js', 'lib/cli/masq.js']],
    ['schema', ['lib/cli/command/schema.js', 'lib/cli/masq.js']],
    ['init kubernetes', ['lib/cli/command/init.js', 'lib/cli/masq.js']],
    ['completion bash', ['lib/cli/command/completion.js', 'lib/cli/masq.js']],
    ['synth x.yaml', ['lib/cli/command/synth.js', 'lib/cli/masq.js']],
    ['--help', ['lib/cli/masq.js']],
    ['validate --help', ['lib/cli/masq.js']],
    ['--version', ['lib/cli/masq.js']],
  ];

  test.each(cases)('masq %s', (args, bundles) => {
    box.write('x.yaml', intent('a'));
    for (const env of [COLD, { XDG_CACHE_HOME: box.folder }, { XDG_CACHE_HOME: box.folder }]) {
      const files = loaded(env, ...args.split(' '), ...(args.startsWith('init') ? ['--force'] : []));
      expect(ofMasq(files)).toEqual(bundles);
      expect(ofPackages(files)).toEqual([]);
    }
  });

  test('the recorder would see packages', () => {
    box.write('x.yaml', intent('a'));
    const preload = box.write('preload.cjs', `require(${JSON.stringify(join(ROOT, 'node_modules/yaml'))});\n`);
    const run = box.masqWith(
      { node: ['--require', RECORDER, '--require', box.path(preload)], env: { MASQ_RECORD: box.path('record.txt') } },
      'validate',
      'x.yaml',
    );
    expect(run.status).toBe(0);
    expect(ofPackages(box.read('record.txt').split('\n'))).not.toEqual([]);
  });

  test('the bundles of other commands than synth have nothing of cdk8s in them', () => {
    for (const command of ['validate', 'rules', 'schema', 'init', 'completion']) {
      const text = readFileSync(join(ROOT, `lib/cli/command/${command}.js`), 'utf8');
      expect(text.includes('jsii.rtti'), command).toBe(false);
    }
    expect(readFileSync(join(ROOT, 'lib/cli/command/synth.js'), 'utf8').includes('jsii.rtti')).toBe(true);
  });
});

/** Where the code begins, behind the line that says which bundle it is of. */
const endOfKey = (kept: Buffer) => kept.indexOf('\n') + 1;

describe('the compiled code that is kept', () => {
  const cache = () => box.path('cache/masq');
  const run = (env: Record<string, string> = {}) =>
    box.masqWith({ env: { XDG_CACHE_HOME: box.path('cache'), ...env } }, 'validate', 'x.yaml');
  const kept = () => join(cache(), readdirSync(cache())[0]!);

  function fill(): Buffer {
    box.write('x.yaml', intent('a', HOST_BITS));
    mkdirSync(box.path('cache'));
    run();
    expect(readdirSync(cache())).toEqual([expect.stringMatching(/^validate-v.*\.v8$/)]);
    return readFileSync(kept());
  }

  test('changes nothing', () => {
    fill();
    const warm = run();
    expect(warm).toMatchObject({ status: 1, stderr: '', stdout: expect.stringContaining('x.yaml:12:16 error MQ101') });
    expect(run(COLD)).toEqual(warm);
  });

  test('is not kept with NODE_DISABLE_COMPILE_CACHE', () => {
    box.write('x.yaml', intent('a', HOST_BITS));
    mkdirSync(box.path('cache'));
    expect(run(COLD).status).toBe(1);
    expect(readdirSync(box.path('cache'))).toEqual([]);
  });

  /** What happens to the file; V8 runs damaged code, which may never end. */
  const DAMAGES: readonly (readonly [what: string, damage: (good: Buffer) => Buffer])[] = [
    ['empty', () => Buffer.alloc(0)],
    ['cut after its first line', good => good.subarray(0, endOfKey(good))],
    ['cut in the middle', good => good.subarray(0, good.length >> 1)],
    ['cut by a byte', good => good.subarray(0, -1)],
    ['longer', good => Buffer.concat([good, Buffer.from('more')])],
    ['text behind a good first line', good => Buffer.concat([good.subarray(0, endOfKey(good)), Buffer.alloc(99, 'x')])],
    [
      'zeros in its last half, as after a power cut',
      good => Buffer.concat([good.subarray(0, good.length >> 1), Buffer.alloc(good.length - (good.length >> 1))]),
    ],
    ...[0.03, 0.2, 0.5, 0.7, 0.95].map((place): (typeof DAMAGES)[number] => [
      `other bytes at ${place}`,
      good => flipped(good, Math.floor(good.length * place)),
    ]),
  ];

  function flipped(good: Buffer, at: number): Buffer {
    const bytes = Buffer.from(good);
    for (let i = at; i < at + 16; i++) bytes[i]! ^= 0x5a;
    return bytes;
  }

  test.each(DAMAGES)('does no harm when it is %s, and is mended', (_what, damage) => {
    const good = fill();
    const wanted = run(COLD);
    box.write(relative(box.folder, kept()), damage(good));
    expect(run()).toEqual(wanted);
    expect(readFileSync(kept()).length).toBeGreaterThan(good.length / 2);
    expect(run()).toEqual(wanted);
  });

  test('is that of the same bundle only', () => {
    const good = fill();
    const other = Buffer.from(good);
    other.write('/some/where/else', good.indexOf('/'));
    box.write(relative(box.folder, kept()), other);
    expect(run().status).toBe(1);
    const line = good.subarray(0, endOfKey(good));
    expect(readFileSync(kept()).subarray(0, line.length)).toEqual(line);
  });

  test('is read by its user alone', () => {
    fill();
    expect(box.stat('cache/masq').mode & 0o077).toBe(0);
    expect(box.stat(relative(box.folder, kept())).mode & 0o077).toBe(0);
  });

  test('two runs at once', () => {
    box.write('x.yaml', intent('a'));
    mkdirSync(box.path('cache'));
    const script = 'for i in 1 2 3 4 5 6; do masq validate -q x.yaml & done; wait; ls cache/masq | wc -l';
    const { stdout, stderr } = box.bash(script, { XDG_CACHE_HOME: box.path('cache') });
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: '1', stderr: '' });
    truncateSync(kept(), 100);
    expect(run().status).toBe(0);
  });

  /** Homes in which nothing can be kept: what they are, and what makes them so. */
  const HOMES: readonly (readonly [what: string, make: () => void])[] = [
    ['is read-only', () => mkdirSync(box.path('home'), { mode: 0o555 })],
    [
      'has a read-only cache',
      () => {
        mkdirSync(box.path('home'));
        mkdirSync(box.path('home/.cache'), { mode: 0o555 });
      },
    ],
    ['does not exist', () => undefined],
    ['is a file', () => box.write('home', '')],
  ];
  test.each(HOMES)('a home that %s', (_what, make) => {
    box.write('x.yaml', intent('a'));
    make();
    const env = { HOME: box.path('home'), XDG_CACHE_HOME: '' };
    const there = existsSync(box.path('home'));
    const before = box.list();
    for (const args of [
      ['validate', 'x.yaml'],
      ['rules', 'MQ101'],
    ]) {
      const { status, stderr } = box.masqWith({ env, unprivileged: true }, ...args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    expect(box.list()).toEqual(before);
    expect(existsSync(box.path('home'))).toBe(there);
  });
});
