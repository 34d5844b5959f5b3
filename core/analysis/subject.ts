import type { Both, IntervalSet } from '../address';
import { type AgentFlags, DEFAULT_FLAGS } from '../agentfile/flags';
import { Checker, type Input } from '../check/check';
import { type Diagnostic, hasErrors } from '../diagnostics';
import type { NodeRules } from '../dump/node-rules';
import type { ClusterModel } from '../intent/model';
import type { Bundle } from '../manifest/bundle';
import { bundleReading } from '../manifest/denote';
import { agentTreatment } from '../treatment/agentfile';
import { intentTreatment } from '../treatment/intent';
import type { TreatmentMap } from '../treatment/map';
import { gatherParts } from './apart';
import { isLive, LIVE } from './live';
import { clusterPlaces, type Place } from './places';
import { type PlaneOf, planeSubject } from './plane-subject';
import { withPlanes } from './planes';
import { withoutRunning } from './running';

/** One cluster, as far as somebody's files say what happens to the packets of its pods. */
export interface Subject {
  /** The cluster's name: that of the intent, else of the folder or the file. */
  readonly name: string;
  /** What happens to the packets. */
  readonly map: TreatmentMap;
  /** What was read, in a few words. */
  readonly as: string;
  /** The addresses that the cluster has names for. */
  readonly places: readonly Place[];
  /** The cluster's intent, if that is what was read. */
  readonly model?: ClusterModel;
  /** Its manifests, if it is they that were read, by themselves. */
  readonly bundle?: Bundle;
  /** The flags of the agent that reads the file, if it is a bare one, or a ConfigMap's for which they were given. */
  readonly flags?: AgentFlags;
  /** Another data plane's configuration, if it is that which was read. */
  readonly plane?: PlaneOf;
  /** What has to be known of the cluster before what was read denotes anything; the map says nothing then. */
  readonly lacks?: string;
  /** The rules of a node, if it is a dump of them that was read. */
  readonly node?: NodeRules;
  /** What the intent leaves to the data plane, where it is compared with one: the map has what that does. */
  readonly leftOpen?: Both<IntervalSet>;
  /** What is to be said of which files were read for one cluster, each in a line. */
  readonly remarks?: readonly string[];
}

/** What files denote together. */
export interface ReadSubjects {
  /** The clusters, in the order of their names. */
  readonly subjects: readonly Subject[];
  /** How many documents were read. */
  readonly documents: number;
  /** What is wrong with the files; with an error there are no subjects. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why some of them denote nothing, each in a line. */
  readonly refusals: readonly string[];
}

/**
 * Reads what files of any kind that masq knows denote: intents, manifests, folder by folder, bare ip-masq-agent files, and
 * what other data planes are configured with.
 * Where an intent and a folder of manifests have one name, the manifests are what is rendered of it, and the intent counts.
 * @param flags those of the agent that reads bare files. @default the agent's own defaults
 */
export function readSubjects(inputs: Iterable<Input>, flags?: AgentFlags): ReadSubjects {
  const reader = new SubjectReader(flags);
  const intents: Subject[] = [];
  for (const input of inputs) intents.push(...reader.add(input));
  const read = reader.finish();
  if (hasErrors(read.diagnostics)) return read;
  const subjects = [...intents, ...read.subjects].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...read, subjects };
}

/**
 * Reads files one after the other: what was needed to read a cluster can be forgotten before the next one is read, if
 * nobody else holds it. See {@link readSubjects}.
 */
export class SubjectReader {
  /** A range that cannot be read is in no map, whatever a comment says of it. */
  private readonly checker = new Checker({ keepErrors: true });
  private readonly intents = new Set<string>();
  private readonly files: string[] = [];

  /**
   * @param flags those of the agent that reads bare files. @default the agent's own defaults
   * @param folderName what a folder is called: the last part of `..` is no name. @default its path
   * @param areNamed whether the files were named one by one, so that those of one agent are of one cluster. @default false
   */
  constructor(
    private readonly flags?: AgentFlags,
    private readonly folderName: (folder: string) => string = folder => folder,
    private readonly areNamed = false,
  ) {}

