import { isLabelKey, isLabelValue, isSubdomain } from '../intent/selector';
import { mountsOver } from '../manifest/agent-file';
import { isContainerName, isQuantity, runsAgent } from '../manifest/pod';
import type { Difference } from './differences';
import { nullsIn } from './nulls';

type Test = (value: unknown, key: string) => boolean;

/** A place in which an object may differ from what was planned, since nothing there changes what becomes of packets. */
interface Place {
  /** The steps to it; `*` is any one. */
  readonly steps: readonly string[];
  /** What Kubernetes takes there. */
  readonly takes: Test;
  /** Whether what was planned there has to stay, and only more may come. */
  readonly onlyMore: boolean;
}

function place(way: string, takes: Test, onlyMore = false): Place {
  return { steps: way.split('.'), takes, onlyMore };
}

const text: Test = value => typeof value === 'string';
const flag: Test = value => typeof value === 'boolean';
const whole: Test = value => Number.isSafeInteger(value) && Number(value) >= 0;
const share: Test = value => (whole(value, '') && value !== 0) || /^(?:[1-9]\d?|100)%$/.test(String(value));
const named: Test = value => typeof value === 'string' && isSubdomain(value);
const path: Test = value => typeof value === 'string' && value.startsWith('/');

function oneOf(...values: readonly string[]): Test {
  return value => values.includes(value as string);
}

function listOf(item: Test): Test {
  return value => Array.isArray(value) && value.every(one => item(one, ''));
}

/** A map with some keys, which are there, and perhaps others. */
function map(must: Readonly<Record<string, Test>>, may: Readonly<Record<string, Test>> = {}): Test {
  return value => {
    if (typeof value !== 'object' || value === null || !Object.keys(must).every(key => Object.hasOwn(value, key)))
      return false;
    return Object.entries(value).every(([key, one]) => (must[key] ?? may[key])?.(one, key) === true);
  };
}

const label: Test = (value, key) => isLabelKey(key) && typeof value === 'string' && isLabelValue(value);
const annotation: Test = (value, key) => isLabelKey(key.toLowerCase()) && typeof value === 'string';

const wellFormed = map(
  {},
  {
    key: value => typeof value === 'string' && isLabelKey(value),
    operator: oneOf('Exists', 'Equal'),
    value: value => typeof value === 'string' && isLabelValue(value),
    effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  },
);

const toleration: Test = value => {
  const { key, operator, value: wanted } = Object(value) as Record<string, unknown>;
  return wellFormed(value, '') && (operator === 'Exists' ? wanted === undefined : key !== undefined);
};

const mount = map(
  { name: text, mountPath: value => path(value, '') && !mountsOver(String(value)) },
  { readOnly: flag, subPath: text, mountPropagation: oneOf('None', 'HostToContainer', 'Bidirectional') },
);

const volume: Test = value => {
  const { name, ...sources } = Object(value) as Record<string, unknown>;
  return isContainerName(name) && Object.keys(sources).length === 1 && typeof Object.values(sources)[0] === 'object';
};

const container: Test = value => {
  const { name, image } = Object(value) as Record<string, unknown>;
  return isContainerName(name) && typeof image === 'string' && image !== '' && !runsAgent(value);
};

const POD = 'spec.template.spec';
const AGENT = `${POD}.containers.*`;

const MARKS = [place('metadata.labels.*', label), place('metadata.annotations.*', annotation)];

const OF_KIND: Readonly<Record<string, readonly Place[]>> = {
  // Its annotations switch the gateway on, and keep the object from being pruned.
  Cluster: [place('metadata.labels.*', label)],
  ServiceAccount: [
    ...MARKS,
    place('automountServiceAccountToken', flag),
    place('imagePullSecrets', listOf(map({ name: named }))),
  ],
  DaemonSet: [
    ...MARKS,
    place('spec.minReadySeconds', whole),
    place('spec.revisionHistoryLimit', whole),
    place('spec.updateStrategy.type', oneOf('RollingUpdate', 'OnDelete')),
    place('spec.updateStrategy.rollingUpdate.maxUnavailable', share),
    place('spec.template.metadata.labels.*', label),
    place('spec.template.metadata.annotations.*', annotation),
    place(`${POD}.automountServiceAccountToken`, flag),
    place(`${POD}.dnsPolicy`, oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default')),
    place(`${POD}.imagePullSecrets`, listOf(map({ name: named }))),
    place(`${POD}.priorityClassName`, named),
    place(`${POD}.terminationGracePeriodSeconds`, whole),
    place(`${POD}.tolerations`, listOf(toleration)),
    place(`${POD}.containers.*`, container, true),
    place(`${POD}.volumes.*`, volume, true),
    place(`${AGENT}.volumeMounts.*`, mount, true),
    place(`${AGENT}.imagePullPolicy`, oneOf('Always', 'IfNotPresent', 'Never')),
    place(`${AGENT}.resources.requests.*`, isQuantity),
    place(`${AGENT}.resources.limits.*`, isQuantity),
  ],
};

/** Whether a difference from what was planned for an object of a kind changes nothing, and Kubernetes takes it. */
export function isHarmless(kind: string, { path, planned, actual }: Difference): boolean {
  if (actual !== undefined && nullsIn(actual).length > 0) return false;
  const places = Object.hasOwn(OF_KIND, kind) ? OF_KIND[kind]! : MARKS;
  return places.some(({ steps, takes, onlyMore }) => {
    if (!path.every((step, i) => steps[i] === '*' || steps[i] === step)) return false;
    if (path.length < steps.length) return [planned, actual].every(value => value === undefined || isEmptyMap(value));
    if (onlyMore) return planned === undefined && takes(actual, '');
    return actual === undefined || takes(actual, String(path.at(-1)));
  });
}

function isEmptyMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
