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

test('every exported name is documented, and twice the same reference is made', { timeout: 60_000 }, () => {
  const pages = reference('first');
  expect(pages.get('constructs/classes/ClusterIntent.md')).toContain("A whole cluster's intent as a chart");
  expect(pages.get('core/variables/RULES.md')).not.toContain('MQ101');
  expect(reference('second')).toEqual(pages);
});
