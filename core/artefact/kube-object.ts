import { valueAt } from '../schema/path';

/** A Kubernetes object as plain data. */
export type KubeObject = Readonly<Record<string, unknown>>;

/** An object's kind and name, for messages. */
export function nameOf(object: KubeObject): string {
  return `${object.kind} "${valueAt(object, ['metadata', 'name'])}"`;
}
