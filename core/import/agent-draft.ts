import { formatCidr } from '../address';
import { type AgentFlags, DEFAULT_FLAGS } from '../agentfile/flags';
import type { BareAgentFile } from '../check/check';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import { append } from '../diagnostics/collect';
import type { KeptRange } from '../dialect/reading';
import { defaultImage } from '../intent/images';
import type { Flavor, Platform } from '../intent/model';
import { texts } from '../intent/raw';
import type { Bundle } from '../manifest/bundle';
import type { AgentConfigMap } from '../manifest/config-map';
import type { AgentDaemonSet } from '../manifest/daemon-set';
import { mountedAgent } from '../manifest/denote';
import { hasDeclaredRoute, INTERNET_ROUTE, record } from '../manifest/object';
import { agentContainer, POD, programOf } from '../manifest/pod';
import type { Agent, AgentResources } from '../schema/generated/types-intent';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { type AgentConfig, agentDefaults, agentTreatment } from '../treatment/agentfile';
import { configMapNotes, idleKeys, MENDED } from './agent-notes';
import type { Draft, Drafted, FoundFacts } from './draft';
import { leftOverNotes } from './left-over';

/** What of ip-masq-agent is imported. */
export interface AgentObjects {
  readonly bundle: Bundle;
  readonly files: readonly BareAgentFile[];
  /** What the agent is started with, where that was told. */
  readonly flags?: AgentFlags;
  /** Whether pods are told to have IPv6 addresses. */
  readonly ipv6: boolean;
  /** Whether the cluster is told to have GKE's Dataplane V2. */
  readonly isDataplaneV2: boolean;
}

/** The agent's file, its flags, and the objects that they stand in. */
export interface FoundAgent {
  readonly flags: AgentFlags;
  readonly config: AgentConfig;
  /** Absent where there is no file, or an empty one. */
  readonly document?: SourceDocument;
  readonly configMap?: AgentConfigMap;
  /** The key that the file is under. */
  readonly key?: string;
  readonly daemonSet?: AgentDaemonSet;
  readonly at: Location;
}

/** Whether something of ip-masq-agent is among objects. */
export function holdsAgent({ bundle, files }: Pick<AgentObjects, 'bundle' | 'files'>): boolean {
  return files.length > 0 || bundle.configMaps.length > 0 || ownDaemonSets(bundle).length > 0;
}

function ownDaemonSets(bundle: Bundle): readonly AgentDaemonSet[] {
  return bundle.daemonSets.filter(({ dialect }) => dialect === undefined);
}

/** Drafts an intent of ip-masq-agent: of its DaemonSet with the file that it mounts, of a ConfigMap, or of a bare file. */
export function draftAgent(objects: AgentObjects): Drafted {
  const diagnostics: Diagnostic[] = [];
  const agent = findAgent(objects, diagnostics);
  if (!agent) return { diagnostics };
  const { flags, config, document, daemonSet, configMap, at } = agent;
  const platform = platformOf(agent);
  if (daemonSet) append(diagnostics, leftOverNotes(daemonSet));
  if (configMap) append(diagnostics, configMapNotes(configMap, agent));
  append(diagnostics, idleKeys(agent, objects.ipv6));
  // An agent that runs wrongly is imported so that it can be mended.
  const isMended =
    objects.isDataplaneV2 && flags.randomFully && (daemonSet !== undefined || objects.flags !== undefined);
  if (isMended) diagnostics.push(diagnostic('MQ402', at, { message: MENDED, severity: 'warning' }));
  const draft: Draft = {
    as: daemonSet ? 'ip-masq-agent' : "ip-masq-agent's file",
    ...(platform && { platform }),
    found: foundFacts(configMap),
    kept: keptRanges(config, flags, document),
    agent: on => {
      const { randomFully, ...spec } = agentSpec(agent, on, objects.flags !== undefined);
      return { ...spec, ...(randomFully !== undefined && !isMended && { randomFully }) };
    },
    takesFlags: daemonSet === undefined,
    ipv6Unknown: daemonSet === undefined && objects.flags === undefined,
    at,
    map: () => agentTreatment(config, flags, document),
  };
  return { draft, diagnostics };
}

