import { formatCidr, type Partition } from '../../core/address';
import type { Place } from '../../core/analysis/places';
import { closeUps } from '../../core/analysis/report/close-ups';
import { type Rectangle, rectangleOf, SIDE } from '../../core/analysis/report/hilbert';
import { type Picture, pictureOf, sharesOf, visitSquares } from '../../core/analysis/report/picture';
import { andList } from '../../core/diagnostics';
import { Html, html } from './html';
import { drawnPlaces } from './look';
import { SVG_PATTERNS, SVG_STYLE } from './svg-style';
import { type Tone, toneClass } from './tone';
import { addressCount } from './view/legend';

/** The map's side in the picture's own units, two for each of the 256 cells in a row: /16 blocks. */
const MAP = 512;
/** A close-up's side. */
const CLOSE = 244;
const CELL = 2;
const MARGIN = 16;
const LINE = 22;
/** Above each map stands what it is of. */
const HEAD = 24;
/** A label needs so much room, a unit for each letter. */
const LETTER = 6.2;
/** Beside the map there is room for two close-ups, and below for three. */
const BESIDE = 2;
const MOST = 5;

/** How every picture begins: by this it is known that a file may be written over. */
export const SVG_MARK = '<svg xmlns="http://www.w3.org/2000/svg" class="masq-map"';

/** What a picture of a map is given beside the map. */
export interface Caption {
  /** What it is of. */
  readonly title: string;
  /** Whose packets are meant, where not every pod's. */
  readonly whom?: string;
  /** The cluster's own places. */
  readonly places: readonly Place[];
}

/**
 * The IPv4 space as a picture: a Hilbert map, close-ups of the blocks in which most differs, names for what has one, and
 * what the colours mean.
 */
export function mapSvg(partition: Partition<Tone>, { title, whom, places }: Caption): Html {
  const picture = pictureOf(partition);
  const entries = picture.values.map(tone => ({ tone, count: partition.where(one => one === tone).count() }));
  const blocks = closeUps(picture, MOST);
  const width = 2 * MARGIN + MAP + (blocks.length > 0 ? MARGIN + CLOSE : 0);
  const top = MARGIN + (whom === undefined ? 2 : 3) * HEAD;
  const below = top + MAP + MARGIN;
  const row = Math.max(0, blocks.length - BESIDE);
  // The key stands beside the close-ups below the map, where one more would have room, and else below them.
  const legendLeft = MARGIN + (row < MOST - BESIDE ? row * (CLOSE + MARGIN) : 0);
  const rowHeight = row > 0 ? HEAD + CLOSE + MARGIN : 0;
  const legendTop = below + (legendLeft > MARGIN ? HEAD : rowHeight);
  const summary = entries.map(({ tone, count }) => `${addressCount(count)} ${tone.text}`).join(', ');
  const named = drawnPlaces(places);
  const numbers = new Numbers();
  const at = { x: MARGIN, y: top, side: MAP };
  const map = panel(picture, named, numbers, WHOLE, at, 'all of IPv4', blocks.map(rectangleOf));
  const close = blocks.map((block, i) => {
    const [x, y] =
      i < BESIDE
        ? [2 * MARGIN + MAP, top + i * (MAP - CLOSE)]
        : [MARGIN + (i - BESIDE) * (CLOSE + MARGIN), below + HEAD];
    return panel(picture, named, numbers, rectangleOf(block), { x, y, side: CLOSE }, formatCidr(block));
  });
  const lines = entries.length + numbers.texts.length;
  const height = Math.max(below + rowHeight, legendTop + LINE * lines + 4);
  return html`${new Html(SVG_MARK)} viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="masq-map-title masq-map-desc">
<title id="masq-map-title">${title}${whom !== undefined && `, packets from ${whom}`}</title>
<desc id="masq-map-desc">A Hilbert map of the IPv4 space${blocks.length > 0 && `, with close-ups of ${andList(blocks.map(formatCidr))}`}. IPv4 addresses: ${summary}.</desc>
<style>${new Html(SVG_STYLE)}</style>
<defs>${new Html(SVG_PATTERNS)}</defs>
<rect class="paper" width="${width}" height="${height}" rx="8"/>
<text class="title" x="${MARGIN}" y="${MARGIN + 14}">${title}</text>${whom !== undefined && html`<text x="${MARGIN}" y="${MARGIN + 36}">packets from ${whom}</text>`}
${map}
${close}
<g transform="translate(${legendLeft} ${legendTop})">${entries.map(({ tone, count }, i) => key(tone, count, i))}${numbers.texts.map((text, i) => numberKey(text, i, entries.length))}</g>
</svg>
`;
}

