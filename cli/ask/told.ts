import { type Address, formatAddress, type IntervalSet } from '../../core/address';
import type { Change, ClassChange } from '../../core/analysis/diff';
import type { ChangedCluster, ChangedClusters, FleetDiff, UntoldClusters } from '../../core/analysis/fleet';
import type { GateHit } from '../../core/analysis/gates';
import type { FleetNote } from '../../core/analysis/open-notes';
import { type Place, type PlaceHit, placesHit, placesOfBoth, registryPlaces } from '../../core/analysis/places';
import type { Subject } from '../../core/analysis/subject';
import { termsText } from '../../core/analysis/terms';
import type { Untold } from '../../core/analysis/untold';
import { witnessOf } from '../../core/analysis/witness';
import { andList } from '../../core/diagnostics';
import type { Labels } from '../../core/intent/selector';
import type { Pod } from '../../core/treatment/pod-classes';
import { readVpc, vpcText } from '../cidr-list';
import type { Invocation } from '../masq';
import { commandLine } from '../shells';
import { adviceOn } from './named-only';
import { countText, podText, ruleText, treatmentWord } from './words';

/** A cluster's or several clusters' changes, put into words: what every format shows. */
export interface ToldClusters {
  /** The clusters' names. */
  readonly names: readonly string[];
  /** The changes, class of pods by class of pods. */
  readonly classes: readonly { readonly pods: string; readonly changes: readonly ToldChange[] }[];
  /** The destinations of which it cannot be told whether anything changes. */
  readonly untold: readonly ToldOpen[];
  /** What would help to tell more, each in a line. */
  readonly advice: readonly string[];
}

/** Destinations of which it cannot be told whether anything changes, in words. */
export interface ToldOpen {
  /** The destinations, and how many addresses they are. */
  readonly to: string;
  readonly count: string;
  /** Why it cannot be told. */
  readonly why: string;
}

/** A change in words. */
export interface ToldChange {
  /** What happened before, and what happens now. */
  readonly before: string;
  readonly after: string;
  /** The destinations, as few blocks as say them. */
  readonly to: string;
  /** How many addresses they are. */
  readonly count: string;
  /** Who decides, for the destinations of the first parts, and how many others there are. */
  readonly moreParts: number;
  readonly parts: readonly { readonly to: string; readonly before: string; readonly after: string }[];
  /** The places with a name that they have to do with; empty when there is none. */
  readonly hits: string;
  /** A command that shows one packet of those that change. */
  readonly witness: string;
}

/** Puts the changes of clusters into words. @param ask the command that asks the second side, word by word */
export function tellClusters({ clusters, diff }: ChangedClusters, ask: Ask): ToldClusters {
  const [first] = clusters;
  const places = placesOf(first!);
  const treatments = diff.classes.flatMap(({ changes }) =>
    changes.flatMap(({ family, before, after }) => [[family, before] as const, [family, after] as const]),
  );
  return {
    names: clusters.map(cluster => cluster.after.name),
    classes: diff.classes.map(change => ({
      pods: podsText(change),
      changes: change.changes.map(one =>
        tellChange(one, places, ask(first!.after.name, witnessOf(one.to), change.groups[0]?.pod)),
      ),
    })),
    untold: diff.untold.map(tellOpen),
    advice: adviceOn(treatments),
  };
}

function tellOpen(open: Untold): ToldOpen {
  return { to: termsText(open.to), count: addresses(open.to), why: tellWhy(open) };
}

/** Why it cannot be told whether anything changes for some destinations. */
export function tellWhy({ to, unread, rules }: Untold): string {
  const what = to.complement().isEmpty() ? `IPv${to.family}` : 'them';
  if (unread.length === 2) return `neither side has a dump of ${what}`;
  if (unread.length === 1) return `the ${unread[0] === 'before' ? 'first' : 'second'} side has no dump of ${what}`;
  return `on both sides it hangs on ${shortList(rules.map(rule => `"${rule}"`))}`;
}

/** The addresses that a cluster, and everybody, has names for. */
function placesOf({ before, after }: ChangedCluster): Place[] {
  return [...placesOfBoth(before.places, after.places), ...registryPlaces()];
}

/** The places that a change has to do with, all of them. */
export function hitsOf({ to }: Change, cluster: ChangedCluster): PlaceHit[] {
  return placesHit(to, placesOf(cluster));
}

function tellChange(change: Change, places: readonly Place[], witness: string): ToldChange {
  const hits = placesHit(change.to, places).map(({ name, whole, all }) =>
    whole ? `all of ${name}` : all ? `in ${name}` : `part of ${name}`,
  );
  return {
    before: treatmentWord(change.before),
    after: treatmentWord(change.after),
    to: termsText(change.to),
    count: addresses(change.to),
    moreParts: Math.max(0, change.parts.length - MOST_PARTS),
    parts: change.parts.slice(0, MOST_PARTS).map(part => ({
      to: termsText(part.to),
      before: ruleText(part.before),
      after: ruleText(part.after),
    })),
    hits: hits.length === 0 ? '' : shortList(hits),
    witness,
  };
}

function addresses(set: IntervalSet): string {
  const count = set.count();
  return `${countText(count)} IPv${set.family} ${count === 1n ? 'address' : 'addresses'}`;
}

