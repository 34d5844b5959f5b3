import type { ValuePath } from '../diagnostics';
import type { Findings } from './findings';

/** A label selector as one list of requirements, all of which must hold. */
export interface Selector {
  /** The requirements; none: everything is selected. */
  readonly requirements: readonly Requirement[];
}

/** Which pods: those with labels that match, in namespaces with labels that match. */
export interface PodSelector {
  /** Which namespaces. */
  readonly namespaces: Selector;
  /** Which pods in them. */
  readonly pods: Selector;
}

/**
 * One requirement on the label `key`. `In` and `NotIn`: its value is, or is not, one of `values`. `Exists` and
 * `DoesNotExist`: it is there, whatever its value, or is not. As in Kubernetes, `NotIn` holds without the label too.
 */
export type Requirement =
  | { readonly key: string; readonly operator: 'In' | 'NotIn'; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: 'Exists' | 'DoesNotExist' };

/** Labels of a pod or of a namespace. */
export type Labels = Readonly<Record<string, string>>;

const NAME = /^[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Whether Kubernetes takes a text as the name of most objects: a DNS subdomain. */
export function isSubdomain(text: string): boolean {
  return SUBDOMAIN.test(text);
}

/** Whether Kubernetes takes a text as a label key: a name of at most 63 characters, perhaps behind a DNS prefix and a slash. */
export function isLabelKey(text: string): boolean {
  const [name, prefix, ...rest] = text.split('/').reverse();
  return rest.length === 0 && NAME.test(name!) && (prefix === undefined || isSubdomain(prefix));
}

/** Whether Kubernetes takes a text as a label value: empty, or at most 63 letters, digits, dashes, dots and underscores. */
export function isLabelValue(text: string): boolean {
  return text === '' || NAME.test(text);
}

/** Reads a Kubernetes label selector; what has the wrong type was reported by the schema and is left out. */
export function readSelector(value: unknown, path: ValuePath, findings: Findings): Selector {
  const { matchLabels, matchExpressions } = record(value);
  const requirements: Requirement[] = [];
  for (const [key, wanted] of Object.entries(record(matchLabels))) {
    if (typeof wanted !== 'string') continue;
    checkLabel(findings, [...path, 'matchLabels', key], key, [wanted], 'key');
    requirements.push({ key, operator: 'In', values: [wanted] });
  }
  (Array.isArray(matchExpressions) ? matchExpressions : []).forEach((item, i) => {
    const at = [...path, 'matchExpressions', i];
    const { key, operator, values } = record(item);
    if (typeof key !== 'string') return;
    const texts = Array.isArray(values) ? values.filter(v => typeof v === 'string') : [];
    checkLabel(findings, [...at, 'key'], key, [], 'value');
    (Array.isArray(values) ? values : []).forEach((wanted, v) => {
      if (typeof wanted === 'string') checkValue(findings, [...at, 'values', v], wanted);
    });
    if (operator === 'In' || operator === 'NotIn') {
      if (texts.length === 0 && !findings.anyBelow(at))
        findings.add('MQ518', at, `operator ${operator} needs values; name at least one`);
      requirements.push({ key, operator, values: texts });
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (texts.length > 0)
        findings.add(
          'MQ518',
          [...at, 'values'],
          `operator ${operator} takes no values; write ${operator === 'Exists' ? 'In' : 'NotIn'} for these`,
        );
      requirements.push({ key, operator });
    }
  });
  return { requirements };
}

/** Reports labels that Kubernetes does not take: each at its key or value. */
export function checkLabels(labels: Labels, path: ValuePath, findings: Findings): void {
  for (const [key, value] of Object.entries(labels)) checkLabel(findings, [...path, key], key, [value], 'key');
}

/** Reports keys of annotations that Kubernetes does not take: as of labels, but in either case (apimachinery's ValidateAnnotations). */
export function checkAnnotations(annotations: Labels, path: ValuePath, findings: Findings): void {
  for (const key of Object.keys(annotations)) {
    if (!isLabelKey(key.toLowerCase())) findings.add('MQ518', [...path, key], keyFault(key, 'annotation'), 'key');
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function checkLabel(
  findings: Findings,
  path: ValuePath,
  key: string,
  values: readonly string[],
  part: 'key' | 'value',
): void {
  if (!isLabelKey(key)) findings.add('MQ518', path, keyFault(key, 'label'), part);
  for (const value of values) checkValue(findings, path, value);
}

function keyFault(key: string, of: 'label' | 'annotation'): string {
  const prefix = key.includes('/') ? ` behind one ${of === 'label' ? 'lower-case ' : ''}DNS name and "/"` : '';
  return `"${key}" is no ${of} key; write a name of at most 63 letters, digits, ".", "_" or "-"${prefix}`;
}

function checkValue(findings: Findings, path: ValuePath, value: string): void {
  if (isLabelValue(value)) return;
  findings.add('MQ518', path, `"${value}" is no label value; write at most 63 letters, digits, ".", "_" or "-"`);
}

/** Whether a raw selector was written to match everything: a map without one requirement. */
export function matchesEverything(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const none = (inner: unknown): boolean => typeof inner === 'object' && inner !== null && !Object.keys(inner).length;
  return Object.entries(value).every(([key, inner]) => /^match(?:Labels|Expressions)$/.test(key) && none(inner));
}

/** Whether a selector matches labels, as Kubernetes decides it. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector.requirements.every(requirement => holds(requirement, labels));
}

function holds(requirement: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** Labels that all the selectors match together, or undefined when no labels can. Exact: decided key by key. */
export function commonLabels(...selectors: readonly Selector[]): Labels | undefined {
  const byKey = new Map<string, Requirement[]>();
  for (const requirement of selectors.flatMap(s => s.requirements)) {
    const list = byKey.get(requirement.key);
    if (list) list.push(requirement);
    else byKey.set(requirement.key, [requirement]);
  }
  const labels: Record<string, string> = {};
  for (const [key, requirements] of byKey) {
    const candidates = [
      ...requirements.flatMap(r => (r.operator === 'In' ? r.values : [])),
      unnamedValue(requirements),
    ];
    const together: Selector = { requirements };
    if (selects(together, {})) continue;
    const value = candidates.find(candidate => selects(together, { [key]: candidate }));
    if (value === undefined) return undefined;
    labels[key] = value;
  }
  return labels;
}

/** A value that no requirement names. */
export function unnamedValue(requirements: readonly Requirement[]): string {
  const named = new Set(requirements.flatMap(r => ('values' in r ? r.values : [])));
  let value = 'any';
  for (let n = 2; named.has(value); n++) value = `any-${n}`;
  return value;
}

/** Labels in writing, `{role: frontend, user: alice}`; `{}` for none. */
export function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}: ${value === '' ? '""' : value}`);
  return `{${pairs.sort().join(', ')}}`;
}

/** The selector as one canonical text: equal texts select the same pods. */
export function selectorText(selector: Selector): string {
  return [...new Set(selector.requirements.map(r => requirementText(r)))].sort().join(',');
}

function requirementText(requirement: Requirement): string {
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      return `${requirement.key} ${requirement.operator} (${[...new Set(requirement.values)].sort().join(' ')})`;
    default:
      return `${requirement.key} ${requirement.operator}`;
  }
}
