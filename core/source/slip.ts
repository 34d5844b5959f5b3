import type { YAMLError } from 'yaml';
import { lineSlip } from './line-slip';
import type { SourceText } from './text';
import { BLOCK_IN_FLOW } from './words';

/** Where a line does not fit the ones above it, and what to do about it. */
export interface Slip {
  /** The first word of the line. */
  readonly offset: number;
  /** What is wrong with it. */
  readonly words: string;
}

/** How far a key is looked for: YAML allows no longer one. */
const REACH = 1024;

/**
 * What an indentation that does not fit makes a syntax fault of. The parser names what it expected where it was lost,
 * which may be a line early; the user has to look at the line that slipped.
 * @param beside the other faults of the document
 */
export function slip(source: SourceText, fault: YAMLError, beside: readonly YAMLError[]): Slip | undefined {
  const { text } = source;
  const offset = firstWord(text, fault.pos[0]);
  const [line] = source.line(offset);
  const isFirst = firstWord(text, line) === offset;
  const isItem = /^-\s/.test(text.slice(offset, offset + 2));
  const told = isFirst || fault.code === 'MULTILINE_IMPLICIT_KEY' ? lineSlip(source, offset) : undefined;
  if (told) return told;
  const address = bracketedAddress(text, fault.pos[0]);
  if (address) return address;
  if (/^Nested mappings/.test(fault.message)) return deeperLine(text, offset);
  if (beside.some(other => other.code === 'BLOCK_IN_FLOW' && other.pos[0] === fault.pos[0])) {
    const isBlock = /^[-?] /.test(text.slice(offset, offset + 2));
    return { offset, words: isBlock ? BLOCK_IN_FLOW : 'a comma is missing in this value' };
  }
  if (!isFirst) return undefined;
  if (isItem && /IMPLICIT_KEY$/.test(fault.code)) {
    return { offset, words: 'the indentation of this "-" does not fit that of the lines above' };
  }
  if (/ at node end$/.test(fault.message)) {
    return { offset, words: 'this line does not fit those above; check its indentation, and that "- " has its space' };
  }
  return undefined;
}

/** An address as URLs have it: in YAML its brackets make a list, behind which nothing can stand. */
function bracketedAddress(text: string, offset: number): Slip | undefined {
  const prefix = /^\/\d{1,3}(?![\w./])/.exec(text.slice(offset, offset + 8))?.[0];
  const [brackets, address] = /\[([\da-f:.]{2,45})\]$/i.exec(text.slice(Math.max(offset - 50, 0), offset)) ?? [];
  if (prefix === undefined || brackets === undefined || !/[:.]/.test(address!)) return undefined;
  const cidr = `${address}${prefix}`;
  return {
    offset: offset - brackets.length,
    words: `an address has no brackets around it; write ${cidr}, as a list of one [${cidr}]`,
  };
}

/** A line that goes on with the value above it, and has a key of its own. */
function deeperLine(text: string, offset: number): Slip | undefined {
  const near = text.slice(offset, offset + REACH);
  const lineEnd = near.indexOf('\n');
  const colon = near.search(/:(?=\s|$)/);
  if (lineEnd < 0 || colon < lineEnd) return undefined;
  const words = 'this line is indented deeper than the key above it, which has a value already; indent both alike';
  return { offset: firstWord(text, offset + lineEnd + 1), words };
}

/** Behind the blanks at an offset. */
export function firstWord(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ') at++;
  return at;
}
