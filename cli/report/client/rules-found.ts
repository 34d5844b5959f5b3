import { FAMILIES, IntervalSet } from '../../../core/address';
import type { ReportCluster } from '../../../core/analysis/report/pack';
import { type Labels, type PodSelector, type Requirement, selectorText } from '../../../core/intent/selector';
import type { TreatmentMap } from '../../../core/treatment/map';
import type { Decision } from '../../../core/treatment/treatment';
import { ruleText } from '../../ask/words';

/** Rules that were searched for. */
export interface RulesFound {
  /** What they are called, each once. */
  readonly names: readonly string[];
  /** The destinations that they are about, of each family in which there are any. */
  readonly sets: readonly IntervalSet[];
}

/** A rule of a map. */
export interface Rule {
  readonly decision: Decision;
  /** Whose packets it is about; absent where it is about those of every pod. */
  readonly pods?: readonly PodSelector[];
  /** The destinations that it is about, whether it or another one decides about them. */
  readonly to: () => IntervalSet;
}

/** The rules of a cluster, of either side, for which something holds; undefined where it holds for none. */
export function rulesFound({ before, after }: ReportCluster, holds: (rule: Rule) => boolean): RulesFound | undefined {
  const found = [after, before].flatMap(subject => (subject ? rulesOf(subject.map).filter(holds) : []));
  if (found.length === 0) return undefined;
  const all = found.map(({ to }) => to());
  const sets = FAMILIES.map(family =>
    IntervalSet.unionOf(
      family,
      all.filter(set => set.family === family),
    ),
  );
  return { names: [...new Set(found.map(({ decision }) => decision.rule))], sets: sets.filter(set => !set.isEmpty()) };
}

/** Whether a rule's text, its reason, its place, or the labels that it asks for hold a text in small letters. */
export function hasText({ decision, pods = [] }: Rule, text: string): boolean {
  const selectors = pods.flatMap(pair => [pair.namespaces, pair.pods]).map(selectorText);
  return [ruleText(decision), ...selectors].some(one => one.toLowerCase().includes(text));
}

/** Whether a rule asks for each of some labels, of the pod or of its namespace. */
export function asksFor({ pods = [] }: Rule, labels: Labels): boolean {
  const asked = pods.flatMap(pair => [...pair.namespaces.requirements, ...pair.pods.requirements]);
  const isAbout = (one: Requirement, key: string, value: string): boolean =>
    one.key === key && (!('values' in one) || one.values.includes(value));
  return Object.entries(labels).every(([key, value]) => asked.some(one => isAbout(one, key, value)));
}

function rulesOf({ asked, base, egress }: TreatmentMap): Rule[] {
  return [
    ...egress.map(({ decision, pods, destinations }) => ({ decision, pods, to: () => destinations })),
    ...FAMILIES.flatMap(family => {
      const { layers, otherwise } = asked[family];
      const rest = () => base[family].where(one => one === otherwise);
      return [
        ...layers.map(({ set, value }) => ({ decision: value, to: () => set })),
        { decision: otherwise, to: rest },
      ];
    }),
  ];
}
