import { AGENT_FLAG_NAMES, type AgentFlags, chainFault, parseAgentFlags, portRangeFault } from '../agentfile/flags';
import { type Diagnostic, suggest, type ValuePath } from '../diagnostics';
import { Findings } from '../intent/findings';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { checkMetadata, checkServed, list, objectId, record, written } from './object';

/** A DaemonSet that runs ip-masq-agent, as far as other objects have to agree with it. */
export interface AgentDaemonSet {
  /** The object. */
  readonly document: SourceDocument;
  /** `metadata.name`, when it is a text. */
  readonly name: string | undefined;
  /** `metadata.namespace`, when it is a text. */
  readonly namespace: string | undefined;
  /** The agent's image. */
  readonly image?: string;
  /** The labels of the nodes that run it; empty: every node. */
  readonly nodeSelector: Readonly<Record<string, unknown>>;
  /** The pods' ServiceAccount, when it is named. */
  readonly serviceAccountName?: string;
  /** What command and arguments say, the agent's defaults for the rest; absent when something else is started. */
  readonly flags?: AgentFlags;
  /** The ConfigMaps that the agent's container mounts its file from. */
  readonly configMaps: readonly FileReference[];
}

/** Where a DaemonSet takes the agent's file from. */
export interface FileReference {
  /** The ConfigMap's name. */
  readonly name: string;
  /** The key in its `data`. */
  readonly key: string;
  /** Whether the pods start without it. */
  readonly optional: boolean;
  /** Where the DaemonSet names the ConfigMap. */
  readonly path: ValuePath;
}

const POD = ['spec', 'template', 'spec'] as const;
const FILE = '/etc/config/ip-masq-agent';

/** The index of the container that runs ip-masq-agent; -1 when the DaemonSet is about something else. */
function agentContainer(document: SourceDocument): number {
  const containers = list(valueAt(document.value, [...POD, 'containers']));
  return containers.findIndex(container => {
    const { name, image, command, args } = record(container);
    const named = [name, image].some(text => typeof text === 'string' && /ip-?masq-?agent/i.test(text));
    const words = [...list(command), ...list(args)];
    return named || words.some(word => typeof word === 'string' && word.startsWith('--masq-chain'));
  });
}

/** Whether a document is a DaemonSet that runs ip-masq-agent. */
export function isAgentDaemonSet(document: SourceDocument): boolean {
  const id = objectId(document);
  return id?.kind === 'DaemonSet' && (agentContainer(document) >= 0 || /ip-?masq/i.test(id.name ?? ''));
}

/** Checks a DaemonSet of ip-masq-agent. */
export function readDaemonSet(document: SourceDocument): {
  readonly daemonSet: AgentDaemonSet;
  readonly diagnostics: readonly Diagnostic[];
} {
  const findings = new Findings(document);
  checkIdentity(document, findings);
  if (valueAt(document.value, [...POD, 'hostNetwork']) !== true) {
    const has = record(valueAt(document.value, POD));
    const path = Object.hasOwn(has, 'hostNetwork') ? [...POD, 'hostNetwork'] : [...POD];
    findings.add(
      'MQ607',
      path,
      "the agent would write rules into its own pod's network, not the node's; write hostNetwork: true",
      'key',
    );
  }
  const index = agentContainer(document);
  if (index < 0) {
    return { daemonSet: { ...common(document), configMaps: [] }, diagnostics: findings.list };
  }
  const container = [...POD, 'containers', index];
  const image = valueAt(document.value, [...container, 'image']);
  const dialect = typeof image === 'string' ? foreignDialect(image) : undefined;
  if (dialect) {
    const message = `the image is ${dialect}, whose files and flags differ from ip-masq-agent's; masq checks what the two share`;
    findings.add('MQ611', [...container, 'image'], message);
  }
  const flags = checkFlags(document, container, typeof image === 'string' ? image : '', findings);
  checkSecurity(document, container, findings);
  const configMaps = checkVolumes(document, container, dialect !== undefined, findings);
  const daemonSet = {
    ...common(document),
    ...(typeof image === 'string' && { image }),
    ...(flags && { flags }),
    configMaps,
  };
  return { daemonSet, diagnostics: findings.list };
}

