import { type Family, IntervalSet, Partition } from '../address';
import type { NatChain, NatRule } from './nat-rule';
import { type Outcome, outcomeOf } from './outcome';

/** A part of a chain: one rule, or a run of rules of which the first whose destination matches decides for good. */
export type Segment = { readonly rule: NatRule } | Run;

/** Rules that ask for nothing but a destination and end a packet's way through the chain. */
export interface Run {
  /** Absent: a run is no single rule. */
  readonly rule?: undefined;
  /** Its rules. */
  readonly rules: readonly NatRule[];
  /** Destinations of packets that return. */
  readonly returned: IntervalSet;
  /** Destinations of packets that are accepted. */
  readonly accepted: IntervalSet;
  /** Destinations of packets for which no rule holds. */
  readonly left: IntervalSet;
  /** What becomes of the others; absent where there are none. */
  readonly outcomes?: Partition<Outcome | undefined>;
}

const SEGMENTS = new WeakMap<NatChain, readonly Segment[]>();

/** A chain's segments. Long lists of CIDRs are one each, so that they are walked through at once. */
export function segmentsOf(family: Family, chain: NatChain): readonly Segment[] {
  const known = SEGMENTS.get(chain);
  if (known) return known;
  const segments: Segment[] = [];
  const { rules } = chain;
  for (let at = 0; at < rules.length; ) {
    let end = at;
    while (end < rules.length && isPlain(rules[end]!)) end++;
    if (end - at < 2) segments.push({ rule: rules[at++]! });
    else {
      segments.push(runOf(family, rules.slice(at, end)));
      at = end;
    }
  }
  SEGMENTS.set(chain, segments);
  return segments;
}

const FINAL: readonly string[] = ['return', 'accept', 'masquerade', 'snat'];

/** Which rule of a run lets packets go without another source, for each destination; undefined where none does. */
export function exitsOf(family: Family, { rules }: Run): Partition<NatRule | undefined> {
  const layers = rules.map(rule => {
    const value = isExit(rule) ? rule : undefined;
    return { set: destinationsOf(family, rule), value };
  });
  return Partition.fromLayers<NatRule | undefined>(family, layers, undefined);
}

/** The destinations that a rule of a run asks for. */
export function destinationsOf(family: Family, { conditions: [first] }: NatRule): IntervalSet {
  return first?.on === 'destination' ? first.set : IntervalSet.full(family);
}

/** Whether a rule ends a packet's way through its chain, or all of its way, without giving it another source. */
export function isExit({ verdict }: NatRule): boolean {
  return verdict.kind === 'return' || verdict.kind === 'accept';
}

function isPlain({ conditions: [first, another], verdict }: NatRule): boolean {
  return FINAL.includes(verdict.kind) && !another && (!first || first.on === 'destination');
}

function runOf(family: Family, rules: readonly NatRule[]): Run {
  const kinds = new Set(rules.map(rule => rule.verdict.kind));
  const [only] = kinds;
  // Of rules that all let packets go, the order does not matter.
  if (kinds.size === 1 && isExit(rules[0]!)) {
    const all = IntervalSet.unionOf(
      family,
      rules.map(rule => destinationsOf(family, rule)),
    );
    const none = IntervalSet.empty(family);
    const [returned, accepted] = only === 'return' ? [all, none] : [none, all];
    return { rules, returned, accepted, left: all.complement() };
  }
  const layers = rules.map(rule => {
    const { kind } = rule.verdict;
    // Rules that return or accept need not be told apart.
    const value = kind === 'return' || kind === 'accept' ? kind : outcomeOf(rule);
    return { set: destinationsOf(family, rule), value };
  });
  const decided = Partition.fromLayers<Outcome | 'return' | 'accept' | undefined>(family, layers, undefined);
  return {
    rules,
    returned: decided.where(value => value === 'return'),
    accepted: decided.where(value => value === 'accept'),
    left: decided.where(value => value === undefined),
    ...(layers.some(({ value }) => typeof value === 'object') && {
      outcomes: decided.map(value => (typeof value === 'object' ? value : undefined)),
    }),
  };
}
