import fc from 'fast-check';

/** How many times as many random inputs a test takes; 0: as many as it says, and in each run the same. */
const TIMES = Number(process.env.MASQ_RANDOM ?? 0);

/**
 * Every run takes the same random inputs, so that what CI says is said of the commit and not of luck. `npm run
 * test:random` takes many more, and others each time.
 */
fc.configureGlobal(TIMES === 0 ? { seed: 1 } : { numRuns: 100 * TIMES });

/** How many random inputs a test takes. */
export function runs(count: number): number {
  return count * Math.max(1, TIMES);
}