function findAgent({ bundle, files, flags }: AgentObjects, diagnostics: Diagnostic[]): FoundAgent | undefined {
  const found = candidates(bundle, files, flags, diagnostics);
  const [first, second] = found;
  if (!second) return first;
  const message = 'two agents, or two files of one, are imported, and none says which of them counts; import one';
  const related = [{ ...first!.at, message: 'the other one' }];
  diagnostics.push(diagnostic('MQ803', second.at, { message, related }));
  return undefined;
}

function candidates(
  bundle: Bundle,
  files: readonly BareAgentFile[],
  flags: AgentFlags | undefined,
  diagnostics: Diagnostic[],
): FoundAgent[] {
  const bare = files.map(({ file, config, document }) => ({
    flags: flagsFor(config, flags),
    config,
    ...(document && { document }),
    at: document?.at([]) ?? { file },
  }));
  const daemonSets = ownDaemonSets(bundle);
  if (daemonSets.length === 0) return [...bare, ...configMapAgents(bundle, flags)];
  const mounted = daemonSets.flatMap((daemonSet): FoundAgent[] => {
    const at = daemonSet.document.at(['metadata', 'name']);
    const agent = mountedAgent(daemonSet, bundle);
    if (!agent.ok) {
      diagnostics.push(diagnostic('MQ803', at, { message: `what is to be preserved is not known: ${agent.message}` }));
      return [];
    }
    const { ok: _ok, ...rest } = agent;
    const key = daemonSet.configMaps[0]?.key;
    return [{ ...rest, daemonSet, ...(key !== undefined && { key }), at: agent.document?.at([]) ?? at }];
  });
  return [...bare, ...mounted];
}

/** Each file of each ConfigMap, since no DaemonSet says which of them counts. */
function configMapAgents(bundle: Bundle, flags: AgentFlags | undefined): FoundAgent[] {
  return bundle.configMaps.flatMap(configMap =>
    [...configMap.files].map(([key, config]) => {
      const document = configMap.fileDocuments.get(key);
      const at = document?.at([]) ?? configMap.document.at(['data', key], 'key');
      return { flags: flagsFor(config, flags), config, configMap, key, at, ...(document && { document }) };
    }),
  );
}

/** Without a DaemonSet: the flags told; a list with IPv6 is refused by an agent that does not write IPv6 rules. */
function flagsFor(config: AgentConfig, flags: AgentFlags | undefined): AgentFlags {
  return flags ?? { ...DEFAULT_FLAGS, enableIPv6: listsIPv6(config) };
}

function listsIPv6({ nonMasqueradeCIDRs = [] }: AgentConfig): boolean {
  return nonMasqueradeCIDRs.some(cidr => cidr.family === 6);
}

function foundFacts(configMap: AgentConfigMap | undefined): FoundFacts {
  if (!configMap || !hasDeclaredRoute(configMap.document)) return {};
  const route = valueAt(configMap.document.value, ['metadata', 'annotations', INTERNET_ROUTE]);
  return { internetRoute: route === 'cloud-nat' ? route : 'custom-default-route' };
}

/** The ranges of a list with their places, or those of the agent's own. */
function keptRanges(config: AgentConfig, flags: AgentFlags, document: SourceDocument | undefined): KeptRange[] {
  const { nonMasqueradeCIDRs } = config;
  if (!nonMasqueradeCIDRs) return agentDefaults(flags).map(cidr => ({ text: formatCidr(cidr), cidrs: [cidr] }));
  return nonMasqueradeCIDRs.map((cidr, i) => ({
    text: formatCidr(cidr),
    cidrs: [cidr],
    ...(document && {
      at: document.at(['nonMasqueradeCIDRs', i]),
      comment: document.comment(['nonMasqueradeCIDRs', i]),
    }),
  }));
}

