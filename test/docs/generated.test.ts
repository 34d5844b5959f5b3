import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NAMED_RANGES } from '../../core/address';
import { RULE_CODES, RULES } from '../../core/diagnostics';
import { anchor, plain, table } from '../../tools/docs/markdown';
import { ROOT, read, withoutFences } from './documents';

const MAIN = ['--import', 'tsx', join(ROOT, 'tools/docs/main.ts')];

describe('tools/docs', () => {
  test('nothing is stale', { timeout: 60_000 }, () => {
    expect(execFileSync(process.execPath, [...MAIN, '--check'], { cwd: ROOT, encoding: 'utf8' })).toBe('');
  });

  test('an unknown argument is refused', { timeout: 60_000 }, () => {
    const run = spawnSync(process.execPath, [...MAIN, '--chekc'], { cwd: ROOT, encoding: 'utf8' });
    expect(run.status).toBe(2);
    expect(run.stderr).toBe('unknown argument "--chekc"; usage: main.ts [--check]\n');
  });
});

test('docs/codes.md has a section for each rule, in order', () => {
  const headings = [...withoutFences(read('docs/codes.md')).matchAll(/^### (.*)$/gm)].map(match => match[1]);
  expect(headings).toEqual(RULE_CODES);
  expect(headings.map(heading => anchor(heading!))).toEqual(RULE_CODES.map(code => code.toLowerCase()));
  for (const code of RULE_CODES) expect(read('docs/codes.md')).toContain(`**${RULES[code].name}**`);
});

test('docs/ranges.md has every range with all its CIDRs', () => {
  const text = read('docs/ranges.md');
  for (const { name, cidrs, source } of NAMED_RANGES) {
    expect(text).toContain(`| \`${name}\` |`);
    expect(text).toContain(plain(source));
    for (const cidr of cidrs) expect(text).toContain(cidr);
  }
});

test('docs/intent.md has a section for each definition, and a row for each key', () => {
  const schema = JSON.parse(read('schemas/intent.schema.json')) as {
    $defs: Record<string, { properties?: Record<string, unknown> }>;
  };
  const sections = new Map(
    read('docs/intent.md')
      .split(/^## /m)
      .map(section => [section.slice(0, section.indexOf('\n')), section] as const),
  );
  for (const [name, { properties = {} }] of Object.entries(schema.$defs)) {
    expect([...sections.keys()]).toContain(name);
    for (const key of Object.keys(properties)) expect(sections.get(name)).toContain(`| \`${key}\` |`);
  }
});

describe('markdown', () => {
  test('plain text stays plain', () => {
    expect(plain('a < b * c "d" [e]')).toBe('a \\< b \\* c "d" [e]');
  });

  test('a bar in a cell does not end it', () => {
    expect(table(['A'], [['x|y']])).toBe('| A |\n| --- |\n| x\\|y |');
  });

  test.each([
    ['What a packet gets there by default', 'what-a-packet-gets-there-by-default'],
    ['kubernetes: any other cluster', 'kubernetes-any-other-cluster'],
    ['MQ101', 'mq101'],
    ['6to4-relay', '6to4-relay'],
  ])('the anchor of "%s"', (heading, wanted) => {
    expect(anchor(heading)).toBe(wanted);
  });
});
