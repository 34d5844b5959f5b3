import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { list, record } from './object';

/**
 * The objects of a document: the items of a Kubernetes list, in lists within it too, each with its places in the whole;
 * otherwise the document itself. `kubectl get -o yaml` prints a `List`, the API server a `ConfigMapList` and the like,
 * whose items need not say their kind.
 */
export function objectsOf(document: SourceDocument): readonly SourceDocument[] {
  const { kind, apiVersion, items } = record(document.value);
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [document];
  const own = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return list(items).flatMap((value, i) => objectsOf(itemOf(document, i, withKind(value, own))));
}

function withKind(value: unknown, own: Readonly<Record<string, unknown>>): unknown {
  return valueAt(value, ['kind']) === undefined && Object.keys(record(value)).length > 0
    ? { ...own, ...record(value) }
    : value;
}

function itemOf(document: SourceDocument, i: number, value: unknown): SourceDocument {
  return {
    source: document.source,
    index: document.index,
    value,
    at: (path, part) => document.at(['items', i, ...path], part),
    written: path => document.written(['items', i, ...path]),
    comment: path => document.comment(['items', i, ...path]),
    extent: path => document.extent(['items', i, ...path]),
    list: path => document.list(['items', i, ...path]),
    within: (path, offset, length) => document.within(['items', i, ...path], offset, length),
  };
}
