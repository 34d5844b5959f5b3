import { type Both, type Cidr, IntervalSet, setsOf } from '../address';
import { type AgentFlags, DEFAULT_FLAGS } from '../agentfile/flags';
import type { ClusterModel, PolicyModel } from '../intent/model';
import { gkeDefault } from '../intent/platform-default';
import { LINK_LOCAL } from '../intent/special';
import type { SourceDocument } from '../source';
import { type AgentConfig, agentTreatment } from '../treatment/agentfile';
import { intentTreatment } from '../treatment/intent';
import { type EgressRule, type Layer, mapOf, type TreatmentMap, withIPv6 } from '../treatment/map';
import { type Decision, MASQUERADE, PRESERVE } from '../treatment/treatment';
import type { Bundle } from './bundle';
import type { AgentConfigMap } from './config-map';
import type { AgentDaemonSet } from './daemon-set';
import { isManagedPolicy, type NoSnatPolicy } from './egress-nat-policy';

/**
 * A reading of a cluster's objects: with `ok` the `map` that they denote and in a few words what was read `as` it, and
 * whether it hangs on flags that were given; else the `message` that says why they denote nothing.
 */
export type Reading =
  | { readonly ok: true; readonly map: TreatmentMap; readonly as: string; readonly isFlagged?: boolean }
  | { readonly ok: false; readonly message: string };

/** The ConfigMap that an agent reads which somebody else runs, such as GKE. Source: Google's page on ip-masq-agent. */
export const WELL_KNOWN = 'ip-masq-agent';

/**
 * What a cluster's objects denote together, from the objects alone and the cluster's facts: the agent is followed from
 * its DaemonSet to the file that it mounts. Objects with errors denote nothing; they must have been looked for before.
 * Where a platform's documents leave open what objects do together, there is one reading for each possibility.
 */
export function manifestReadings(bundle: Bundle, model: ClusterModel): Reading[] {
  const egress = bundle.policies.map(({ policy }) => egressRule(policy));
  switch (model.platform) {
    case 'gke-autopilot':
      return autopilotReadings(bundle, model);
    case 'anthos-bare-metal':
      return [{ ok: true, map: { ...platformMap(model), egress }, as: 'the gateway policies' }];
    default:
      return [agentReading(bundle, model, egress)];
  }
}

/**
 * What objects denote of which nothing else is known: anybody's manifests. Where no agent and no list is among them,
 * what policies do not speak of is the platform's own doing, of which only so much is known that pods are masqueraded.
 * @param flags those of the agent, where no DaemonSet is among the objects
 */
export function bundleReading(bundle: Bundle, flags?: AgentFlags): Reading | undefined {
  const egress = bundle.policies.map(({ policy, document }) => ({
    ...egressRule(policy),
    decision: { ...egressRule(policy).decision, at: document.at(['metadata', 'name']) },
  }));
  const own = bundle.daemonSets.filter(({ dialect }) => dialect === undefined);
  const [daemonSet, another] = own;
  if (another) {
    return { ok: false, message: `DaemonSets "${daemonSet!.name}" and "${another.name}" both run ip-masq-agent` };
  }
  if (daemonSet) return ownAgent(daemonSet, bundle, egress);
  if (bundle.noSnat.length > 0) return { ok: true, map: listedMap(bundle), as: 'the EgressNATPolicies' };
  const files = bundle.configMaps.flatMap(one => [...one.files].map(([key, file]) => ({ one, key, file })));
  const [first, second] = files;
  if (second) {
    const isOneName = files.every(({ one }) => one.name === first!.one.name);
    const where = ({ namespace = 'no namespace' }: AgentConfigMap): string => (isOneName ? ` in ${namespace}` : '');
    const names = files.map(({ one, key }) => `"${one.name}"${where(one)} (${key})`).join(' and ');
    return {
      ok: false,
      message: `ConfigMaps hold ${files.length} files of the agent, ${names}, and no DaemonSet says which it reads`,
    };
  }
  if (first) {
    const document = first.one.fileDocuments.get(first.key);
    const map = { ...agentTreatment(first.file, flags ?? DEFAULT_FLAGS, document), egress };
    const as = `the agent with the ConfigMap's file and ${flags ? 'the flags that were given' : 'no flags'}`;
    return { ok: true, map, as, isFlagged: flags !== undefined };
  }
  if (egress.length === 0) return undefined;
  const rest: Decision = { treatment: MASQUERADE, rule: "the platform's own masquerading" };
  return { ok: true, map: mapOf([], { 4: rest, 6: rest }, egress), as: 'the gateway policies' };
}

