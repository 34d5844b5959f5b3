import { FAMILIES } from '../address';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import type { Entry } from './entry';

/** What is taken out of an entry, and how it is written. */
type Excluded = Pick<Entry, 'text' | 'sets'>;

/** Whether an entry lies inside one of some ranges. */
export function isInsideOne(entry: Entry, ranges: readonly Excluded[]): boolean {
  return ranges.some(({ sets }) => FAMILIES.every(family => sets[family].containsSet(entry.sets[family])));
}

/**
 * How to take ranges out of an entry, for messages: what to write with them among its exceptions.
 * Of an entry that lies inside one of them nothing would be left: it has to go.
 */
export function excludeText(document: SourceDocument, entry: Entry, ranges: readonly Excluded[]): string {
  if (isInsideOne(entry, ranges)) return 'remove it';
  const earlier: unknown = valueAt(document.value, [...entry.path, 'except']);
  const except = [...(Array.isArray(earlier) ? earlier : []), ...ranges.map(range => range.text)].join(', ');
  const them = ranges.length > 1 ? 'them' : 'it';
  const isMap = typeof valueAt(document.value, entry.path) === 'object';
  if (isMap) return `exclude ${them}: write "except: [${except}]"`;
  return `exclude ${them}: write {${entry.named ? 'range' : 'cidr'}: ${entry.text}, except: [${except}]}`;
}
