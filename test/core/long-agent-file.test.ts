import { describe, expect, test } from 'vitest';
import { readFrugally } from '../../core/agentfile/long';
import { type ReadAgentFile, readAgentFile } from '../../core/agentfile/read';
import { SourceText } from '../../core/source/text';
import { fuzz, randomness } from '../dataplane/fuzz';
import { changed } from './agent-file-fuzz';
import { LONG_FILE } from './long-file-fuzz';

const COUNT = 3000;
const LIST = Array.from({ length: COUNT }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
const LIMIT = 'cidrLimit: 99999\n';

/** A list as a file that is too long to be read at once, in several ways. */
const WAYS: readonly (readonly [string, (list: readonly string[]) => string])[] = [
  ['YAML', list => `${LIMIT}nonMasqueradeCIDRs:\n${list.map(item => `- ${item}\n`).join('')}masqLinkLocal: false\n`],
  [
    'YAML with comments',
    list => `${LIMIT}nonMasqueradeCIDRs:\n${list.map(item => `# pod\n  - ${item} # 1\n`).join('')}`,
  ],
  [
    'YAML of Windows',
    list => `${LIMIT}nonMasqueradeCIDRs:\n${list.map(item => `- ${item}\n`).join('')}`.replaceAll('\n', '\r\n'),
  ],
  ['YAML in brackets', list => `${LIMIT}nonMasqueradeCIDRs: [${list.join(', ')}]\n`],
  ['YAML in brackets over lines', list => `${LIMIT}nonMasqueradeCIDRs: [\n  ${list.join(',\n  ')}\n]\n`],
  ['JSON', list => `{"cidrLimit":99999,"nonMasqueradeCIDRs":[${list.map(quoted).join(',')}]}`],
  [
    'JSON in lines',
    list => `{\n  "nonMasqueradeCIDRs": [\n    ${list.map(quoted).join(',\n    ')}\n  ],\n  "cidrLimit": 99999\n}\n`,
  ],
];

/** The ways that are plain: such files may be very long. */
const PLAIN_WAYS = WAYS.filter(([name]) => !name.startsWith('YAML in brackets'));

function quoted(text: string): string {
  return text === '' ? '' : `"${text}"`;
}

function said(text: string, strictness = {}): string[] {
  return readFrugally(new SourceText('f', text), strictness).diagnostics.map(({ code, range, message }) => {
    const { line, column } = range?.start ?? {};
    return `${line}:${column} ${code} ${message}`;
  });
}

/** Both readers of a text, which are to answer the same. */
function readings(text: string): [ReadAgentFile, ReadAgentFile] {
  const source = new SourceText('f', text);
  return [readFrugally(source, { unnecessary: 'skip' }), readAgentFile(source, { unnecessary: 'skip' })];
}

describe.each(WAYS)('a long file in %s', (_, file) => {
  test('is read when it is right', () => {
    const [frugal, strict] = readings(file(LIST));
    expect(frugal).toEqual(strict);
    expect(frugal).toMatchObject({ diagnostics: [] });
  });

  test.each([
    ['host bits', '10.0.0.1/8'],
    ['no entry', ''],
    ['no prefix', '10.0.0.0'],
    ['no address', 'pods'],
    ['a zero too many', '010.0.0.0/8'],
    ['a map', '{a: 1}'],
    ['a gap', '$(PODS)'],
  ])('has its mistake told where it stands: %s', (_, entry) => {
    const [frugal, strict] = readings(file(LIST.with(2345, entry)));
    expect(frugal).toEqual(strict);
    expect(frugal).not.toHaveProperty('config');
  });

  test('is too long for its limit', () => {
    const [frugal, strict] = readings(file(LIST).replace('99999', '2999'));
    expect(frugal).toEqual(strict);
    expect(frugal).toMatchObject({ diagnostics: [{ code: 'MQ122', message: expect.stringContaining('3000') }] });
  });
});

test.each(PLAIN_WAYS)('a long file in %s has more mistakes than anybody mends at once', (_, file) => {
  const lines = said(file(LIST.map((cidr, n) => (n % 3 === 1 ? `${cidr}0` : cidr))));
  expect(lines).toHaveLength(41);
  expect(lines.at(-1)).toMatch(/ MQ219 960 more entries and keys like these were not looked at/);
});

test.each([
  ['a comment that is part of a text', 'resyncInterval: >-\n  60s\n  # PAD\n'],
  ['a comment in quotes', 'resyncInterval: "60\\\n# PAD\n  s"\n'],
  ['an entry below a text', 'masqLinkLocal: true\n  - 10.1.0.0/16\n# PAD\n'],
  ['entries of another key', 'cidrLimit: 1\nothers:\n- 10.1.0.0/16\n- 10.2.0.0/16\n# PAD\n'],
  ['a number that Go has other ways for', 'resyncInterval: 1.5h\n# PAD\n'],
])('a long file is what a short one is: %s', (_, text) => {
  const long = `nonMasqueradeCIDRs:\n- 10.0.0.0/8\n${text.replace('PAD', 'x'.repeat(17_000))}`;
  const source = new SourceText('f', long);
  const strictness = { unnecessary: 'skip', unknownKeys: 'warn' } as const;
  expect(readFrugally(source, strictness)).toEqual(readAgentFile(source, strictness));
});

test('3,000 long files, ordinary and odd, are read alike', () => {
  const { taken } = fuzz(LONG_FILE, 3_000);
  expect(taken).toBeGreaterThan(500);
}, 60_000);

/** Where a text is faulty. */
function places(read: ReadAgentFile): unknown {
  const faults = read.diagnostics.map(({ code, range }) => `${range?.start.line}:${range?.start.column} ${code}`);
  return { isTaken: read.config !== undefined, faults };
}

function isSyntax({ diagnostics }: ReadAgentFile): boolean {
  return diagnostics.some(({ code }) => code === 'MQ201' || code === 'MQ215');
}

test('mistakes of all kinds are told of a long file where the strict reader tells them', () => {
  const random = randomness(7);
  let compared = 0;
  for (let n = 0; n < 300; n++) {
    const [, file] = WAYS[random(WAYS.length)]!;
    let text = file(LIST.slice(0, 1500));
    for (let changes = 1 + random(2); changes > 0; changes--) text = changed(text, random);
    const [frugal, strict] = readings(text);
    // Where the parser has lost its way, each reader may be told another end of it.
    if (isSyntax(frugal) || isSyntax(strict)) continue;
    expect(places(frugal), `file ${n}`).toEqual(places(strict));
    compared++;
  }
  expect(compared).toBeGreaterThan(100);
});

describe('a very long file', () => {
  const many = Array.from({ length: 50_000 }, (_, n) => `${11 + (n >> 15)}.${(n >> 7) & 255}.${(n << 1) & 255}.0/24`);

  test.each(PLAIN_WAYS)('is read when it is written plainly: %s', (_, file) => {
    const read = readFrugally(new SourceText('f', file(many)));
    expect(read.config?.nonMasqueradeCIDRs).toHaveLength(50_000);
    expect(read.diagnostics).toEqual([]);
  });

  test('is read when its values are written in other ways', () => {
    const text = WAYS[0]![1](many).replace('masqLinkLocal: false', 'masqLinkLocal: True\nresyncInterval: 1.5h');
    const { config, diagnostics } = readFrugally(new SourceText('f', text));
    expect(diagnostics).toEqual([]);
    expect(config).toMatchObject({ masqLinkLocal: true, resyncInterval: '1.5h' });
    expect(config?.nonMasqueradeCIDRs).toHaveLength(50_000);
  });

  test.each(PLAIN_WAYS)('has its mistake told where it stands: %s', (_, file) => {
    const at = file(many.with(40_000, '!!!'));
    const [told, ...others] = said(file(many.with(40_000, '10.0.0.1/8')));
    expect(others).toEqual([]);
    const before = at.slice(0, at.indexOf('!!!')).split('\n');
    expect(told).toMatch(`${before.length}:${before.at(-1)!.length + 1} MQ101 CIDR "10.0.0.1/8" has host bits set`);
  });

  test.each([
    [
      'anchors',
      `nonMasqueradeCIDRs:\n${many.map((item, n) => `- &a${n} ${item}\n`).join('')}`,
      '2:1',
      '- &a0 11.0.0.0/24',
    ],
    [
      'brackets',
      `${LIMIT}nonMasqueradeCIDRs: [${many.join(', ')}]\n`,
      '2:1',
      'nonMasqueradeCIDRs: [11.0.0.0/24, 11.0.2.0/24, 11.0.4.0/24, ',
    ],
    [
      'a tab',
      JSON.stringify({ cidrLimit: 99999, nonMasqueradeCIDRs: many }).replace('{', '{\t'),
      '1:2',
      '{\t"cidrLimit":99999,"nonMasqueradeCIDRs":["11.0.0.0/24","11.',
    ],
    ['quotes', '"'.repeat(1e6), '1:1', '"'.repeat(60)],
    ['prose', 'the quick brown fox\n'.repeat(50_000), '1:1', 'the quick brown fox'],
    ['documents', '---\n'.repeat(250_000), '2:1', '---'],
    ['aliases', `a: &a 10.0.0.0/8\nnonMasqueradeCIDRs: [${'*a, '.repeat(250_000)}]\n`, '1:1', 'a: &a 10.0.0.0/8'],
  ])('is refused where it is written otherwise: %s', (_, text, place, quote) => {
    const message = `a file of ${text.length} characters is read only when it is written plainly, and "${quote}" is not; `;
    const [told, ...others] = said(text);
    expect(others).toEqual([]);
    expect(told).toContain(`${place} MQ209 ${message}`);
  });

  test('has link-local in its list, which it masquerades', () => {
    const text = WAYS[0]![1](many.with(30_000, '169.254.7.0/24')).replace(
      'masqLinkLocal: false',
      'masqLinkLocal: true',
    );
    expect(said(text)).toEqual([expect.stringContaining('30003:3 MQ302 "169.254.7.0/24" preserves')]);
  });

  test('holds nothing but comments', () => {
    expect(said('# none\n'.repeat(100_000))).toEqual([expect.stringMatching(/^1:1 MQ310 the file is empty/)]);
  });

  test.each([
    ['an entry that preserves the internet', many.with(30_000, '0.0.0.0/0'), '30003:3 MQ303 "0.0.0.0/0" preserves'],
    [
      'a list that preserves the internet',
      [...many, ...Array.from({ length: 256 }, (_, n) => `${n}.0.0.0/8`)],
      'undefined:undefined MQ303 the list preserves',
    ],
  ])('is taken where something is to be said of it: %s', (_, list, words) => {
    const text = WAYS[0]![1](list);
    const read = readFrugally(new SourceText('f', text), { unnecessary: 'skip' });
    expect(read.config?.nonMasqueradeCIDRs).toHaveLength(list.length);
    expect(said(text, { unnecessary: 'skip' })).toEqual([expect.stringContaining(words)]);
  });
});
