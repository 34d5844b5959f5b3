import type { Cidr } from '../../address';

/** How many addresses a side of the map has: it is a square of 65,536 by 65,536 points. */
export const SIDE = 2 ** 16;

/** A point of the map: one IPv4 address. */
export interface Point {
  /** How far right, from 0. */
  readonly x: number;
  /** How far down, from 0. */
  readonly y: number;
}

/** A rectangle of the map, in points. */
export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}

/** How the curve runs through a square: the basic way, with its axes exchanged, turned by half, or both. */
export interface Turn {
  readonly swapped: boolean;
  readonly flipped: boolean;
}

/** How the curve runs through the whole map. */
export const STRAIGHT: Turn = { swapped: false, flipped: false };

/** Which quarter of a square the curve visits as number `digit`, from 0. */
export function quarter({ swapped, flipped }: Turn, digit: number): Point {
  const right = digit >> 1;
  const down = right ^ (digit & 1);
  const [x, y] = flipped ? [1 - right, 1 - down] : [right, down];
  return swapped ? { x: y, y: x } : { x, y };
}

/** How the curve runs through the quarter that it visits as number `digit`. */
export function turned({ swapped, flipped }: Turn, digit: number): Turn {
  if (digit === 0) return { swapped: !swapped, flipped };
  return digit === 3 ? { swapped: !swapped, flipped: !flipped } : { swapped, flipped };
}

/** Where an IPv4 address lies on the map. Neighbours in number are neighbours on the map, and blocks are compact. */
export function pointOf(word: number): Point {
  let [x, y, turn] = [0, 0, STRAIGHT];
  for (let shift = 30; shift >= 0; shift -= 2) {
    const digit = (word >>> shift) & 3;
    const at = quarter(turn, digit);
    x = 2 * x + at.x;
    y = 2 * y + at.y;
    turn = turned(turn, digit);
  }
  return { x, y };
}

/** The IPv4 address at a point of the map; its bits beyond the map's sides do not count. */
export function wordAt({ x, y }: Point): number {
  let word = 0;
  let turn = STRAIGHT;
  for (let bit = 15; bit >= 0; bit--) {
    const [bx, by] = [(x >>> bit) & 1, (y >>> bit) & 1];
    const [a, b] = turn.swapped ? [by, bx] : [bx, by];
    const [right, down] = turn.flipped ? [1 - a, 1 - b] : [a, b];
    const digit = 2 * right + (right ^ down);
    word = 4 * word + digit;
    turn = turned(turn, digit);
  }
  return word;
}

/** The part of the map that an IPv4 block takes: a square, or of an odd prefix two squares side by side. */
export function rectangleOf({ words, prefix }: Cidr): Rectangle {
  const word = words[0]!;
  if (prefix % 2 === 0) return square(word, prefix);
  const a = square(word, prefix + 1);
  const b = square((word | (0x80000000 >>> prefix)) >>> 0, prefix + 1);
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: a.width + Math.abs(a.x - b.x),
    height: a.height + Math.abs(a.y - b.y),
  };
}

function square(word: number, prefix: number): Rectangle {
  const side = 2 ** (16 - prefix / 2);
  const { x, y } = pointOf(word);
  return { x: x - (x % side), y: y - (y % side), width: side, height: side };
}
