import { formatAddress, parseAddress } from '../address';
import { type AgentFlags, parseAgentFlags } from '../agentfile/flags';
import { parseMasqAgentOptions } from '../agentfile/options';
import type { Bundle } from '../manifest/bundle';
import type { AgentDaemonSet } from '../manifest/daemon-set';
import { WELL_KNOWN } from '../manifest/denote';
import { objectId } from '../manifest/object';
import { valueAt } from '../schema/path';
import type { KubeObject } from './kube-object';
import type { AgentPlan, ClusterPatchPlan, DaemonSetPlan, GatewayPlan, NoSnatPlan, Plan } from './plan';

/**
 * Where objects stray from the plan in what a treatment map does not show: planned objects that are not there, and
 * settings that the intent has a field for.
 */
export function unplanned(plan: Plan, objects: readonly KubeObject[], bundle: Bundle): string[] {
  return [
    ...(plan.agent ? agentFaults(plan.agent, objects, bundle) : []),
    ...noSnatFaults(plan.noSnat, bundle),
    ...(plan.gateway ? gatewayFaults(plan.gateway, objects, bundle) : []),
  ];
}

function agentFaults(plan: AgentPlan, objects: readonly KubeObject[], bundle: Bundle): string[] {
  if (!plan.daemonSet) {
    const there = bundle.configMaps.some(c => c.name === WELL_KNOWN && c.namespace === plan.namespace);
    return there ? [] : [`ConfigMap "${WELL_KNOWN}" is not rendered in namespace "${plan.namespace}"`];
  }
  const [daemonSet] = bundle.daemonSets;
  if (!daemonSet) return ['no DaemonSet that runs ip-masq-agent is rendered'];
  return [...settingFaults(plan.daemonSet, daemonSet), ...accountFaults(plan.daemonSet, daemonSet, objects)];
}

function settingFaults(plan: DaemonSetPlan, daemonSet: AgentDaemonSet): string[] {
  if (!daemonSet.flags) return [`what DaemonSet "${daemonSet.name}" starts is not the agent itself`];
  const { flags } = (plan.flavor === 'masq' ? parseMasqAgentOptions : parseAgentFlags)(plan.args);
  const wanted = settings({ ...plan, flags, podCIDRs: plan.podCIDRs.join(',') });
  const actual = settings(daemonSet);
  return Object.keys(wanted).flatMap(field => {
    if (actual[field] === wanted[field]) return [];
    const is = `DaemonSet "${daemonSet.name}" has ${field} ${actual[field] ?? 'none'}`;
    const of = field === 'podCIDRs' ? 'network' : 'agent';
    return [`${is} where the intent has ${wanted[field]}; change spec.${of}.${field}, not the object`];
  });
}

/** What the intent says of a DaemonSet, in writing. */
function settings(
  of: Pick<AgentDaemonSet, 'image' | 'nodeSelector' | 'flags' | 'podCIDRs'>,
): Record<string, string | undefined> {
  const flag = (name: keyof AgentFlags): string | undefined => JSON.stringify(of.flags?.[name]);
  return {
    image: JSON.stringify(of.image),
    chain: flag('chain'),
    randomFully: flag('randomFully'),
    podCIDRs: JSON.stringify(of.podCIDRs),
    nodeSelector: JSON.stringify(Object.fromEntries(Object.entries(of.nodeSelector).sort())),
  };
}

/** Every namespace has a ServiceAccount called `default`. */
function accountFaults(plan: DaemonSetPlan, daemonSet: AgentDaemonSet, objects: readonly KubeObject[]): string[] {
  const { name, namespace, serviceAccountName } = daemonSet;
  if (!plan.serviceAccount || serviceAccountName === undefined || serviceAccountName === 'default') return [];
  if (objects.some(isOne('v1', 'ServiceAccount', { name: serviceAccountName, namespace }))) return [];
  return [`the pods of DaemonSet "${name}" do not start without ServiceAccount "${serviceAccountName}"`];
}

/** Names are part of what an intent says of Autopilot: a policy called `default` replaces the generated one. */
function noSnatFaults(plans: readonly NoSnatPlan[], { noSnat }: Bundle): string[] {
  const wanted = plans.map(policy => policy.name);
  const rendered = noSnat.map(policy => policy.name);
  return [
    ...wanted.filter(name => !rendered.includes(name)).map(name => `EgressNATPolicy "${name}" is not rendered`),
    ...rendered.filter(name => !wanted.includes(name)).map(name => `EgressNATPolicy "${name}" is not in the intent`),
  ];
}

function gatewayFaults(plan: GatewayPlan, objects: readonly KubeObject[], bundle: Bundle): string[] {
  const faults: string[] = [];
  const { kind, namespace } = plan;
  const gateway = bundle.gateways.find(({ document }) => {
    const id = objectId(document);
    return id?.kind === kind && id.namespace === namespace && id.name === 'default';
  });
  if (!gateway) faults.push(`${kind} "default" is not rendered in namespace "${namespace}"`);
  else {
    const wanted = plan.floatingIPs.map(canonical).sort().join(', ');
    const rendered = gateway.floatingIPs.map(ip => formatAddress(ip.address));
    if (rendered.sort().join(', ') !== wanted) {
      faults.push(`${kind} "default" has the floating IPs ${rendered.join(', ')} where the intent has ${wanted}`);
    }
  }
  if (plan.crds) {
    for (const name of ['egressnatpolicies.networking.gke.io', 'networkgatewaygroups.networking.gke.io']) {
      const there = objects.some(isOne('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { name }));
      if (!there) faults.push(`CustomResourceDefinition "${name}" is not rendered`);
    }
  }
  if (plan.clusterPatch && !objects.some(switchesOn(plan.clusterPatch))) {
    faults.push(`Cluster "${plan.clusterPatch.name}" is not patched to switch the egress gateway on`);
  }
  return faults;
}

function canonical(text: string): string {
  const parsed = parseAddress(text);
  return parsed.ok ? formatAddress(parsed.value) : text;
}

function switchesOn({ name, namespace, enable }: ClusterPatchPlan): (object: KubeObject) => boolean {
  const isCluster = isOne('baremetal.cluster.gke.io/v1', 'Cluster', { name, namespace });
  const annotation = ['metadata', 'annotations', 'baremetal.cluster.gke.io/enable-anthos-network-gateway'];
  return object =>
    isCluster(object) &&
    (enable === 'annotation'
      ? valueAt(object, annotation) === 'true'
      : valueAt(object, ['spec', 'clusterNetwork', 'advancedNetworking']) === true);
}

function isOne(
  apiVersion: string,
  kind: string,
  { name, namespace }: { readonly name: string; readonly namespace?: string | undefined },
): (object: KubeObject) => boolean {
  return object =>
    object.apiVersion === apiVersion &&
    object.kind === kind &&
    valueAt(object, ['metadata', 'name']) === name &&
    valueAt(object, ['metadata', 'namespace']) === namespace;
}
