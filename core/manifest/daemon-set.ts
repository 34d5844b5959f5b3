import { AGENT_FLAG_NAMES, type AgentFlags, chainFault, parseAgentFlags, portRangeFault } from '../agentfile/flags';
import { type Diagnostic, suggest, type ValuePath } from '../diagnostics';
import { Findings } from '../intent/findings';
import { type Labels, labelsText, readSelector, selectorText, selects } from '../intent/selector';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { checkFile, checkVolumesThere, type FileReference } from './agent-file';
import { type NodeChoice, nodeChoice } from './node-choice';
import { checkMarks, checkMetadata, checkServed, list, objectId, record, written } from './object';
import { agentContainer, checkPod, POD } from './pod';

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
  /** The other project whose agent the image is; absent for ip-masq-agent. */
  readonly dialect?: string;
  /** The labels that `nodeSelector` asks of nodes. */
  readonly nodeSelector: Readonly<Record<string, unknown>>;
  /** The nodes that run it, by all that chooses them. */
  readonly nodes: NodeChoice;
  /** The pods' ServiceAccount, when it is named. */
  readonly serviceAccountName?: string;
  /** What command and arguments say, the agent's defaults for the rest; absent when something else is started. */
  readonly flags?: AgentFlags;
  /** The ConfigMaps that the agent's container mounts its file from. */
  readonly configMaps: readonly FileReference[];
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
  checkPod(document, findings);
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
  checkVolumesThere(document, findings);
  const configMaps = checkFile(document, container, dialect !== undefined, findings);
  const daemonSet = {
    ...common(document),
    ...(typeof image === 'string' && { image }),
    ...(dialect !== undefined && { dialect }),
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
    nodes: nodeChoice(document),
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
  const at = ['spec', 'template', 'metadata'];
  const labels = checkMarks(valueAt(document.value, at), at, findings);
  const [key, value] = Object.entries(labels)[0] ?? ['k8s-app', 'ip-masq-agent'];
  const instead = `matchLabels: {${key}: ${value}}`;
  if (spec.selector === undefined) {
    findings.add('MQ610', ['spec'], `the DaemonSet has no selector; write selector: {${instead}}`, 'key');
  } else if (Object.keys(record(matchLabels)).length === 0 && list(matchExpressions).length === 0) {
    findings.add('MQ610', ['spec', 'selector'], `the selector is empty; write ${instead}`, 'key');
  }
  for (const [key, value] of Object.entries(record(matchLabels))) {
    if (labels[key] === value) continue;
    const has = labels[key] === undefined ? 'does not have' : `has as "${labels[key]}"`;
    const message = `the selector wants ${key}: ${written(value)}, which the pod template ${has}; make them equal`;
    findings.add('MQ610', ['spec', 'selector', 'matchLabels', key], message);
  }
  checkExpressions(matchExpressions, labels, findings);
}

function checkExpressions(expressions: unknown, labels: Labels, findings: Findings): void {
  const path = ['spec', 'selector'];
  list(expressions).forEach((expression, i) => {
    const own = new Findings(findings.document);
    const selector = readSelector({ matchExpressions: [expression] }, path, own);
    const read = selector.requirements.length === 1 && own.list.length === 0;
    if (read && selects(selector, labels)) return;
    const wanted = read ? `"${selectorText(selector)}"` : written(expression);
    const why = read ? `the pod template has the labels ${labelsText(labels)}` : 'it is no requirement';
    const message = `the selector wants ${wanted}, which no pod meets: ${why}`;
    findings.add('MQ610', [...path, 'matchExpressions', i], message);
  });
}

/** An argument and where it stands. */
interface Argument {
  readonly text: string;
  readonly path: ValuePath;
}

/** What the agent is started with; undefined when it is not the agent that the container starts. */
function agentArguments(document: SourceDocument, container: ValuePath, findings: Findings): Argument[] | undefined {
  const spec = record(valueAt(document.value, container));
  if (!['command', 'args'].map(key => isWords(spec[key], [...container, key], findings)).every(Boolean))
    return undefined;
  const words = (key: 'command' | 'args'): Argument[] =>
    list(spec[key]).map((word, i) => ({ text: expanded(written(word), spec.env), path: [...container, key, i] }));
  const [program, ...more] = words('command');
  if (!program || /(?:^|\/)ip-masq-agent[^/]*$/.test(program.text)) return [...more, ...words('args')];
  const message = `the container starts "${program.text}", not the agent itself: masq does not know the agent's flags`;
  findings.add('MQ612', program.path, { message, severity: 'warning' });
  return undefined;
}

/** Whether what a container is started with is a list, or is not there; one that is neither is reported. */
function isWords(value: unknown, path: ValuePath, findings: Findings): boolean {
  if (value === undefined || value === null || Array.isArray(value)) return true;
  const message = `${path.at(-1)} "${written(value)}" is no list; write [${written(value)}]`;
  findings.add('MQ204', path, message);
  return false;
}

/** An argument with the container's variables in it, as the kubelet fills them in: those that are not there stay. */
function expanded(text: string, env: unknown): string {
  const values = new Map(
    list(env)
      .map(record)
      .map(({ name, value }) => [name, value]),
  );
  return text.replace(/\$\((\w+)\)/g, (all, name) => {
    const value = values.get(name);
    return typeof value === 'string' ? value : all;
  });
}

/** Whether a variable in an argument gets its value from elsewhere than the manifest. */
function filledInLater(text: string, container: unknown): boolean {
  const { env, envFrom } = record(container);
  const open = list(env)
    .map(record)
    .filter(({ valueFrom }) => valueFrom !== undefined);
  const names = [...text.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name);
  return names.some(name => list(envFrom).length > 0 || open.some(variable => variable.name === name));
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
    } else if (fault.kind === 'missing') {
      const message = `flag --${fault.name} lacks its value, and the agent does not start without; write --${fault.name}=…`;
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
  const isOpen = filledInLater(flags.chain, valueAt(document.value, container));
  const google = /(?:^|\/)gke\.gcr\.io\//.test(image);
  const chainAt = at.get('masq-chain');
  if (google && flags.chain !== 'IP-MASQ' && !isOpen) {
    const message = `chain "${flags.chain}" does not replace GKE's own rules; write --masq-chain=IP-MASQ`;
    findings.add('MQ401', chainAt === undefined ? [...container, 'args'] : path(chainAt), message, 'key');
  } else {
    const fault = chainFault(flags.chain);
    if (fault && chainAt !== undefined && !isOpen) findings.add('MQ313', path(chainAt), fault);
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
    break;
  }
  for (const of of [container, POD]) {
    const path = [...of, 'securityContext', 'runAsNonRoot'];
    const wanted = valueAt(document.value, path);
    if (wanted === undefined || wanted === null) continue;
    if (wanted !== false) {
      const message = 'the agent has to run as root, and its pods would not start; write runAsNonRoot: false';
      findings.add('MQ608', path, message);
    }
    return;
  }
}
