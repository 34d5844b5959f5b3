import { AGENT_KEYS, readParsedAgentFile, type Strictness } from '../agentfile/read';
import { type Diagnostic, diagnostic, suggest } from '../diagnostics';
import { Findings } from '../intent/findings';
import { valueAt } from '../schema/path';
import { embeddedText, parseText, type SourceDocument } from '../source';
import type { AgentConfig } from '../treatment/agentfile';
import { checkMetadata, checkServed, hasDeclaredRoute, objectId, record } from './object';
import { sizeFault } from './size';

const CONFIG_MAP_KEYS = ['apiVersion', 'kind', 'metadata', 'data', 'binaryData', 'immutable'];

/** Keys under which other projects' agents look for their file. */
const FOREIGN_KEYS: ReadonlyMap<string, string> = new Map([
  ['ip-masq-agent', "Azure's ip-masq-agent-v2"],
  ['ip-masq-agent-reconciled', "Azure's ip-masq-agent-v2"],
]);

/** What AKS calls the ConfigMap for lists of one's own, and the one beside it that it reconciles. Source: AKS, "ip-masq-agent". */
export const OF_AKS = 'azure-ip-masq-agent-config';
export const RECONCILED = 'azure-ip-masq-agent-config-reconciled';

/** A ConfigMap that holds an ip-masq-agent file. */
export interface AgentConfigMap {
  /** The object. */
  readonly document: SourceDocument;
  /** `metadata.name`, when it is a text. */
  readonly name: string | undefined;
  /** `metadata.namespace`, when it is a text. */
  readonly namespace: string | undefined;
  /** The keys of `data` and of `binaryData`. */
  readonly keys: readonly string[];
  /** The agent's files by their keys, those left out that are refused. */
  readonly files: ReadonlyMap<string, AgentConfig>;
  /** The documents of these files, for the places of what they say. */
  readonly fileDocuments: ReadonlyMap<string, SourceDocument>;
}

const AGENT_FILE = new RegExp(`^[ \\t]*["']?(?:${AGENT_KEYS.join('|')})["']?[ \\t]*:`, 'im');

/** Whether a document is a ConfigMap about ip-masq-agent. */
export function isAgentConfigMap(document: SourceDocument): boolean {
  return objectId(document)?.kind === 'ConfigMap' && holdsAgentFile(document);
}

/** Whether what a ConfigMap says is about ip-masq-agent: by its name, or by what one of its files says. */
export function holdsAgentFile(document: SourceDocument): boolean {
  const id = objectId(document);
  if (id?.name !== undefined && /ip-?masq|masq-agent/i.test(id.name)) return true;
  const texts = [...Object.values(record(valueAt(document.value, ['data']))), ...Object.values(record(document.value))];
  return texts.some(text => typeof text === 'string' && isLikeAgentFile(text) && /masq/i.test(text));
}

