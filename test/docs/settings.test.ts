import { describe, expect, test } from 'vitest';
import { checkFiles } from '../../core/check/check';
import { readSettings } from '../../core/settings';
import { SourceText } from '../../core/source';
import schema from '../../schemas/settings.schema.json';
import { fences, read } from './documents';

const PAGE = 'docs/settings.md';
const text = read(PAGE);
const [settings, ignoring] = fences(text).filter(({ language }) => language === 'yaml');

describe(PAGE, () => {
  test('shows settings that are valid, with every key', () => {
    const { settings: read, diagnostics } = readSettings(
      new SourceText('.masq.yaml', settings!.text.replace('# apps:', 'apps:')),
    );
    expect(diagnostics).toEqual([]);
    expect(Object.keys(read!).sort()).toEqual(Object.keys(schema.properties).sort());
  });

  test('has a row for every key', () => {
    const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(match => match[1]);
    expect(rows).toEqual([...Object.keys(schema.properties), ...Object.keys(schema.$defs.RuleSetting.properties)]);
  });

  test('shows comments that take all off their lines', () => {
    const { diagnostics, suppressed } = checkFiles([{ file: 'config', text: ignoring!.text }]);
    expect(diagnostics).toEqual([]);
    expect(suppressed.map(({ diagnostic }) => diagnostic.code).sort()).toEqual(['MQ121', 'MQ121']);
  });
});
