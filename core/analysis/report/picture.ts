import type { Partition } from '../../address';
import { quarter, type Rectangle, SIDE, STRAIGHT, type Turn, turned } from './hilbert';

/** IPv4 as stretches of addresses with labels, ready to be drawn. */
export interface Picture<T> {
  /** Where each stretch starts, from low to high. */
  readonly starts: Uint32Array;
  /** For each stretch the number of its label. */
  readonly labels: Uint16Array;
  /** The labels. */
  readonly values: readonly T[];
}

/** A square of the map: a block of IPv4 addresses with an even prefix. */
export interface Square extends Rectangle {
  /** The lowest address of the block. */
  readonly word: number;
  /** The number of the label that all of it has; absent where it has several. */
  readonly label?: number;
  /** The first and the last stretch that it has part in. */
  readonly first: number;
  readonly last: number;
}

/** Makes a picture of a partition. */
export function pictureOf<T>(partition: Partition<T>): Picture<T> {
  const numbers = new Map<T, number>();
  const starts: number[] = [];
  const labels: number[] = [];
  for (const { first, value } of partition.entries()) {
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    starts.push(first.words[0]!);
    labels.push(numbers.get(value)!);
  }
  return { starts: Uint32Array.from(starts), labels: Uint16Array.from(labels), values: [...numbers.keys()] };
}

/** The stretch that an address lies in. */
export function stretchAt({ starts }: { readonly starts: Uint32Array }, word: number): number {
  return lastNotAbove(starts, word, 0, starts.length - 1);
}

/** The label of an address. */
export function labelAt<T>(picture: Picture<T>, word: number): T {
  return picture.values[picture.labels[stretchAt(picture, word)]!]!;
}

/** The number of the label that most addresses have. */
export function mostOf<T>({ starts, labels }: Picture<T>): number {
  const sizes = new Map<number, number>();
  for (const [i, label] of labels.entries())
    sizes.set(label, (sizes.get(label) ?? 0) + (starts[i + 1] ?? 2 ** 32) - starts[i]!);
  return [...sizes].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

/**
 * Visits squares that fill a part of the map: the largest with one label, and those with several that are not larger
 * than `least` points.
 */
export function visitSquares<T>(
  { starts, labels }: Picture<T>,
  part: Rectangle,
  least: number,
  visit: (square: Square) => void,
): void {
  const go = (word: number, x: number, y: number, side: number, turn: Turn, first: number, most: number): void => {
    if (x >= part.x + part.width || y >= part.y + part.height || x + side <= part.x || y + side <= part.y) return;
    const last = lastNotAbove(starts, word + side * side - 1, first, most);
    const square = { word, x, y, width: side, height: side, first, last };
    if (first === last || side <= least) {
      visit(first === last ? { ...square, label: labels[first]! } : square);
      return;
    }
    const half = side / 2;
    let from = first;
    for (let digit = 0; digit < 4; digit++) {
      const at = quarter(turn, digit);
      const start = word + digit * half * half;
      from = lastNotAbove(starts, start, from, last);
      go(start, x + at.x * half, y + at.y * half, half, turned(turn, digit), from, last);
    }
  };
  go(0, 0, 0, SIDE, STRAIGHT, 0, starts.length - 1);
}

/** How many addresses of a square have each label, by the labels' numbers. */
export function sharesOf<T>({ starts, labels }: Picture<T>, { word, width, first, last }: Square): Map<number, number> {
  const shares = new Map<number, number>();
  const end = word + width * width;
  for (let i = first; i <= last; i++) {
    const from = Math.max(word, starts[i]!);
    const to = i === last ? end : starts[i + 1]!;
    shares.set(labels[i]!, (shares.get(labels[i]!) ?? 0) + to - from);
  }
  return shares;
}

/** The last of the sorted numbers between two places that is not above a value; the first one if all are. */
function lastNotAbove(sorted: Uint32Array, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
