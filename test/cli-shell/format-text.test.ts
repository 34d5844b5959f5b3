import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textFormatter } from '../../cli/format/text';
import type { Diagnostic, Location } from '../../core/diagnostics';
import { at, finding, position, report } from './findings';

const text = (diagnostics: Diagnostic[], sources: Record<string, string> = {}, quiet = true): string =>
  textFormatter.format(report(diagnostics, sources), { color: false, quiet });

/** The lines of the excerpt of one finding, without the line that says what is wrong. */
const excerpt = (source: string, where: Location): string =>
  text([finding('MQ101', where)], { f: source })
    .split('\n')
    .slice(1, -1)
    .join('\n');

const NET = `spec:
  masquerade:
    preserve:
      - cidr: 198.15.5.92/24
      - cidr: 10.0.0.0/8
`;

test('a whole output', () => {
  const first = finding(
    'MQ101',
    at('net.yaml', NET, '198.15.5.92/24'),
    'CIDR "198.15.5.92/24" has host bits set; did you mean "198.15.5.0/24"?',
    {
      hint: 'the prefix /24 keeps 24 bits',
    },
  );
  const second = finding('MQ120', at('net.yaml', NET, '10.0.0.0/8'), 'CIDR "10.0.0.0/8" is given twice', {
    related: [{ ...at('other.yaml', NET, 'preserve'), message: 'first given here' }],
  });
  expect(text([first, second], { 'net.yaml': NET, 'other.yaml': '' }, false)).toBe(`\
net.yaml:4:15 error MQ101 CIDR "198.15.5.92/24" has host bits set; did you mean "198.15.5.0/24"?
  4 |       - cidr: 198.15.5.92/24
    |               ^^^^^^^^^^^^^^
  hint: the prefix /24 keeps 24 bits

net.yaml:5:15 warning MQ120 CIDR "10.0.0.0/8" is given twice
  5 |       - cidr: 10.0.0.0/8
    |               ^^^^^^^^^^
  note: other.yaml:3:5 first given here

1 error, 1 warning in 2 files (2 documents)
`);
});

describe('the summary', () => {
  const of = (codes: ('MQ101' | 'MQ120' | 'MQ122')[], files: string[], documents: number): string =>
    textFormatter
      .format(
        report(
          codes.map(code => finding(code, {})),
          {},
          { files, documents },
        ),
        { color: false },
      )
      .split('\n')
      .at(-2)!;

  test.each([
    [of([], ['a', 'b', 'c'], 5), 'no findings in 3 files (5 documents)'],
    [of(['MQ101', 'MQ101', 'MQ120'], ['a', 'b', 'c'], 5), '2 errors, 1 warning in 3 files (5 documents)'],
    [of(['MQ122', 'MQ122'], ['a'], 1), '2 notes in 1 file (1 document)'],
    [of(['MQ101'], [], 0), '1 error'],
    [of([], [], 0), 'no findings'],
  ])('%s', (given, wanted) => expect(given).toBe(wanted));

  test('is left out when quiet, and then nothing is left of a clean run', () => {
    expect(text([], { a: '' })).toBe('');
  });
});

describe('the place', () => {
  const first = (d: Diagnostic): string => text([d]);

  test.each<[string, Diagnostic, string]>([
    ['a construct', finding('MQ101', { construct: 'app/prod/agent' }), '[app/prod/agent] error MQ101 it is wrong\n'],
    [
      'a construct and a way',
      finding('MQ101', { construct: 'app', path: ['preserve', 0, 'a/b', 'cidr'] }),
      '[app] error MQ101 it is wrong\n  at: preserve[0]["a/b"].cidr\n',
    ],
    ['a file', finding('MQ904', { file: 'a.yaml' }), 'a.yaml error MQ904 it is wrong\n'],
    [
      'a file and a construct',
      finding('MQ904', { file: 'a.yaml', construct: 'app' }),
      'a.yaml [app] error MQ904 it is wrong\n',
    ],
    ['no place', finding('MQ902', {}), 'error MQ902 it is wrong\n'],
    ['a file without text', finding('MQ101', at('a.yaml', 'x', 'x')), 'a.yaml:1:1 error MQ101 it is wrong\n'],
    [
      'a related construct',
      finding('MQ902', {}, 'm', { related: [{ construct: 'app/b', message: 'here' }, { message: 'nowhere' }] }),
      'error MQ902 m\n  note: [app/b] here\n  note: nowhere\n',
    ],
  ])('%s', (_, d, wanted) => expect(first(d)).toBe(wanted));

  test('a line that the text does not have', () => {
    const where = {
      file: 'f',
      range: { start: { line: 9, column: 1, offset: 0 }, end: { line: 9, column: 2, offset: 1 } },
    };
    expect(excerpt('a\n', where)).toBe('');
  });
});

