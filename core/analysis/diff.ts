import { type Both, both, FAMILIES, type Family, IntervalSet, type Partition } from '../address';
import { commonLabels, type PodSelector } from '../intent/selector';
import { type EgressRule, podMap, type TreatmentMap } from '../treatment/map';
import { matches, type Pod, podClasses } from '../treatment/pod-classes';
import { type Decision, sameTreatment, type Treatment, treatmentText } from '../treatment/treatment';
import { isUntold, type Untold, untoldOf } from './untold';

/** Destinations to which packets are treated differently, all by one rule on each side. */
export interface ChangedPart {
  /** The destinations. */
  readonly to: IntervalSet;
  /** What decided before. */
  readonly before: Decision;
  /** What decides after. */
  readonly after: Decision;
}

/** All destinations of a family for which a treatment becomes a certain other one. */
export interface Change {
  /** The family of the destinations. */
  readonly family: Family;
  /** The destinations. */
  readonly to: IntervalSet;
  /** What happened to the packets. */
  readonly before: Treatment;
  /** What happens to them now. */
  readonly after: Treatment;
  /** The destinations by the rules that decide about them. */
  readonly parts: readonly ChangedPart[];
}

/** Pods that the same egress rules select. */
export interface PodGroup {
  /** One of them; absent: one that no egress rule of either side selects. */
  readonly pod?: Pod;
  /** The egress rules that select them before. */
  readonly before: readonly EgressRule[];
  /** Those that select them after. */
  readonly after: readonly EgressRule[];
}

/** What changes for some pods. */
export interface ClassChange {
  /** The pods. */
  readonly groups: readonly PodGroup[];
  /** Whether they are all pods that there can be. */
  readonly all: boolean;
  /** What changes; there is something. */
  readonly changes: readonly Change[];
}

/** What changes from one map to another. */
export interface MapDiff {
  /** The changes, for each class of pods that has some; empty: the maps are equal. */
  readonly classes: readonly ClassChange[];
  /** Whether there were too many classes of pods to tell them apart: then each egress rule's pods stand for themselves. */
  readonly coarse: boolean;
  /** Destinations of which it cannot be told whether anything changes, of IPv4 first. */
  readonly untold: readonly Untold[];
  /** Those of them of which the first side tells what happens, and the second one nothing. */
  readonly lost: Both<IntervalSet>;
}

/**
 * Where two maps differ, exactly: for each class of pods that egress rules tell apart the destinations whose treatment
 * changes, from what to what. Classes with the same changes are put together.
 */
export function diffMaps(before: TreatmentMap, after: TreatmentMap): MapDiff {
  const base = FAMILIES.flatMap(family => changesOf(family, before.base[family], after.base[family]));
  const untold = FAMILIES.flatMap(family => untoldOf(family, before.base[family], after.base[family]));
  const lost = both(family => lostOf(family, before, untold));
  const selectors = [...before.egress, ...after.egress].flatMap(rule => rule.pods);
  if (selectors.length === 0) {
    return {
      classes: base.length === 0 ? [] : [{ groups: [UNSELECTED], all: true, changes: base }],
      coarse: false,
      untold,
      lost,
    };
  }
  const known = podClasses(selectors);
  const classes = known ?? selectors.flatMap(selector => sampleOf(selector));
  const found = new Map<string, { groups: PodGroup[]; changes: readonly Change[] }>();
  const add = (group: PodGroup, changes: readonly Change[]): void => {
    const key = keyOf(changes);
    const same = found.get(key);
    if (same) same.groups.push(group);
    else found.set(key, { groups: [group], changes });
  };
  add(UNSELECTED, base);
  const ipv6 = base.filter(({ family }) => family === 6);
  for (const pod of classes) {
    const group = { pod, before: selecting(before, pod), after: selecting(after, pod) };
    if (group.before.length + group.after.length === 0) continue;
    const ipv4 = changesOf(4, podMap(before, isIn(group.before)), podMap(after, isIn(group.after)));
    add(group, [...ipv4, ...ipv6]);
  }
  const all = found.size === 1;
  return {
    classes: [...found.values()].filter(({ changes }) => changes.length > 0).map(same => ({ ...same, all })),
    coarse: known === undefined,
    untold,
    lost,
  };
}

const UNSELECTED: PodGroup = { before: [], after: [] };

function selecting({ egress }: TreatmentMap, pod: Pod): EgressRule[] {
  return egress.filter(rule => matches(rule.pods, pod));
}

function isIn(rules: readonly EgressRule[]): (rule: EgressRule) => boolean {
  return rule => rules.includes(rule);
}

/** What changes from one partition to another, in the order of the addresses. */
function changesOf(family: Family, before: Partition<Decision>, after: Partition<Decision>): Change[] {
  const pairs = before.zip(after, (left, right) =>
    sameTreatment(left.treatment, right.treatment) || isUntold(left, right)
      ? undefined
      : { before: left, after: right },
  );
  const sets = setsByLabel(family, pairs);
  const groups = new Map<string, ChangedPart[]>();
  for (const [pair, to] of sets) {
    const key = `${treatmentText(pair.before.treatment)} → ${treatmentText(pair.after.treatment)}`;
    const parts = groups.get(key);
    if (parts) parts.push({ to, ...pair });
    else groups.set(key, [{ to, ...pair }]);
  }
  return [...groups.values()].map(parts => ({
    family,
    to: IntervalSet.unionOf(
      family,
      parts.map(part => part.to),
    ),
    before: parts[0]!.before.treatment,
    after: parts[0]!.after.treatment,
    parts,
  }));
}

/** IPv6 of which a side only says that it has no rules is nothing that could be lost. */
function lostOf(family: Family, before: TreatmentMap, untold: readonly Untold[]): IntervalSet {
  const lost = untold.filter(one => one.to.family === family && one.unread.join() === 'after');
  if (lost.length === 0 || (family === 6 && hasNoIPv6(before))) return IntervalSet.empty(family);
  return IntervalSet.unionOf(
    family,
    lost.map(({ to }) => to),
  );
}

/** Whether a map keeps the addresses of all of IPv6: mostly no pod has one, and there are no rules for it. */
export function hasNoIPv6({ base }: TreatmentMap): boolean {
  return base[6].where(({ treatment }) => treatment.kind !== 'preserve').isEmpty();
}

/** The addresses of each label, in one walk; labels in the order of their lowest address. */
export function setsByLabel<T>(family: Family, partition: Partition<T | undefined>): Map<T, IntervalSet> {
  const intervals = new Map<T, IntervalSet[]>();
  for (const { first, last, value } of partition.entries()) {
    if (value === undefined) continue;
    const one = IntervalSet.fromRange(first, last);
    const list = intervals.get(value);
    if (list) list.push(one);
    else intervals.set(value, [one]);
  }
  return new Map([...intervals].map(([value, list]) => [value, IntervalSet.unionOf(family, list)]));
}

/** Changes with the same key are the same, rule for rule. */
function keyOf(changes: readonly Change[]): string {
  const side = ({ treatment, rule }: Decision): string => `${treatmentText(treatment)} by ${rule}`;
  return changes
    .flatMap(({ family, parts }) =>
      parts.map(({ to, before, after }) => `${family} ${to.bounds.join()} ${side(before)} ${side(after)}`),
    )
    .join('\n');
}

/** A pod that a pair of selectors selects, if there can be one. */
export function sampleOf({ namespaces, pods }: PodSelector): Pod[] {
  const namespace = commonLabels(namespaces);
  const labels = commonLabels(pods);
  return namespace && labels ? [{ namespace, labels }] : [];
}
