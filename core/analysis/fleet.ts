import { FAMILIES } from '../address';
import { treatmentText } from '../treatment/treatment';
import { type ClassChange, diffMaps, type MapDiff } from './diff';
import { withFacts } from './facts';
import type { Subject } from './subject';

/** A cluster that is on both sides and is treated differently. */
export interface ChangedCluster {
  readonly before: Subject;
  readonly after: Subject;
  readonly diff: MapDiff;
}

/** Clusters with the same change. */
export interface ChangedClusters {
  /** The clusters; the first one stands for all. */
  readonly clusters: readonly ChangedCluster[];
}

/** What changes from some clusters to others. */
export interface FleetDiff {
  /** The clusters with changes, those with the same ones together. */
  readonly changed: readonly ChangedClusters[];
  /** The clusters that are on both sides, with the facts of either. */
  readonly pairs: readonly (readonly [before: Subject, after: Subject])[];
  /** How many these are. */
  readonly compared: number;
  /** The clusters that are on the second side only. */
  readonly added: readonly Subject[];
  /** Those that are on the first side only. */
  readonly removed: readonly Subject[];
  /** The clusters without a known change of which it cannot be told whether anything changes. */
  readonly untold: readonly Subject[];
  /** Why clusters cannot be compared, each in a line. */
  readonly refusals: readonly string[];
}

/**
 * Compares clusters of the same name; where each side has one, these two, whatever they are called. Manifests are read
 * with the facts of the intent that they are compared with.
 */
export function diffFleets(before: readonly Subject[], after: readonly Subject[]): FleetDiff {
  const pairs = pairUp(before, after);
  const groups = new Map<string, ChangedCluster[]>();
  const untold: Subject[] = [];
  const refusals: string[] = [];
  const known = pairs.map(pair => agreed(pair, refusals));
  for (const [left, right] of known) {
    const diff = diffMaps(left.map, right.map);
    if (diff.classes.length === 0) {
      if (FAMILIES.some(family => !diff.untold[family].isEmpty())) untold.push(right);
      continue;
    }
    const key = diff.classes.map(changeKey).join('\n');
    const same = groups.get(key);
    if (same) same.push({ before: left, after: right, diff });
    else groups.set(key, [{ before: left, after: right, diff }]);
  }
  const [lefts, rights] = [new Set(pairs.map(([left]) => left)), new Set(pairs.map(([, right]) => right))];
  return {
    changed: [...groups.values()].map(clusters => ({ clusters })),
    pairs: known,
    compared: pairs.length,
    added: after.filter(subject => !rights.has(subject)),
    removed: before.filter(subject => !lefts.has(subject)),
    untold,
    refusals,
  };
}

/** The clusters of two sides, those that denote nothing without facts with the facts of what they are compared with. */
export function shareFacts(
  before: readonly Subject[],
  after: readonly Subject[],
): readonly [before: readonly Subject[], after: readonly Subject[]] {
  const known = new Map<Subject, Subject>();
  for (const pair of pairUp(before, after)) {
    if (pair.every(({ lacks }) => lacks === undefined)) continue;
    agreed(pair, []).forEach((subject, i) => {
      if (pair[i]!.lacks !== undefined) known.set(pair[i]!, subject);
    });
  }
  const all = (subjects: readonly Subject[]) => subjects.map(subject => known.get(subject) ?? subject);
  return [all(before), all(after)];
}

/** Both of a pair with the facts of either. */
function agreed(pair: [Subject, Subject], refusals: string[]): [Subject, Subject] {
  const model = pair[0].model ?? pair[1].model;
  if (!model) return pair;
  const [left, right] = pair.map(subject => {
    const read = withFacts(subject, model);
    if (!read.ok) refusals.push(`"${subject.name}": ${read.message}`);
    return read.ok ? read.subject : subject;
  });
  return [left!, right!];
}

function pairUp(before: readonly Subject[], after: readonly Subject[]): [Subject, Subject][] {
  if (before.length === 1 && after.length === 1) return [[before[0]!, after[0]!]];
  const named = new Map(after.map(subject => [subject.name, subject]));
  return before.flatMap((left): [Subject, Subject][] => {
    const right = named.get(left.name);
    return right ? [[left, right]] : [];
  });
}

/** What changes, without who decides: the places of rules differ from cluster to cluster. */
function changeKey({ changes, groups, all }: ClassChange): string {
  const pods = all ? 'all' : groups.map(({ pod }) => JSON.stringify(pod)).join();
  const what = changes.map(
    ({ family, to, before, after }) => `${family} ${to.bounds.join()} ${treatmentText(before)} ${treatmentText(after)}`,
  );
  return `${pods} ${what.join()}`;
}
