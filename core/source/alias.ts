import { type Document, isAlias, isCollection, isMap, isPair, isScalar, isSeq, visit } from 'yaml';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import type { SourceText } from './text';

/**
 * What is wrong with a document's aliases, so that it cannot be made into plain data: one without an anchor before it,
 * one inside of what it stands for, or the first with which the document grows past the bound. Found by adding up,
 * never by expanding.
 */
export function aliasFault(source: SourceText, document: Document.Parsed, bound: number): Diagnostic | undefined {
  const sizes = new Map<string, number>();
  let found: Diagnostic | undefined;
  const fault = (code: 'MQ201' | 'MQ210', node: unknown, says: string): void => {
    if (!isAlias(node) || found) return;
    const start = node.range?.[0] ?? 0;
    const at: Location = { file: source.file, range: source.range(start, start + node.source.length + 1) };
    found = diagnostic(code, at, { message: `alias "*${node.source}" ${says}` });
  };
  const tooLarge = `expands the document to more than ${bound} values`;
  const size = (node: unknown): number => {
    let total = 1;
    if (isAlias(node)) {
      const known = sizes.get(node.source);
      if (known === undefined) fault('MQ201', node, `has no anchor "&${node.source}" that is complete before it`);
      total = known ?? 1;
      if (total > bound) fault('MQ210', node, tooLarge);
    } else if (isPair(node)) total = size(node.key) + size(node.value);
    else if (isCollection(node)) {
      for (const item of node.items) {
        total += size(item);
        if (total > bound) fault('MQ210', isPair(item) ? item.value : item, tooLarge);
      }
    }
    if ((isCollection(node) || isScalar(node)) && node.anchor) sizes.set(node.anchor, total);
    return total;
  };
  size(document.contents);
  return found;
}

/** What is wrong with a merge key `<<`: it takes a map, an alias of one, or a list of these. */
export function mergeFault(source: SourceText, document: Document.Parsed): Diagnostic | undefined {
  let found: Diagnostic | undefined;
  const plain = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.type !== 'PLAIN' || key.source !== '<<') return undefined;
      const sources = plain(value);
      if (isSeq(sources) ? sources.items.every(item => isMap(plain(item))) : isMap(sources)) return undefined;
      const [start, end] = key.range!;
      const at: Location = { file: source.file, range: source.range(start, end) };
      found = diagnostic('MQ201', at, { message: 'the merge key "<<" takes a map, or an alias of one' });
      return visit.BREAK;
    },
  });
  return found;
}
