/**
 * Union, intersection and difference of two sets of a million intervals each, beside a plain pass that only reads both
 * arrays of bounds and compares and sums them: what merging costs beyond touching the memory.
 *
 *     node --import tsx bench/sets.ts [intervals]
 */
import { type Family, IntervalSet, WORDS } from '../core/address';

const ROUNDS = 15;

/** A set of so many intervals, at random places and of random lengths. */
function randomSet(family: Family, intervals: number, seed: number): IntervalSet {
  const stride = WORDS[family];
  // Flips that ascend: steps of random width in the first word, and anything in the words behind it.
  const step = Math.floor(2 ** 32 / (2 * intervals + 1));
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  const bounds = new Uint32Array(2 * intervals * stride);
  for (let flip = 0; flip < 2 * intervals; flip++) {
    bounds[flip * stride] = flip * step + 1 + Math.floor((random() / 2 ** 32) * (step - 1));
    for (let w = 1; w < stride; w++) bounds[flip * stride + w] = random();
  }
  return IntervalSet.ofFlips(family, bounds);
}

/** The floor: both arrays read once, compared and summed. */
function plainPass(a: IntervalSet, b: IntervalSet): number {
  let sum = 0;
  const [x, y] = [a.bounds, b.bounds];
  for (let n = 0; n < x.length; n++) sum = (sum + Math.min(x[n]!, y[n]!)) | 0;
  return sum;
}

const OPERATIONS = {
  'plain pass': plainPass,
  union: (a: IntervalSet, b: IntervalSet) => a.union(b).intervalCount,
  intersect: (a: IntervalSet, b: IntervalSet) => a.intersect(b).intervalCount,
  subtract: (a: IntervalSet, b: IntervalSet) => a.subtract(b).intervalCount,
} as const;

type Operation = keyof typeof OPERATIONS;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function main(): void {
  const intervals = Number(process.argv[2] ?? 1_000_000);
  const operations = Object.keys(OPERATIONS) as Operation[];
  const sets = ([4, 6] as const).map(f => [randomSet(f, intervals, 1), randomSet(f, intervals, 2)] as const);
  const times = new Map<string, number[]>();
  // Both families and all operations take turns, so that every loop has seen both strides before it counts.
  for (let round = -3; round < ROUNDS; round++) {
    for (const [a, b] of sets) {
      for (const operation of operations) {
        const start = performance.now();
        OPERATIONS[operation](a, b);
        const key = `${a.family} ${operation}`;
        if (round >= 0) times.set(key, [...(times.get(key) ?? []), performance.now() - start]);
      }
    }
  }
  console.log(`two sets of ${intervals} intervals each; ms, and times the plain pass`);
  for (const operation of operations) {
    const columns = sets.map(([{ family }]) => {
      const ms = median(times.get(`${family} ${operation}`)!);
      const ratio = ms / median(times.get(`${family} plain pass`)!);
      return `  v${family} ${ms.toFixed(1).padStart(7)} ${ratio.toFixed(1).padStart(5)}x`;
    });
    console.log(operation.padEnd(12) + columns.join(''));
  }
}

main();
