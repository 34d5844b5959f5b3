import type { Position, ValuePath } from '../diagnostics';
import type { SourceDocument } from './document';
import { SourceText } from './text';

/** A text that stands inside another one, such as a ConfigMap's `config: |` block; places are those of the outer text. */
class EmbeddedText extends SourceText {
  constructor(
    file: string,
    text: string,
    private readonly outer: SourceText,
    private readonly outward: (offset: number) => number,
  ) {
    super(file, text);
  }

  override position(offset: number): Position {
    return this.outer.position(this.outward(Math.max(0, Math.min(offset, this.text.length))));
  }
}

/**
 * The text of a string value as a source of its own, whose places map back to the outer file's lines and columns.
 * Where the two do not run in step (folded or escaped strings), every place is that of the whole value.
 */
export function embeddedText(document: SourceDocument, path: ValuePath, text: string): SourceText {
  const outer = document.source;
  const whole = document.at(path).range;
  const written = document.written(path);
  const start = whole?.start.offset ?? 0;
  if (written === undefined) return new EmbeddedText(outer.file, text, outer, () => start);
  if (written.startsWith('|')) return new EmbeddedText(outer.file, text, outer, blockMapping(outer.text, start, text));
  const lead = written.startsWith('"') || written.startsWith("'") ? 1 : 0;
  const inStep = written.slice(lead, lead + text.length) === text;
  return new EmbeddedText(outer.file, text, outer, offset => (inStep ? start + lead + offset : start));
}

/** Inner line k of a literal block is outer line k below the `|`, moved right by the block's indentation. */
function blockMapping(outer: string, start: number, inner: string): (offset: number) => number {
  const innerStarts: number[] = [];
  const outerStarts: number[] = [];
  let at = outer.indexOf('\n', start) + 1;
  let indent: number | undefined;
  for (let from = 0; from <= inner.length; ) {
    const end = inner.indexOf('\n', from);
    const line = inner.slice(from, end < 0 ? inner.length : end);
    if (indent === undefined && line.trim() !== '') indent = Math.max(0, outer.indexOf(line, at) - at);
    innerStarts.push(from);
    outerStarts.push(at);
    const next = outer.indexOf('\n', at);
    at = next < 0 ? outer.length : next + 1;
    if (end < 0) break;
    from = end + 1;
  }
  return offset => {
    let line = innerStarts.length - 1;
    while (line > 0 && innerStarts[line]! > offset) line--;
    const column = offset - innerStarts[line]!;
    const lineStart = outerStarts[line]!;
    const lineEnd = outer.indexOf('\n', lineStart);
    return Math.min(lineStart + column + (indent ?? 0), lineEnd < 0 ? outer.length : lineEnd);
  };
}
