import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkFiles } from '../../core/check/check';
import type { Location } from '../../core/diagnostics';
import { runs } from '../random';

const ROOT = join(__dirname, '..', 'fixtures', 'defects');

/** Every text of the fixtures. */
const TEXTS = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name !== 'expected.txt')
  .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .sort();

const PIECES = [
  ...[
    '\n',
    ' ',
    '  ',
    '\t',
    ':',
    ': ',
    '- ',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    '&a ',
    '*a',
    '!',
    '|',
    '>',
    '\\',
    '\r',
  ],
  ...[
    'null',
    '~',
    '0',
    '-1',
    'true',
    'yes',
    '[]',
    '{}',
    '<<: ',
    '---\n',
    '...\n',
    '%',
    '\u0000',
    '\ufeff',
    '🐘',
    '\ud83d',
    '\u2028',
  ],
  ...[
    '__proto__: ',
    'constructor: 1',
    'toString',
    'hasOwnProperty: ',
    '10.0.0.0/8',
    'fd00::/8',
    '{{ x }}',
    '$(X)',
    '!!binary ',
  ],
];

interface Edit {
  readonly at: number;
  readonly drop: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat({ max: 2000 }),
  drop: fc.oneof(fc.constant(0), fc.nat({ max: 12 })),
  insert: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES)),
});

function apply(text: string, { at, drop, insert }: Edit): string {
  const place = at % (text.length + 1);
  return text.slice(0, place) + insert + text.slice(place + drop);
}

function checkPlace(text: string, { file, range }: Location): void {
  expect(file).toBe('input.yaml');
  if (!range) return;
  expect(range.start.offset).toBeLessThanOrEqual(range.end.offset);
  expect(range.end.offset).toBeLessThanOrEqual(text.length);
  for (const { line, column, offset } of [range.start, range.end]) {
    const lines = text.slice(0, offset).split('\n');
    const mark = lines.length === 1 && text.startsWith('\ufeff') && offset > 0 ? 1 : 0;
    expect([line, column]).toEqual([lines.length, lines.at(-1)!.length + 1 - mark]);
  }
}

it('whatever is done to a file, masq answers, at places that are there', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TEXTS), fc.array(edit, { minLength: 1, maxLength: 4 }), (original, edits) => {
      const text = edits.reduce(apply, original);
      const { diagnostics } = checkFiles([{ file: 'input.yaml', text }]);
      for (const found of diagnostics) {
        for (const place of [found, ...(found.related ?? [])]) checkPlace(text, place);
        expect(found.message).not.toMatch(/undefined|\[object|NaN/);
      }
    }),
    { numRuns: runs(3000) },
  );
});
