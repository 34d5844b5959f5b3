import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { HEADER } from '../../constructs/render';
import { doubleQuoted, isBroken, writeYaml } from '../../core/yaml';
import { isMissing } from '../cli/sandbox';
import { runs } from '../random';

/** PyYAML is one more reader where it is there; nothing needs it. */
const hasPyYaml = spawnSync('python3', ['-c', 'import yaml']).status === 0;

/** Texts that are something else to one reader or another when they stand without quotes. */
const WORDS = [
  ...['on', 'Off', 'yes', 'NO', 'y', 'n', 'true', 'False', 'null', 'Null', '~', '', '=', '<<', '-', '?', '---', '...'],
  ...[
    '1e3',
    '1E+3',
    '.5',
    '5.',
    '+1',
    '-0',
    '0x1f',
    '-0X1F',
    '0o17',
    '017',
    '0b11',
    '0b-1',
    '1_000',
    '-_1',
    '_1',
    '1_',
  ],
  ...['12:30', '-190:20:30.15', '.inf', '-.INF', '.nan', '.NaN', '2026-01-01', '2001-12-14t21:59:43.10-05:00', '1.10'],
  ...['a: b', 'a:', ': a', '# a', 'a #b', '- a', '? a', '!a', '&a', '*a', '%a', '@a', '`a', '"', "'", '{}', '[]', ','],
  ...[
    ' a',
    'a ',
    '\n',
    '\na',
    'a\n',
    'a\n\n',
    ' a\nb',
    'a\n b',
    'a\n ',
    ' \n',
    ' \n ',
    '\n\n',
    'a\n  \nb',
    '\ta',
    'a\tb',
    'a\n\tb',
    'a\r\nb',
    '# a\nb',
  ],
  ...['partner\u2028firewall', 'a\u2029b', 'a\u0085b', '\ufeffa', 'a\ufeff', '\u007f', '\u009f', '\ufffe', '\uffff'],
  ...['\0', '\u001b[31m', '\\u2028', '\\', '"\u2028\'', 'a\n\u2028\nb', '\u00a0', '\u{1f600}', '\ue000', '\u{10ffff}'],
];

const CHARACTERS = [...' \t\n\r:#-?,[]{}&*!|>\'"%@`\\/ab01_.\u0085\u00a0\u2028\u2029\ufeff\ufffe\uffff\u007f\u0080\0'];

const text = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ unit: fc.constantFrom(...CHARACTERS) }),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[-+.]?[\d_]{1,4}[.:xo]?[\da-f_]{0,3}$/),
);

/** A ConfigMap with the texts in it: as annotations, and as files, which are blocks where they have lines. */
function manifest(texts: readonly string[]) {
  const named = (name: string) => Object.fromEntries(texts.map((value, index) => [`${name}${index}`, value]));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'texts', annotations: named('example.com/a') },
    data: named('file'),
  };
}

function withFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'masq-yaml-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
  return stdout;
}

/**
 * What kustomize reads and then cannot write: of its own output it refuses these, and some that nobody has listed.
 * `kubectl apply -f` has no part in it.
 */
const NOT_FOR_KUSTOMIZE = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]|(?:^|\n) *\t/;

/** What `kubectl kustomize` makes of an object: it writes what it has understood anew. */
function kustomized(object: string): string {
  return withFolder(folder => {
    writeFileSync(join(folder, 'object.yaml'), object);
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [object.yaml]\n');
    return run('kubectl', ['kustomize', folder]);
  });
}

/** The answer of something that may throw. */
function unless(work: () => string): string | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** JSON with every text in quotes and every special character escaped: no reader takes it for anything else. */
function plainJson(object: unknown): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(object).replace(/[\u007f-\u00a0\u2028\u2029\ufeff]/g, escaped);
}

const PYTHON = 'import sys, yaml, json; json.dump(yaml.safe_load(sys.stdin.buffer.read()), sys.stdout)';

/** Asks about many texts at once: all that are special, and random ones. */
function forManyTexts(numRuns: number, check: (texts: readonly string[]) => void): void {
  check(WORDS);
  fc.assert(fc.property(fc.array(text, { minLength: 200, maxLength: 200 }), check), {
    numRuns: runs(numRuns),
    endOnFailure: true,
  });
}

describe('texts stay the same texts', () => {
  test('for readers of YAML 1.2 and of 1.1', () => {
    forManyTexts(20, texts => {
      const written = writeYaml(manifest(texts));
      expect(parse(written)).toEqual(manifest(texts));
      expect(parse(written, { version: '1.1' })).toEqual(manifest(texts));
    });
  });

  test.skipIf(isMissing('kubectl', 'version', '--client'))('for kubectl', () => {
    let compared = 0;
    forManyTexts(10, texts => {
      const object = manifest(texts.filter(one => !NOT_FOR_KUSTOMIZE.test(one)));
      const wanted = unless(() => kustomized(plainJson(object)));
      if (wanted === undefined) return;
      compared++;
      expect(kustomized(`${HEADER}\n${writeYaml(object)}`)).toBe(wanted);
    });
    expect(compared).toBeGreaterThan(5);
  });

  test.runIf(hasPyYaml)('for PyYAML', () => {
    forManyTexts(10, texts => {
      expect(JSON.parse(run('python3', ['-c', PYTHON], writeYaml(manifest(texts))))).toEqual(manifest(texts));
    });
  });
});

test('as keys too', () => {
  fc.assert(
    fc.property(fc.dictionary(text, text), map => {
      const written = writeYaml({ map });
      expect(parse(written, { version: '1.1', uniqueKeys: false })).toEqual({ map });
      expect(written).not.toMatch(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/);
    }),
  );
});

test('what is a number, true or nothing stays that', () => {
  const data = { a: 1, b: -1.5, c: true, d: null, e: [], f: {}, g: [{ h: 1e21 }] };
  expect(parse(writeYaml(data), { version: '1.1' })).toEqual(data);
});

test('the same object twice is written twice: not every reader follows an alias', () => {
  const twice = { a: 1 };
  expect(writeYaml({ one: twice, two: twice })).toBe('one:\n  a: 1\ntwo:\n  a: 1\n');
});

test('addresses need no quotes', () => {
  const list = ['10.0.0.1', '10.0.0.0/8', '2001:db8::/32', '::/0', '60s', 'fd00::1', '1.29.4-gke.100'];
  expect(writeYaml(list)).toBe(list.map(item => `- ${item}\n`).join(''));
});

test('half of a surrogate pair is not written', () => {
  expect(() => writeYaml({ a: ['x\ud800'] })).toThrow('"x\\ud800" holds half of a character');
  expect(() => writeYaml({ '\udc00': 1 })).toThrow('"\\udc00" holds half of a character');
});

test('half of a surrogate pair is told from a whole one', () => {
  expect(['a', '\u{1f600}', '\ud800', 'a\udc00', '\ud83d\ude00'].map(isBroken)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});

test('a quoted text is one line that YAML and JSON read alike', () => {
  fc.assert(
    fc.property(text, value => {
      const written = doubleQuoted(value);
      expect(written).toMatch(/^"[\t\x20-\x7e\u00a0-\u{10ffff}]*"$/u);
      expect([JSON.parse(written), parse(written, { version: '1.1' })]).toEqual([value, value]);
    }),
  );
});
