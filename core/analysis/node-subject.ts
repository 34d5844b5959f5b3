import { type Both, both, type Family, type IntervalSet, Partition } from '../address';
import type { KernelDecision, ProtocolDecision } from '../dataplane/kernel-map';
import type { NatRule } from '../dataplane/nat-rule';
import { PROTOCOLS } from '../dataplane/protocol';
import type { NodeRules } from '../dump/node-rules';
import type { Asked, TreatmentMap } from '../treatment/map';
import {
  type Decision,
  MASQUERADE,
  PRESERVE,
  sameTreatment,
  type Treatment,
  treatmentText,
} from '../treatment/treatment';
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
    const decisions = new Decisions(node, family);
    return node.sent(family, sources).zip(node.keeping(family, sources), (is, keeping) => decisions.of(is, keeping));
  });
  return mapOf(base, { node, ...(pods && { pods }) });
}

function mapOf(base: Both<Partition<Decision>>, from: NodeMap): TreatmentMap {
  const map: TreatmentMap = { base, asked: both(family => askedOf(base[family])), egress: [] };
  SOURCES.set(map, from);
  return map;
}

/** A node beside a data plane that gives packets their node's address by itself: that is masquerading here as there. */
export function withNodeSource(subject: Subject, source: NodeSource): Subject {
  const { node, map } = subject;
  if (!node) return subject;
  const read = (one: Decision): Decision => {
    const own = DECIDERS.get(one);
    if (!own?.rules.every(rule => rule && givesNodeSource(node, rule, source))) return one;
    const decision = { ...one, treatment: MASQUERADE };
    DECIDERS.set(decision, own);
    return decision;
  };
  return { ...subject, map: mapOf({ ...map.base, 4: map.base[4].map(read) }, SOURCES.get(map) ?? { node }) };
}

/** What is known of packets of a family that no dump has. */
const UNSEEN: Decision = { treatment: { kind: 'unknown', rules: [] }, rule: 'nothing: it is in no dump' };

const NO_RULE = 'no rule that gives packets another source';

/** By the decisions of a node the rules that they were made of; undefined stands for no rule. */
const DECIDERS = new WeakMap<
  Decision,
  { readonly rules: readonly (NatRule | undefined)[]; readonly deciders: readonly Decision[] }
>();

/** A node, and where packets come from. */
export interface NodeMap {
  readonly node: NodeRules;
  readonly pods?: Both<IntervalSet>;
}

/** By the maps of nodes what they were made of. */
const SOURCES = new WeakMap<TreatmentMap, NodeMap>();

/** The node whose rules a map tells; undefined for any other map. */
export function nodeOf(map: TreatmentMap): NodeMap | undefined {
  return SOURCES.get(map);
}

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

/** Makes decisions of what a node's rules do, one of all that are alike. */
class Decisions {
  private readonly made = new Map<string, Decision>();
  private readonly numbers = new Map<NatRule | undefined, number>();

  constructor(
    private readonly node: NodeRules,
    private readonly family: Family,
  ) {}

  /** @param keeping the rules by which packets keep their source, as of {@link NodeRules.keeping} */
  of(is: KernelDecision, keeping: readonly (readonly (NatRule | undefined)[])[]): Decision {
    if (!is.treatment) return this.unknown(is, keeping);
    if (is.treatment.kind !== 'preserve') return this.decided(is.treatment, [is.rule, ...(is.others ?? [])]);
    const last = keeping.at(-1)!;
    const rules = [...new Set([...keeping.flat().filter(rule => !last.includes(rule)), ...last])];
    const known = rules.filter(rule => rule !== undefined);
    return this.decided(PRESERVE, known.length < rules.length || known.length === 0 ? [...known, undefined] : known);
  }

  /** Where packets of one protocol keep their source, and others do not, the rules by which they do have a part in it. */
  private unknown(
    is: Extract<KernelDecision, { readonly treatment?: undefined }>,
    keeping: readonly (readonly (NatRule | undefined)[])[],
  ): Decision {
    const kept = is.some.filter(({ treatment }) => treatment.kind === 'preserve');
    const exits = kept.flatMap(({ protocol }) => keeping[keeping.length === 1 ? 0 : PROTOCOLS.indexOf(protocol)]!);
    const rules = [...new Set([...exits.flatMap(rule => rule ?? []), ...is.rules])];
    const [first, ...others] = is.some;
    // How source ports are chosen, which may differ by protocol, is no other treatment.
    if (first && is.some.length === PROTOCOLS.length && others.every(one => isLike(first.treatment, one))) {
      return this.decided(first.treatment, rules);
    }
    const decision = this.decided({ kind: 'unknown', rules: rules.map(({ text }) => text) }, rules);
    if (hangsOnInterface(this.node, rules)) BY_INTERFACE.add(decision);
    return decision;
  }

