import { AGENT_FILE } from '../test/core/agent-file-fuzz';
import { LONG_FILE } from '../test/core/long-file-fuzz';
import { STRICT_FILE } from '../test/core/strict-file-fuzz';
import { fuzz, NFT, SAVE } from '../test/dataplane/fuzz';

const COUNT = 200_000;
const SLOWEST_MS = 2_000;
const MOST_GROWTH_MB = 64;

/** `npm run fuzz -- [COUNT] [SEED]`: feeds the readers of the agent's file and of what the kernel's tools print with garbage. */
function main(count = COUNT, seed = 1): number {
  let broken = 0;
  for (const target of [AGENT_FILE, STRICT_FILE, LONG_FILE, SAVE, NFT]) {
    fuzz(target, 2_000, seed);
    const before = heap();
    const { taken, slowest } = fuzz(target, count, seed);
    const growth = heap() - before;
    const figures = `${taken} taken, the slowest in ${slowest.toFixed(1)} ms, the heap ${growth.toFixed(1)} MB larger`;
    process.stdout.write(`${target.name}: ${count} inputs, ${figures}\n`);
    if (slowest > SLOWEST_MS || growth > MOST_GROWTH_MB) broken++;
  }
  return broken > 0 ? 1 : 0;
}

/** What is in use after garbage is collected, in megabytes; without `--expose-gc` it is what is not collected yet, too. */
function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

process.exitCode = main(...process.argv.slice(2).map(Number));
