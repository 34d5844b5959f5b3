import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULE_CODES } from '../../core/diagnostics';
import { diagnose } from '../../tools/docs/diagnose';
import { PLATFORMS } from '../../tools/docs/intent';
import { anchor } from '../../tools/docs/markdown';
import { fences, pages, ROOT, read, withoutFences } from './documents';

const PAGES = pages();

describe('intents in pages', () => {
  const intents = PAGES.filter(path => path !== 'docs/codes.md').flatMap(path =>
    fences(read(path))
      .filter(({ language, text }) => language === 'yaml' && /^kind: (?:ClusterIntent|RangeSet)$/m.test(text))
      .map(({ text, line }) => ({ place: `${path}:${line}`, text })),
  );

  test('there is one for each platform in the reference and on its own page', () => {
    for (const platform of PLATFORMS) {
      const of = intents.filter(({ text }) => text.includes(`platform: ${platform}\n`)).map(({ place }) => place);
      expect(of.some(place => place.startsWith('docs/intent.md'))).toBe(true);
      expect(of.some(place => place.startsWith(`docs/platforms/${platform}.md`))).toBe(true);
    }
  });

  test.each(intents)('$place is valid', ({ text }) => {
    const found = diagnose(text).filter(d => d.code !== 'MQ515');
    expect(found.map(d => `${d.range?.start.line} ${d.code} ${d.message}`)).toEqual([]);
  });
});

describe.each([...PAGES, 'README.md'])('%s', path => {
  const text = read(path);

  test('links lead somewhere', () => {
    const links = [...withoutFences(text).matchAll(/\]\(([^()\s]+)\)/g)].map(match => match[1]!);
    const broken = links.filter(link => !/^https?:/.test(link) && !resolves(path, link));
    expect(broken).toEqual([]);
  });

  test('codes that it names exist', () => {
    for (const [code] of text.matchAll(/\bMQ\d{3}\b/g)) expect(RULE_CODES).toContain(code);
  });

  test('tables have rows of one length', () => {
    for (const table of withoutFences(text).matchAll(/(?:^\|.*\|$\n?)+/gm)) {
      const rows = table[0].trim().split('\n');
      const cells = rows.map(row => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(cells).size, rows[0]).toBe(1);
    }
  });

  test('is clean', () => {
    expect(text).toMatch(/[^\n]\n$/);
    expect(text).not.toMatch(/[ \t]+$/m);
    expect(text).not.toMatch(/\bTODO\b|\/home\/|\/tmp\/|\/work\//);
    expect(text.match(/^# /gm)?.length).toBe(withoutFences(text).match(/^# /gm)!.length + commentLines(text));
  });
});

test('every platform has a page with the same sections', () => {
  const sections = PLATFORMS.map(platform =>
    [...withoutFences(read(`docs/platforms/${platform}.md`)).matchAll(/^## (.*)$/gm)].map(match => match[1]),
  );
  for (const of of sections) expect(of).toEqual(sections[0]);
  expect(readdirSync(join(ROOT, 'docs/platforms')).sort()).toEqual(PLATFORMS.map(p => `${p}.md`).sort());
});

test('the page on kubernetes waits for the definitions that are rendered, in the order of applying', () => {
  const page = read('docs/platforms/kubernetes.md');
  const waited = [...page.matchAll(/\bcrd\/(\S+)/g)].map(match => match[1]);
  const rendered = readdirSync(join(ROOT, 'dist/kubernetes-egress-gateway')).sort();
  const definitions = rendered.filter(name => name.startsWith('00-'));
  expect(definitions).toEqual(waited.map(name => `00-customresourcedefinition-${name}.yaml`));
  expect(rendered.slice(0, definitions.length)).toEqual(definitions);
});

function commentLines(text: string): number {
  return fences(text).reduce((sum, fence) => sum + (fence.text.match(/^# /gm)?.length ?? 0), 0);
}

/** Whether a link names a file of the repository, and a heading of it when it names one. */
function resolves(from: string, link: string): boolean {
  const [file, fragment] = link.split('#');
  const target = file === '' ? join(ROOT, from) : join(ROOT, dirname(from), file!);
  if (!existsSync(target)) return false;
  if (fragment === undefined) return true;
  const page = target.slice(ROOT.length + 1);
  const headings = [...withoutFences(read(page)).matchAll(/^#+ (.*)$/gm)].map(match => anchor(match[1]!));
  return headings.includes(fragment);
}
