import { type Both, FAMILIES, type IntervalSet, type Partition } from '../../address';
import { type EgressRule, podMap, type TreatmentMap } from '../../treatment/map';
import { matches, type Pod, podClasses } from '../../treatment/pod-classes';
import { type Decision, sameTreatment } from '../../treatment/treatment';
import { sampleOf, setsByLabel } from '../diff';

/** A pod of each kind that the egress rules of some maps tell apart; undefined stands for those that none selects. */
export function podKinds(maps: readonly TreatmentMap[]): (Pod | undefined)[] {
  const rules = maps.flatMap(map => map.egress);
  if (rules.length === 0) return [undefined];
  const selectors = rules.flatMap(rule => rule.pods);
  const kinds = new Map<string, Pod | undefined>([['', undefined]]);
  for (const pod of podClasses(selectors) ?? selectors.flatMap(sampleOf)) {
    const key = keyOf(rules, pod);
    if (!kinds.has(key)) kinds.set(key, pod);
  }
  return [...kinds.values()];
}

/** Which of the {@link podKinds} of some maps a pod is of, by its number. */
export function kindOf(maps: readonly TreatmentMap[], pod: Pod | undefined): number {
  const rules = maps.flatMap(map => map.egress);
  const key = keyOf(rules, pod);
  return Math.max(
    0,
    podKinds(maps).findIndex(kind => keyOf(rules, kind) === key),
  );
}

/** The egress rules that select a pod, by their numbers. */
function keyOf(rules: readonly EgressRule[], pod: Pod | undefined): string {
  return pod ? rules.flatMap(({ pods }, i) => (matches(pods, pod) ? [i] : [])).join() : '';
}

/**
 * The first of the {@link podKinds} of two maps for whose packets something changes; where nothing does, that of the pods
 * that no egress rule selects.
 */
export function firstChangedKind(before: TreatmentMap, after: TreatmentMap): Pod | undefined {
  return podKinds([before, after]).find(pod => {
    const [left, right] = [partitionsFor(before, pod), partitionsFor(after, pod)];
    return FAMILIES.some(family =>
      left[family].firstDifference(right[family], (a, b) => sameTreatment(a.treatment, b.treatment)),
    );
  });
}

/** What happens to packets of a pod, or of one that no egress rule selects. */
export function partitionsFor(map: TreatmentMap, pod: Pod | undefined): Both<Partition<Decision>> {
  const ipv4 = pod ? podMap(map, rule => matches(rule.pods, pod)) : map.base[4];
  return { 4: ipv4, 6: map.base[6] };
}

/** A rule and the destinations that it decides about. */
export interface Decided {
  /** The rule, and what it does. */
  readonly decision: Decision;
  /** The destinations, of one family. */
  readonly to: IntervalSet;
}

/** The rules that decide about packets of a pod, each with its destinations, those with the lowest ones first. */
export function decidedFor(map: TreatmentMap, pod: Pod | undefined): Decided[] {
  const partitions = partitionsFor(map, pod);
  return FAMILIES.flatMap(family =>
    [...setsByLabel<Decision>(family, partitions[family])].map(([decision, to]) => ({ decision, to })),
  );
}