/** Writes a list of destinations. */
type WriteList = (to: IntervalSet) => string;

/** Changes that a gate is for, in a line. @param list writes the destinations. @default all of them */
export function tellHit({ gate, clusters, pods, to }: GateHit, list: WriteList = termsText): string {
  const names = shortList(clusters.map(({ after }) => after.name));
  return `${gate.text}: ${list(to)} (${addresses(to)}) for ${podsText(pods)} of ${names}`;
}

/** What is said of some clusters, in a line. */
export function tellNote({ names, text }: FleetNote): string {
  return `${shortList(names)}: ${text}`;
}

/** For how many parts of a change it is said who decides. */
const MOST_PARTS = 8;

/** What is said of clusters of which not all can be told. @param list writes the destinations. @default all of them */
export function tellUntold({ untold }: UntoldClusters, list: WriteList = termsText): string {
  const open = untold.map(one => `${list(one.to)} (${addresses(one.to)}): ${tellWhy(one)}`);
  return `no change is known, but it cannot be told whether anything changes for ${open.join('; nor for ')}`;
}

/** How many names stand in a line at the most. */
const MOST_NAMES = 8;

/** Whether a {@link shortList} leaves some of the names out. */
export function isShortened(names: readonly string[]): boolean {
  return names.length > MOST_NAMES;
}

/** Names in a line, those behind the first ones only counted. */
export function shortList(names: readonly string[]): string {
  if (!isShortened(names)) return andList(names);
  return andList([...names.slice(0, MOST_NAMES - 1), `${names.length - MOST_NAMES + 1} more`]);
}

function podsText({ all, groups }: ClassChange): string {
  if (all) return 'every pod';
  const [first, ...others] = groups;
  const more =
    others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'kind' : 'kinds'} of pods`;
  return `${podText(first?.pod)}${more}`;
}

/** The command that asks the second side what happens to a packet. */
export type Ask = (cluster: string, to: Address, pod: Pod | undefined) => string;

/**
 * Makes the commands that show packets of those that change.
 * @param words those that name the second side, with the options that it was read with
 * @param oneOnly whether there is one cluster on that side, so that it need not be named
 */
export function asking(words: readonly string[], oneOnly: boolean): Ask {
  return (cluster, to, pod) => {
    const option = (name: string, labels: Labels = {}): string[] => {
      const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      return pairs.length === 0 ? [] : [name, pairs.join(',')];
    };
    const whom = [...option('--from', pod?.labels), ...option('--namespace', pod?.namespace)];
    const which = oneOnly ? [] : ['--cluster', cluster];
    return commandLine(['masq', 'explain', ...words, ...which, ...whom, '--to', formatAddress(to)]);
  };
}

/** The word for facts that the second side has of the first one, whose intents it is compared with. */
export function factsOf(before: string | undefined, left: readonly Subject[], right: readonly Subject[]): string[] {
  const isTold = left.some(({ model }) => model) && right.some(({ model }) => !model);
  return before !== undefined && before !== '-' && isTold ? [`--facts=${before}`] : [];
}

/** The options with which a side was read, as far as it hangs on them. @param subjects what is on that side */
export function readWith(values: Invocation['values'], subjects: readonly Subject[]): string[] {
  const given = (name: string): string[] => {
    const value = values[name] as string | readonly string[] | undefined;
    return [value ?? []].flat().map(one => `--${name}=${one}`);
  };
  // An intent alone has its own facts.
  const takesFacts = subjects.some(({ model, bundle, plane, node }) => !model || bundle || plane || node);
  const located = subjects.filter(({ plane }) => plane?.vpc);
  const vpc = readVpc(values['vpc-cidr'], []).filter(({ cluster }) =>
    located.some(({ name }) => cluster === undefined || cluster === name),
  );
  return [
    ...given('config'),
    ...(takesFacts ? given('facts') : []),
    ...(subjects.some(({ flags }) => flags) ? given('agent-args') : []),
    ...vpc.map(range => `--vpc-cidr=${vpcText(range)}`),
    ...(subjects.some(({ node }) => node) ? given('out-interface') : []),
  ];
}

/** What was compared and what came of it, in a line. */
export function diffSummary({ changed, compared, added, removed, untold }: FleetDiff): string {
  const clusters = clustersOf(changed);
  const open =
    clustersOf(changed.filter(({ diff }) => diff.untold.length > 0)) + untold.flatMap(one => one.names).length;
  const told = [
    ...(clusters > 0 ? [`${count(clusters, 'cluster')} changed`] : []),
    ...(added.length > 0 ? [`${added.length} new`] : []),
    ...(removed.length > 0 ? [`${removed.length} gone`] : []),
  ];
  const none = open > 0 ? 'no known changes' : 'no changes';
  const partly = open === 0 ? '' : open === compared ? ', in part' : `, ${open} of them in part`;
  return `${told.length === 0 ? none : told.join(', ')}; ${count(compared, 'cluster')} compared${partly}`;
}

function clustersOf(groups: readonly ChangedClusters[]): number {
  return groups.reduce((sum, { clusters }) => sum + clusters.length, 0);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