describe('the excerpt', () => {
  const range = (source: string, from: number, to: number): Location => ({
    file: 'f',
    range: { start: position(source, from), end: position(source, to) },
  });

  test.each<[string, string, Location, string]>([
    ['tabs', 'a:\n\t- x\tbad\n', at('f', 'a:\n\t- x\tbad\n', 'bad'), '  2 |     - x bad\n    |         ^^^'],
    ['a tab in the range', 'a\tb', at('f', 'a\tb', '\t'), '  1 | a   b\n    |  ^^^'],
    ['CRLF', 'a: 1\r\nb: 2\r\n', range('a: 1\r\nb: 2\r\n', 9, 11), '  2 | b: 2\n    |    ^'],
    ['a byte order mark', '\ufeffa: bad', at('f', '\ufeffa: bad', 'bad'), '  1 | a: bad\n    |    ^^^'],
    ['a range at the mark', '\ufeffa: b', range('\ufeffa: b', 0, 1), '  1 | a: b\n    | ^'],
    ['an empty range', 'a: b', range('a: b', 3, 3), '  1 | a: b\n    |    ^'],
    ['behind the end', 'a:', range('a:', 2, 2), '  1 | a:\n    |   ^'],
    ['an empty line', 'a\n\nb', range('a\n\nb', 2, 2), '  2 |\n    | ^'],
    ['an empty text', '', range('', 0, 0), '  1 |\n    | ^'],
    ['wide letters', 'k: 日本 bad', at('f', 'k: 日本 bad', 'bad'), '  1 | k: 日本 bad\n    |         ^^^'],
    ['under wide letters', 'k: 日本', at('f', 'k: 日本', '日本'), '  1 | k: 日本\n    |    ^^^^'],
    ['emoji of several code points', '# 👩‍💻 é x', at('f', '# 👩‍💻 é x', 'x'), '  1 | # 👩‍💻 é x\n    |        ^'],
    ['a combining mark', 'e\u0301 x', at('f', 'e\u0301 x', 'x'), '  1 | e\u0301 x\n    |   ^'],
    [
      'several lines',
      'a:\n  b: 1\n  c: 2\nd: 3',
      at('f', 'a:\n  b: 1\n  c: 2\nd: 3', 'b: 1', 'c: 2'),
      '  2 |   b: 1\n    |   ^^^^ … to line 3',
    ],
    ['up to the next line', 'a: 1\nb: 2', range('a: 1\nb: 2', 0, 5), '  1 | a: 1\n    | ^^^^'],
    ['up to a later line', 'a: 1\nb: 2\nc', range('a: 1\nb: 2\nc', 0, 10), '  1 | a: 1\n    | ^^^^ … to line 2'],
    ['controls', 'a: \x1b[31mb', at('f', 'a: \x1b[31mb', 'b'), '  1 | a: ␛[31mb\n    |         ^'],
    ['text that is turned round', 'a: \u202eb', at('f', 'a: \u202eb', 'b'), '  1 | a: \ufffdb\n    |     ^'],
  ])('%s', (_, source, where, wanted) => expect(excerpt(source, where)).toBe(wanted));

  test('the gutter grows with the number', () => {
    const source = `${'\n'.repeat(99)}a: bad`;
    expect(excerpt(source, at('f', source, 'bad'))).toBe('  100 | a: bad\n      |    ^^^');
  });

  test('a long line is cut around the range', () => {
    const source = `${'a'.repeat(200)} bad ${'b'.repeat(200)}`;
    expect(excerpt(source, at('f', source, 'bad'))).toBe(
      `  1 | …${'a'.repeat(29)} bad ${'b'.repeat(66)}…\n    | ${' '.repeat(31)}^^^`,
    );
  });

  test('a long line keeps its start, or its end, when the range is near', () => {
    const source = `bad ${'b'.repeat(200)} end`;
    expect(excerpt(source, at('f', source, 'bad'))).toBe(`  1 | bad ${'b'.repeat(96)}…\n    | ^^^`);
    expect(excerpt(source, at('f', source, 'end'))).toBe(`  1 | …${'b'.repeat(96)} end\n    | ${' '.repeat(98)}^^^`);
  });

  test('a range longer than the window is cut as well', () => {
    const source = `k: ${'x'.repeat(5000)}`;
    expect(excerpt(source, at('f', source, 'x'.repeat(5000)))).toBe(
      `  1 | k: ${'x'.repeat(97)}…\n    |    ${'^'.repeat(97)}`,
    );
  });

  test('any range of any text has carets, and no line is wider than the window', () => {
    const cells = fc.array(
      fc.constantFrom('a', ' ', '\t', '\n', '\r\n', '日', '👩‍💻', '\ufeff', '\u0301', '\x1b', 'x'.repeat(90)),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(cells, fc.nat(), fc.nat(), (parts, a, b) => {
        const source = parts.join('');
        const [from, to] = [a % (source.length + 1), b % (source.length + 1)].sort((x, y) => x - y);
        const lines = excerpt(source, range(source, from!, to!)).split('\n');
        expect(lines).toHaveLength(2);
        expect(lines[1]).toMatch(/^ +\| *\^+( … to line \d+)?$/);
        expect(lines[1]!.replace(/ … to.*/, '').length).toBeLessThanOrEqual(2 + 4 + 1 + 102);
      }),
    );
  });
});

test('nothing that was quoted can steer the terminal', () => {
  const d = finding('MQ101', { file: 'a\nb' }, 'value "\x1b[2J\r\x07"', { hint: 'x\u009by' });
  expect(text([d])).toBe('a␊b error MQ101 value "␛[2J␍␇"\n  hint: x\ufffdy\n');
});

test('colours', () => {
  const d = finding('MQ120', at('f', 'a: b', 'b'));
  expect(textFormatter.format(report([d], { f: 'a: b' }), { color: true, quiet: true })).toBe(
    'f:1:4 \x1b[33mwarning\x1b[39m MQ120 it is wrong\n  \x1b[2m1 |\x1b[22m a: b\n  \x1b[2m  |\x1b[22m    \x1b[33m^\x1b[39m\n',
  );
});
