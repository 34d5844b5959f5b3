/** Where a scalar stands in a text: its header `|` or `>`, its quotes and all. */
export type Extent = readonly [start: number, end: number];

/**
 * Walks along a YAML scalar's text and the value that it was read as, and tells for each place of the value, and its
 * end, the offset in the text that it comes from. The two differ in quotes, escapes, indentation and folded lines.
 * @returns undefined when they do not run along each other
 */
export function alignment(text: string, extent: Extent, value: string): Uint32Array | undefined {
  const block = text[extent[0]] === '|' || text[extent[0]] === '>';
  return block ? blockAlignment(text, extent, value) : flowAlignment(text, extent, value);
}

/** A block keeps all but white space: its lines are moved right, and folded ones joined. */
function blockAlignment(text: string, [start, end]: Extent, value: string): Uint32Array | undefined {
  const offsets = new Uint32Array(value.length + 1);
  let at = text.indexOf('\n', start) + 1;
  const indent = indentation(text.slice(at, end), value);
  const skipIndent = (): void => {
    for (let n = 0; n < indent && text[at] === ' '; n++) at++;
  };
  skipIndent();
  for (let i = 0; i < value.length; i++) {
    const c = value.charAt(i);
    if (!/[ \t\n]/.test(c)) while (at < end && /[ \t\r\n]/.test(text.charAt(at))) at++;
    offsets[i] = at;
    if (c === '\n') {
      if (text[at] === '\r') at++;
      if (text[at] === '\n') at++;
      skipIndent();
    } else if (text[at] === c) at++;
    else if (c !== ' ' && c !== '\t') return undefined;
  }
  offsets[value.length] = Math.min(at, end);
  return offsets;
}

/** How far a block's lines are moved to the right: by what its first line that is not blank has more than the value's. */
function indentation(block: string, value: string): number {
  const leading = (lines: string): number => /^ */.exec(/^.*\S.*$/m.exec(lines)?.[0] ?? '')![0].length;
  return Math.max(0, leading(block) - leading(value));
}

/** Blanks, which stand for themselves, or line breaks with the blanks around them, which stand for a space or for one break less. */
const BLANKS = /[ \t]*(?:\r?\n[ \t]*)*/y;
/** A line break that a backslash takes away. */
const ESCAPED_BREAK = /\\\r?\n[ \t]*/y;

/** Quoted and plain scalars are read again, as YAML says that they are to be read. */
function flowAlignment(text: string, [start, end]: Extent, value: string): Uint32Array | undefined {
  const style = text.charAt(start);
  const quoted = style === '"' || style === "'";
  const stop = quoted ? end - 1 : end;
  const offsets: number[] = [];
  for (let at = quoted ? start + 1 : start; at < stop; ) {
    const blanks = matchAt(BLANKS, text, at);
    const breaks = blanks.split('\n').length - 1;
    const escaped = style === '"' && text[at] === '\\';
    if (breaks > 0) {
      for (let n = 0; n < Math.max(1, breaks - 1); n++) offsets.push(at);
      at += blanks.length;
    } else if (blanks !== '') {
      if (!value.startsWith(blanks, offsets.length)) return undefined;
      for (let n = 0; n < blanks.length; n++) offsets.push(at++);
    } else if (escaped && matchAt(ESCAPED_BREAK, text, at) !== '') at += matchAt(ESCAPED_BREAK, text, at).length;
    else if (escaped) {
      const length = { x: 4, u: 6, U: 10 }[text.charAt(at + 1)] ?? 2;
      offsets.push(at);
      // A character beyond U+FFFF is two places of the value.
      if (length === 10 && value.codePointAt(offsets.length - 1)! > 0xffff) offsets.push(at);
      at += length;
    } else {
      if (text[at] !== value[offsets.length]) return undefined;
      offsets.push(at);
      at += style === "'" && text[at] === "'" ? 2 : 1;
    }
  }
  offsets.push(stop);
  return offsets.length === value.length + 1 ? Uint32Array.from(offsets) : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
