import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run test:random -- [TIMES]`: every test with random inputs, with so many times as many of them, and others each time. */
function main(times = '10'): number {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map(name => join('test', name))
    .filter(path => path.endsWith('.test.ts') && readFileSync(path, 'utf8').includes("from 'fast-check'"));
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files.sort()], {
    stdio: 'inherit',
    env: { ...process.env, MASQ_RANDOM: times },
  });
  return status ?? 1;
}

process.exitCode = main(...process.argv.slice(2));
