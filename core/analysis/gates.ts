import { type Both, FAMILIES, type IntervalSet } from '../address';
import { orList } from '../diagnostics';
import { suggest } from '../diagnostics/suggest';
import { sameTreatment, type Treatment } from '../treatment/treatment';
import type { Change, ClassChange } from './diff';
import { arrival, type ChangedCluster, departure, type FleetDiff, type Told } from './fleet';
import { GATE_NAMES, NEWLY } from './gate-names';
import { isDeclared, isPlace, PUBLIC, placeName, rangeFault, rangeSets } from './range-names';

/** What a packet is newly, for a gate to be shut. */
type Newly = Treatment['kind'];

/** A kind of change that somebody wants to be stopped by. */
export interface Gate {
  /** As it was written. */
  readonly text: string;
  /** What happens to packets newly; absent: anything. */
  readonly newly?: Newly;
  /** The destinations that count: their name. @default all */
  readonly range?: string;
}

/** Changes that a gate is for. */
export interface GateHit {
  /** The gate. */
  readonly gate: Gate;
  /** The clusters with these changes. */
  readonly clusters: readonly ChangedCluster[];
  /** The pods whose packets change. */
  readonly pods: ClassChange;
  /** The destinations for which it changes, as far as they count. */
  readonly to: IntervalSet;
}

/**
 * Reads gates: a list with commas of names, each but `any` with `=RANGE` if only some destinations count. A range behind
 * a gate with one is another one of the same gate.
 */
export function parseGates(text: string): { readonly gates: readonly Gate[]; readonly faults: readonly string[] } {
  const gates: Gate[] = [];
  const faults: string[] = [];
  let ranged: string | undefined;
  for (const part of text.split(',').map(one => one.trim())) {
    const word = ranged !== undefined && isRange(part) ? `${ranged}=${part}` : part;
    const [, name = '', range] = /^([^=]*)(?:=(.*))?$/s.exec(word)!;
    const fault = gateFault(word, name, range);
    ranged = range !== undefined && name in NEWLY ? name : undefined;
    if (fault !== undefined) faults.push(fault);
    else if (name === 'any') gates.push({ text: word });
    else if (name === 'newly-preserved-public') gates.push({ text: word, newly: 'preserve', range: PUBLIC });
    else gates.push({ text: word, newly: NEWLY[name as keyof typeof NEWLY], ...(range !== undefined && { range }) });
  }
  return { gates, faults };
}

function gateFault(word: string, name: string, range: string | undefined): string | undefined {
  if (isRange(word)) return `"${word}" is a range, and no gate; write it behind one, as in "newly-masqueraded=${word}"`;
  if (!GATE_NAMES.includes(name)) {
    const near = name === '' ? undefined : (suggest(name, GATE_NAMES) ?? suggest(`newly-${name}`, GATE_NAMES));
    const instead = near === undefined || range === undefined || !(near in NEWLY) ? near : `${near}=${range}`;
    return `"${word}" is no gate; ${instead === undefined ? `there are ${GATE_NAMES.join(', ')}` : `did you mean "${instead}"?`}`;
  }
  if (range === undefined) return undefined;
  if (!(name in NEWLY)) return `"${word}": ${name} takes no range; write ${rangedInstead(name, range)}`;
  const fault = rangeFault(range);
  return fault === undefined ? undefined : `"${word}": ${fault}`;
}

/** The gates with a range that could have been meant by one that takes none. */
function rangedInstead(name: string, range: string): string {
  const meant = name === 'any' ? Object.keys(NEWLY) : ['newly-preserved'];
  return orList(meant.map(one => `"${one}=${range}"`));
}

/** Whether a word is a range, or was meant as a CIDR. */
function isRange(word: string): boolean {
  return rangeFault(word) === undefined || /^[\d.:/a-f]*[.:][\d.:/a-f]*$/i.test(word);
}

/** Why gates can never be shut: they are for a place that no cluster declares. Each in a line. */
export function idleGates(subjects: readonly Told[], gates: readonly Gate[]): string[] {
  const places = subjects.flatMap(subject => subject.places);
  return gates.flatMap(({ text, range }) =>
    range === undefined || isDeclared(range, places)
      ? []
      : [`"${text}": no cluster declares its ${placeName(range)}, so that nothing could ever be stopped`],
  );
}

/**
 * The changes that gates are for, gate by gate. In a cluster that was not there before everything is new; one that is gone
 * is a change, and nothing newly. What the second side tells no more is newly unknown.
 */
export function gateHits({ changed, added, removed, lost }: FleetDiff, gates: readonly Gate[]): GateHit[] {
  if (gates.length === 0) return [];
  const known = [...changed, ...added.map(arrival)];
  const gone = removed.map(departure);
  return gates.flatMap(gate => [
    ...(gate.newly === undefined ? [...known, ...gone] : known).flatMap(({ clusters, diff }) =>
      diff.classes.flatMap(pods =>
        pods.changes
          .filter(change => isNewly(gate.newly, change))
          .flatMap(change => hitsOf(gate, clusters, pods, change.to)),
      ),
    ),
    ...(gate.newly === undefined || gate.newly === 'unknown' ? lost : []).flatMap(({ clusters, diff }) =>
      FAMILIES.flatMap(family =>
        diff.lost[family].isEmpty() ? [] : hitsOf(gate, clusters, EVERY_POD, diff.lost[family]),
      ),
    ),
  ]);
}

/** What is in no dump of a node is so for all pods. */
const EVERY_POD: ClassChange = { groups: [], all: true, changes: [] };

/** Clusters with the same changes may have different pods and nodes, so that a gate is for some of them only. */
function hitsOf(gate: Gate, all: readonly ChangedCluster[], pods: ClassChange, changed: IntervalSet): GateHit[] {
  const { range } = gate;
  if (range === undefined) return [{ gate, clusters: all, pods, to: changed }];
  const counted = (cluster: ChangedCluster): IntervalSet =>
    changed.intersect(destinations(range, cluster)[changed.family]);
  const clusters = isPlace(range) ? all.filter(cluster => !counted(cluster).isEmpty()) : all;
  const to = clusters[0] && counted(clusters[0]);
  return to && !to.isEmpty() ? [{ gate, clusters, pods, to }] : [];
}

function isNewly(newly: Newly | undefined, { before, after }: Change): boolean {
  if (newly === undefined) return true;
  if (after.kind !== newly) return false;
  return before.kind !== newly || (newly === 'snat' && !sameTreatment(before, after));
}

/** The destinations that a range's name stands for: of places those of either side. */
function destinations(range: string, { before, after }: ChangedCluster): Both<IntervalSet> {
  return rangeSets(range, [...before.places, ...after.places]);
}
