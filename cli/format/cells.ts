/** A character as a reader sees it (a grapheme), and the terminal cells it takes. */
export interface Cell {
  /** What to show; a tab is shown as spaces. */
  readonly text: string;
  readonly width: number;
  /** Where it begins and ends in the line, in UTF-16 code units from 0. */
  readonly start: number;
  readonly end: number;
}

const TAB_STOP = 4;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f1e6}-\u{1f1ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /^[\p{M}\p{Cf}]*$/u;

let segmenter: Intl.Segmenter | undefined;

/** Takes a line apart into cells: tabs up to the next stop of four, wide characters and emoji as two cells. */
export function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const { segment, index } of graphemes(line)) {
    const text = segment === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : segment;
    const width = segment === '\t' ? text.length : widthOf(segment);
    cells.push({ text, width, start: index, end: index + segment.length });
    column += width;
  }
  return cells;
}

function* graphemes(line: string): Iterable<{ segment: string; index: number }> {
  if (/^[\t\x20-\x7e]*$/.test(line)) {
    for (let index = 0; index < line.length; index++) yield { segment: line[index]!, index };
    return;
  }
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  yield* segmenter.segment(line);
}

function widthOf(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return INVISIBLE.test(grapheme) ? 0 : 1;
}