/** Of what Google's documents do not say whether it is preserved beside a policy of somebody's own. */
const BESIDE_CUSTOM = 'the policy "default" of GKE, to which a policy of another name is added, or which it replaces';

/**
 * What policies of GKE Autopilot preserve, with link-local, which is always; the cluster's ranges are not known. Where the
 * policy that GKE makes is not among them, nobody knows whether its ranges are preserved too.
 */
function listedMap({ noSnat }: Bundle): TreatmentMap {
  const layers = [
    { sets: LINK_LOCAL, decision: { treatment: PRESERVE, rule: 'link-local' } },
    ...noSnat.flatMap(({ name, destinations, document }) =>
      destinations.map(entry => ({
        sets: entry.sets,
        decision: {
          treatment: PRESERVE,
          rule: `EgressNATPolicy "${name}" "${entry.text}"`,
          at: document.at(entry.path),
        },
      })),
    ),
    ...(isCustomAlone(noSnat) ? [besideCustom()] : []),
  ];
  const rest: Decision = { treatment: MASQUERADE, rule: 'everything that no policy preserves' };
  return withIPv6(mapOf(layers, { 4: rest, 6: rest }), { treatment: PRESERVE, rule: 'no IPv6 rules' });
}

function isDefault({ name }: NoSnatPolicy): boolean {
  return name === 'default';
}

/** Whether there are policies of somebody's own, and the one that GKE makes is not among them. */
function isCustomAlone(noSnat: readonly NoSnatPolicy[]): boolean {
  return !noSnat.some(isDefault) && !noSnat.every(isManagedPolicy);
}

function besideCustom(): Layer {
  const decision: Decision = {
    treatment: { kind: 'unknown', rules: [BESIDE_CUSTOM], ofCluster: true },
    rule: BESIDE_CUSTOM,
  };
  return { sets: setsOf(autopilotDefault()), decision };
}

/** What the policy preserves that GKE makes. */
function autopilotDefault(): readonly Cidr[] {
  const ranges = gkeDefault({ reservedRangesFlag: false });
  return ranges === 'needs-image' ? [] : ranges;
}

/** Traffic that no rendered object speaks of: the platform's own doing, known from the facts. */
function platformMap(model: ClusterModel): TreatmentMap {
  const { masquerade: _list, egress: _egress, ...facts } = model;
  return intentTreatment(facts);
}

function agentReading(bundle: Bundle, model: ClusterModel, egress: EgressRule[]): Reading {
  const [daemonSet, another] = bundle.daemonSets;
  if (another) {
    return { ok: false, message: `DaemonSets "${daemonSet!.name}" and "${another.name}" both run ip-masq-agent` };
  }
  if (daemonSet) return ownAgent(daemonSet, bundle, egress);
  const given = bundle.configMaps.find(c => c.name === WELL_KNOWN && c.namespace === model.agent.namespace);
  if (!given) return { ok: true, map: { ...platformMap(model), egress }, as: 'the platform by itself' };
  const file = given.files.get('config');
  if (!file) return { ok: false, message: `ConfigMap "${given.name}" has no file that can be read under "config"` };
  const { toPorts } = model.agent;
  const flags = {
    ...DEFAULT_FLAGS,
    chain: 'IP-MASQ',
    enableIPv6: model.network.ipv6,
    ...(toPorts !== undefined && { toPorts }),
  };
  const map = { ...agentTreatment(file, flags, given.fileDocuments.get('config')), egress };
  return { ok: true, map, as: "the platform's agent with the rendered file" };
}

/** What is read where a DaemonSet mounts a ConfigMap that is not among the objects. */
export const WITHOUT_CONFIG_MAP = 'the agent, whose ConfigMap is not there';

/** What the agent does without a file: its flags' built-in list, and link-local kept. */
const NO_FILE: AgentConfig = { masqLinkLocal: false, masqLinkLocalIPv6: false };

