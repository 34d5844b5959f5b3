import { IntervalSet, Partition } from '../../address';
import { selectorText } from '../../intent/selector';
import type { TreatmentMap } from '../../treatment/map';
import { type Decision, type Treatment, treatmentText } from '../../treatment/treatment';
import { setsByLabel } from '../diff';

/** What happens to packets to some destinations, whoever decides it. */
export interface Effect {
  /** The same for the same destinations and the same effect. */
  readonly key: string;
  /** The same where the same share of the destinations is treated alike, whichever these are. */
  readonly shares: string;
  /** What happens to packets of pods that no egress rule selects, with what happens to most first. */
  readonly parts: readonly { readonly treatment: Treatment; readonly to: IntervalSet }[];
  /** What egress rules do with packets of the pods that they select, and to which of the destinations. */
  readonly egress: readonly { readonly treatment: Treatment; readonly to: IntervalSet }[];
}

/** What a map does with packets to some destinations. */
export function effectOf(map: TreatmentMap, to: IntervalSet): Effect {
  const byText = new Map<string, { treatment: Treatment; sets: IntervalSet[] }>();
  for (const [{ treatment }, set] of decidedAbout(map, to)) {
    const text = treatmentText(treatment);
    const known = byText.get(text);
    if (known) known.sets.push(set);
    else byText.set(text, { treatment, sets: [set] });
  }
  const parts = [...byText.values()]
    .map(({ treatment, sets }) => ({ treatment, to: IntervalSet.unionOf(to.family, sets) }))
    .sort((a, b) => (a.to.count() < b.to.count() ? 1 : a.to.count() > b.to.count() ? -1 : 0));
  const egress = to.family === 6 ? [] : map.egress.filter(({ destinations }) => destinations.overlaps(to));
  const rules = egress.map(({ pods, destinations, decision }) => {
    const whom = pods.map(pair => `${selectorText(pair.namespaces)}|${selectorText(pair.pods)}`).join();
    return `${whom} ${destinations.intersect(to).bounds.join()} ${treatmentText(decision.treatment)}`;
  });
  const written = (what: (set: IntervalSet) => string): string =>
    [...parts.map(part => `${treatmentText(part.treatment)} ${what(part.to)}`), ...rules].join('\n');
  return {
    key: written(set => (parts.length === 1 ? '' : set.bounds.join())),
    shares: written(set => (parts.length === 1 ? '' : String(set.count()))),
    parts,
    egress: egress.map(({ decision, destinations }) => ({
      treatment: decision.treatment,
      to: destinations.intersect(to),
    })),
  };
}

/** Who decides about destinations, and about which of them. */
function decidedAbout(map: TreatmentMap, to: IntervalSet): Iterable<[Decision, IntervalSet]> {
  const base = map.base[to.family];
  const first = to.first()!;
  if (to.count() === 1n) return [[base.at(first), to]];
  const inside = Partition.fromLayers(to.family, [{ set: to, value: true }], false);
  return setsByLabel<Decision>(
    to.family,
    base.zip(inside, (decision, isInside) => (isInside ? decision : undefined)),
  );
}
