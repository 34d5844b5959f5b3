import { isLabelKey, isLabelValue, isSubdomain } from '../intent/selector';
import { mountsOver } from '../manifest/agent-file';
import { isContainerName, isQuantity, normalPath, runsAgent } from '../manifest/pod';
import { parseSource } from '../source';
import type { Difference } from './differences';
import { nullsIn } from './nulls';

type Test = (value: unknown, key: string, planned?: unknown) => boolean;

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
const isOff: Test = value => value === false;
const none: Test = value => value === 0 || value === '0%';
const isEmptyList: Test = value => Array.isArray(value) && value.length === 0;
const root: Test = value => value === 0;
const tuned: Test = (value, _, planned) => planned !== undefined && whole(value, '') && value !== 0;
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

/** Annotations by which tools apply an object at other times, or not at all. */
const STEERING =
  /^(?:argocd\.argoproj\.io\/hook|helm\.sh\/hook|config\.kubernetes\.io\/local-config|kustomize\.toolkit\.fluxcd\.io\/(?:reconcile|ssa)$)/;

const annotation: Test = (value, key) =>
  isLabelKey(key.toLowerCase()) && typeof value === 'string' && !STEERING.test(key);

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

type Toleration = Readonly<Record<'key' | 'operator' | 'value' | 'effect', string | undefined>>;

/** Whether one toleration tolerates whatever another does with an effect. */
function covers(one: Toleration, other: Toleration, effect: string): boolean {
  const keys = one.key === undefined || one.key === other.key;
  const values =
    one.operator === 'Exists' || (other.operator !== 'Exists' && (one.value ?? '') === (other.value ?? ''));
  return keys && values && (one.effect ?? effect) === effect;
}

/** Tolerations of all taints that keep pods away (PreferNoSchedule does not) for which the planned ones are there. */
const tolerations: Test = (value, _, planned) => {
  if (!listOf(toleration)(value, '')) return false;
  const [actual, wanted] = [value as readonly Toleration[], planned as readonly Toleration[]];
  return wanted.every(other =>
    ['NoSchedule', 'NoExecute']
      .filter(effect => (other.effect ?? effect) === effect)
      .every(effect => actual.some(one => covers(one, other, effect))),
  );
};

/** Where the agents, the programs that they run and what these need are. */
const PROGRAMS = ['/ip-masq-agent', '/usr', '/bin', '/sbin', '/lib', '/lib64', '/proc', '/sys', '/dev'];

/** Whether a volume mounted at a path leaves the agent its file and its programs; kernel modules are none of them. */
const besides: Test = value => {
  if (!path(value, '') || mountsOver(String(value))) return false;
  const at = normalPath(value);
  return at === '/lib/modules' || !PROGRAMS.some(folder => at === folder || at.startsWith(`${folder}/`));
};

const mount = map(
  { name: text, mountPath: besides },
  { readOnly: flag, subPath: text, mountPropagation: oneOf('None', 'HostToContainer', 'Bidirectional') },
);

const volume: Test = value => {
  const { name, ...sources } = Object(value) as Record<string, unknown>;
  return isContainerName(name) && Object.keys(sources).length === 1 && typeof Object.values(sources)[0] === 'object';
};

