import { type Cidr, formatAddress } from '../../../core/address';
import type { Place } from '../../../core/analysis/places';
import { type Rectangle, rectangleOf, SIDE, wordAt } from '../../../core/analysis/report/hilbert';
import { labelAt, type Picture, sharesOf, visitSquares } from '../../../core/analysis/report/picture';
import type { Tone } from '../tone';
import { inkOn, mixed, Paints } from './paint';

/** What is drawn. */
export interface Scene {
  readonly picture: Picture<Tone>;
  /** What has a name, what is more important first. */
  readonly places: readonly Place[];
  /** Blocks that are marked, however small: there something is to be seen. */
  readonly marks: readonly Cidr[];
}

/** The part of the map that is seen: a square of points. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Blocks of these prefixes have lines around them, and their names where there is room. */
const LEVELS = [8, 16, 24, 32];
/** A square smaller than so many of the page's pixels is painted whole. */
const FINEST = 1.5;
/** What is smaller than so many of the page's pixels is easily overlooked. */
const SMALL = 18;

/** Draws the map on a canvas as sharp as the screen is. */
export function drawMap(
  canvas: HTMLCanvasElement,
  { picture, places, marks }: Scene,
  view: View,
  cursor: Rectangle,
): void {
  const scale = window.devicePixelRatio || 1;
  const size = canvas.clientWidth;
  const pixels = Math.max(1, Math.round(size * scale));
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const context = canvas.getContext('2d')!;
  const paints = new Paints(canvas, context, scale);
  const unit = pixels / view.side;
  const toPixels = ({ x, y, width, height }: Rectangle): Rectangle => {
    const [left, top] = [Math.round((x - view.x) * unit), Math.round((y - view.y) * unit)];
    const [right, bottom] = [Math.round((x + width - view.x) * unit), Math.round((y + height - view.y) * unit)];
    return { x: left, y: top, width: right - left, height: bottom - top };
  };
  context.fillStyle = paints.colour('paper');
  context.fillRect(0, 0, pixels, pixels);
  visitSquares(picture, { ...view, width: view.side, height: view.side }, (FINEST * scale) / unit, square => {
    const at = toPixels(square);
    if (square.label !== undefined) {
      const paint = paints.of(picture.values[square.label]!);
      context.fillStyle = at.width >= 8 * scale ? paint.patterned : paint.plain;
    } else {
      const whole = square.width ** 2;
      const parts = [...sharesOf(picture, square)].map(([label, share]) => ({
        paint: paints.of(picture.values[label]!),
        share: share / whole,
      }));
      context.fillStyle = mixed(parts);
    }
    context.fillRect(at.x, at.y, Math.max(1, at.width), Math.max(1, at.height));
  });
  const write = writer(context, paints, scale);
  drawGrid(context, paints, picture, view, unit, scale);
  drawPlaces(context, paints, places, toPixels, pixels, scale, write);
  for (const mark of marks) drawMark(context, paints, toPixels(rectangleOf(mark)), scale);
  drawCursor(context, paints, toPixels(cursor), scale);
}

type Write = (text: string, x: number, y: number) => number;

/** Writes names of places, with paper around the letters. */
function writer(context: CanvasRenderingContext2D, paints: Paints, scale: number): Write {
  return (text, x, y) => {
    context.font = `600 ${12 * scale}px system-ui, sans-serif`;
    context.lineJoin = 'round';
    context.lineWidth = 3 * scale;
    context.strokeStyle = paints.colour('paper');
    context.fillStyle = paints.colour('ink');
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
    return context.measureText(text).width;
  };
}

