import type { Cidr, IntervalSet } from '../../address';
import { withHostBits } from '../../address/words';
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
  return square(high, commonPrefix(low, high));
}

/** A set fills a block of which it is more than a part in so many. */
const FILLED = 16n;

/** The smallest square of the map that holds a set of IPv4 addresses; where they fill it, that with a sixteenth of its side. */
export function squareOf(set: IntervalSet): Cidr {
  const blocks = set.cidrs();
  const [low, high] = [blocks[0]!, blocks.at(-1)!];
  const first = low.words[0]!;
  const last = withHostBits(high.words, high.prefix)[0]!;
  const prefix = Math.min(LEAST, commonPrefix(first, last));
  const isFilled = set.count() * FILLED > 1n << BigInt(32 - prefix);
  return square(first, Math.max(0, isFilled ? prefix - 4 : prefix));
}

/** How many leading bits two addresses have in common, as far as those are even in number. */
function commonPrefix(low: number, high: number): number {
  const common = Math.clz32(low ^ high);
  return common - (common % 2);
}

/** The block around an address, not smaller than what can be seen. */
function square(word: number, least: number): Cidr {
  const prefix = Math.min(LEAST, least);
  return { family: 4, words: Uint32Array.of(prefix === 0 ? 0 : word & (0xffffffff << (32 - prefix))), prefix };
}
