import { type Diagnostic, diagnostic } from '../diagnostics';
import type { SourceText } from './text';

/** What YAML allows nowhere, not even in quotes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const NEVER = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** The first character of a text that YAML does not allow: every reader refuses the whole text. */
export function badCharacter(source: SourceText): Diagnostic | undefined {
  const at = source.text.search(NEVER);
  if (at < 0) return undefined;
  const code = source.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  const message = `not valid YAML: the character U+${code} cannot stand in a text; remove it, or restore the file if it is damaged`;
  return diagnostic('MQ201', { file: source.file, range: source.range(at, at + 1) }, { message });
}

/** A byte order mark elsewhere than at the start. It cannot be seen, and belongs to the word behind it. */
export function byteOrderMark(source: SourceText, offset: number): Diagnostic {
  const message = 'a byte order mark (U+FEFF) stands here, where two files were joined; delete it: it cannot be seen';
  return diagnostic('MQ201', { file: source.file, range: source.range(offset, offset + 1) }, { message });
}
