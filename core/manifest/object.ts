import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';

/** A Kubernetes object's identity, as far as the document gives one. */
export interface ObjectId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
}

/** Who an object is; undefined when the document has no kind. */
export function objectId(document: SourceDocument): ObjectId | undefined {
  const kind = valueAt(document.value, ['kind']);
  if (typeof kind !== 'string') return undefined;
  const text = (path: readonly string[]): string | undefined => {
    const value = valueAt(document.value, path);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    kind,
    apiVersion: text(['apiVersion']) ?? '',
    name: text(['metadata', 'name']),
    namespace: text(['metadata', 'namespace']),
  };
}

/** A map's entries, or none when the value is no map. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A list's items, or none when the value is no list. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
