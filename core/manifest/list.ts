import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';

/**
 * The objects of a document: the items of a Kubernetes `List`, as `kubectl get -o yaml` prints several objects, each
 * with its places in the whole; otherwise the document itself.
 */
export function objectsOf(document: SourceDocument): readonly SourceDocument[] {
  const items = valueAt(document.value, ['items']);
  if (valueAt(document.value, ['kind']) !== 'List' || !Array.isArray(items)) return [document];
  return items.map((value, i) => ({
    source: document.source,
    index: document.index,
    value,
    at: (path, part) => document.at(['items', i, ...path], part),
    written: path => document.written(['items', i, ...path]),
    extent: path => document.extent(['items', i, ...path]),
    within: (path, offset, length) => document.within(['items', i, ...path], offset, length),
  }));
}
