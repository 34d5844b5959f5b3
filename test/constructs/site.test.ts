import { join } from 'node:path';
import { expect, it } from 'vitest';
import { siteOf } from '../../constructs/site';

const OURS = join(__dirname, '../../constructs/cluster-intent.ts');

/** A stack whose first frames are ours, a package's and Node's. */
function stack(...frames: readonly string[]): string {
  const foreign = [`new ClusterIntent (${OURS}:10:5)`, 'new Chart (/app/node_modules/cdk8s/lib/chart.js:1:2)'];
  return [
    'Error',
    ...[...foreign, 'Module._compile (node:internal/modules/cjs/loader:1:2)', ...frames].map(f => `    at ${f}`),
  ].join('\n');
}

it.each<[string, string, string | undefined]>([
  ['a function', 'main (/app/main.ts:3:7)', '/app/main.ts:3:7'],
  ['a script', 'Object.<anonymous> (/app/main.js:3:7)', '/app/main.js:3:7'],
  ['the top of a module', 'file:///app/main.mjs:3:7', '/app/main.mjs:3:7'],
  ['behind an await', 'async file:///app/main.mjs:3:7', '/app/main.mjs:3:7'],
  ['a function without a name', '/app/main.js:3:7', '/app/main.js:3:7'],
  ['a constructor', 'new Fleet (file:///app/fleet.ts:3:7)', '/app/fleet.ts:3:7'],
  ['a method by another name', 'Fleet.make [as run] (/app/fleet.ts:3:7)', '/app/fleet.ts:3:7'],
  ['a bundler’s query', 'file:///app/main.ts?v=1:3:7', '/app/main.ts:3:7'],
  ['blanks and brackets', 'main (file:///app/my%20app/(x)/main.ts:3:7)', '/app/my app/(x)/main.ts:3:7'],
  ['below the working directory', `main (${join(process.cwd(), 'apps/main.ts')}:3:7)`, 'apps/main.ts:3:7'],
  [
    'beside a folder of ours',
    `main (${join(process.cwd(), 'constructs-of-mine/main.ts')}:3:7)`,
    'constructs-of-mine/main.ts:3:7',
  ],
  ['no place at all', 'Array.map (<anonymous>)', undefined],
])('names the place of %s', (_, frame, expected) => {
  const site = siteOf(stack(frame));
  expect(site && `${site.file}:${site.line}:${site.column}`).toBe(expected);
});
