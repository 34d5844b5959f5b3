import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Every benchmark: each prints its own table, measured side by side with its peer in one run. */
const BENCHES = ['aggregate', 'sets', 'cli', 'hooks', 'fleet', 'report', 'diff', 'verify', 'agent'] as const;

/** `npm run bench -- [NAME...]`: runs the named benchmarks, or all. */
function main(names: readonly string[]): number {
  const unknown = names.filter(name => !BENCHES.some(bench => bench === name));
  if (unknown.length > 0) {
    process.stderr.write(`no benchmark is called ${unknown.join(', ')}; there are ${BENCHES.join(', ')}\n`);
    return 2;
  }
  let worst = 0;
  for (const bench of names.length > 0 ? names : BENCHES) {
    process.stdout.write(`\n== ${bench}\n`);
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(__dirname, `${bench}.ts`)], {
      stdio: 'inherit',
    });
    worst = Math.max(worst, status ?? 2);
  }
  return worst;
}

process.exitCode = main(process.argv.slice(2));
