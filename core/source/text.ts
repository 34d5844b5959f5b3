import type { Position, SourceRange } from '../diagnostics';

/** A text with its name; turns offsets into lines and columns, and only when somebody asks. */
export class SourceText {
  private lineStarts: Uint32Array | undefined;

  /**
   * @param file the text's name in findings, as the caller gave it
   * @param text the whole text; a byte order mark at its start counts as no column
   */
  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  /** The text of the whole file; undefined where the places of this one in it cannot be told. */
  get host(): SourceText | undefined {
    return this;
  }

  /** The place of an offset, counted from 0. Places behind the end are the end. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    const line = this.lineOf(at);
    const bom = line === 0 && this.text.charCodeAt(0) === 0xfeff && at > 0 ? 1 : 0;
    return { line: line + 1, column: at - this.starts[line]! + 1 - bom, offset: at };
  }

  /** How many lines the text has. */
  get lines(): number {
    return this.starts.length;
  }

  /** Where the line of an offset begins and ends in this text, its line break left out. */
  line(offset: number): readonly [start: number, end: number] {
    const line = this.lineOf(offset);
    return [this.starts[line]!, (this.starts[line + 1] ?? this.text.length + 1) - 1];
  }

  /** The stretch between two offsets; at least one place long in lines and columns when `end` is not behind `start`. */
  range(start: number, end: number): SourceRange {
    return { start: this.position(start), end: this.position(Math.max(start, end)) };
  }

  private get starts(): Uint32Array {
    this.lineStarts ??= lineStarts(this.text);
    return this.lineStarts;
  }

  /** The number of an offset's line, from 0. */
  private lineOf(offset: number): number {
    const { starts } = this;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Counted first: a text may have as many lines as characters, and a growing list of them would take twice the room. */
function lineStarts(text: string): Uint32Array {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  const starts = new Uint32Array(count);
  for (let line = 1; line < count; line++) starts[line] = text.indexOf('\n', starts[line - 1]) + 1;
  return starts;
}