  /** Reads a file, and returns the clusters of its intents: for nothing, if something turns out to be wrong in the end. */
  add(input: Input): Subject[] {
    this.files.push(input.file);
    const { clusters } = this.checker.add(input);
    for (const { name } of clusters) this.intents.add(name);
    return clusters.map(intentSubject);
  }

  /** Returns what else the files hold, and everything that is wrong with them: with errors they hold nothing. */
  finish(): ReadSubjects {
    const { files, flags, intents } = this;
    const { diagnostics: found, documents } = this.checker.finish();
    const { agentFiles } = this.checker.held;
    const { bundles: apart, planes, diagnostics: said } = withPlanes(this.checker.held, found);
    const { bundles, remarks, diagnostics: joined } = gatherParts(apart, this.areNamed);
    const diagnostics = withoutRunning([...said, ...joined], bundles.values());
    if (hasErrors(diagnostics)) return { subjects: [], documents, diagnostics, refusals: [] };
    const refusals: string[] = [];
    const unnamed: [path: string, subject: Omit<Subject, 'name'>][] = [];
    const pathOf = (folder: string): string => (folder === '' ? hereOf(files) : this.folderName(folder));
    for (const [folder, plane] of planes) {
      const path = pathOf(folder);
      if (!intents.has(lastPart(path))) unnamed.push([path, planeSubject({ plane })]);
    }
    for (const [folder, bundle] of bundles) {
      const path = pathOf(folder);
      const reading = intents.has(lastPart(path)) ? undefined : bundleReading(bundle, flags);
      const told = remarks.get(folder);
      const own = { ...(reading?.ok && reading.isFlagged && { flags: flags! }), ...(told && { remarks: told }) };
      const unread = isLive(folder) ? unreadText(bundle) : undefined;
      if (reading?.ok && unread !== undefined) refusals.push(`"${path}": ${unread}`);
      else if (reading?.ok) unnamed.push([path, { map: reading.map, as: reading.as, places: [], bundle, ...own }]);
      else if (reading) refusals.push(`${folder === '' ? 'the manifests' : `"${folder}"`}: ${reading.message}`);
    }
    for (const { file, config, document } of agentFiles) {
      const own = flags ?? DEFAULT_FLAGS;
      const map = agentTreatment(config, own, document);
      unnamed.push([withoutExtension(file), { map, as: "the agent's file", places: [], flags: own }]);
    }
    const names = shortestNames(unnamed.map(([path]) => path));
    const subjects = unnamed.map(([, subject], i) => ({ name: names[i]!, ...subject }));
    return { subjects, documents, diagnostics, refusals };
  }
}

/** What is said of a running cluster with an agent's ConfigMap and without an agent: what is not there does not run. */
function unreadText({ configMaps, daemonSets, noSnat }: Bundle): string | undefined {
  const [found] = configMaps.filter(({ files }) => files.size > 0);
  if (!found || daemonSets.length + noSnat.length > 0) return undefined;
  return `no DaemonSet of an agent is there to read ConfigMap "${found.name}" in ${found.namespace}, so that it is not known what nodes do with packets; ask a dump of a node's rules, as of iptables-save`;
}

function intentSubject(model: ClusterModel): Subject {
  return { name: model.name, map: intentTreatment(model), as: 'the intent', places: clusterPlaces(model), model };
}

/** What manifests are called that are in no folder: as the one file there is, else as what they are. */
function hereOf(files: readonly string[]): string {
  const [file, another] = files.filter(one => !one.includes('/'));
  return file === undefined || another !== undefined ? 'manifests' : withoutExtension(file).replace(/^<(.*)>$/, '$1');
}

function withoutExtension(file: string): string {
  return file.replace(/(?<=[^/])\.[^./]*$/, '');
}

/** Of each path so many of its last parts that no other one has the same; of a running cluster its context. */
function shortestNames(paths: readonly string[]): string[] {
  const own = paths.map(path => (isLive(path) ? [path.slice(LIVE.length)] : path.split('/')));
  const name = (parts: readonly string[], length: number): string => parts.slice(-length).join('/');
  return own.map(parts => {
    let length = 1;
    while (length < parts.length && own.some(other => other !== parts && name(other, length) === name(parts, length)))
      length++;
    return name(parts, length);
  });
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