const WHOLE: Rectangle = { x: 0, y: 0, width: SIDE, height: SIDE };

/** The outlines that have no room for a name, and have a number: the key says what they are. */
class Numbers {
  readonly texts: string[] = [];

  /** The number of what a text tells. */
  of(text: string): number {
    const known = this.texts.indexOf(text);
    return known >= 0 ? known + 1 : this.texts.push(text);
  }
}

/** Where a part of the map is drawn. */
interface Panel {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** A part of the map, a square, with what it is of above it. */
function panel(
  picture: Picture<Tone>,
  places: readonly Place[],
  numbers: Numbers,
  part: Rectangle,
  { x, y, side }: Panel,
  name: string,
  marked: readonly Rectangle[] = [],
): Html {
  const to = (at: Rectangle): Rectangle => scaled(at, part, side);
  const closer = marked.map(to);
  const marks = closer.map(at => {
    const grown = Math.max(0, 8 - at.width) / 2;
    const box = html`x="${at.x - grown}" y="${at.y - grown}" width="${at.width + 2 * grown}" height="${at.height + 2 * grown}"`;
    return html`<rect class="halo" ${box}/><rect class="mark" ${box}/>`;
  });
  return html`<text class="dim" x="${x}" y="${y - 8}">${name}</text>
<svg x="${x}" y="${y}" width="${side}" height="${side}" viewBox="0 0 ${side} ${side}"><title>${name}</title>${areas(picture, part, side)}
<rect class="frame" width="${side}" height="${side}"/>${labels(places, to, side, at => (closer.some(mark => holds(mark, at)) ? undefined : numbers))}${marks}</svg>
`;
}

function key(tone: Tone, count: bigint, line: number): Html {
  const y = line * LINE;
  return html`<rect class="${toneClass(tone)}" x="0" y="${y}" width="14" height="14"/><text x="22" y="${y + 11}">${tone.text} <tspan class="dim">${addressCount(count)} addresses</tspan></text>
`;
}

function numberKey(text: string, i: number, above: number): Html {
  const y = (above + i) * LINE + 11;
  return html`<text class="number" x="7" y="${y}">${i + 1}</text><text x="22" y="${y}">${text}</text>
`;
}

/** Every square that is drawn, those of a tone as one shape; where a cell holds several, the smaller ones are a dot. */
function areas(picture: Picture<Tone>, part: Rectangle, side: number): Html[] {
  const cells = picture.values.map(() => new Grid(side / CELL));
  const dots = picture.values.map((): string[] => []);
  visitSquares(picture, part, (part.width / side) * CELL, square => {
    const at = snapped(scaled(square, part, side), side);
    if (square.label !== undefined) {
      cells[square.label]!.fill(at);
      return;
    }
    const shares = [...sharesOf(picture, square)].sort(([a, m], [b, n]) => n - m || a - b);
    cells[shares[0]![0]]!.fill(at);
    dots[shares[1]![0]]!.push(`M${at.x + 0.4} ${at.y + 0.4}h1.2v1.2h-1.2z`);
  });
  return picture.values.flatMap((tone, i) => {
    const path = cells[i]!.path();
    return [
      ...(path === '' ? [] : [html`<path class="${toneClass(tone)}" d="${path}"/>`]),
      ...(dots[i]!.length > 0 ? [html`<path class="${toneClass(tone)} dot" d="${dots[i]!.join('')}"/>`] : []),
    ];
  });
}

/** Cells of the map that are filled, put together into few rectangles. */
class Grid {
  private readonly cells: Uint8Array;

  constructor(private readonly side: number) {
    this.cells = new Uint8Array(side * side);
  }

