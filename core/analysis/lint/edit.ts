import type { Edit, ValuePath } from '../../diagnostics';
import { valueAt } from '../../schema/path';
import type { SourceDocument, SourceText } from '../../source';

/** What a line of a list has before its item, and behind it. */
const DASH = /^[ \t]*-[ \t]+$/;
const TAIL = /^[ \t]*(?:#.*)?\r?$/;

/**
 * The edit that takes an item out of a list, as it is written: a whole line with the comment at its end, or what stands
 * between two commas. Undefined where nothing else than the item cannot be taken out: an item that is written in one line
 * with others of a block or is the only one, one with an anchor, and one below a comment, which would be lost with it or
 * be taken for one about the next.
 */
export function removal(document: SourceDocument, list: ValuePath, index: number): Edit | undefined {
  const layout = document.list(list);
  const { host } = document.source;
  const item = layout?.items[index];
  if (!layout || !host || !item?.free || layout.items.length < 2) return undefined;
  const at = (offset: number): number => document.source.position(offset).offset;
  if (!layout.flow) return lineOf(host, at(item.extent[0]), at(item.extent[1]));
  const [before, after] = [layout.items[index - 1], layout.items[index + 1]];
  const [start, end] = after ? [item.extent[0], after.extent[0]] : [before!.extent[1], item.extent[1]];
  const edit = { start: at(start), end: at(end), text: '' };
  const isTold = host.text.slice(edit.start, edit.end).includes('#') || isBelowComment(host, at(item.extent[0]));
  return isTold ? undefined : edit;
}

/** The whole lines of an item, when it has them for itself and no comment stands above. */
function lineOf(host: SourceText, from: number, to: number): Edit | undefined {
  const [start] = host.line(from);
  const [, end] = host.line(to);
  if (!DASH.test(host.text.slice(start, from)) || !TAIL.test(host.text.slice(to, end))) return undefined;
  if (isBelowComment(host, from)) return undefined;
  if (end < host.text.length) return { start, end: end + 1, text: '' };
  return { start: start - (host.text[start - 2] === '\r' ? 2 : 1), end, text: '' };
}

/** Whether the line above that of an offset is nothing but a comment. */
function isBelowComment(host: SourceText, offset: number): boolean {
  const [start] = host.line(offset);
  return start > 0 && /^[ \t]*#/.test(host.text.slice(...host.line(start - 1)));
}

/** Whether a comment stands at the end of an item's line. One behind the closing bracket is about the whole list. */
export function hasComment(document: SourceDocument, list: ValuePath, index: number): boolean {
  const layout = document.list(list);
  const item = layout?.items[index];
  const { host } = document.source;
  if (!layout || !item || !host) return false;
  const end = document.source.position(item.extent[1]).offset;
  const [, bracket = '', comment] = /^([^#\]]*\]?)[^#]*(#)?/.exec(host.text.slice(end, host.line(end)[1])) ?? [];
  return comment !== undefined && !(layout.flow && bracket.endsWith(']'));
}

/** The edit that writes another text into a scalar, in the quotes that it has. */
export function replacement(document: SourceDocument, path: ValuePath, text: string): Edit | undefined {
  const extent = document.extent(path);
  const written = document.written(path);
  if (!extent || written === undefined || !document.source.host || valueAt(document.value, path) === undefined) {
    return undefined;
  }
  const quote = /^["']/.exec(written)?.[0].length ?? 0;
  const [start, end] = [extent[0] + quote, extent[1] - quote].map(offset => document.source.position(offset).offset);
  return { start: start!, end: end!, text };
}

/**
 * A text with edits made, of which those that touch one before them are left for another time.
 * @param edits groups of edits: each of them is made as a whole, or not
 */
export function withEdits(text: string, groups: readonly (readonly Edit[])[]): { text: string; made: number } {
  const taken: Edit[] = [];
  let made = 0;
  for (const group of groups) {
    if (group.some(edit => taken.some(other => edit.start < other.end && other.start < edit.end))) continue;
    taken.push(...group);
    made++;
  }
  taken.sort((a, b) => a.start - b.start);
  let changed = '';
  let at = 0;
  for (const { start, end, text: fresh } of taken) {
    changed += text.slice(at, start) + fresh;
    at = end;
  }
  return { text: changed + text.slice(at), made };
}
