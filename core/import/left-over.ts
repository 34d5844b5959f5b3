import { type Diagnostic, diagnostic, type ValuePath } from '../diagnostics';
import { WELL_KNOWN } from '../manifest/denote';
import { list, objectId, record, written } from '../manifest/object';
import { agentContainer, POD } from '../manifest/pod';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';

/** What an intent has a key for, what masq renders in its own way, and what the API server adds by itself. */
const POD_KEYS = [
  'hostNetwork',
  'containers',
  'volumes',
  'nodeSelector',
  'priorityClassName',
  'serviceAccountName',
  'serviceAccount',
  'automountServiceAccountToken',
  'tolerations',
  'restartPolicy',
  'dnsPolicy',
  'schedulerName',
  'securityContext',
  'terminationGracePeriodSeconds',
  'priority',
];

const CONTAINER_KEYS = [
  'name',
  'image',
  'args',
  'command',
  'securityContext',
  'volumeMounts',
  'resources',
  'imagePullPolicy',
  'terminationMessagePath',
  'terminationMessagePolicy',
];

/** Arguments about the log, of which masq's DaemonSet has none. */
const LOG_FLAG =
  /^--?(?:v|vmodule|(?:also)?logtostderr|stderrthreshold|one[-_]output|(?:log|skip|add)[-_][a-z-_]+)(?:=|$)/;

/** The label of what masq rendered, of which it knows all. */
const RENDERED = ['metadata', 'labels', 'app.kubernetes.io/managed-by'];

/** Names what a DaemonSet says and the one that masq renders does not. */
export function leftOverNotes(document: SourceDocument): Diagnostic[] {
  if (valueAt(document.value, RENDERED) === 'masq') return [];
  const notes: Diagnostic[] = [];
  const note = (path: ValuePath, message: string): void => {
    notes.push(diagnostic('MQ801', document.at(path, 'key'), { message }));
  };
  const container = [...POD, 'containers', agentContainer(document)];
  const without = (path: ValuePath, known: readonly string[]): void => {
    for (const key of Object.keys(record(valueAt(document.value, path)))) {
      if (!known.includes(key)) note([...path, key], `${key} has no key in an intent, and is not in what masq renders`);
    }
  };
  noteIdentity(document, note);
  without(POD, POD_KEYS);
  without(container, CONTAINER_KEYS);
  for (const [i, argument] of list(valueAt(document.value, [...container, 'args'])).entries()) {
    const text = written(argument);
    if (LOG_FLAG.test(text))
      note([...container, 'args', i], `${text} is about the log, of which an intent says nothing; it is left out`);
  }
  noteTolerations(document, note);
  noteContainers(document, note);
  return notes;
}

/** What masq renders has a name of its own, one label in its selector, and rolls out by itself. */
function noteIdentity(document: SourceDocument, note: (path: ValuePath, message: string) => void): void {
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

/** What masq renders runs on tainted nodes too, since pods do. */
function noteTolerations(document: SourceDocument, note: (path: ValuePath, message: string) => void): void {
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
function noteContainers(document: SourceDocument, note: (path: ValuePath, message: string) => void): void {
  const agent = agentContainer(document);
  list(valueAt(document.value, [...POD, 'containers'])).forEach((container, i) => {
    if (i === agent) return;
    note([...POD, 'containers', i], `container "${written(record(container).name)}" is not in what masq renders`);
  });
}