  fill({ x, y, width, height }: Rectangle): void {
    for (let row = y / CELL; row < (y + height) / CELL; row++) {
      const from = row * this.side + x / CELL;
      this.cells.fill(1, from, from + width / CELL);
    }
  }

  /** The shape: of the cells that are left the first one's row as far as it goes, and as many rows below as have all of it. */
  path(): string {
    const { cells, side } = this;
    const left = cells.slice();
    let path = '';
    for (let at = left.indexOf(1); at >= 0; at = left.indexOf(1, at)) {
      let width = 1;
      while ((at + width) % side !== 0 && left[at + width] === 1) width++;
      let height = 1;
      for (let row = at + side; row < left.length && isFull(left, row, width); row += side) height++;
      for (let row = 0; row < height; row++) left.fill(0, at + row * side, at + row * side + width);
      const [x, y] = [(at % side) * CELL, Math.floor(at / side) * CELL];
      path += `M${x} ${y}h${width * CELL}v${height * CELL}h-${width * CELL}z`;
    }
    return path;
  }
}

function isFull(cells: Uint8Array, from: number, width: number): boolean {
  for (let at = from; at < from + width; at++) if (cells[at] !== 1) return false;
  return true;
}

/**
 * Outlines and names of what has a name, the cluster's own first; where a name has no room, a number.
 * @param numbersOf those of an outline; undefined where a close-up shows it
 */
function labels(
  places: readonly Place[],
  to: (at: Rectangle) => Rectangle,
  side: number,
  numbersOf: (at: Rectangle) => Numbers | undefined,
): Html[] {
  const taken: Rectangle[] = [];
  return places.flatMap(({ name, sets }) =>
    sets[4].cidrs().flatMap(block => {
      const at = to(rectangleOf(block));
      const seen = at.x < side && at.y < side && at.x + at.width > 0 && at.y + at.height > 0;
      const covers = at.width >= side && at.height >= side;
      if (!seen || covers || at.width < 2 * CELL || taken.some(other => sameBox(other, at))) return [];
      taken.push(at);
      const label = labelBox(at, [`${name} ${formatCidr(block)}`, name, formatCidr(block)]);
      const box = html`x="${at.x}" y="${at.y}" width="${at.width}" height="${at.height}"`;
      const outline = html`<rect class="halo" ${box}/><rect class="place" ${box}><title>${name} ${formatCidr(block)}</title></rect>`;
      const number = label === undefined ? numbersOf(at)?.of(`${name} ${formatCidr(block)}`) : undefined;
      if (number !== undefined) return [outline, numberText(at, number, side)];
      const text = html`<text class="label" x="${at.x + 4}" y="${at.y + 13}">${label}</text>`;
      return label === undefined ? [outline] : [outline, text];
    }),
  );
}

/** Beside an outline its number, within the map. */
function numberText({ x, y, width, height }: Rectangle, number: number, side: number): Html {
  const isLeft = x + width + 2 * LETTER + 2 > side;
  const at = html`x="${isLeft ? x - 3 : x + width + 3}" y="${Math.max(10, y + height / 2 + 4)}"`;
  return html`<text class="label${isLeft && ' before'}" ${at}>${number}</text>`;
}

function holds(outer: Rectangle, { x, y, width, height }: Rectangle): boolean {
  return x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height;
}

function labelBox({ width, height }: Rectangle, texts: readonly string[]): string | undefined {
  return height < 16 ? undefined : texts.find(text => text.length * LETTER + 6 <= width);
}

function sameBox(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Where a part of the map lies in a panel that shows a part around it. */
function scaled({ x, y, width, height }: Rectangle, part: Rectangle, side: number): Rectangle {
  const unit = part.width / side;
  return { x: (x - part.x) / unit, y: (y - part.y) / unit, width: width / unit, height: height / unit };
}

/** The same in whole cells, within the panel. */
function snapped({ x, y, width, height }: Rectangle, side: number): Rectangle {
  const cell = (at: number): number => Math.min(side, Math.max(0, Math.round(at / CELL) * CELL));
  const [left, top] = [cell(x), cell(y)];
  return {
    x: left,
    y: top,
    width: Math.max(CELL, cell(x + width) - left),
    height: Math.max(CELL, cell(y + height) - top),
  };
}
