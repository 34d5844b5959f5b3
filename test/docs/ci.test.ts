import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FORMATS } from '../../cli/format';
import { fences, ROOT, read } from './documents';

const PAGE = 'docs/ci.md';
const text = read(PAGE);
const [step, include] = fences(text)
  .filter(({ language }) => language === 'yaml')
  .map(block => block.text);
const { inputs } = parse(read('action.yml')) as { inputs: Record<string, unknown> };

describe(PAGE, () => {
  test('has a row for every input of the action, and shows none that there is not', () => {
    expect([...text.matchAll(/^\| `([\w-]+)` \| .* \| .* \|$/gm)].map(match => match[1])).toEqual(Object.keys(inputs));
    const [{ with: given }] = parse(step!) as [{ with: object }];
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
  });

  test('includes GitLab’s template as the template itself says', () => {
    const [said] = /^(?:# {2,}.*\n)+/m.exec(read('ci/gitlab.yml'))!;
    expect(parse(said.replace(/^# {3}/gm, ''))).toEqual(parse(include!));
    expect(Object.keys((parse(read('ci/gitlab.yml')) as { variables: object }).variables)).toEqual(['MASQ_PACKAGE']);
  });

  test('names files that are there', () => {
    const named = [...text.matchAll(/`(ci\/[\w.]+|action\.yml)`/g)].map(match => match[1]!);
    expect(new Set(named)).toEqual(new Set(['action.yml', 'ci/github.yml', 'ci/gitlab.yml', 'ci/check.sh']));
    expect(named.filter(name => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  test('has a row for every format', () => {
    const table = text.slice(text.indexOf('| `--format` |'));
    expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(match => match[1]).sort()).toEqual([...FORMATS].sort());
  });
});
