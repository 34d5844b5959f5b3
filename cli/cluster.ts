import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { Checker, type Input } from '../core/check/check';
import type { Labels } from '../core/intent/selector';
import { WELL_KNOWN } from '../core/manifest/denote';

/** The context of kubectl's configuration that a word such as `cluster:prod` names; empty for the current one. */
export function contextOf(word: string): string | undefined {
  return /^cluster:(.*)$/s.exec(word)?.[1];
}

/** Antrea's kind, which is served where Antrea runs. */
const EGRESSES = 'egresses.crd.antrea.io';

/**
 * The kinds that say what happens to packets, of GKE and Anthos, Calico, Cilium and Antrea. Of those in one line, which are
 * the same objects, the first that the cluster serves is asked for.
 */
const KINDS: readonly (readonly string[])[] = [
  ['egressnatpolicies.networking.gke.io'],
  ['anthosnetworkgateways.networking.gke.io'],
  ['networkgatewaygroups.networking.gke.io'],
  ['ippools.projectcalico.org', 'ippools.crd.projectcalico.org'],
  ['felixconfigurations.projectcalico.org', 'felixconfigurations.crd.projectcalico.org'],
  ['ciliumegressgatewaypolicies.cilium.io'],
  ['ciliumegressnatpolicies.cilium.io'],
  [EGRESSES],
];

/**
 * The objects of a running cluster that say what happens to packets, through kubectl and its own configuration: the
 * agents' DaemonSets, the ConfigMaps that these read, the policies, and other data planes' own. Their names are those of kubectl's output, so
 * that a place is a line of what `kubectl get -o yaml` prints. Or why they cannot be had.
 */
export function liveObjects(context: string): Input[] | string {
  const name = context === '' ? kubectl('', ['config', 'current-context']) : { ok: true as const, output: context };
  if (!name.ok) return name.fault;
  const folder = `cluster:${name.output.trim()}`;
  const inputs: Input[] = [];
  const get = (called: string, args: readonly string[]): string | undefined => {
    const got = kubectl(context, ['get', ...args, '--output=yaml', '--ignore-not-found']);
    if (!got.ok) return got.fault;
    if (got.output.trim() !== '') inputs.push({ file: `${folder}/${called}`, text: got.output });
    return undefined;
  };
  const served = kubectl(context, ['api-resources', '--output=name', '--cached=false']);
  if (!served.ok) return served.fault;
  const known = new Set(served.output.split('\n'));
  const kinds = KINDS.flatMap(same => same.find(kind => known.has(kind)) ?? []);
  const fault = ['daemonsets.apps', ...kinds]
    .map(kind => get(kind, [kind, '--all-namespaces']))
    .find(one => one !== undefined);
  if (fault !== undefined) return fault;
  for (const { namespace, name: own } of [...agentConfigMaps(inputs), ...ownConfigMaps(inputs, kinds)]) {
    const missing = get(`configmap.${namespace}.${own}`, ['configmap', own, `--namespace=${namespace}`]);
    if (missing !== undefined) return missing;
  }
  return inputs.length > 0 ? inputs : `the cluster has no objects that say what happens to packets`;
}

interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** The ConfigMaps that agents read: those that their DaemonSets mount, and the one that a platform's own agent reads. */
function agentConfigMaps(inputs: readonly Input[]): readonly Named[] {
  const checker = new Checker();
  for (const input of inputs) checker.add(input);
  const found = new Map<string, Named>([['', { namespace: 'kube-system', name: WELL_KNOWN }]]);
  for (const { daemonSets } of checker.held.bundles.values()) {
    for (const { namespace = 'default', configMaps } of daemonSets) {
      for (const { name } of configMaps) found.set(`${namespace}/${name}`, { namespace, name });
    }
  }
  found.delete(`kube-system/${WELL_KNOWN}`);
  return [...found.values()];
}

/** The ConfigMaps of data planes that run: their own settings. GKE's own build of Cilium is no DaemonSet of that name. */
function ownConfigMaps(inputs: readonly Input[], kinds: readonly string[]): readonly Named[] {
  const ofCilium = inputs.flatMap(({ text }) =>
    metadataIn(text).flatMap(({ name, namespace }) => (name === 'cilium' ? { namespace, name: 'cilium-config' } : [])),
  );
  return [...ofCilium, ...(kinds.includes(EGRESSES) ? [{ namespace: 'kube-system', name: 'antrea-config' }] : [])];
}

/** The names and namespaces of the objects that kubectl has printed. */
function metadataIn(text: string): readonly Named[] {
  if (!text.includes('cilium')) return [];
  const { items = [] } = parse(text) as { readonly items?: readonly { readonly metadata: Named }[] };
  return items.map(({ metadata }) => metadata);
}

/** A pod of a running cluster. */
export interface LivePod {
  /** Its name with its namespace's, as `namespace/name`. */
  readonly name: string;
  /** Its labels, and those of its namespace. */
  readonly labels: Labels;
  readonly namespace: Labels;
  /** Whether it has its node's network, and so its address. */
  readonly hostNetwork: boolean;
}

interface PodItem {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Labels };
  readonly spec?: { readonly hostNetwork?: boolean };
}

/** The pod of a running cluster that has an address; undefined where none has it, or why that cannot be said. */
export function livePod(context: string, address: string): LivePod | undefined | string {
  const found = kubectl(context, [
    'get',
    'pods',
    '--all-namespaces',
    `--field-selector=status.podIP=${address}`,
    '--output=json',
  ]);
  if (!found.ok) return found.fault;
  const { items } = JSON.parse(found.output) as { readonly items: readonly PodItem[] };
  const pod = items.find(item => !item.spec?.hostNetwork) ?? items[0];
  if (!pod) return undefined;
  const { name, namespace, labels = {} } = pod.metadata;
  const outer = kubectl(context, ['get', 'namespace', namespace, '--output=json']);
  if (!outer.ok) return outer.fault;
  const own = JSON.parse(outer.output) as { readonly metadata: { readonly labels?: Labels } };
  return {
    name: `${namespace}/${name}`,
    labels,
    namespace: own.metadata.labels ?? {},
    hostNetwork: pod.spec?.hostNetwork === true,
  };
}

const MOST_BYTES = 1024 * 1024 * 1024;

type Ran = { readonly ok: true; readonly output: string } | { readonly ok: false; readonly fault: string };

function kubectl(context: string, args: readonly string[]): Ran {
  const at = context === '' ? [] : [`--context=${context}`];
  const { status, stdout, stderr, error } = spawnSync('kubectl', [...args, ...at], {
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) return { ok: false, fault: `kubectl does not run: ${error.message}` };
  if (status === 0) return { ok: true, output: stdout };
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return { ok: false, fault: `kubectl ${args[0]}: ${said === '' ? `it ended with ${status}` : said}` };
}