/** The agent that a DaemonSet runs, with the file that it mounts; else the `message` that says why there is none. */
export type MountedAgent =
  | {
      readonly ok: true;
      /** What it was started with. */
      readonly flags: AgentFlags;
      /** What the file says, or what holds without one. */
      readonly config: AgentConfig;
      /** The ConfigMap that holds the file; absent: it is not there. */
      readonly configMap?: AgentConfigMap;
      /** The file's document. */
      readonly document?: SourceDocument;
    }
  | { readonly ok: false; readonly message: string };

/** Follows a DaemonSet to the file that its agent reads, among the objects of its bundle. */
export function mountedAgent(daemonSet: AgentDaemonSet, bundle: Bundle): MountedAgent {
  const name = `DaemonSet "${daemonSet.name}"`;
  const { flags, configMaps, namespace, isWithoutFile } = daemonSet;
  if (!flags) return { ok: false, message: `what ${name} starts is not the agent` };
  if (isWithoutFile) return { ok: true, flags, config: NO_FILE };
  const [reference, another] = configMaps;
  if (!reference || another) return { ok: false, message: `${name} takes its file from no single ConfigMap` };
  const configMap = bundle.configMaps.find(c => c.name === reference.name && c.namespace === namespace);
  if (!configMap && !reference.optional) {
    return { ok: false, message: `the pods of ${name} do not start without ConfigMap "${reference.name}"` };
  }
  const config = configMap ? configMap.files.get(reference.key) : NO_FILE;
  if (!config) {
    const message = `ConfigMap "${reference.name}" has no file that can be read under "${reference.key}"`;
    return { ok: false, message };
  }
  const document = configMap?.fileDocuments.get(reference.key);
  return { ok: true, flags, config, ...(configMap && { configMap }), ...(document && { document }) };
}

function ownAgent(daemonSet: AgentDaemonSet, bundle: Bundle, egress: EgressRule[]): Reading {
  const agent = mountedAgent(daemonSet, bundle);
  if (!agent.ok) return agent;
  const as = agent.configMap ? 'the agent with its file and flags' : WITHOUT_CONFIG_MAP;
  return { ok: true, map: { ...agentTreatment(agent.config, agent.flags, agent.document), egress }, as };
}

/** With a policy of our own beside `default`, Google does not say whether it adds or replaces: both must do. */
function autopilotReadings({ noSnat }: Bundle, model: ClusterModel): Reading[] {
  const listed = noSnat.flatMap(policy => policy.destinations.flatMap(entry => entry.cidrs));
  const adds: Reading = {
    ok: true,
    map: autopilotMap(model, [...listed, ...(noSnat.some(isDefault) ? [] : autopilotDefault())]),
    as: 'the policies together',
  };
  if (!isCustomAlone(noSnat)) return [adds];
  return [adds, { ok: true, map: autopilotMap(model, listed), as: 'the custom policy alone' }];
}

function autopilotMap(model: ClusterModel, list: readonly Cidr[]): TreatmentMap {
  const { nodes, pods, services } = model.network;
  const managed = setsOf([...nodes, ...pods, ...services].flatMap(entry => entry.cidrs));
  const layer = (sets: Both<IntervalSet>, rule: string): Layer => ({ sets, decision: { treatment: PRESERVE, rule } });
  const layers = [
    layer(LINK_LOCAL, 'link-local'),
    layer(managed, 'the GKE-managed policy'),
    layer(setsOf(list), 'EgressNATPolicy'),
  ];
  const rest: Decision = { treatment: MASQUERADE, rule: 'everything that no policy preserves' };
  return withIPv6(mapOf(layers, { 4: rest, 6: rest }), platformMap(model).asked[6].otherwise);
}

/** What a policy of the gateway denotes. */
export function egressRule({ name, from, to, sourceIP }: PolicyModel): EgressRule {
  return {
    pods: from.map(({ namespaces, pods }) => ({ namespaces, pods })),
    destinations: IntervalSet.unionOf(
      4,
      to.map(entry => entry.sets[4]),
    ),
    decision: {
      treatment: { kind: 'snat', sourceIP: sourceIP?.text ?? '' },
      rule: `EgressNATPolicy "${name}"`,
    },
  };
}
