import { both, FAMILIES, Partition } from '../address';
import { isLeftOpen, whereSaid } from '../treatment/intent';
import type { TreatmentMap } from '../treatment/map';
import { type Decision, treatmentText } from '../treatment/treatment';
import { type ClassChange, diffMaps, hasNoIPv6, type MapDiff } from './diff';
import { withFacts } from './facts';
import { nodeSourceOf } from './node-source';
import { withNodeSource } from './node-subject';
import { type FleetNote, FleetNotes } from './open-notes';
import type { Subject } from './subject';
import { type Untold, untoldKey } from './untold';

/** What is told of a cluster beside what changes. */
export type Told = Pick<Subject, 'name' | 'places'>;

/** Clusters without a known change of which the same cannot be told. */
export interface UntoldClusters {
  /** Their names, in their order. */
  readonly names: readonly string[];
  /** What cannot be told of them. */
  readonly untold: readonly Untold[];
}

/** A cluster that is on both sides and is treated differently. */
export interface ChangedCluster {
  readonly before: Told;
  readonly after: Told;
}

/** Clusters with the same change. */
export interface ChangedClusters {
  /** The clusters, in the order of their names. */
  readonly clusters: readonly ChangedCluster[];
  /** What changes, by the rules of the first of them. */
  readonly diff: MapDiff;
}

/** What changes from some clusters to others; clusters are in the order of their names. */
export interface FleetDiff {
  /** The clusters with changes, those with the same ones together. */
  readonly changed: readonly ChangedClusters[];
  /** How many clusters are on both sides. */
  readonly compared: number;
  /** The clusters that are on the second side only. */
  readonly added: readonly Subject[];
  /** Those that are on the first side only. */
  readonly removed: readonly Subject[];
  /** The clusters without a known change of which it cannot be told whether anything changes. */
  readonly untold: readonly UntoldClusters[];
  /** The clusters of which the second side does not tell everything that the first one tells. */
  readonly lost: readonly ChangedClusters[];
  /** What is not known of clusters and what is told hangs on. */
  readonly notes: readonly FleetNote[];
  /** Why clusters cannot be compared, each in a line. */
  readonly refusals: readonly string[];
}

/** Compares clusters that are all there. See {@link FleetComparison}. */
export function diffFleets(before: readonly Subject[], after: readonly Subject[]): FleetDiff {
  const comparison = new FleetComparison();
  for (const subject of before) comparison.add(0, subject);
  for (const subject of after) comparison.add(1, subject);
  return comparison.finish();
}

/** The clusters that are on both sides, with the facts of either. */
export function pairsOf(before: readonly Subject[], after: readonly Subject[]): [Subject, Subject][] {
  return pairUp(before, after).map(pair => agreed(pair, []));
}

/**
 * Compares clusters of the same name; where each side has one, these two, whatever they are called. Manifests are read
 * with the facts of the intent that they are compared with.
 *
 * Clusters may come in any order, and are compared as soon as both sides are there: of those that were compared no more
 * is held than is told of them.
 */
export class FleetComparison {
  /** Those of each side that wait for their other side, by their names. */
  private readonly waiting = [new Map<string, Subject>(), new Map<string, Subject>()] as const;
  private readonly groups = new Map<string, { readonly clusters: ChangedCluster[]; diff: MapDiff }>();
  private readonly untold = new Map<string, { readonly names: string[]; readonly untold: readonly Untold[] }>();
  private readonly lost: ChangedClusters[] = [];
  private readonly refusals: string[] = [];
  private readonly notes = new FleetNotes();
  private readonly names = [new Set<string>(), new Set<string>()] as const;
  private readonly done: Told[] = [];
  private compared = 0;

  /** Adds a cluster of the first side, which is 0, or of the second one. */
  add(side: 0 | 1, subject: Subject): void {
    const { name } = subject;
    if (this.names[side].has(name)) this.refusals.push(`"${name}" is the name of two of what is compared; compare one`);
    this.names[side].add(name);
    const [own, other] = [this.waiting[side], this.waiting[side === 0 ? 1 : 0]];
    const found = other.get(name);
    if (!found) {
      own.set(name, subject);
      return;
    }
    other.delete(name);
    this.compare(side === 0 ? [subject, found] : [found, subject]);
  }

  /** What is told of those that were compared, of both sides. */
  get told(): readonly Told[] {
    return this.done;
  }

  /** Takes back those of a side that still wait, so that more may be found out about them before they are added again. */
  withdraw(side: 0 | 1): Subject[] {
    const subjects = [...this.waiting[side].values()];
    this.waiting[side].clear();
    for (const { name } of subjects) this.names[side].delete(name);
    return subjects;
  }