/** What can be told of a DaemonSet whether or not a container of it runs the agent. */
function common(document: SourceDocument): Omit<AgentDaemonSet, 'configMaps'> {
  const id = objectId(document);
  const { nodeSelector, serviceAccountName } = record(valueAt(document.value, POD));
  return {
    document,
    name: id?.name,
    namespace: id?.namespace,
    nodeSelector: record(nodeSelector),
    ...(typeof serviceAccountName === 'string' && { serviceAccountName }),
  };
}

function foreignDialect(image: string): string | undefined {
  if (/ip-masq-agent-v2/.test(image)) return "Azure's ip-masq-agent-v2";
  return undefined;
}

function checkIdentity(document: SourceDocument, findings: Findings): void {
  const id = objectId(document)!;
  checkServed(document, 'apps/v1', findings);
  checkMetadata(document, findings);
  if (id.namespace === undefined) {
    findings.add(
      'MQ606',
      ['metadata'],
      `DaemonSet "${id.name ?? ''}" names no namespace and lands wherever it is applied; write kube-system`,
      'key',
    );
  }
  checkSelector(document, findings);
}

function checkSelector(document: SourceDocument, findings: Findings): void {
  const spec = record(valueAt(document.value, ['spec']));
  const { matchLabels, matchExpressions } = record(spec.selector);
  const labels = record(valueAt(spec, ['template', 'metadata', 'labels']));
  const [key, value] = Object.entries(labels)[0] ?? ['k8s-app', 'ip-masq-agent'];
  const instead = `matchLabels: {${key}: ${written(value)}}`;
  if (spec.selector === undefined) {
    findings.add('MQ610', ['spec'], `the DaemonSet has no selector; write selector: {${instead}}`, 'key');
  } else if (Object.keys(record(matchLabels)).length === 0 && list(matchExpressions).length === 0) {
    findings.add('MQ610', ['spec', 'selector'], `the selector is empty; write ${instead}`, 'key');
  }
  for (const [key, value] of Object.entries(record(matchLabels))) {
    if (labels[key] === value) continue;
    const has = labels[key] === undefined ? 'does not have' : `has as "${written(labels[key])}"`;
    const message = `the selector wants ${key}: ${written(value)}, which the pod template ${has}; make them equal`;
    findings.add('MQ610', ['spec', 'selector', 'matchLabels', key], message);
  }
}

/** An argument and where it stands. */
interface Argument {
  readonly text: string;
  readonly path: ValuePath;
}

/** What the agent is started with; undefined when it is not the agent that the container starts. */
function agentArguments(document: SourceDocument, container: ValuePath, findings: Findings): Argument[] | undefined {
  const words = (key: 'command' | 'args'): Argument[] =>
    list(valueAt(document.value, [...container, key])).map((word, i) => ({
      text: written(word),
      path: [...container, key, i],
    }));
  const [program, ...more] = words('command');
  if (!program || /(?:^|\/)ip-masq-agent[^/]*$/.test(program.text)) return [...more, ...words('args')];
  const message = `the container starts "${program.text}", not the agent itself: masq does not know the agent's flags`;
  findings.add('MQ612', program.path, { message, severity: 'warning' });
  return undefined;
}

