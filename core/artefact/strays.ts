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
      .map(difference => strayText(plan, difference));
  });
}

function identity(object: KubeObject): string {
  const steps = [['apiVersion'], ['kind'], ['metadata', 'namespace'], ['metadata', 'name']];
  return steps.flatMap(path => valueAt(object, path) ?? []).join(' ');
}

function placeOf(object: KubeObject): string {
  const namespace = valueAt(object, ['metadata', 'namespace']);
  return `as ${object.apiVersion} ${namespace === undefined ? 'without a namespace' : `in namespace "${namespace}"`}`;
}

/** What the intent has a field for, of each kind. */
const IN_INTENT: Readonly<Record<string, RegExp>> = {
  DaemonSet:
    /^spec\.template\.spec\.(?:nodeSelector|priorityClassName|containers\[(?:0\]\.(?:image|args|resources)|1\]\.(?:image|command|ports)))\b/,
  ConfigMap: /^data\.config$/,
  EgressNATPolicy: /^spec\b/,
  NetworkGatewayGroup: /^spec\b/,
  AnthosNetworkGateway: /^spec\b/,
};

function strayText(plan: KubeObject, { path, planned, actual }: Difference): string {
  const [stands, was] = shown(actual, planned);
  const at = pathText(path);
  const advice = IN_INTENT[String(plan.kind)]?.test(at)
    ? 'change the intent, not the object'
    : 'masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq';
  return `${nameOf(plan)} has ${stands} at ${at} where ${was} is planned; ${advice}`;
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
