import type { ValuePath } from '../diagnostics';
import { WELL_KNOWN } from '../manifest/denote';
import { INTERNET_ROUTE, list, REASON, record, written } from '../manifest/object';
import type { Program } from '../manifest/pod';

/**
 * What is not left behind of a value: everything (`true`), the values that are listed, which are those that masq renders,
 * or that the API server writes where nobody does; or of a map what is known of its keys. Keys that are not known are left.
 */
export type Known = true | readonly unknown[] | KnownKeys;

/** What is known of a map's keys. */
interface KnownKeys {
  readonly [key: string]: Known;
}

/** What is left behind of a value, each as far up as it is unknown altogether. */
export function leftOf(value: unknown, known: Known, path: ValuePath = []): ValuePath[] {
  if (known === true || isNothing(value)) return [];
  if (isValues(known)) return known.some(one => written(one) === written(value)) ? [] : [path];
  return Object.entries(record(value)).flatMap(([key, item]) => {
    const at = [...path, key];
    if (Object.hasOwn(known, key)) return leftOf(item, known[key]!, at);
    return isUnset(item) ? [] : [at];
  });
}

function isValues(known: Exclude<Known, true>): known is readonly unknown[] {
  return Array.isArray(known);
}

/** What says nothing: an API server writes it, or leaves it out. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0;
}

/** What Kubernetes takes a key for that nobody writes, but for the few that are known. */
function isUnset(value: unknown): boolean {
  return value === false || isNothing(value);
}

/** What the API server keeps of every object. */
const OF_SERVER: KnownKeys = {
  uid: true,
  resourceVersion: true,
  generation: true,
  creationTimestamp: true,
  managedFields: true,
  selfLink: true,
};

/** The metadata of an object: its name and namespace are told of elsewhere, and masq's own marks are known. */
const METADATA: Known = {
  ...OF_SERVER,
  name: true,
  namespace: true,
  labels: { 'k8s-app': [WELL_KNOWN], 'app.kubernetes.io/managed-by': true },
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': true,
    'deprecated.daemonset.template.generation': true,
    'argocd.argoproj.io/sync-wave': true,
    [INTERNET_ROUTE]: true,
    [REASON]: true,
  },
};

/** What is known of a ConfigMap: the keys of its data are told of elsewhere. */
export const CONFIG_MAP: Known = { apiVersion: true, kind: true, metadata: METADATA, data: true, binaryData: true };

/** What is known of a DaemonSet but for its pods; its selector is told of elsewhere. */
export const DAEMON_SET: Known = {
  apiVersion: true,
  kind: true,
  status: true,
  metadata: METADATA,
  spec: {
    selector: true,
    templateGeneration: true,
    revisionHistoryLimit: [10],
    updateStrategy: { type: ['RollingUpdate', 'OnDelete'], rollingUpdate: { maxUnavailable: [1], maxSurge: [0] } },
    minReadySeconds: [0],
    template: { metadata: METADATA, spec: true },
  },
};

const AMOUNTS: Known = { cpu: true, memory: true, 'ephemeral-storage': true };

/** Who may write rules has to be root. */
const USER: KnownKeys = { runAsUser: [0], runAsNonRoot: [false] };

/** What is known of pods; their containers, volumes and tolerations are told of one by one. */
export function podOf(program: Program): Known {
  const isMasqs = program === 'masq-agent';
  return {
    hostNetwork: true,
    containers: true,
    volumes: true,
    tolerations: true,
    nodeSelector: true,
    priorityClassName: true,
    priority: true,
    preemptionPolicy: ['PreemptLowerPriority'],
    serviceAccountName: [WELL_KNOWN, 'default'],
    serviceAccount: true,
    automountServiceAccountToken: [false],
    enableServiceLinks: [!isMasqs],
    restartPolicy: ['Always'],
    dnsPolicy: isMasqs ? ['Default'] : ['ClusterFirst'],
    schedulerName: ['default-scheduler'],
    securityContext: USER,
    terminationGracePeriodSeconds: isMasqs ? [5] : [30],
  };
}

/** What is known of the agent's container; its arguments, capabilities and mounts are told of one by one. */
export function containerOf(program: Program, image: unknown): Known {
  const isMasqs = program === 'masq-agent';
  return {
    name: true,
    image: true,
    command: true,
    args: true,
    volumeMounts: true,
    imagePullPolicy: [isLatest(written(image)) ? 'Always' : 'IfNotPresent'],
    resources: { requests: AMOUNTS, limits: AMOUNTS },
    terminationMessagePath: ['/dev/termination-log'],
    terminationMessagePolicy: ['File'],
    securityContext: {
      ...USER,
      privileged: true,
      allowPrivilegeEscalation: [false],
      capabilities: { add: true, drop: true },
      seccompProfile: { type: ['RuntimeDefault'] },
      ...(isMasqs && { readOnlyRootFilesystem: [true] }),
    },
    ...(isMasqs && { livenessProbe: true, readinessProbe: true }),
  };
}

/** Whether an image is pulled at each start, where nobody says otherwise: it has neither another tag nor a digest. */
function isLatest(image: string): boolean {
  return !/:(?!latest$)[^/:]+$/.test(image);
}

/** The capabilities that a container adds and that the agent does not need. */
export function isNeedless(capability: unknown): boolean {
  return !/^(?:CAP_)?(?:NET_ADMIN|NET_RAW)$/i.test(written(capability));
}

/** What is known of the volume with the agent's file. */
export const FILE_VOLUME: Known = {
  name: true,
  configMap: { name: true, items: true, optional: [true], defaultMode: [420] },
  projected: { sources: true, defaultMode: [420] },
};

/** The volumes that masq renders for masq-agent beside that of its file: where it keeps its state, and iptables' lock. */
export function isOfMasqAgent(volume: unknown): boolean {
  const { hostPath } = record(volume);
  return ['/run/masq-agent', '/run/xtables.lock'].includes(written(record(hostPath).path));
}

/** The items of a list with their places. */
export function items(value: unknown, path: ValuePath): { readonly item: unknown; readonly path: ValuePath }[] {
  return list(value).map((item, i) => ({ item, path: [...path, i] }));
}
