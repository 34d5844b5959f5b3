import type { Cidr } from '../../address';
import type { Picture } from './picture';

/** Of a block of this prefix one close-up is made at the most. */
const APART = 8;
/** A close-up shows no less than a block of this prefix. */
const LEAST = 24;

/**
 * The blocks that are worth a closer look: of each /8 in which labels change the smallest square that holds all those
 * changes, of the ones with the most changes, in the order of their addresses.
 */
export function closeUps<T>({ starts }: Picture<T>, most: number): Cidr[] {
  const found = new Map<number, number[]>();
  for (const start of starts) {
    if (start % 2 ** (32 - APART) === 0) continue;
    const block = start >>> (32 - APART);
    const inside = found.get(block);
    if (inside) inside.push(start);
    else found.set(block, [start]);
  }
  return [...found.values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, most)
    .sort((a, b) => a[0]! - b[0]!)
    .map(squareAround);
}

/** The smallest block with an even prefix that holds both sides of every change. */
function squareAround(changes: readonly number[]): Cidr {
  const [low, high] = [changes[0]! - 1, changes.at(-1)!];
  const common = Math.clz32(low ^ high);
  const prefix = Math.min(LEAST, common - (common % 2));
  return { family: 4, words: Uint32Array.of(high & (0xffffffff << (32 - prefix))), prefix };
}
