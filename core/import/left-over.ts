import { AGENT_FLAG_NAMES, isLogFlag } from '../agentfile/flags';
import { OPTION_DEFAULTS } from '../agentfile/options';
import { type Diagnostic, diagnostic, type ValuePath } from '../diagnostics';
import { mountHolding } from '../manifest/agent-file';
import type { AgentDaemonSet } from '../manifest/daemon-set';
import { WELL_KNOWN } from '../manifest/denote';
import { list, objectId, record, written } from '../manifest/object';
import { agentContainer, POD, type Program, programOf } from '../manifest/pod';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import {
  CONFIG_MAP,
  containerOf,
  DAEMON_SET,
  FILE_VOLUME,
  isNeedless,
  isOfMasqAgent,
  items,
  type Known,
  leftOf,
  podOf,
} from './rendered';

/** What is said of an argument that is about the log. */
export function logFlagText(argument: string): string {
  return `${argument} is about the log, of which an intent says nothing; it is left out`;
}

/** The label of what masq rendered, of which it knows all. */
const RENDERED = ['metadata', 'labels', 'app.kubernetes.io/managed-by'];

/** Takes what is said of a path. */
type Note = (path: ValuePath, message: string) => void;

/** Names what a ConfigMap says beside its files and the one that masq renders does not. */
export function configMapLeftOver(document: SourceDocument): Diagnostic[] {
  return notesOf(document, (note, without) => {
    const { immutable, ...rest } = record(document.value);
    if (immutable === true && objectId(document)?.name === WELL_KNOWN) {
      note(['immutable'], 'immutable has no key in an intent: delete this ConfigMap before the new one is applied');
      without([], CONFIG_MAP, rest);
    } else without([], CONFIG_MAP);
  });
}

/** Names what a DaemonSet says and the one that masq renders does not. */
export function leftOverNotes(daemonSet: AgentDaemonSet): Diagnostic[] {
  const { document } = daemonSet;
  const container = [...POD, 'containers', agentContainer(document)];
  const program = programOf(record(valueAt(document.value, container)));
  return notesOf(document, (note, without) => {
    noteIdentity(document, note);
    without([], DAEMON_SET);
    without(POD, podOf(program));
    without(container, containerOf(program, valueAt(document.value, [...container, 'image'])));
    noteArguments(document, container, program, note);
    noteCapabilities(document, container, note);
    noteTolerations(document, note);
    noteContainers(document, note);
    noteVolumes(daemonSet, program, note, without);
  });
}

/** Collects notes of a document that masq did not render. */
function notesOf(
  document: SourceDocument,
  collect: (note: Note, without: (path: ValuePath, known: Known, value?: unknown) => void) => void,
): Diagnostic[] {
  if (valueAt(document.value, RENDERED) === 'masq') return [];
  const notes: Diagnostic[] = [];
  const note: Note = (path, message) => {
    notes.push(diagnostic('MQ801', document.at(path, 'key'), { message }));
  };
  collect(note, (path, known, value = valueAt(document.value, path)) => {
    for (const left of leftOf(value, known, path)) note(left, leftText(left, valueAt(document.value, left)));
  });
  return notes;
}

/** What is said of something that is left behind: the value too, where it is short. */
function leftText(path: ValuePath, value: unknown): string {
  const [of, key] = [path.at(-2), path.at(-1)];
  const what = typeof value === 'object' ? `${key}` : `${key}: ${written(value)}`;
  if (path[0] === 'metadata' && (of === 'labels' || of === 'annotations')) {
    const mark = of === 'labels' ? 'label' : 'annotation';
    return `${mark} ${what} is left out; metadata.${of} of an intent is for every object that is rendered`;
  }
  return `${what} has no key in an intent, and is not in what masq renders`;
}

