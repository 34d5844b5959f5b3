import type { IntervalSet, LabelledSet } from '../address';
import { type PodSelector, type Requirement, selects } from '../intent/selector';
import type { EgressRule, TreatmentMap } from '../treatment/map';
import { matches, type Pod } from '../treatment/pod-classes';
import type { Decision } from '../treatment/treatment';
import { termsText } from './terms';

/** A rule that was asked about packets and did not decide. */
export interface Passed {
  /** What it would have decided. */
  readonly decision: Decision;
  /** Why it did not, in words: the pod that it does not select, or the destinations that it does not hold. */
  readonly why: string;
}

/** What happens to packets to some destinations, all of which one rule decides about. */
export interface Explanation {
  /** The destinations. */
  readonly to: IntervalSet;
  /** What happens to the packets, and the rule that decides it. */
  readonly decision: Decision;
  /** The rules that were asked before, in their order: the first ones of those that were asked about any destination. */
  readonly passed: Asked;
}

/** The first rules of a list that explanations share: there may be thousands of both. */
export interface Asked {
  /** All rules that did not decide about all destinations, in their order. */
  readonly all: readonly Passed[];
  /** How many of them were asked. */
  readonly count: number;
  /** Whether the list is this explanation's own, as of a node's rules, which other destinations may go round. */
  readonly isOwn?: true;
  /** Why nothing is listed, behind "which rules were asked before"; empty where nothing is known at all. */
  readonly untold?: string;
}

/**
 * What happens to packets from a pod to some destinations of one family: each rule is asked in its order about the
 * destinations that are left, and the explanations are those of the rules that decide about any of them.
 * @param pod absent: a pod that no egress rule selects
 */
export function explain(map: TreatmentMap, pod: Pod | undefined, to: IntervalSet): Explanation[] {
  const { layers, otherwise, unordered } = map.asked[to.family];
  const egress = to.family === 4 ? map.egress : [];
  const found: Explanation[] = [];
  const passed: Passed[] = [];
  let left = to;
  const ask = ({ set, value: decision }: LabelledSet<Decision>, unordered = false): void => {
    const held = left.intersect(set);
    if (!held.isEmpty()) found.push({ to: held, decision, passed: { all: passed, count: passed.length } });
    left = left.subtract(set);
    if (unordered) return;
    passed.push({
      decision,
      why: `holds ${held.isEmpty() ? 'none of the destinations' : 'others'}: ${termsText(set)}`,
    });
  };
  for (const rule of egress) {
    if (left.isEmpty()) break;
    const why = whyNotSelected(rule, pod);
    if (why !== undefined) passed.push(...(rule.isPart ? [] : [{ decision: rule.decision, why }]));
    else ask({ set: rule.destinations, value: rule.decision });
  }
  for (const layer of layers) if (!left.isEmpty()) ask(layer, unordered);
  if (!left.isEmpty()) found.push({ to: left, decision: otherwise, passed: { all: passed, count: passed.length } });
  return found;
}

/** Why a rule does not select a pod; undefined when it does. */
function whyNotSelected({ pods }: EgressRule, pod: Pod | undefined): string | undefined {
  if (!pod) return 'is for the pods that it selects';
  if (matches(pods, pod)) return undefined;
  return `does not select the pod: ${[...new Set(pods.map(pair => firstFailure(pair, pod)))].join('; ')}`;
}

function firstFailure({ namespaces, pods }: PodSelector, pod: Pod): string {
  const fails = (labels: Pod['labels']) => (one: Requirement) => !selects({ requirements: [one] }, labels);
  const own = pods.requirements.find(fails(pod.labels));
  if (own) return `the pod's label ${requirementFailure(own, pod.labels)}`;
  const outer = namespaces.requirements.find(fails(pod.namespace));
  return `the namespace's label ${requirementFailure(outer!, pod.namespace)}`;
}

function requirementFailure(requirement: Requirement, labels: Pod['labels']): string {
  const { key, operator } = requirement;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const is = value === undefined ? `"${key}" is not there` : `"${key}" is "${value}"`;
  switch (operator) {
    case 'In':
      return `${is}, and not ${requirement.values.map(one => `"${one}"`).join(' or ')}`;
    case 'NotIn':
      return `${is}, which it leaves out`;
    case 'Exists':
      return is;
    case 'DoesNotExist':
      return `${is}, and must not be there`;
  }
}