  /** Compares what is left, and returns everything found. */
  finish(): FleetDiff {
    const [before, after] = this.waiting.map(side => [...side.values()]) as [Subject[], Subject[]];
    const isPair = this.compared === 0 && before.length === 1 && after.length === 1;
    if (isPair) this.compare([before[0]!, after[0]!]);
    if (!isPair) for (const subject of [...before, ...after]) this.notes.add(subject);
    const groups = [...this.groups.values()].map(({ clusters, diff }) => ({
      clusters: clusters.sort((a, b) => byName(a.before, b.before)),
      diff,
    }));
    return {
      changed: groups.sort((a, b) => byName(a.clusters[0]!.before, b.clusters[0]!.before)),
      compared: this.compared,
      added: isPair ? [] : after.sort(byName),
      removed: isPair ? [] : before.sort(byName),
      untold: [...this.untold.values()]
        .map(({ names, untold }) => ({ names: names.sort(), untold }))
        .sort((a, b) => (a.names[0]! < b.names[0]! ? -1 : 1)),
      lost: this.lost.sort((a, b) => byName(a.clusters[0]!.before, b.clusters[0]!.before)),
      notes: this.notes.list(),
      refusals: this.refusals,
    };
  }

  private compare(pair: [Subject, Subject]): void {
    this.compared++;
    this.done.push(...pair.map(told));
    const [left, right] = agreed(pair, this.refusals);
    this.notes.add(left);
    this.notes.add(right);
    const diff = diffMaps(left.map, right.map);
    const cluster = { before: told(left), after: told(right) };
    if (FAMILIES.some(family => !diff.lost[family].isEmpty())) this.lost.push({ clusters: [cluster], diff });
    if (diff.classes.length === 0) {
      if (diff.untold.length > 0) this.keepUntold(right.name, diff.untold);
      return;
    }
    const key = [...diff.classes.map(changeKey), ...diff.untold.map(untoldKey)].join('\n');
    const same = this.groups.get(key);
    if (!same) {
      this.groups.set(key, { clusters: [cluster], diff });
      return;
    }
    // The rules that are told are those of the first one by name, in whatever order they came.
    if (same.clusters.every(({ before }) => byName(left, before) < 0)) same.diff = diff;
    same.clusters.push(cluster);
  }

  private keepUntold(name: string, untold: readonly Untold[]): void {
    const key = untold.map(untoldKey).join('\n');
    const same = this.untold.get(key);
    if (same) same.names.push(name);
    else this.untold.set(key, { names: [name], untold });
  }
}

/** What changes where a cluster comes that was not there. */
export function arrival(subject: Subject): ChangedClusters {
  const before = { name: subject.name, places: [] };
  return { clusters: [{ before, after: told(subject) }], diff: diffMaps(NOTHING, rulesOf(subject.map)) };
}

/** A map without IPv6 that it has no rules for: mostly no pod has an address of it, and that would be no news. */
function rulesOf(map: TreatmentMap): TreatmentMap {
  return hasNoIPv6(map) ? { ...map, base: { 4: map.base[4], 6: NOTHING.base[6] } } : map;
}

/** What changes where a cluster is no more there. */
export function departure(subject: Subject): ChangedClusters {
  const after = { name: subject.name, places: [] };
  return { clusters: [{ before: told(subject), after }], diff: diffMaps(rulesOf(subject.map), NOTHING) };
}

/** What happens to packets of a cluster that is not there. */
const NOTHING: TreatmentMap = (() => {
  const nothing: Decision = { treatment: { kind: 'unknown', rules: ['no cluster'] }, rule: 'no cluster' };
  const base = both(family => Partition.constant(family, nothing));
  return { base, asked: both(() => ({ layers: [], otherwise: nothing })), egress: [] };
})();

function told({ name, places }: Subject): Told {
  return { name, places };
}

function byName(a: Told, b: Told): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/**
 * The clusters of two sides, those that denote nothing without facts with the facts of what they are compared with.
 * @param isWhole whether these are all clusters of the sides: one by itself is then compared with one of another name
 */
export function shareFacts(
  before: readonly Subject[],
  after: readonly Subject[],
  isWhole = true,
): readonly [before: readonly Subject[], after: readonly Subject[]] {
  const known = new Map<Subject, Subject>();
  for (const pair of isWhole ? pairUp(before, after) : namesakes(before, after)) {
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
  const source = nodeSourceOf(pair[0].plane) ?? nodeSourceOf(pair[1].plane);
  if (!model && !source) return pair;
  const [left, right] = pair.map(subject => {
    const read = model ? withFacts(subject, model) : { ok: true as const, subject };
    if (!read.ok) refusals.push(`"${subject.name}": ${read.message}`);
    const known = read.ok ? read.subject : subject;
    return source ? withNodeSource(known, source) : known;
  }) as [Subject, Subject];
  return [beside(left, right), beside(right, left)];
}

/** An intent beside what a data plane does: what it leaves to the data plane does not differ. */
function beside(subject: Subject, other: Subject): Subject {
  if (!(other.plane ?? other.node) || other.lacks !== undefined) return subject;
  const leftOpen = both(family => subject.map.base[family].where(isLeftOpen));
  if (FAMILIES.every(family => leftOpen[family].isEmpty())) return subject;
  return { ...subject, map: whereSaid(subject.map, other.map), leftOpen };
}

function pairUp(before: readonly Subject[], after: readonly Subject[]): [Subject, Subject][] {
  return before.length === 1 && after.length === 1 ? [[before[0]!, after[0]!]] : namesakes(before, after);
}

function namesakes(before: readonly Subject[], after: readonly Subject[]): [Subject, Subject][] {
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