/** A line that is neither indented nor a comment, nor begins with a key, an item or a bracket, as in a text for people. */
const PROSE = /^(?!\s|$|[-#{}[\]"'&%]|[\w.-]+\s*:)/m;

/** Whether a text could be an agent's file. */
function isLikeAgentFile(text: string): boolean {
  return AGENT_FILE.test(text) && !PROSE.test(text);
}

/** Checks a ConfigMap of ip-masq-agent and the file in it, at the file's true lines and columns. */
export function readConfigMap(
  document: SourceDocument,
  strictness?: Strictness,
): {
  readonly configMap: AgentConfigMap;
  readonly diagnostics: readonly Diagnostic[];
} {
  const findings = new Findings(document);
  const id = objectId(document);
  const data = record(valueAt(document.value, ['data']));
  const binaryData = record(valueAt(document.value, ['binaryData']));
  checkTopLevel(document, findings);
  checkServed(document, 'v1', findings);
  checkMetadata(document, findings);
  const files = new Map<string, AgentConfig>();
  const fileDocuments = new Map<string, SourceDocument>();
  for (const [key, text] of Object.entries(data)) {
    if (typeof text !== 'string') {
      findings.add('MQ204', ['data', key], `data.${key} is no text; write "${key}: |" and the file below it`);
      continue;
    }
    const foreign = FOREIGN_KEYS.get(key);
    if (key !== 'config' && Object.hasOwn(data, 'config') && suggest(key, ['config'])) {
      const message = `the agent reads "config", and not "${key}" beside it, which looks like it; remove one of the two`;
      findings.add('MQ203', ['data', key], { message, severity: 'warning' }, 'key');
    }
    if (key !== 'config' && !foreign && (Object.hasOwn(data, 'config') || !AGENT_FILE.test(text))) continue;
    const read = readParsedAgentFile(parseText(embeddedText(document, ['data', key], text)), strictness);
    const isSettled = ({ code }: Diagnostic): boolean =>
      // Azure's agent has no built-in list beside a file, and merges several of them.
      (code === 'MQ303' && hasDeclaredRoute(document)) || (code === 'MQ310' && foreign !== undefined);
    findings.addAll(read.diagnostics.filter(found => !isSettled(found)));
    if (read.config) files.set(key, read.config);
    if (read.document) fileDocuments.set(key, read.document);
  }
  const tooLarge = sizeFault(Object.values(data).filter(text => typeof text === 'string'));
  if (tooLarge !== undefined) {
    const message = `data has ${tooLarge}; write fewer, wider ranges, or leave out comments`;
    findings.add('MQ122', ['data'], { message, severity: 'error' }, 'key');
  }
  if (Object.hasOwn(binaryData, 'config')) {
    const message =
      'masq does not look into binaryData; write "config: |" and the file below "data" to have it checked';
    findings.add('MQ212', ['binaryData', 'config'], message, 'key');
  }
  if (id?.namespace === undefined && id?.name !== undefined) {
    findings.add(
      'MQ606',
      ['metadata'],
      `ConfigMap "${id.name}" names no namespace and lands wherever it is applied; write the agent's, kube-system`,
      'key',
    );
  }
  const configMap = {
    document,
    name: id?.name,
    namespace: id?.namespace,
    keys: [...Object.keys(data), ...Object.keys(binaryData)],
    files,
    fileDocuments,
  };
  return { configMap, diagnostics: findings.list };
}

/** Says of keys that another project's agent reads them, but for those that ip-masq-agent itself is led to. */
export function checkForeignKeys({ document }: AgentConfigMap, isRead: (key: string) => boolean): Diagnostic[] {
  return Object.keys(record(valueAt(document.value, ['data']))).flatMap(key => {
    const foreign = FOREIGN_KEYS.get(key);
    if (!foreign || isRead(key)) return [];
    const message = `the key "${key}" is read by ${foreign}, not by ip-masq-agent, which reads "config"`;
    return [diagnostic('MQ611', document.at(['data', key], 'key'), { message })];
  });
}

/** Says of a ConfigMap that it lacks the key that agents read by themselves. */
export function checkKeys({ document, keys }: AgentConfigMap): Diagnostic[] {
  const root = record(document.value);
  const lostIndentation = root.data === null || Object.hasOwn(root, 'config');
  if (lostIndentation || keys.some(key => key === 'config' || FOREIGN_KEYS.has(key))) return [];
  const [only, ...more] = keys;
  const rename = only !== undefined && more.length === 0 ? `; rename "${only}"` : '';
  const path = only === undefined ? [] : rename === '' ? ['data'] : ['data', only];
  const message = `the ConfigMap lacks the key "config" that ip-masq-agent reads${rename}`;
  return [diagnostic('MQ603', document.at(path, 'key'), { message })];
}

/** Keys that lost their indentation end up beside `metadata` and `data`. */
function checkTopLevel(document: SourceDocument, findings: Findings): void {
  const root = record(document.value);
  for (const key of Object.keys(root)) {
    if (CONFIG_MAP_KEYS.includes(key)) continue;
    const near = suggest(key, CONFIG_MAP_KEYS);
    if (near !== undefined && !Object.hasOwn(root, near)) {
      findings.add('MQ203', [key], `unknown key "${key}"; did you mean "${near}"?`, 'key');
      continue;
    }
    const parent = ['name', 'namespace', 'labels', 'annotations'].includes(key) ? 'metadata' : 'data';
    findings.add('MQ203', [key], `unknown key "${key}" beside "${parent}"; indent it below "${parent}"`, 'key');
  }
  for (const key of ['metadata', 'data']) {
    if (Object.hasOwn(root, key) && root[key] === null) {
      findings.add('MQ211', [key], `${key} has no value; indent its keys below it`, 'key');
    }
  }
}
