import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram, isBuildable } from './runtimes';

/** What the agent's container may use at most, half of it left for others. */
const MEMORY = 48 * 2 ** 20;
/** Ten times what the slowest of the files takes: a hang, not a busy machine, is what ends by it. In seconds. */
const CPU = 30;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const MANY = numbers(50_000).map(n => `${11 + (n >> 15)}.${(n >> 7) & 255}.${(n << 1) & 255}.0/24`);
const LIST = 'cidrLimit: 99999\nnonMasqueradeCIDRs:\n';

/** Files of which a parser makes more than a node has, and what is said of them first. */
const FILES: readonly (readonly [name: string, text: string, words: string])[] = [
  ['entries that are none', `${LIST}${'- bad\n'.repeat(160_000)}`, 'f:3:3 error MQ111 "bad" is not an IP address'],
  [
    'entries without a value',
    `${LIST}${'-\n'.repeat(500_000)}`,
    'f:3:2 error MQ211 nonMasqueradeCIDRs[0] has no value',
  ],
  [
    'numbers',
    `{"nonMasqueradeCIDRs":[${'1,'.repeat(500_000)}1]}`,
    'f:1:24 error MQ204 nonMasqueradeCIDRs[0] 1 is a number',
  ],
  ['empty maps', `nonMasqueradeCIDRs: [${'{},'.repeat(10_000)}1]`, 'f:1:22 error MQ204 nonMasqueradeCIDRs[0] is a map'],
  [
    'keys',
    numbers(100_000)
      .map(n => `k${n}: 1\n`)
      .join(''),
    'f:1:1 error MQ203 unknown key "k0"',
  ],
  ['one key again and again', 'a: 1\n'.repeat(200_000), 'f:2:1 error MQ202 key "a" stands twice'],
  [
    'anchors',
    numbers(60_000)
      .map(n => `k${n}: &a${n} x\n`)
      .join(''),
    'f:1:1 error MQ209 a file of 1057780 character',
  ],
  [
    'merge keys',
    `a: &a {masqLinkLocal: true}\n<<: [${'*a,'.repeat(300_000)}*a]\n`,
    'f:1:1 error MQ209 a file of 900037',
  ],
  ['aliases', `a: &a 10.0.0.0/8\nnonMasqueradeCIDRs: [${'*a,'.repeat(9000)}*a]\n`, 'f:1:1 error MQ203 unknown key "a"'],
  ['quotes', '"'.repeat(1_000_000), 'f:1:1 error MQ209 a file of 1000000 characters'],
  ['brackets', ']'.repeat(1_000_000), 'f:1:1 error MQ209 a file of 1000000 characters'],
  ['documents', '---\n'.repeat(250_000), 'f:2:1 error MQ209 a file of 1000000 characters'],
  // As long as what is parsed.
  ['brackets in a line', ']'.repeat(250_000), 'f:1:1 error MQ209 a file of 250000 characters'],
  ['brackets in lines', `${']'.repeat(60_000)}\n`.repeat(4), 'f:1:1 error MQ209 a file of 240004 characters'],
  [
    'maps in a list',
    `nonMasqueradeCIDRs: [${'{},'.repeat(13_000)}1]`,
    'f:1:22 error MQ204 nonMasqueradeCIDRs[0] is a map',
  ],
  ['lines of a text', `a: |\n${' x\n'.repeat(80_000)}`, 'f:1:1 error MQ203 unknown key "a"'],
  [
    'lists in lists',
    `x: [${`${'['.repeat(60)}1${']'.repeat(60)},\n `.repeat(300)}]`,
    'f:1:1 error MQ203 unknown key "x"',
  ],
  ['blank lines', '\n'.repeat(1_000_000), 'f:1:1 warning MQ310 the file is empty'],
  [
    'one long value',
    `nonMasqueradeCIDRs: ["${'1'.repeat(2_000_000)}"]`,
    'f:1:1 error MQ209 a file of 2000024 characters',
  ],
  ['more than is read', 'a'.repeat(2 ** 21 + 1), 'f is larger than 2097152 bytes'],
  [
    'one mistake in a long list',
    LIST +
      MANY.with(40_000, '10.0.0.1/8')
        .map(c => `- ${c}\n`)
        .join(''),
    'f:40003:3 error MQ101',
  ],
];

describe.runIf(isBuildable('quickjs'))('with little memory, the static executable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masq-bounds-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let program: readonly string[];
  beforeAll(async () => {
    program = await buildProgram('quickjs', 'agent/entry', folder);
  });

  test.each(FILES)('says what is wrong with a file: %s', (_, text, words) => {
    writeFileSync(join(folder, 'f'), text);
    const limits = [`--as=${MEMORY}`, `--cpu=${CPU}`];
    const { stdout, stderr, status } = spawnSync('prlimit', [...limits, ...program, 'check', 'f'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
    });
    expect(stdout.slice(0, words.length)).toBe(words);
    expect(stdout.split('\n').length).toBeLessThan(words.includes('MQ2') ? 20_000 : 50);
    expect({ stderr, status }).toEqual({ stderr: '', status: words.includes(' warning ') ? 0 : 1 });
  });
});
