import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from './documents';

const out = mkdtempSync(join(tmpdir(), 'masq-reference-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** What `npm run docs:reference` writes, by file, into a folder of its own. */
function reference(name: string): Map<string, string> {
  const folder = join(out, name);
  const typedoc = [join(ROOT, 'node_modules/typedoc/bin/typedoc'), '--options', 'docs/typedoc.json', '--out', folder];
  const run = spawnSync(process.execPath, typedoc, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(run.stdout + run.stderr).not.toMatch(/warning|error/i);
  expect(run.status).toBe(0);
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.md'));
  return new Map(pages.sort().map(path => [path, readFileSync(join(folder, path), 'utf8')]));
}

test('every exported name is documented, and the committed reference is of this code', { timeout: 60_000 }, () => {
  const pages = reference('made-now');
  expect(pages.get('constructs.md')).toContain("A whole cluster's intent as a chart");
  const committed = join(ROOT, 'docs/reference');
  for (const [path, text] of pages) expect(readFileSync(join(committed, path), 'utf8'), path).toBe(text);
});