/** What a container may do in any case; with more, one in the host network could change rules. */
const USUAL_CAPABILITIES = oneOf(
  ...'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

const unprivileged: Test = value => {
  const { privileged = false, capabilities } = Object(value) as Record<string, unknown>;
  const { add = [] } = Object(capabilities) as Record<string, unknown>;
  return privileged === false && listOf(USUAL_CAPABILITIES)(add, '');
};

const container: Test = value => {
  const { name, image, securityContext } = Object(value) as Record<string, unknown>;
  const isImage = typeof image === 'string' && /^\S+$/.test(image);
  return isContainerName(name) && isImage && unprivileged(securityContext, '') && !runsAgent(value);
};

/** Variables by which programs are found, linked or told what to do; others mean nothing to the agent. */
const TELLING = /^(?:PATH|GO[A-Z]+|LD_.*|X(?:TABLES|LOCK).*|IP6?TABLES.*|KUBERNETES_.*)$/;

const variable = map(
  { name: value => typeof value === 'string' && /^[A-Za-z_]\w*$/.test(value) && !TELLING.test(value) },
  { value: text, valueFrom: map({ fieldRef: map({ fieldPath: text }, { apiVersion: text }) }) },
);

/** Variables of which none is lost that was planned. */
const variables: Test = (value, _, planned = []) => {
  if (!listOf(variable)(value, '')) return false;
  const there = (value as readonly unknown[]).map(one => JSON.stringify(one));
  return (planned as readonly unknown[]).every(one => there.includes(JSON.stringify(one)));
};

/** klog's flags: of what is logged, and where. */
const LOGGING =
  /^--?(?:v=\d+|(?:logtostderr|alsologtostderr|skip[-_]headers|add[-_]dir[-_]header|one[-_]output)(?:=(?:true|false))?)$/;

const flags: Test = (value, _, planned = []) => {
  if (!listOf(text)(value, '')) return false;
  const others = (value as readonly string[]).filter(flag => !LOGGING.test(flag));
  return JSON.stringify(others) === JSON.stringify(planned);
};

const owner = map(
  { apiVersion: text, kind: text, name: named, uid: text },
  { controller: flag, blockOwnerDeletion: flag },
);
const preference = map({
  weight: value => whole(value, '') && value !== 0 && Number(value) <= 100,
  preference: Boolean,
});

/** A file that says the same, with other comments or in another style. */
const sameFile: Test = (value, _, planned) => {
  if (typeof value !== 'string' || typeof planned !== 'string') return false;
  const [actual, wanted] = [value, planned].map(file => parseSource('', file).documents);
  return actual?.length === 1 && JSON.stringify(actual[0]!.value) === JSON.stringify(wanted?.[0]?.value);
};

const furtherKey: Test = (value, key) => typeof value === 'string' && /^[-._\w]{1,253}$/.test(key);

/** Tests of what must not be left out. */
const KEPT: ReadonlySet<Test> = new Set([tolerations, variables, flags, sameFile]);

const POD = 'spec.template.spec';
const AGENT = `${POD}.containers.*`;

/** How often a probe asks, and how long it waits. */
const PACES = ['initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'failureThreshold'];

const MARKS = [
  place('metadata.labels.*', label),
  place('metadata.annotations.*', annotation),
  place('metadata.finalizers', listOf(text)),
  place('metadata.ownerReferences', listOf(owner)),
];

const OF_KIND: Readonly<Record<string, readonly Place[]>> = {
  // Its annotations switch the gateway on, and keep the object from being pruned.
  Cluster: [place('metadata.labels.*', label)],
  ConfigMap: [...MARKS, place('data.*', furtherKey, true), place('data.config', sameFile)],
  CustomResourceDefinition: [...MARKS, place('spec.names.shortNames', listOf(named))],
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
    place('spec.updateStrategy.rollingUpdate.maxSurge', none),
    place('spec.template.metadata.labels.*', label),
    place('spec.template.metadata.annotations.*', annotation),
    place(`${POD}.automountServiceAccountToken`, flag),
    place(`${POD}.dnsPolicy`, oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default')),
    place(`${POD}.imagePullSecrets`, listOf(map({ name: named }))),
    place(`${POD}.priorityClassName`, named),
    place(`${POD}.terminationGracePeriodSeconds`, whole),
    place(`${POD}.tolerations`, tolerations),
    place(`${POD}.serviceAccountName`, oneOf('default')),
    place(`${POD}.enableServiceLinks`, flag),
    place(`${POD}.hostPID`, isOff),
    place(`${POD}.hostIPC`, isOff),
    place(`${POD}.topologySpreadConstraints`, isEmptyList),
    place(`${POD}.schedulerName`, oneOf('default-scheduler')),
    place(`${POD}.securityContext.fsGroup`, whole),
    place(`${POD}.securityContext.runAsUser`, root),
    place(`${POD}.securityContext.seccompProfile.type`, oneOf('RuntimeDefault', 'Unconfined')),
    place(`${POD}.securityContext.seLinuxOptions.*`, text),
    place(`${POD}.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution`, listOf(preference)),
    place(`${POD}.initContainers`, listOf(container)),
    place(`${POD}.containers.*`, container, true),
    place(`${POD}.volumes.*`, volume, true),
    place(`${AGENT}.volumeMounts.*`, mount, true),
    place(`${AGENT}.volumeMounts.*.readOnly`, flag),
    place(`${AGENT}.args`, flags),
    place(`${AGENT}.env`, variables),
    ...['livenessProbe', 'readinessProbe'].flatMap(probe =>
      PACES.map(pace => place(`${AGENT}.${probe}.${pace}`, tuned)),
    ),
    place(`${AGENT}.securityContext.readOnlyRootFilesystem`, isOff),
    place(`${AGENT}.securityContext.runAsUser`, root, true),
    place(`${AGENT}.securityContext.seLinuxOptions.*`, text),
    place(`${AGENT}.terminationMessagePath`, path),
    place(`${AGENT}.terminationMessagePolicy`, oneOf('File', 'FallbackToLogsOnError')),
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
    if (onlyMore) return planned === undefined && takes(actual, String(path.at(-1)));
    return actual === undefined ? !KEPT.has(takes) : takes(actual, String(path.at(-1)), planned);
  });
}

function isEmptyMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
