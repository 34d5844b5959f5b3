import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, parseDocument, Scalar } from 'yaml';
import { embeddedText, parseSource } from '../../core/source';
import { runs } from '../random';

const PATH = ['data', 'config'];

/** What is embedded at data.config of a document, with the outer text. */
function embedded(outer: string) {
  const { documents, diagnostics } = parseSource('outer.yaml', outer);
  expect(diagnostics).toEqual([]);
  const document = documents[0]!;
  const value = (document.value as { data: { config: string } }).data.config;
  return { value, inner: embeddedText(document, PATH, value) };
}

/** Each character of the value that is neither blank nor escaped has to come from the same character outside. */
function checkPlaces(outer: string, mayEscape: boolean): void {
  const { value, inner } = embedded(outer);
  let last = 0;
  for (let i = 0; i < value.length; i++) {
    const { offset, line, column } = inner.position(i);
    expect(offset).toBeGreaterThanOrEqual(last);
    last = offset;
    const before = outer.slice(0, offset).split('\n');
    expect([line, column]).toEqual([before.length, before.at(-1)!.length + 1]);
    if (/\s/.test(value.charAt(i))) continue;
    const outside = outer.charAt(offset);
    if (outside !== value.charAt(i)) expect([outside, mayEscape]).toEqual(['\\', true]);
  }
}

const word = fc.constantFrom(
  ...[
    'nonMasqueradeCIDRs:',
    '- 10.0.0.0/8',
    '"10.0.0.1/8"',
    "it's",
    '# note',
    '{',
    '}',
    '[1,',
    '2]',
    'ä',
    '🐘',
    '\\',
    ':',
  ],
  ...['"', '\\n', 'x  y', 'fd00::/8', '---', '>', '|', '%', '&a', '*a', "''", '	tab'],
);
const line = fc
  .tuple(fc.nat({ max: 3 }), fc.array(word, { maxLength: 5 }), fc.constantFrom('', '', ' '))
  .map(([indent, words, end]) => (words.length === 0 ? '' : `${'  '.repeat(indent)}${words.join(' ')}${end}`));
const text = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 8 }), fc.constantFrom('', '\n', '\n\n'))
  .map(([lines, end]) => lines.join('\n') + end);

const STYLES = [
  Scalar.BLOCK_LITERAL,
  Scalar.BLOCK_FOLDED,
  Scalar.QUOTE_DOUBLE,
  Scalar.QUOTE_SINGLE,
  Scalar.PLAIN,
] as const;

describe('a text inside of a text', () => {
  it.each(STYLES)('has the places of its characters, written as %s', style => {
    fc.assert(
      fc.property(text, fc.constantFrom(2, 3, 4, 8), fc.constantFrom(0, 20, 40, 80), (value, indent, lineWidth) => {
        const scalar = new Scalar(value);
        scalar.type = style;
        const document = new Document({ kind: 'ConfigMap', data: { other: 'x', config: scalar } });
        const outer = document.toString({ indent, lineWidth, minContentWidth: 10 });
        // The library writes some plain texts that nobody can read, such as those with a line that ends in a colon.
        fc.pre(parseDocument(outer).errors.length === 0);
        checkPlaces(outer, /config:\s+"/.test(outer));
      }),
      { numRuns: runs(400) },
    );
  });

  it.each([
    ['clipped, with a comment', '  config: |  # the file\n    a: 1\n    b: 10.0.0.0/8\n'],
    ['kept', '  config: |+\n    a: 1\n\n\n'],
    ['stripped, without an end', '  config: |-\n    a: 1'],
    ['with an indentation indicator', '  config: |2\n      a: 1\n    b: 2\n'],
    ['with blank lines first', '  config: |\n\n\n    a: 1\n'],
    ['in Windows lines', '  config: |\r\n    a: 1\r\n      b: 2\r\n'],
    ['behind an anchor and a tag', '  config: &c !!str |\n    a: 1\n'],
    ['folded, more indented lines between', '  config: >-\n    a: 1\n\n      b: 2\n      c: 3\n\n    d:\n    e\n'],
    ['plain over several lines', '  config: a b\n    c d\n\n    e\n'],
    ['single-quoted over several lines', "  config: 'it''s\n    one ''line''\n\n    more'\n"],
    ['double-quoted over several lines', '  config: "a \\\n     b\\tc\n    d \\"e\\" \\u00e4 \\x41 \\U0001F418 f"\n'],
    ['JSON', '  {"config": "a:\\n- \\"1\\"\\n"}\n'],
  ])('has the places of its characters: %s', (_, config) => {
    checkPlaces(`kind: ConfigMap\ndata:\n${config}`, config.includes('\\'));
  });

  it('behind an alias has the places of what the alias stands for', () => {
    const outer = 'file: &file |\n  a: 1\n  b: 2\ndata:\n  config: *file\n';
    const { value, inner } = embedded(outer);
    expect(inner.position(value.indexOf('2'))).toEqual({ line: 3, column: 6, offset: outer.indexOf('2') });
  });

  it('ends where its last character does', () => {
    const { value, inner } = embedded('data:\n  config: "a: 1"\n');
    expect(inner.range(3, value.length)).toEqual({
      start: { line: 2, column: 15, offset: 20 },
      end: { line: 2, column: 16, offset: 21 },
    });
  });
});