function checkFlags(
  document: SourceDocument,
  container: ValuePath,
  image: string,
  findings: Findings,
): AgentFlags | undefined {
  const given = agentArguments(document, container, findings);
  if (!given) return undefined;
  const { flags, faults, at } = parseAgentFlags(given.map(word => word.text));
  const path = (index: number): ValuePath => given[index]!.path;
  for (const fault of faults) {
    if (fault.kind === 'positional') {
      const before = given[fault.index - 1]?.text;
      const instead = /^(?:true|false)$/.test(fault.name) ? `write ${before}=${fault.name}` : 'remove it';
      const message = `argument "${fault.name}" is no flag; the agent silently ignores every flag behind it: ${instead}`;
      findings.add('MQ612', path(fault.index), { message, severity: 'error' });
    } else if (fault.kind === 'value') {
      const value = given[fault.index]!.text.replace(/^[^=]*=/, '');
      const message = `flag --${fault.name} is true or false, not "${value}"`;
      findings.add('MQ612', path(fault.index), { message, severity: 'error' });
    } else {
      const near = suggest(fault.name, AGENT_FLAG_NAMES);
      const message = `ip-masq-agent has no flag --${fault.name}; ${near ? `did you mean --${near}?` : 'it does not start with it'}`;
      findings.add('MQ612', path(fault.index), message);
    }
  }
  const google = /(?:^|\/)gke\.gcr\.io\//.test(image);
  const chainAt = at.get('masq-chain');
  if (google && flags.chain !== 'IP-MASQ') {
    const message = `chain "${flags.chain}" does not replace GKE's own rules; write --masq-chain=IP-MASQ`;
    findings.add('MQ401', chainAt === undefined ? [...container, 'args'] : path(chainAt), message, 'key');
  } else {
    const fault = chainFault(flags.chain);
    if (fault && chainAt !== undefined) findings.add('MQ313', path(chainAt), fault);
  }
  if (google && flags.randomFully) {
    const message = 'on a cluster with Dataplane V2 the agent needs --random-fully=false';
    findings.add('MQ402', at.has('random-fully') ? path(at.get('random-fully')!) : container, {
      message,
      severity: 'note',
    });
  }
  for (const range of flags.toPorts?.split(',') ?? []) {
    const fault = portRangeFault(range);
    if (fault) findings.add('MQ312', path(at.get('to-ports')!), fault);
  }
  return flags;
}

function checkSecurity(document: SourceDocument, container: ValuePath, findings: Findings): void {
  const path = [...container, 'securityContext'];
  const context = record(valueAt(document.value, path));
  checkUser(document, container, findings);
  if (context.privileged === true) {
    findings.add(
      'MQ614',
      [...path, 'privileged'],
      'the agent needs NET_ADMIN and NET_RAW only; write privileged: false and add these two',
    );
    return;
  }
  const added = list(valueAt(context, ['capabilities', 'add'])).map(String);
  const dropped = list(valueAt(context, ['capabilities', 'drop'])).map(String);
  const has = (of: readonly string[], name: string): boolean =>
    of.some(capability => [name, 'ALL'].includes(capability.toUpperCase()));
  if (has(added, 'NET_ADMIN')) {
    if (has(dropped, 'NET_RAW') && !has(added, 'NET_RAW')) {
      const message = 'iptables-legacy opens a raw socket and fails without NET_RAW; add it beside NET_ADMIN';
      findings.add('MQ608', [...path, 'capabilities', 'add'], { message, severity: 'warning' });
    }
    return;
  }
  const prefixed = added.findIndex(capability => capability.toUpperCase() === 'CAP_NET_ADMIN');
  if (prefixed >= 0) {
    findings.add(
      'MQ608',
      [...path, 'capabilities', 'add', prefixed],
      'Kubernetes names capabilities without "CAP_"; write NET_ADMIN',
    );
    return;
  }
  const place = Object.hasOwn(record(valueAt(document.value, container)), 'securityContext') ? path : container;
  findings.add(
    'MQ608',
    place,
    'the agent cannot write rules without NET_ADMIN; add it (and NET_RAW) under capabilities',
    'key',
  );
}

/** Capabilities that are added reach a process in effect only when it runs as root. */
function checkUser(document: SourceDocument, container: ValuePath, findings: Findings): void {
  for (const of of [container, POD]) {
    const path = [...of, 'securityContext', 'runAsUser'];
    const user = valueAt(document.value, path);
    if (user === undefined || user === null) continue;
    if (user !== 0) {
      const message = `user ${written(user)} does not get the added capabilities in effect; the agent has to run as root: remove runAsUser`;
      findings.add('MQ608', path, message);
    }
    return;
  }
}