  private decided(treatment: Decision['treatment'], rules: readonly (NatRule | undefined)[]): Decision {
    const key = [treatmentText(treatment), ...rules.map(rule => this.numberOf(rule))].join(' ');
    const known = this.made.get(key);
    if (known) return known;
    const deciders = rules.map((rule): Decision => {
      const at = rule && this.node.placeOf(this.family, rule);
      return { treatment, rule: rule?.text ?? NO_RULE, ...(at && { at }) };
    });
    const at = deciders[0]?.at;
    const decision = { treatment, rule: decidersText(deciders, ({ rule }) => rule), ...(at && { at }) };
    DECIDERS.set(decision, { rules, deciders });
    this.made.set(key, decision);
    return decision;
  }

  private numberOf(rule: NatRule | undefined): number {
    const known = this.numbers.get(rule) ?? this.numbers.size;
    this.numbers.set(rule, known);
    return known;
  }
}

/** Whether packets of a protocol are treated in a way, but for ports, which not all have. */
function isLike(treatment: Treatment, { protocol, treatment: own }: ProtocolDecision): boolean {
  const hasNoPorts = protocol === 'other' && treatment.kind === 'masquerade';
  return sameTreatment(hasNoPorts ? MASQUERADE : treatment, own);
}

/** How many of the rules that decide for some packets are named, and how many of those that a decision hangs on. */
const MOST_NAMED = 3;
const MOST_HUNG_ON = 5;

/** Several rules that decide alike, or that a decision hangs on, in words. */
export function decidersText(deciders: readonly Decision[], text: (one: Decision) => string): string {
  if (deciders[0]?.treatment.kind === 'unknown') return someOf(deciders.map(text)).join(', and ');
  const last = deciders.at(-1)!;
  const some = deciders.slice(0, -1).map(text);
  if (some.length === 0) return text(last);
  const left = some.length - MOST_NAMED;
  const named = left > 0 ? [...some.slice(0, MOST_NAMED), `${left} more`] : some;
  return `${named.join(' or ')} for some packets, else by ${text(last)}`;
}

/** The first ones of the rules that a decision hangs on, and how many there are more: there may be thousands. */
export function someOf(rules: readonly string[]): readonly string[] {
  const all = [...new Set(rules)];
  const more = all.length - MOST_HUNG_ON;
  return more > 1 ? [...all.slice(0, MOST_HUNG_ON), `${more} more rules`] : all;
}

/** The rules of a node that decide, each by itself: all but the last one for some packets only, or all together of what cannot be told. */
export function decidersOf(decision: Decision): readonly Decision[] {
  return DECIDERS.get(decision)?.deciders ?? [decision];
}

/** The same as they stand in the node's ruleset, where no rule decides left out. */
export function decidingRules(decision: Decision): readonly NatRule[] {
  return DECIDERS.get(decision)?.rules.flatMap(rule => rule ?? []) ?? [];
}

/** Whether packets may keep their source because no rule gives them another one. */
export function isByNone(decision: Decision): boolean {
  return DECIDERS.get(decision)?.rules.includes(undefined) ?? false;
}

/** The rules that decide, in the order in which they stand: all that each decides about, for they alone do not make the map. */
function askedOf(base: Partition<Decision>): Asked {
  const named = [...setsByLabel(base.family, base)].map(([value, set]) => ({ value, set }));
  const placed = named.filter(({ value }) => value.at).sort((a, b) => lineOf(a.value) - lineOf(b.value));
  const layers = [...placed, ...named.filter(({ value }) => !value.at)];
  return { layers: layers.slice(0, -1), otherwise: layers.at(-1)!.value, unordered: true };
}

function lineOf({ at }: Decision): number {
  return at?.range?.start.offset ?? 0;
}
