import { type Both, both, FAMILIES, formatAddress, type IntervalSet, Partition } from '../address';
import { commonLabels, type Labels, labelsText, type PodSelector, selectorText } from '../intent/selector';
import { type Decision, sameTreatment, treatmentText } from './treatment';

/** Packets of some pods to some destinations that are treated apart from everything else. */
export interface EgressRule {
  /** Any of the pairs of selectors that matches selects the pod. */
  readonly pods: readonly PodSelector[];
  /** IPv4 destinations of those packets. */
  readonly destinations: IntervalSet;
  /** What happens to them. */
  readonly decision: Decision;
}

/**
 * A total function from source pod and destination address to a treatment: for pods that no egress rule selects
 * one partition of each address family, and egress rules that come before it, the first that matches deciding.
 */
export interface TreatmentMap {
  /** What happens to packets of pods that no egress rule selects. */
  readonly base: Both<Partition<Decision>>;
  /** The egress rules; the first one that matches decides. */
  readonly egress: readonly EgressRule[];
}

/** A packet that two maps treat differently. */
export interface Witness {
  /** The destination address. */
  readonly destination: string;
  /** Labels of a pod and its namespace that the packet comes from; absent when any pod will do. */
  readonly pod?: {
    /** The namespace's labels. */
    readonly namespace: Labels;
    /** The pod's own labels. */
    readonly labels: Labels;
  };
  /** What the first map says of the packet. */
  readonly left: Decision;
  /** What the second map says of it. */
  readonly right: Decision;
}

/** One stretch of destinations to be treated alike; the first layer that contains an address decides. */
export interface Layer {
  /** The destinations. */
  readonly sets: Both<IntervalSet>;
  /** What happens to packets to them. */
  readonly decision: Decision;
}

/** Makes the map in which the first layer that contains an address decides. */
export function mapOf(
  layers: readonly Layer[],
  otherwise: Both<Decision>,
  egress: readonly EgressRule[] = [],
): TreatmentMap {
  const base = both(family =>
    Partition.fromLayers(
      family,
      layers.filter(l => !l.sets[family].isEmpty()).map(l => ({ set: l.sets[family], value: l.decision })),
      otherwise[family],
    ),
  );
  return { base, egress };
}

/** A packet that two maps treat differently, the lowest address first; undefined when the maps are equal. */
export function firstDifference(left: TreatmentMap, right: TreatmentMap): Witness | undefined {
  for (const family of FAMILIES) {
    const found = left.base[family].firstDifference(right.base[family], (a, b) =>
      sameTreatment(a.treatment, b.treatment),
    );
    if (found) return { destination: formatAddress(found.address), left: found.left, right: found.right };
  }
  return egressDifference(left, right);
}

/** Every class of pods that some selector tells apart, each met by labels of its own, compared over all addresses. */
function egressDifference(left: TreatmentMap, right: TreatmentMap): Witness | undefined {
  const selectors = new Map<string, PodSelector>();
  for (const rule of [...left.egress, ...right.egress]) {
    for (const pair of rule.pods) selectors.set(`${selectorText(pair.namespaces)}|${selectorText(pair.pods)}`, pair);
  }
  for (const pair of selectors.values()) {
    const namespace = commonLabels(pair.namespaces);
    const labels = commonLabels(pair.pods);
    if (!namespace || !labels) continue;
    const key = `${selectorText(pair.namespaces)}|${selectorText(pair.pods)}`;
    const found = classMap(left, key).firstDifference(classMap(right, key), (a, b) =>
      sameTreatment(a.treatment, b.treatment),
    );
    if (found) {
      return {
        destination: formatAddress(found.address),
        pod: { namespace, labels },
        left: found.left,
        right: found.right,
      };
    }
  }
  return undefined;
}

/** What one pair of selectors, taken alone, makes of IPv4: egress rules that list the very pair, then the base. */
function classMap(map: TreatmentMap, key: string): Partition<Decision> {
  const layers = map.egress
    .filter(rule => rule.pods.some(p => `${selectorText(p.namespaces)}|${selectorText(p.pods)}` === key))
    .map(rule => ({ set: rule.destinations, value: rule.decision as Decision | undefined }));
  const over = Partition.fromLayers<Decision | undefined>(4, layers, undefined);
  return over.zip(map.base[4], (egress, base) => egress ?? base);
}

/** A witness in one sentence. */
export function witnessText(witness: Witness, left: string, right: string): string {
  const from = witness.pod
    ? `a packet from a pod with labels ${labelsText(witness.pod.labels)} in a namespace with labels ${labelsText(witness.pod.namespace)} to`
    : 'a packet to';
  const of = (decision: Decision) => `${treatmentText(decision.treatment)} (${decision.rule})`;
  return `${from} ${witness.destination} is ${of(witness.left)} by ${left}, but ${of(witness.right)} by ${right}`;
}
