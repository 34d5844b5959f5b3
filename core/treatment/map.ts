import { type Both, both, FAMILIES, formatAddress, type IntervalSet, type LabelledSet, Partition } from '../address';
import { commonLabels, type Labels, labelsText, type PodSelector, selectorText } from '../intent/selector';
import { matches, type Pod, podClasses } from './pod-classes';
import { type Decision, sameTreatment, treatmentText } from './treatment';

/** Packets of some pods to some destinations that are treated apart from everything else. */
export interface EgressRule {
  /** Any of the pairs of selectors that matches selects the pod. */
  readonly pods: readonly PodSelector[];
  /** IPv4 destinations of those packets. */
  readonly destinations: IntervalSet;
  /** What happens to them. */
  readonly decision: Decision;
  /** Whether it tells what is not known of the policy of a rule behind it, for some of that one's destinations. */
  readonly isPart?: true;
}

/**
 * A total function from source pod and destination address to a treatment: for pods that no egress rule selects
 * one partition of each address family, and egress rules that come before it, the first that matches deciding.
 */
export interface TreatmentMap {
  /** What happens to packets of pods that no egress rule selects. */
  readonly base: Both<Partition<Decision>>;
  /** The rules that `base` comes from, as they are asked. */
  readonly asked: Both<Asked>;
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

/** The rules of one family in the order in which they are asked: the first that holds an address decides. */
export interface Asked {
  /** The rules, none of them about no address at all. */
  readonly layers: readonly LabelledSet<Decision>[];
  /** What decides where none of them does. */
  readonly otherwise: Decision;
  /**
   * Whether the layers only say who decides about what: they are disjoint, and in what order the rules are asked cannot
   * be told in a list, as of chains that lead into each other.
   */
  readonly unordered?: true;
}

/** Makes the map in which the first layer that contains an address decides. */
export function mapOf(
  layers: readonly Layer[],
  otherwise: Both<Decision>,
  egress: readonly EgressRule[] = [],
): TreatmentMap {
  const asked = both(family => ({
    layers: layers.filter(l => !l.sets[family].isEmpty()).map(l => ({ set: l.sets[family], value: l.decision })),
    otherwise: otherwise[family],
  }));
  const base = both(family => Partition.fromLayers(family, asked[family].layers, asked[family].otherwise));
  return { base, asked, egress };
}

/** The map with one decision for all of IPv6. */
export function withIPv6(map: TreatmentMap, decision: Decision): TreatmentMap {
  const { base, asked, egress } = map;
  return {
    base: { 4: base[4], 6: Partition.constant(6, decision) },
    asked: { 4: asked[4], 6: { layers: [], otherwise: decision } },
    egress,
  };
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

/**
 * Maps whose every pair of selectors, taken alone, is treated alike are equal. Others mostly differ, but pairs overlap:
 * so a pod is looked for that shows it, among one of each class of pods that the selectors tell apart.
 */
function egressDifference(left: TreatmentMap, right: TreatmentMap): Witness | undefined {
  const pairs = new Map<string, PodSelector>();
  for (const pair of [...left.egress, ...right.egress].flatMap(rule => rule.pods)) pairs.set(pairText(pair), pair);
  const suspects: Witness[] = [];
  for (const [text, { namespaces, pods }] of pairs) {
    const pod = { namespace: commonLabels(namespaces), labels: commonLabels(pods) };
    const lists = (rule: EgressRule): boolean => rule.pods.some(pair => pairText(pair) === text);
    if (pod.namespace && pod.labels) suspects.push(...difference(left, right, pod as Pod, lists));
  }
  if (suspects.length === 0) return undefined;
  const classes = podClasses([...pairs.values()]);
  if (!classes) return suspects[0];
  for (const pod of classes) {
    const [found] = difference(left, right, pod, rule => matches(rule.pods, pod));
    if (found) return found;
  }
  return undefined;
}

/** Where two maps treat a pod differently, when of their egress rules those count that are `about` it. */
function difference(
  left: TreatmentMap,
  right: TreatmentMap,
  pod: Pod,
  about: (rule: EgressRule) => boolean,
): Witness[] {
  const found = podMap(left, about).firstDifference(podMap(right, about), (a, b) =>
    sameTreatment(a.treatment, b.treatment),
  );
  return found ? [{ destination: formatAddress(found.address), pod, left: found.left, right: found.right }] : [];
}

/** What some egress rules make of IPv4, the first that matches deciding, and the base where none does. */
export function podMap(map: TreatmentMap, about: (rule: EgressRule) => boolean): Partition<Decision> {
  const layers = map.egress
    .filter(about)
    .map(rule => ({ set: rule.destinations, value: rule.decision as Decision | undefined }));
  const over = Partition.fromLayers<Decision | undefined>(4, layers, undefined);
  return over.zip(map.base[4], (egress, base) => egress ?? base);
}

function pairText({ namespaces, pods }: PodSelector): string {
  return `${selectorText(namespaces)}|${selectorText(pods)}`;
}

/** A witness in one sentence. */
export function witnessText(witness: Witness, left: string, right: string): string {
  const from = witness.pod
    ? `a packet from a pod with labels ${labelsText(witness.pod.labels)} in a namespace with labels ${labelsText(witness.pod.namespace)} to`
    : 'a packet to';
  const of = (decision: Decision) => `${treatmentText(decision.treatment)} (${decision.rule})`;
  return `${from} ${witness.destination} is ${of(witness.left)} by ${left}, but ${of(witness.right)} by ${right}`;
}