function checkVolumes(
  document: SourceDocument,
  container: ValuePath,
  foreign: boolean,
  findings: Findings,
): AgentDaemonSet['configMaps'] {
  const volumes = list(valueAt(document.value, [...POD, 'volumes'])).map(record);
  const names = volumes.map(volume => written(volume.name));
  const mounts = list(valueAt(document.value, [...container, 'volumeMounts'])).map(record);
  mounts.forEach((mount, i) => {
    if (names.includes(written(mount.name))) return;
    const near = suggest(written(mount.name), names) ?? (names.length === 1 ? names[0] : undefined);
    const instead = near ? `did you mean "${near}"?` : 'add the volume';
    const message = `no volume is called "${written(mount.name)}"; ${instead}`;
    findings.add('MQ601', [...container, 'volumeMounts', i, 'name'], message);
  });
  const mount = fileMount(mounts);
  if (!mount) {
    const path = mounts.length > 0 ? [...container, 'volumeMounts', 0, 'mountPath'] : container;
    findings.add(
      'MQ604',
      path,
      'nothing is mounted at /etc/config, where the agent looks for its file: it would use its built-in list',
    );
    return [];
  }
  const at = [...container, 'volumeMounts', mount.index];
  if (mount.within === '') {
    const message = `a volume mounted at ${FILE} is a folder there, and the agent cannot read it; write "mountPath: /etc/config"`;
    findings.add('MQ604', [...at, 'mountPath'], message);
    return [];
  }
  if (mount.subPath) {
    const message = 'a mount with subPath never sees a changed ConfigMap; mount the whole volume at /etc/config';
    findings.add('MQ604', [...at, 'subPath'], { message, severity: 'warning' });
  }
  const index = names.indexOf(written(mounts[mount.index]!.name));
  if (index < 0) return [];
  const path = [...POD, 'volumes', index];
  const volume = volumes[index]!;
  if (Object.hasOwn(volume, 'projected')) return checkProjected(document, [...path, 'projected'], findings);
  const source = record(volume.configMap);
  if (!Object.hasOwn(volume, 'configMap')) return [];
  return checkItems(source, [...path, 'configMap'], { wanted: mount.within, foreign }, findings);
}

/** The mount that the agent's file comes from, which is the deepest one, and the file's name in the volume. */
function fileMount(
  mounts: readonly Readonly<Record<string, unknown>>[],
): { readonly index: number; readonly within: string; readonly subPath: boolean } | undefined {
  const paths = mounts.map(mount => `/${written(mount.mountPath).split('/').filter(Boolean).join('/')}`);
  const holding = paths.filter(path => FILE === path || FILE.startsWith(`${path}/`));
  if (holding.length === 0) return undefined;
  const index = paths.indexOf(holding.reduce((deepest, path) => (path.length > deepest.length ? path : deepest)));
  const subPath = written(mounts[index]!.subPath);
  const within = [...subPath.split('/'), ...FILE.slice(paths[index]!.length).split('/')].filter(Boolean).join('/');
  return { index, within, subPath: subPath !== '' };
}

function checkItems(
  source: Readonly<Record<string, unknown>>,
  path: ValuePath,
  file: { readonly wanted: string; readonly foreign: boolean },
  findings: Findings,
): AgentDaemonSet['configMaps'] {
  const { wanted } = file;
  const reference = { name: written(source.name), optional: source.optional === true, path: [...path, 'name'] };
  const items = list(source.items).map(record);
  if (items.length === 0) return [{ ...reference, key: wanted }];
  const at = items.findIndex(item => item.path === wanted);
  if (at < 0 && !file.foreign) {
    const lands =
      items[0]!.path === undefined
        ? 'the item lacks "path"'
        : `the file lands at /etc/config/${written(items[0]!.path)}`;
    const message = `${lands}, but the agent reads ${FILE}; write "path: ${wanted}"`;
    findings.add('MQ604', [...path, 'items', 0, 'path'], message);
    return [];
  }
  return [{ ...reference, key: written(items[Math.max(at, 0)]!.key) }];
}

/** Projected volumes of several ConfigMaps are Azure's way; a `configMap:` whose keys lost their indentation is a common slip. */
function checkProjected(document: SourceDocument, path: ValuePath, findings: Findings): AgentDaemonSet['configMaps'] {
  return list(valueAt(document.value, [...path, 'sources'])).flatMap((source, i) => {
    const { configMap } = record(source);
    if (configMap === null) {
      findings.add(
        'MQ211',
        [...path, 'sources', i, 'configMap'],
        'configMap has no value; indent name, items and optional below it',
        'key',
      );
      return [];
    }
    if (typeof record(configMap).name !== 'string') return [];
    return checkItems(
      record(configMap),
      [...path, 'sources', i, 'configMap'],
      { wanted: 'ip-masq-agent', foreign: true },
      findings,
    );
  });
}