/** Lines around blocks of /8, /16 and /24, as far as they are large enough to be told apart, and their names. */
function drawGrid(
  context: CanvasRenderingContext2D,
  paints: Paints,
  picture: Picture<Tone>,
  view: View,
  unit: number,
  scale: number,
): void {
  const shown = LEVELS.filter(prefix => sideOf(prefix) * unit >= 9 * scale && sideOf(prefix) < view.side);
  const named = shown.findLast(prefix => sideOf(prefix) * unit >= 34 * scale);
  for (const prefix of shown) {
    const side = sideOf(prefix);
    context.strokeStyle = paints.colour('grid');
    context.lineWidth = scale;
    context.globalAlpha = prefix === shown[0] ? 1 : 0.5;
    context.beginPath();
    for (let line = Math.ceil(view.x / side) * side; line < view.x + view.side; line += side) {
      const at = Math.round((line - view.x) * unit) + 0.5;
      context.moveTo(at, 0);
      context.lineTo(at, context.canvas.height);
    }
    for (let line = Math.ceil(view.y / side) * side; line < view.y + view.side; line += side) {
      const at = Math.round((line - view.y) * unit) + 0.5;
      context.moveTo(0, at);
      context.lineTo(context.canvas.width, at);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
  if (named === undefined) return;
  const side = sideOf(named);
  const room = side * unit;
  const size = Math.min(12, room / scale / 3.6);
  context.font = `${size * scale}px system-ui, sans-serif`;
  context.globalAlpha = 0.8;
  const first = (from: number) => Math.max(0, Math.floor(from / side) * side);
  for (let y = first(view.y); y < Math.min(SIDE, view.y + view.side); y += side) {
    for (let x = first(view.x); x < Math.min(SIDE, view.x + view.side); x += side) {
      const word = wordAt({ x, y });
      // A block's lowest address may be any of its corners: the name is made of it, and its colour of what lies below.
      const below = labelAt(picture, wordAt({ x, y: y + side - 1 }));
      context.fillStyle = inkOn(paints.of(below).rgb);
      const text = blockName(word, named, room / scale);
      context.fillText(text, (x - view.x) * unit + 4 * scale, (y - view.y + side) * unit - 5 * scale);
    }
  }
  context.globalAlpha = 1;
}

/** A block's name, as short as its place allows: `10`, `10.3`, or only the last part where there is no more room. */
function blockName(word: number, prefix: number, room: number): string {
  const parts = formatAddress({ family: 4, words: Uint32Array.of(word) })
    .split('.')
    .slice(0, prefix / 8);
  const whole = parts.join('.');
  return whole.length * 6.5 + 8 <= room ? whole : `.${parts.at(-1)}`.slice(prefix === 8 ? 1 : 0);
}

/** Outlines of what has a name, and the names that fit. */
function drawPlaces(
  context: CanvasRenderingContext2D,
  paints: Paints,
  places: readonly Place[],
  toPixels: (at: Rectangle) => Rectangle,
  pixels: number,
  scale: number,
  write: Write,
): void {
  const written: Rectangle[] = [];
  for (const { name, sets } of places) {
    for (const block of sets[4].cidrs()) {
      const at = toPixels(rectangleOf(block));
      const seen = at.x < pixels && at.y < pixels && at.x + at.width > 0 && at.y + at.height > 0;
      if (!seen || at.width < 4 * scale) continue;
      context.strokeStyle = paints.colour('ink');
      context.globalAlpha = 0.6;
      context.lineWidth = 1.5 * scale;
      context.strokeRect(at.x + 0.5, at.y + 0.5, at.width - 1, at.height - 1);
      context.globalAlpha = 1;
      const left = Math.max(at.x, 0) + 5 * scale;
      const room = Math.min(at.x + at.width, pixels) - left;
      if (name.length * 7.2 * scale > room || at.height < 18 * scale) continue;
      const line = 16 * scale;
      let top = Math.max(at.y, 0) + 2 * scale;
      while (written.some(other => overlap(other, { x: left, y: top, width: room, height: line }))) top += line;
      if (top + line > at.y + at.height) continue;
      const width = write(name, left, top + 12 * scale);
      written.push({ x: left, y: top, width, height: line });
    }
  }
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** A mark around what would be too small to be seen. */
function drawMark(context: CanvasRenderingContext2D, paints: Paints, at: Rectangle, scale: number): void {
  if (at.width > SMALL * scale) return;
  const radius = (SMALL / 2) * scale;
  for (const [colour, width] of [
    ['paper', 4.5],
    ['accent', 2.5],
  ] as const) {
    context.strokeStyle = paints.colour(colour);
    context.lineWidth = width * scale;
    context.beginPath();
    context.arc(at.x + at.width / 2, at.y + at.height / 2, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** What is pointed at: a block of the step that keys move by, or a cross where that is too small. */
function drawCursor(context: CanvasRenderingContext2D, paints: Paints, at: Rectangle, scale: number): void {
  const grown = Math.max(0, 9 * scale - at.width) / 2;
  const [x, y, side] = [at.x - grown, at.y - grown, at.width + 2 * grown];
  for (const [colour, width] of [
    ['paper', 4],
    ['ink', 2],
  ] as const) {
    context.strokeStyle = paints.colour(colour);
    context.lineWidth = width * scale;
    context.strokeRect(x, y, side, side);
  }
}

/** The side of a block of an even prefix, in points. */
function sideOf(prefix: number): number {
  return 2 ** (16 - prefix / 2);
}
