import { describe, expect, test } from 'vitest';
import { hasErrors } from '../../core/diagnostics';
import { readSettings } from '../../core/settings';
import { SourceText } from '../../core/source';
import schema from '../../schemas/settings.schema.json';

type Schema = Readonly<Record<string, unknown>>;

const RULE = { code: 'MQ121', severity: 'off', reason: 'a' };

/** Values as they are written, by what they are: of old booleans each that YAML 1.1 has. */
const VALUES = {
  null: ['', '~', 'null'],
  boolean: ['true', 'false'],
  integer: ['7', '0x1f', '0o17', '-1'],
  number: ['1.5', '1e3', '.inf', '.nan'],
  string: ['a', '"true"', "'no'", 'yes', 'Yes', 'no', 'NO', 'on', 'ON', 'off', 'Off', 'y', 'n'],
  blank: ['""', '"  "', '"\\t"'],
  array: ['[]', '[yes]', '[a, off]', '[[]]', '[{}]', '[null]', '[7]', '[true]', '[""]'],
  object: ['{}', '{a: b}', '{yes: no}', '{7: 8}'],
};

/** Whether a list is one of the right texts. */
const TEXTS = ['[yes]', '[a, off]'];

/** The values that a place takes; every other one has to be refused. */
function taken({ type, enum: words, pattern, minItems }: Schema, written: string): boolean {
  if (Array.isArray(words)) return words.includes(written.toLowerCase()) && written === written.toLowerCase();
  if (type === 'boolean') return VALUES.boolean.includes(written);
  if (type === 'array') return TEXTS.includes(written) || (written === '[]' && minItems === undefined);
  return (
    VALUES.string.includes(written) || (written !== '""' && pattern === undefined && VALUES.blank.includes(written))
  );
}

/** A file of settings with one value at one place, the others being right. */
function textWith(key: string, written: string, inRule: boolean): string {
  if (!inRule) return `${key}: ${written}\n`;
  const others = Object.entries(RULE).filter(([other]) => other !== key);
  return `rules:\n  - ${[...others, [key, written]].map(([name, value]) => `${name}: ${value}\n`).join('    ')}`;
}

const { rules: _, ...top } = schema.properties;
const PLACES: readonly (readonly [key: string, place: Schema, inRule: boolean])[] = [
  ...Object.entries(top).map(([key, place]) => [key, place, false] as const),
  ...Object.entries(schema.$defs.RuleSetting.properties).map(([key, place]) => [key, place, true] as const),
];

/** What is read of a text, where refusing it and saying nothing at all is no answer. */
function read(text: string) {
  const { settings, diagnostics } = readSettings(new SourceText('.masq.yaml', text));
  expect(hasErrors(diagnostics), `${text}\nis ${settings ? 'taken' : 'refused'}`).toBe(settings === undefined);
  return { settings, diagnostics };
}

describe('whatever is wrong in .masq.yaml is said', () => {
  test('the list of places is not empty', () => {
    expect(PLACES.map(([key]) => key)).toEqual(expect.arrayContaining(['prune', 'intents', 'severity', 'reason']));
  });

  describe.each(PLACES)('%s', (key, place, inRule) => {
    test.each(Object.values(VALUES).flat())('%s', written => {
      const { settings, diagnostics } = read(textWith(key, written, inRule));
      const isKnown = key !== 'code' || diagnostics.every(({ code }) => code !== 'MQ220');
      if (isKnown) expect(settings !== undefined, `${key}: ${written}`).toBe(taken(place, written));
    });
  });

  test.each(Object.values(VALUES).flat())('rules: %s', written => {
    expect(read(`rules: ${written}\n`).settings !== undefined).toBe(written === '[]');
  });

  test.each(Object.values(VALUES).flat())('a file that is only %s', written => {
    const isEmpty = written === '' || written === '{}';
    expect(read(`${written}\n`).settings !== undefined).toBe(isEmpty);
  });

  test('an old boolean that stands elsewhere, behind an alias', () => {
    const { diagnostics } = read('rules: [{code: MQ121, severity: off, reason: &no no}]\nprune: *no\n');
    expect(diagnostics.map(({ code }) => code)).toEqual(['MQ204']);
  });

  test.each([
    ['yes', 'true'],
    ['"Yes"', 'true'],
    ['off', 'false'],
    ['N', 'false'],
  ])('prune: %s', (written, meant) => {
    const [found] = read(`intents: [intents]\nprune: ${written}\n`).diagnostics;
    expect(found).toMatchObject({ code: 'MQ204', range: { start: { line: 2, column: 8 } } });
    expect(found?.message).toBe(
      `prune "${written.replaceAll('"', '')}" is text; true or false is wanted: write ${meant}`,
    );
  });
});
