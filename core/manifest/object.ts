import { suggest, type ValuePath } from '../diagnostics';
import type { Findings } from '../intent/findings';
import { checkAnnotations, checkLabels, isSubdomain, type Labels } from '../intent/selector';
import { valueAt } from '../schema/path';
import { gapText } from '../schema/placeholder';
import type { SourceDocument } from '../source';

/** A Kubernetes object's identity, as far as the document gives one. */
export interface ObjectId {
  /** Empty when the document has none. */
  readonly apiVersion: string;
  /** Such as `ConfigMap`. */
  readonly kind: string;
  /** `metadata.name`, when it is a text or a placeholder. */
  readonly name: string | undefined;
  /** `metadata.namespace`, when it is a text or a placeholder. */
  readonly namespace: string | undefined;
}

/** Who an object is; undefined when the document has no kind. */
export function objectId(document: SourceDocument): ObjectId | undefined {
  const kind = valueAt(document.value, ['kind']);
  if (typeof kind !== 'string') return undefined;
  const text = (path: readonly string[]): string | undefined => {
    const value = valueAt(document.value, path);
    return typeof value === 'string' ? value : gapText(value);
  };
  return {
    kind,
    apiVersion: text(['apiVersion']) ?? '',
    name: text(['metadata', 'name']),
    namespace: text(['metadata', 'namespace']),
  };
}

const REMOVED = ['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2'];

/** Whether Kubernetes once took DaemonSets as this apiVersion and does no longer. */
export function isServedNoMore(apiVersion: unknown): boolean {
  return typeof apiVersion === 'string' && REMOVED.includes(apiVersion);
}

/** Checks that an object of one of Kubernetes' own kinds has the apiVersion that is served. */
export function checkServed(document: SourceDocument, served: string, findings: Findings): void {
  const { kind, apiVersion } = record(document.value);
  if (apiVersion === served) return;
  const removed = isServedNoMore(apiVersion);
  const is =
    apiVersion === undefined
      ? 'has no apiVersion'
      : `is ${removed ? 'no longer' : 'not'} served as "${written(apiVersion)}"`;
  const message = `${written(kind)} ${is}; write ${served}${removed ? ', and a selector' : ''}`;
  findings.add('MQ609', apiVersion === undefined ? [] : ['apiVersion'], message);
}

const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Checks what Kubernetes asks of every object: a name, perhaps a namespace, labels and annotations that are texts. */
export function checkMetadata(document: SourceDocument, findings: Findings): void {
  const metadata = valueAt(document.value, ['metadata']);
  const { name, namespace } = record(metadata);
  const at = (key: string): ValuePath => ['metadata', key];
  checkFilledIn({ name, namespace }, at, findings);
  if (name === undefined || name === null) {
    if (metadata === null || findings.anyBelow(['metadata'], 'MQ211')) return;
    findings.add('MQ615', ['metadata'], 'the object has no name; write metadata.name', 'key');
  } else if (typeof name !== 'string' || !isSubdomain(name)) {
    const wanted = 'a DNS subdomain: lower-case letters, digits, dashes and dots, at most 253';
    findings.add('MQ615', at('name'), `metadata.name "${written(name)}" is not allowed; write ${wanted}`);
  }
  if (namespace !== undefined && (typeof namespace !== 'string' || !NAMESPACE.test(namespace))) {
    const wanted = 'lower-case letters, digits and dashes, at most 63';
    findings.add('MQ615', at('namespace'), `namespace "${written(namespace)}" is not allowed; write ${wanted}`);
  }
  for (const key of Object.keys(record(metadata)).filter(one => !METADATA_KEYS.includes(one))) {
    const near = suggest(key, METADATA_KEYS);
    if (near !== undefined) findings.add('MQ203', at(key), `unknown key "${key}"; did you mean "${near}"?`, 'key');
  }
  checkMarks(metadata, ['metadata'], findings);
}

/** The keys of an object's metadata. */
const METADATA_KEYS: readonly string[] = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
  'clusterName',
  'initializers',
];

/** Says of placeholders that they are some, and nothing else. */
function checkFilledIn(
  values: Readonly<Record<string, unknown>>,
  at: (key: string) => ValuePath,
  findings: Findings,
): void {
  for (const [key, value] of Object.entries(values)) {
    const gap = gapText(value);
    if (gap === undefined) continue;
    const message = `"${gap}" is a placeholder that was never filled in; write the object's ${key}`;
    findings.settle('MQ613', at(key), message);
  }
}

/** Checks the labels and the annotations in some metadata, and returns the labels that are texts. */
export function checkMarks(metadata: unknown, path: ValuePath, findings: Findings): Labels {
  const labels = texts(metadata, [...path, 'labels'], findings);
  checkLabels(labels, [...path, 'labels'], findings);
  checkAnnotations(texts(metadata, [...path, 'annotations'], findings), [...path, 'annotations'], findings);
  return labels;
}

/** The entries of labels or annotations that are texts; the others are reported. */
function texts(metadata: unknown, path: ValuePath, findings: Findings): Record<string, string> {
  const key = String(path.at(-1));
  const map = record(metadata)[key];
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(record(map))) {
    if (typeof value === 'string') kept[name] = value;
    else {
      const message = `${written(value)} is no text, as ${key} have to be; write "${written(value)}" in quotes`;
      findings.add('MQ204', [...path, name], message);
    }
  }
  if (map !== undefined && map !== null && (typeof map !== 'object' || Array.isArray(map))) {
    findings.add('MQ204', path, `${key} are a map of texts, not ${written(map)}`);
  }
  return kept;
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

/** The annotation that carries the reasons given in an intent. */
export const REASON = 'masq/reason';

/** The annotation that says what carries pods' addresses to the internet, where an object preserves them there. */
export const INTERNET_ROUTE = 'masq/internet-route';

/** Whether an object declares a route that carries pods' addresses to the internet. */
export function hasDeclaredRoute(document: SourceDocument): boolean {
  const route = valueAt(document.value, ['metadata', 'annotations', INTERNET_ROUTE]);
  return route === 'cloud-nat' || route === 'custom-default-route';
}
