import type { SourceRange } from '../../core/diagnostics';
import { type Cell, cellsOf } from './cells';
import { printable } from './printable';

/** A source line and the carets under a range in it, both ready to be shown one above the other. */
export interface Excerpt {
  readonly line: number;
  readonly source: string;
  readonly carets: string;
  /** The last line of a range that goes on below the line shown. */
  readonly until?: number;
}

/** No excerpt is wider than this many cells; of a longer line the part around the range is shown. */
const WIDTH = 100;
const BEFORE = 30;
/** What is looked at to both sides of a range's start, far more than is shown: a line may be a megabyte of JSON. */
const REACH = 2000;
const CUT = '…';

/** Finds the lines of texts, remembering where each text's lines begin. */
export class Excerpts {
  readonly #starts = new Map<string, number[]>();

  constructor(private readonly sources: ReadonlyMap<string, string>) {}

  /** The excerpt of a range in a file, or undefined when the text is unknown or has no such line. */
  of(file: string, range: SourceRange): Excerpt | undefined {
    const raw = this.#line(file, range.start.line);
    if (raw === undefined) return undefined;
    const { start, end } = range;
    const goesOn = end.line > start.line && !(end.line === start.line + 1 && end.column === 1);
    const from = Math.min(start.column - 1, raw.length);
    const to = end.line > start.line ? raw.length : Math.min(end.column - 1, raw.length);
    const left = Math.max(0, from - REACH);
    const near = raw.slice(left, from + REACH);
    const shown = { line: start.line, ...underline(cellsOf(sanitize(near)), from - left, to - left) };
    return goesOn ? { ...shown, until: end.column === 1 ? end.line - 1 : end.line } : shown;
  }

  #line(file: string, line: number): string | undefined {
    const text = this.sources.get(file);
    if (text === undefined) return undefined;
    let starts = this.#starts.get(file);
    if (starts === undefined) {
      starts = [0];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
      this.#starts.set(file, starts);
    }
    const start = starts[line - 1];
    if (start === undefined) return undefined;
    const end = starts[line] === undefined ? text.length : starts[line]! - 1;
    return text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
  }
}

/** Keeps tabs, which become spaces, and a byte order mark, which takes no cell; pictures every other control. */
function sanitize(line: string): string {
  const mark = line.startsWith('\ufeff') ? '\ufeff' : '';
  return mark + line.slice(mark.length).split('\t').map(printable).join('\t');
}

function underline(all: readonly Cell[], from: number, to: number): { source: string; carets: string } {
  const cells = all[0]?.text.startsWith('\ufeff') ? [unmarked(all[0]), ...all.slice(1)] : all;
  const covered = (cell: Cell): boolean => cell.end > from && cell.start < Math.max(to, from + 1);
  const [first, last] = viewport(cells, Math.max(0, cells.findIndex(covered)), from);
  let source = first > 0 ? CUT : '';
  let carets = first > 0 ? ' ' : '';
  let place: number | undefined;
  for (const cell of cells.slice(first, last)) {
    source += cell.text;
    if (covered(cell)) place ??= carets.length;
    carets += (covered(cell) ? '^' : ' ').repeat(cell.width);
  }
  if (last < cells.length) source += CUT;
  if (!carets.includes('^')) carets = `${carets.slice(0, place)}^`;
  return { source: source.trimEnd(), carets: carets.trimEnd() };
}

function unmarked(cell: Cell): Cell {
  const text = cell.text.slice(1);
  return { ...cell, text, width: text === '' ? 0 : cell.width };
}

/** Which cells to show: all when they fit, else a stretch that begins a little before the range. */
function viewport(cells: readonly Cell[], target: number, from: number): [first: number, last: number] {
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  if (total <= WIDTH) return [0, cells.length];
  const behindEnd = from >= (cells[cells.length - 1]?.end ?? 0);
  let first = behindEnd ? cells.length : target;
  for (let room = BEFORE; first > 0 && room >= cells[first - 1]!.width; first--) room -= cells[first - 1]!.width;
  let last = first;
  for (let room = WIDTH; last < cells.length && room >= cells[last]!.width; last++) room -= cells[last]!.width;
  for (let room = WIDTH - widthBetween(cells, first, last); first > 0 && room >= cells[first - 1]!.width; first--) {
    room -= cells[first - 1]!.width;
  }
  return [first, last];
}

function widthBetween(cells: readonly Cell[], first: number, last: number): number {
  return cells.slice(first, last).reduce((sum, cell) => sum + cell.width, 0);
}
