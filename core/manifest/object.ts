import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';

/** A Kubernetes object's identity, as far as the document gives one. */
export interface ObjectId {
  /** Empty when the document has none. */
  readonly apiVersion: string;
  /** Such as `ConfigMap`. */
  readonly kind: string;
  /** `metadata.name`, when it is a text. */
  readonly name: string | undefined;
  /** `metadata.namespace`, when it is a text. */
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

/** A value in writing, for messages and for comparing: texts as they are, nothing for what is missing. */
export function written(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** The annotation that says what carries pods' addresses to the internet, where an object preserves them there. */
export const INTERNET_ROUTE = 'masq/internet-route';

/** Whether an object declares a route that carries pods' addresses to the internet. */
export function hasDeclaredRoute(document: SourceDocument): boolean {
  const route = valueAt(document.value, ['metadata', 'annotations', INTERNET_ROUTE]);
  return route === 'cloud-nat' || route === 'custom-default-route';
}
