import { quote } from '../address/finding';
import { pathText, valueAt } from '../schema/path';
import { type Difference, differences } from './differences';
import { isHarmless } from './harmless';
import { type KubeObject, nameOf } from './kube-object';

/** Where objects differ from those that were planned, other than in places that change nothing. */
export function strays(planned: readonly KubeObject[], objects: readonly KubeObject[]): string[] {
  return planned.flatMap(plan => {
    const [actual, another] = objects.filter(object => identity(object) === identity(plan));
    if (!actual) return [`${nameOf(plan)} is not rendered ${placeOf(plan)}`];
    if (another) return [`${nameOf(plan)} is rendered twice, and one overwrites the other`];
    return differences(plan, actual)
      .filter(difference => !isHarmless(String(plan.kind), difference))
      .map(difference => strayText(nameOf(plan), difference));
  });
}

function identity(object: KubeObject): string {
  const steps = [['apiVersion'], ['kind'], ['metadata', 'namespace'], ['metadata', 'name']];
  return steps.flatMap(path => valueAt(object, path) ?? []).join(' ');
}

function placeOf(object: KubeObject): string {
  const namespace = valueAt(object, ['metadata', 'namespace']);
  return `in ${namespace === undefined ? 'no namespace' : `namespace "${namespace}"`} as ${object.apiVersion}`;
}

function strayText(name: string, { path, planned, actual }: Difference): string {
  const [stands, was] = shown(actual, planned);
  return `${name} has ${stands} at ${pathText(path)} where ${was} is planned; change the intent, not the object`;
}

/** Two values in writing; of long texts only from the first line on in which they differ. */
function shown(actual: unknown, planned: unknown): readonly [string, string] {
  if (typeof actual !== 'string' || typeof planned !== 'string') return [written(actual), written(planned)];
  const [left, right] = [actual.split('\n'), planned.split('\n')];
  const line = left.findIndex((text, i) => text !== right[i]);
  const from = line < 0 ? left.length - 1 : line;
  return [quote(left.slice(from).join('\n')), quote(right.slice(from).join('\n'))];
}

function written(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
