import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MASQ, run, table } from './child';
import { longIntent } from './intents';

const RANGES = 1000;
const SIZES = [50, 100, 200, 500];

/** `masq synth` of fleets of growing size, each cluster with a thousand ranges of its own. */
function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'masq-bench-'));
  const rows = [['clusters', 'seconds', 'CPU s', 'CPU ms a cluster', 'peak MiB']];
  try {
    for (const size of SIZES) {
      const intents = join(folder, `intents-${size}`);
      mkdirSync(intents);
      for (let i = 0; i < size; i++) writeFileSync(join(intents, `c-${i}.yaml`), longIntent(`c-${i}`, RANGES, i + 1));
      const { wall, cpu, memory } = run([MASQ, 'synth', '-q', intents, '-o', join(folder, `dist-${size}`)], {
        usage: true,
      });
      rows.push([
        String(size),
        (wall / 1000).toFixed(1),
        (cpu / 1000).toFixed(1),
        (cpu / size).toFixed(1),
        memory.toFixed(0),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(table(rows));
}

main();
