import { compareWords } from './words';

/**
 * A set of addresses is a sorted array of flips: the addresses at which membership changes, starting outside.
 * An odd number of flips means that the set runs to the top of the space.
 */

/**
 * A truth table of two memberships. Bit `a + 2 * b` says whether an address with these two belongs to the result;
 * bit 0, for an address in neither, is never set.
 */
export const TRUTH = { union: 0b1110, intersect: 0b1000, subtract: 0b0010, symmetricDifference: 0b0110 } as const;

/** The bit of a truth table for an address in the second set only: without it, nothing far from the first set counts. */
export const ONLY_SECOND = 0b0100;

/**
 * Any boolean operation on two sets, in one merge of their flips.
 * With a `limit`, stops after so many flips of the result: 1 is enough to know that it is not empty.
 */
export function combine(
  a: Uint32Array,
  b: Uint32Array,
  stride: number,
  truth: number,
  limit = Number.POSITIVE_INFINITY,
): Uint32Array {
  const out = new Uint32Array(Math.min(a.length + b.length, limit * stride));
  let i = 0;
  let j = 0;
  let n = 0;
  let state = 0;
  while (i < a.length && j < b.length && n < out.length) {
    let x = a[i]!;
    let y = b[j]!;
    out[n] = Math.min(x, y);
    for (let w = 1; w < stride; w++) {
      if (x === y) {
        x = a[i + w]!;
        y = b[j + w]!;
      }
      out[n + w] = x <= y ? a[i + w]! : b[j + w]!;
    }
    // Which of the two comes next is a toss-up, so this is counted: a branch would be mispredicted half of the time.
    const fromA = Number(x <= y);
    const fromB = Number(x >= y);
    const before = truth >>> state;
    state ^= fromA | (fromB << 1);
    i += stride * fromA;
    j += stride * fromB;
    n += stride * ((before ^ (truth >>> state)) & 1);
  }
  // One of them has no flips left, so each flip of the other one shows in the result, or none does.
  const [rest, at, toggled] = i < a.length ? [a, i, state ^ 1] : [b, j, state ^ 2];
  if ((((truth >>> state) ^ (truth >>> toggled)) & 1) === 1) {
    const flips = rest.subarray(at, at + out.length - n);
    out.set(flips, n);
    n += flips.length;
  }
  return n === out.length ? out : out.slice(0, n);
}

/** The flips of everything outside the set. */
export function complement(flips: Uint32Array, stride: number): Uint32Array {
  const full = new Uint32Array(stride);
  if (flips.length > 0 && compareWords(flips, 0, full, 0, stride) === 0) return flips.slice(stride);
  const out = new Uint32Array(flips.length + stride);
  out.set(flips, stride);
  return out;
}

/** Whether two sets, or two partitions' starts, are the same. */
export function sameWords(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && compareWords(a, 0, b, 0, a.length) === 0;
}
