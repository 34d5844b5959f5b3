import type { Position, SourceRange } from '../diagnostics';

/** A text with its name; turns offsets into lines and columns, and only when somebody asks. */
export class SourceText {
  private starts: number[] | undefined;

  /**
   * @param file the text's name in findings, as the caller gave it
   * @param text the whole text; a byte order mark at its start counts as no column
   */
  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  /** The place of an offset, counted from 0. Places behind the end are the end. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    this.starts ??= lineStarts(this.text);
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    const bom = low === 0 && this.text.charCodeAt(0) === 0xfeff && at > 0 ? 1 : 0;
    return { line: low + 1, column: at - this.starts[low]! + 1 - bom, offset: at };
  }

  /** The stretch between two offsets; at least one place long in lines and columns when `end` is not behind `start`. */
  range(start: number, end: number): SourceRange {
    return { start: this.position(start), end: this.position(Math.max(start, end)) };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
