import { type Both, both, type Family, type IntervalSet, type LabelledSet, Partition } from '../address';
import type { KernelDecision } from '../dataplane/kernel-map';
import type { NatRule } from '../dataplane/nat-rule';
import type { NodeRules } from '../dump/node-rules';
import type { Asked, TreatmentMap } from '../treatment/map';
import { type Decision, MASQUERADE, PRESERVE } from '../treatment/treatment';
import { setsByLabel } from './diff';
import { givesNodeSource, type NodeSource } from './node-source';
import type { Subject } from './subject';

/** A node as its dumps tell it, of whose cluster nothing is known. */
export function nodeSubject(name: string, node: NodeRules): Subject {
  return { name, map: nodeTreatment(node), as: "the node's rules", places: [], node };
}

/**
 * What a node's rules make of packets of its pods. Of families that are in no dump nothing is known.
 * @param pods where these packets come from. @default anywhere: rules for some sources may hold or not
 */
export function nodeTreatment(node: NodeRules, pods?: Both<IntervalSet>): TreatmentMap {
  const base = both(family => {
    if (!node.families.includes(family)) return Partition.constant<Decision>(family, UNSEEN);
    const sources = pods?.[family].isEmpty() ? undefined : pods?.[family];
    return node
      .sent(family, sources)
      .zip(node.exits(family, sources), (is, exit) => decisionOf(node, family, is, exit));
  });
  return { base, asked: both(family => askedOf(node, base[family])), egress: [] };
}

/** A node beside a data plane that gives packets their node's address by itself: that is masquerading here as there. */
export function withNodeSource(subject: Subject, source: NodeSource): Subject {
  const { node, map } = subject;
  if (!node) return subject;
  const read = (one: Decision): Decision => {
    const rule = RULES.get(one);
    return rule && givesNodeSource(node, rule, source) ? { ...one, treatment: MASQUERADE } : one;
  };
  return { ...subject, map: { ...map, base: { ...map.base, 4: map.base[4].map(read) } } };
}

/** What is known of packets of a family that no dump has. */
const UNSEEN: Decision = { treatment: { kind: 'unknown', rules: [] }, rule: 'nothing: it is in no dump' };

const NO_RULE = 'no rule that gives packets another source';

/** By the decisions of a node the rules that they were made of. */
const RULES = new WeakMap<Decision, NatRule>();

/** The decisions that cannot be told, and of whose rules some ask by which interface packets leave. */
const BY_INTERFACE = new WeakSet<Decision>();

/** What is to be known beside what a node's rules make of packets, where some of it hangs on what no dump says. */
export function interfaceNotes(decisions: Iterable<Decision>): string[] {
  for (const decision of decisions) if (BY_INTERFACE.has(decision)) return [INTERFACE_ADVICE];
  return [];
}

/** What is said where rules ask for interfaces and nobody named them. */
export const INTERFACE_ADVICE =
  'rules ask by which interface packets leave, which no dump says; name every one that pods use, as in --out-interface eth0';

/** Whether what becomes of packets hangs on rules that ask by which interface they leave, and nobody said. */
export function hangsOnInterface(node: NodeRules, rules: readonly NatRule[]): boolean {
  return !node.knowsOutInterfaces && rules.some(rule => rule.conditions.some(({ on }) => on === 'out-interface'));
}

function decisionOf(node: NodeRules, family: Family, is: KernelDecision, exit: NatRule | undefined): Decision {
  if (!is.treatment) {
    const [first] = is.rules;
    const at = first && node.placeOf(family, first);
    const texts = is.rules.map(rule => rule.text);
    const unknown: Decision = {
      treatment: { kind: 'unknown', rules: texts },
      rule: texts.join(', and '),
      ...(at && { at }),
    };
    if (hangsOnInterface(node, is.rules)) BY_INTERFACE.add(unknown);
    return unknown;
  }
  const rule = is.treatment.kind === 'preserve' ? exit : is.rule;
  const at = rule && node.placeOf(family, rule);
  const treatment = is.treatment.kind === 'preserve' ? PRESERVE : is.treatment;
  const decision = { treatment, rule: rule?.text ?? NO_RULE, ...(at && { at }) };
  if (rule) RULES.set(decision, rule);
  return decision;
}

/**
 * The rules that decide, in the order in which they stand. Each is told with the destinations that it asks for, where
 * that is all that it asks and the order of the rules alone makes the map; else with those that it decides about.
 */
function askedOf(node: NodeRules, base: Partition<Decision>): Asked {
  const { family } = base;
  const sets = setsByLabel(family, base);
  const named = [...sets].map(([value, set]) => ({ value, set }));
  const decided = named.filter(({ value }) => value.at).sort((a, b) => lineOf(a.value) - lineOf(b.value));
  const rest = named.filter(({ value }) => !value.at);
  const disjoint = [...decided, ...rest];
  const otherwise = disjoint.at(-1)!.value;
  const whole = disjoint.slice(0, -1).map(layer => ({ value: layer.value, set: ownDestinations(layer) }));
  const made = Partition.fromLayers(family, whole, otherwise);
  const isKnown = node.families.includes(family) && disjoint.every(({ value }) => value.treatment.kind !== 'unknown');
  const isSimple = isKnown && !made.firstDifference(base, (a, b) => a === b);
  return isSimple ? { layers: whole, otherwise } : { layers: disjoint.slice(0, -1), otherwise, unordered: true };
}

function lineOf({ at }: Decision): number {
  return at?.range?.start.offset ?? 0;
}

/** What a rule asks for, if it is destinations and nothing else; else what it decides about. */
function ownDestinations({ value, set }: LabelledSet<Decision>): IntervalSet {
  const [first, another] = RULES.get(value)?.conditions ?? [];
  return first?.on === 'destination' && !another ? first.set : set;
}
