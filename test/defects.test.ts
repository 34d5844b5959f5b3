import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintFiles } from '../core/analysis/lint/lint';
import { checkFiles, type Input } from '../core/check/check';
import { type Diagnostic, isOfLint, type Location, RULE_CODES, RULES, type RuleCode } from '../core/diagnostics';

const ROOT = join(__dirname, 'fixtures', 'defects');
const EXPECTED = 'expected.txt';

/** Set to write what is found into the fixtures; whoever sets it reads every line of the difference. */
const UPDATE = process.env.MASQ_UPDATE_DEFECTS === '1';

/** Rules that core cannot break by reading a short text, and where else they are tested. */
const ELSEWHERE: Readonly<Partial<Record<RuleCode, string>>> = {
  MQ217: 'core is given text; the command line and intentsFromFile decode the bytes',
  MQ219: 'takes a thousand findings: test/core/bounds.test.ts',
  MQ223: 'about the settings and what is rendered: masq synth',
  MQ224: 'about the settings and what is rendered: masq synth',
  MQ415: 'about another data plane: masq synth --target',
  MQ416: 'about another data plane: masq synth --target',
  MQ801: 'about what is imported: test/dialect and test/import',
  MQ802: 'about what is imported: test/dialect and test/import',
  MQ803: 'about what is imported: test/dialect and test/import',
  MQ804: 'about what is imported: test/dialect and test/import',
  MQ901: 'a fault of masq itself: verifyManifests is given tampered objects in test/core',
  MQ902: 'a fault of masq itself: the command line reports it',
  MQ903: 'about the output folder: masq synth --check',
  MQ904: 'about the file system: the command line and intentsFromFile read the files',
  MQ905: 'about the output folder: masq synth --check',
  MQ906: 'about all files of a run: masq validate',
  MQ907: 'about the output folder: masq synth',
};

/** The files of a fixture, by their names inside of it. */
function inputsOf(fixture: string): Input[] {
  const folder = join(ROOT, fixture);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== EXPECTED)
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => ({ file: path.slice(folder.length + 1), text: readFileSync(path, 'utf8') }));
}

function placeText({ file, range }: Location): string {
  if (!range) return `${file ?? ''}`;
  const { start, end } = range;
  return `${file ?? ''}:${start.line}:${start.column}-${end.line}:${end.column}`;
}

function findingText(found: Diagnostic): string {
  const lines = [`${placeText(found)} ${found.severity} ${found.code} ${found.message}`];
  if (found.hint !== undefined) lines.push(`  hint: ${found.hint}`);
  for (const { file, range, message } of found.related ?? []) {
    lines.push(`  related: ${file ?? ''}:${range?.start.line}:${range?.start.column} ${message}`);
  }
  return lines.map(line => `${line}\n`).join('');
}

const fixtures = readdirSync(ROOT).sort();

/** What is found in a fixture: by lint, where it is about one of its rules. */
function found(fixture: string): readonly Diagnostic[] {
  const code = fixture.split('-', 1)[0]!;
  const check = isOfLint(code as RuleCode) ? lintFiles : checkFiles;
  return check(inputsOf(fixture)).diagnostics;
}

describe('defects', () => {
  it.each(fixtures)('%s', fixture => {
    const diagnostics = found(fixture);
    const actual = diagnostics.map(findingText).join('');
    const expected = join(ROOT, fixture, EXPECTED);
    if (UPDATE) writeFileSync(expected, actual);
    expect(actual).toBe(readFileSync(expected, 'utf8'));
    const code = fixture.split('-', 1)[0]!;
    if (code === 'OK') expect(diagnostics).toEqual([]);
    else expect(diagnostics.map(found => found.code)).toContain(code);
  });

  it.each(['MQ209'])('%s of texts that would be large as fixtures', code => {
    const block = (levels: number) => Array.from({ length: levels }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
    const codesOf = (text: string) => checkFiles([{ file: 'input.yaml', text }]).diagnostics.map(found => found.code);
    expect(codesOf(`# ${'x'.repeat(16 * 1024 * 1024)}`)).toEqual([code]);
    expect(codesOf(block(64))).toEqual(['MQ212']);
    expect(codesOf(block(65))).toEqual([code]);
    expect(codesOf(block(4000))).toEqual([code]);
    expect(codesOf('['.repeat(100_000))).toEqual([code]);
    expect(codesOf('- '.repeat(5000))).toEqual([code]);
    // Brackets in texts nest nothing, such as those of a script's colours.
    expect(codesOf(`script: "${'\\e[31m'.repeat(100)}"\n`)).toEqual(['MQ212']);
  });

  it('find each rule in the severities that it declares, and in no other', () => {
    const emitted = new Map<RuleCode, Set<string>>();
    for (const { code, severity } of fixtures.flatMap(found)) {
      emitted.set(code, (emitted.get(code) ?? new Set()).add(severity));
    }
    const declared = RULE_CODES.filter(code => emitted.has(code)).map(code => {
      const { severity, also } = RULES[code];
      return [code, ...[severity, ...also].sort()];
    });
    expect([...emitted].map(([code, severities]) => [code, ...[...severities].sort()]).sort()).toEqual(declared);
  });

  it('has a fixture for every rule that core can break', () => {
    const covered = new Set(fixtures.map(fixture => fixture.split('-', 1)[0]!));
    expect(RULE_CODES.filter(code => !covered.has(code))).toEqual(Object.keys(ELSEWHERE));
  });
});