/** GKE's image and GKE's chain are nowhere else; a DaemonSet without them is anybody's. */
function platformOf({ daemonSet, flags }: FoundAgent): Platform | undefined {
  if (flags.chain === 'IP-MASQ') return 'gke-standard';
  return daemonSet && 'kubernetes';
}

/** How the agent runs, as far as that differs from how masq would have it run on the platform. */
function agentSpec({ config, flags, daemonSet, configMap }: FoundAgent, platform: Platform, flagsTold: boolean): Agent {
  const gke = platform === 'gke-standard';
  const namespace = (daemonSet ?? configMap)?.namespace;
  const common: Agent = {
    ...(namespace !== undefined && namespace !== 'kube-system' && { namespace }),
    ...(config.resyncInterval !== undefined &&
      config.resyncInterval !== '60s' && { resyncInterval: config.resyncInterval }),
  };
  // A ConfigMap alone says that somebody else runs the agent.
  const isTheirs = !daemonSet && configMap !== undefined && (!flagsTold || isPlain(flags));
  if (isTheirs) return { daemonSet: 'existing', ...common };
  // Of a bare file nothing is known but what it says.
  if (!daemonSet && !flagsTold) return common;
  return {
    ...(daemonSet && { daemonSet: 'render' }),
    ...(daemonSet && daemonSetSpec(daemonSet, gke)),
    ...common,
    ...(flags.chain !== (gke ? 'IP-MASQ' : 'IP-MASQ-AGENT') && { chain: flags.chain }),
    ...(flags.randomFully === gke && { randomFully: flags.randomFully }),
    ...(flags.toPorts !== undefined && { toPorts: flags.toPorts.split(',') }),
  };
}

/** Whether flags say nothing that a DaemonSet of masq's would have to. */
function isPlain({ chain, randomFully, toPorts }: AgentFlags): boolean {
  return chain === DEFAULT_FLAGS.chain && randomFully && toPorts === undefined;
}

/** What a DaemonSet says of how its agent runs, but for its flags. */
export function daemonSetSpec({ document, image, nodeSelector }: AgentDaemonSet, gke: boolean): Agent {
  const pod = record(valueAt(document.value, POD));
  const container = record(valueAt(document.value, [...POD, 'containers', agentContainer(document)]));
  const flavor: Flavor =
    programOf(container) === 'masq-agent' ? 'masq' : /(?:^|\/)gke\.gcr\.io\//.test(image ?? '') ? 'google' : 'upstream';
  const usual = gke ? 'google' : 'upstream';
  const nodes = texts(nodeSelector);
  const { priorityClassName } = pod;
  const resources = resourcesOf(container.resources);
  return {
    ...(flavor !== usual && { flavor }),
    ...(image !== undefined && image !== defaultImage(flavor) && { image }),
    ...(Object.keys(nodes).length > 0 && { nodeSelector: nodes }),
    ...(typeof priorityClassName === 'string' &&
      (flavor === 'google' || priorityClassName !== 'system-node-critical') && { priorityClassName }),
    ...(resources && { resources }),
  };
}

/** What an intent says of resources: amounts as texts, of the three kinds that it knows. */
function resourcesOf(value: unknown): AgentResources | undefined {
  const quantities = (of: unknown): Record<string, string> =>
    Object.fromEntries(
      Object.entries(record(of)).flatMap(([kind, amount]) =>
        ['cpu', 'memory', 'ephemeral-storage'].includes(kind) ? [[kind, String(amount)]] : [],
      ),
    );
  const { requests, limits } = record(value);
  const [least, most] = [quantities(requests), quantities(limits)];
  if (Object.keys(least).length + Object.keys(most).length === 0) return undefined;
  return {
    ...(Object.keys(least).length > 0 && { requests: least }),
    ...(Object.keys(most).length > 0 && { limits: most }),
  };
}