/** What masq renders has a name of its own, one label in its selector, and rolls out by itself. */
function noteIdentity(document: SourceDocument, note: Note): void {
  const { name, namespace } = objectId(document) ?? {};
  if (name !== undefined && name !== WELL_KNOWN) {
    const command = `kubectl -n ${namespace ?? 'NAMESPACE'} delete daemonset ${name}`;
    const message = `the DaemonSet is rendered as "${WELL_KNOWN}", not as "${name}": both would run on all nodes and write the same chain; delete this one when that is applied: ${command}`;
    note(['metadata', 'name'], message);
  }
  const selector = record(valueAt(document.value, ['spec', 'selector']));
  const labels = JSON.stringify(selector.matchLabels ?? {});
  const isOther = labels !== JSON.stringify({ 'k8s-app': WELL_KNOWN }) || list(selector.matchExpressions).length > 0;
  if (name === WELL_KNOWN && Object.keys(selector).length > 0 && isOther) {
    const message = `masq renders the selector k8s-app: ${WELL_KNOWN}, and that of an object that runs cannot be changed: delete this one before the new one is applied, its rules stay on the nodes`;
    note(['spec', 'selector'], message);
  }
  const strategy = ['spec', 'updateStrategy', 'type'];
  if (valueAt(document.value, strategy) === 'OnDelete')
    note(strategy, 'OnDelete has no key in an intent: what masq renders replaces its pods by itself');
}

/** Arguments that are no flag of ip-masq-agent have no word in an intent, or one of their own, into which nothing is imported. */
function noteArguments(document: SourceDocument, container: ValuePath, program: Program, note: Note): void {
  for (const { item, path } of items(valueAt(document.value, [...container, 'args']), [...container, 'args'])) {
    const text = written(item);
    const name = /^--?([a-z][a-z-]*)(?:=|$)/.exec(text)?.[1];
    if (isLogFlag(text)) note(path, logFlagText(text));
    else if (program === 'masq-agent' && name !== undefined && !AGENT_FLAG_NAMES.includes(name))
      note(path, `${text} is an option of masq-agent alone, and is left out; see "agent" in the intent's schema`);
  }
}

function noteCapabilities(document: SourceDocument, container: ValuePath, note: Note): void {
  const path = [...container, 'securityContext', 'capabilities', 'add'];
  for (const { item, path: at } of items(valueAt(document.value, path), path)) {
    if (isNeedless(item))
      note(at, `the agent does not need the capability ${written(item)}, and what masq renders is without it`);
  }
}

/** What masq renders runs on tainted nodes too, since pods do. */
function noteTolerations(document: SourceDocument, note: Note): void {
  const path = [...POD, 'tolerations'];
  const tolerations = list(valueAt(document.value, path)).map(record);
  const tolerates = (wanted: string): boolean =>
    tolerations.some(({ key, operator, effect }) => !key && operator === 'Exists' && (!effect || effect === wanted));
  if (tolerates('NoSchedule') && tolerates('NoExecute')) return;
  const which = tolerations.length === 0 ? 'no taint' : 'some taints';
  const message = `the agent tolerates ${which}, and what masq renders tolerates all: it runs on tainted nodes too; nodeSelector says otherwise`;
  note(tolerations.length === 0 ? POD : path, message);
}

/** Containers beside the agent's. */
function noteContainers(document: SourceDocument, note: Note): void {
  const agent = agentContainer(document);
  list(valueAt(document.value, [...POD, 'containers'])).forEach((container, i) => {
    if (i === agent) return;
    note([...POD, 'containers', i], `container "${written(record(container).name)}" is not in what masq renders`);
  });
}

/** Volumes beside that of the agent's file, whoever mounts them. */
function noteVolumes(
  { document, configMaps }: AgentDaemonSet,
  program: Program,
  note: Note,
  without: (path: ValuePath, known: Known) => void,
): void {
  const of = [...POD, 'volumes'];
  const container = [...POD, 'containers', agentContainer(document)];
  const mounts = list(valueAt(document.value, [...container, 'volumeMounts'])).map(record);
  const mounted = mounts[mountHolding(mounts, OPTION_DEFAULTS.config)?.index ?? -1]?.name;
  const ofFile = new Set(configMaps.map(({ path }) => path[of.length]));
  for (const { item, path } of items(valueAt(document.value, of), of)) {
    if (ofFile.has(path.at(-1)!) || (mounted !== undefined && record(item).name === mounted))
      without(path, FILE_VOLUME);
    else if (program !== 'masq-agent' || !isOfMasqAgent(item)) {
      const { name, ...source } = record(item);
      const kind = Object.keys(source)[0] ?? 'emptyDir';
      note(path, `volume "${written(name)}" (${kind}) and its mounts are not in what masq renders`);
    }
  }
}
