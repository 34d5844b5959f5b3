import type { AgentFlags } from '../agentfile/flags';
import type { Diagnostic, ValuePath } from '../diagnostics';
import { Findings } from '../intent/findings';
import { type Labels, labelsText, readSelector, selectorText, selects } from '../intent/selector';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { checkArguments } from './agent-arguments';
import { checkFile, checkVolumesThere, type FileReference } from './agent-file';
import { type NodeChoice, nodeChoice } from './node-choice';
import { checkNodeFiles } from './node-files';
import { checkMarks, checkMetadata, checkServed, list, objectId, record, written } from './object';
import { agentContainer, checkPod, POD, programOf, secondAgent } from './pod';

/** A DaemonSet that runs ip-masq-agent or masq-agent, as far as other objects have to agree with it. */
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
  /** How often Azure's agent reads its files, in seconds, when a flag says so. */
  readonly resyncSeconds?: number;
  /** Where packets of pods come from, as masq-agent is told; empty: it is not told. */
  readonly podCIDRs?: string;
  /** Whether nothing at all is mounted where the agent looks for its file: its built-in list holds. */
  readonly isWithoutFile?: boolean;
  /** The ConfigMaps that the agent's container mounts its file from. */
  readonly configMaps: readonly FileReference[];
}

/** Whether a document is a DaemonSet that runs ip-masq-agent or masq-agent. */
export function isAgentDaemonSet(document: SourceDocument): boolean {
  return objectId(document)?.kind === 'DaemonSet' && runsAgent(document);
}

/** Whether what a DaemonSet says is about one of the agents: by its containers or its name. */
export function runsAgent(document: SourceDocument): boolean {
  return agentContainer(document) >= 0 || /ip-?masq|masq-agent/i.test(objectId(document)?.name ?? '');
}

/** Checks a DaemonSet of ip-masq-agent or masq-agent. */
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
  checkAlone(document, index, findings);
  const program = programOf(record(valueAt(document.value, container)));
  const read = checkArguments(document, container, program, findings);
  checkSecurity(document, container, findings, read?.backend === 'nftables');
  checkVolumesThere(document, findings);
  const mounted = checkFile(document, container, { file: read?.config, foreign: dialect !== undefined }, findings);
  if (program === 'masq-agent' && read) checkNodeFiles(document, container, read, findings);
  const daemonSet = {
    ...common(document),
    ...(typeof image === 'string' && { image }),
    ...(dialect !== undefined && { dialect }),
    ...(read && { flags: read.flags, podCIDRs: read.podCIDRs }),
    ...(read?.resyncSeconds !== undefined && { resyncSeconds: read.resyncSeconds }),
    ...(!mounted && { isWithoutFile: true }),
    configMaps: mounted ?? [],
  };
  return { daemonSet, diagnostics: findings.list };
}

/** Two agents in one pod write the same chain in turns; server-side apply leaves the old one where its name was another. */
function checkAlone(document: SourceDocument, index: number, findings: Findings): void {
  const second = secondAgent(document, index);
  if (second < 0) return;
  const path = (at: number): ValuePath => [...POD, 'containers', at, 'name'];
  const name = (at: number): string => written(valueAt(document.value, path(at)));
  const [first, last] = index < second ? [index, second] : [second, index];
  const message = `containers "${name(first)}" and "${name(last)}" both run an agent in the same pod; remove one`;
  const related = [{ ...document.at(path(first)), message: 'the other one' }];
  findings.add('MQ618', path(last), { message, related });
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

/** @param withoutIptables whether the agent needs no more than NET_ADMIN */
function checkSecurity(
  document: SourceDocument,
  container: ValuePath,
  findings: Findings,
  withoutIptables: boolean,
): void {
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
    if (has(dropped, 'NET_RAW') && !has(added, 'NET_RAW') && !withoutIptables) {
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
