const BLANK = /^[ \t\r\n]$/;

/**
 * Walks along a YAML scalar's text and the value that it was read as, and tells for each place of the value, and its
 * end, the offset in the text that it comes from. The two differ in quotes, escapes, indentation and folded lines.
 * @param extent where the scalar stands in `text`: its header `|` or `>`, quotes and all
 * @returns undefined when they do not run along each other
 */
export function alignment(
  text: string,
  [start, end]: readonly [start: number, end: number],
  value: string,
): Uint32Array | undefined {
  const style = text.charAt(start);
  const block = style === '|' || style === '>';
  const quoted = style === '"' || style === "'";
  let at = block ? text.indexOf('\n', start) + 1 : quoted ? start + 1 : start;
  const indent = block ? indentation(text.slice(at, end), value) : 0;
  const offsets = new Uint32Array(value.length + 1);
  const skipIndent = (): void => {
    for (let n = 0; n < indent && text[at] === ' '; n++) at++;
  };
  skipIndent();
  for (let i = 0; i < value.length; i++) {
    const c = value.charAt(i);
    if (style === '"') at = behindFolds(text, at);
    if (!BLANK.test(c)) while (at < end && BLANK.test(text.charAt(at))) at = behindFolds(text, at + 1);
    offsets[i] = at;
    const length = style === '"' ? escapeLength(text, at) : 0;
    if (length > 0) {
      // A character beyond U+FFFF is two places of the value and one escape.
      if (text[at + 1] === 'U' && value.codePointAt(i)! > 0xffff) offsets[++i] = at;
      at += length;
    } else if (c === '\n') {
      if (text[at] === '\r') at++;
      if (text[at] === '\n') at++;
      skipIndent();
    } else if (c === ' ' || c === '\t') {
      if (text[at] === c) at++;
    } else if (text[at] !== c || at >= end) return undefined;
    else at += style === "'" && c === "'" ? 2 : 1;
  }
  offsets[value.length] = Math.min(at, end);
  return offsets;
}

/** How far a block's lines are moved to the right: by what its first line that is not blank has more than the value's. */
function indentation(block: string, value: string): number {
  const leading = (lines: string): number => /^ */.exec(/^.*\S.*$/m.exec(lines)?.[0] ?? '')![0].length;
  return Math.max(0, leading(block) - leading(value));
}

/** How long the escape at a place of a double-quoted scalar is; 0 where none is. */
function escapeLength(text: string, at: number): number {
  if (text[at] !== '\\') return 0;
  return { x: 4, u: 6, U: 10 }[text.charAt(at + 1)] ?? 2;
}

/** The place behind line breaks that a backslash takes away, with the white space that follows them. */
function behindFolds(text: string, at: number): number {
  const fold = /(?:\\\r?\n[ \t]*)+/y;
  fold.lastIndex = at;
  return fold.test(text) ? fold.lastIndex : at;
}
