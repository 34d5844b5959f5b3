import type { Position, SourceRange, ValuePath } from '../diagnostics';
import { alignment } from './align';
import type { SourceDocument } from './document';
import { SourceText } from './text';

/** A text that stands inside another one, such as a ConfigMap's `config: |` block; places are those of the outer text. */
class EmbeddedText extends SourceText {
  /** @param outward for each place of the text and its end, the offset in the outer text */
  constructor(
    text: string,
    private readonly outer: SourceText,
    private readonly outward: Uint32Array,
  ) {
    super(outer.file, text);
  }

  override get host(): SourceText | undefined {
    return this.outer.host;
  }

  override position(offset: number): Position {
    return this.outer.position(this.outward[Math.max(0, Math.min(offset, this.text.length))]!);
  }
}

/** A text whose places in the outer one cannot be told: every place is that of the whole value. */
class OpaqueText extends SourceText {
  constructor(
    file: string,
    text: string,
    private readonly whole: SourceRange,
  ) {
    super(file, text);
  }

  override get host(): SourceText | undefined {
    return undefined;
  }

  override position(): Position {
    return this.whole.start;
  }

  override range(): SourceRange {
    return this.whole;
  }
}

/** The text of a string value as a source of its own, whose places map back to the outer file's lines and columns. */
export function embeddedText(document: SourceDocument, path: ValuePath, text: string): SourceText {
  const outer = document.source;
  const extent = document.extent(path);
  const outward = extent && alignment(outer.text, extent, text);
  if (outward) return new EmbeddedText(text, outer, outward);
  const start = outer.position(0);
  return new OpaqueText(outer.file, text, document.at(path).range ?? { start, end: start });
}
