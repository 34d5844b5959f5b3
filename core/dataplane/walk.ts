import { type Family, IntervalSet, Partition } from '../address';
import type { Condition, NatChain, NatRule, NatRuleset } from './nat-rule';

/** One class of packets that rules tell apart by their protocol. */
export const PROTOCOLS = ['tcp', 'udp', 'sctp', 'other'] as const;

/** A protocol whose ports rules may ask for, or any other one. */
export type Protocol = (typeof PROTOCOLS)[number];

/** What rules make of a packet: what happens to its source, and the rule that decided. */
export type Outcome =
  | { readonly kind: 'preserve'; readonly rule?: NatRule }
  | { readonly kind: 'masquerade'; readonly toPorts?: string; readonly randomFully: boolean; readonly rule: NatRule }
  | { readonly kind: 'snat'; readonly sourceIP: string; readonly rule: NatRule }
  | { readonly kind: 'drop'; readonly rule?: NatRule }
  | {
      /** Rules that cannot be decided about lead to different treatments. */
      readonly kind: 'unknown';
      /** Those rules. */
      readonly rules: readonly NatRule[];
    };

/** What is known of the packets beside their destination. */
export interface Packets {
  /** Their protocol. */
  readonly protocol: Protocol;
  /** Where they come from. @default not known: a rule that asks for sources may hold or not */
  readonly sources?: IntervalSet;
  /** By name, the addresses of sets that rules refer to. @default none are known */
  readonly sets?: ReadonlyMap<string, IntervalSet>;
}

/**
 * Follows new packets of pods to every destination through the postrouting rules. They are packets that leave the node
 * (their destination is no address of its own), from pods (nor is their source), and that nobody has marked.
 *
 * Where a rule cannot be decided about, both ways are followed; addresses for which these end alike are treated so, the
 * others are `unknown`. So nothing is ever guessed.
 */
export function walkRules(ruleset: NatRuleset, packets: Packets): Partition<Outcome> {
  return new Walk(ruleset, packets).run();
}

/** Destinations of packets that are still on their way, by their mark. */
type Flow = Map<number, IntervalSet>;

/** An outcome and the destinations that may come to it. */
interface Reached {
  readonly outcome: Outcome;
  readonly sets: IntervalSet[];
}

const NO_NAT: Outcome = { kind: 'preserve' };

class Walk {
  private readonly reached = new Map<string, Reached>();
  /** Rules that could not be decided about, with the destinations that they may hold for. */
  private readonly doubts: { readonly rule: NatRule; readonly set: IntervalSet }[] = [];
  private readonly family: Family;
  private depth = 0;

  constructor(
    private readonly ruleset: NatRuleset,
    private readonly packets: Packets,
  ) {
    this.family = ruleset.family;
  }

  run(): Partition<Outcome> {
    let flow: Flow = new Map([[0, IntervalSet.full(this.family)]]);
    for (const hook of this.ruleset.hooks) flow = this.chain(hook.chain, flow).passed;
    for (const set of flow.values()) this.reach(NO_NAT, set);
    return this.outcomes();
  }

  /** Sends packets through a chain: those that `returned` go on behind the jump, those that `passed` were accepted. */
  private chain(name: string, entering: Flow): { readonly returned: Flow; readonly passed: Flow } {
    const passed: Flow = new Map();
    const chain = this.ruleset.chains.get(name);
    // The kernel refuses loops; a reader that misunderstands something must not run for ever.
    if (!chain || this.depth >= 64) {
      const text = chain ? `chains nested too deeply at ${name}` : `no chain "${name}"`;
      const rule: NatRule = { conditions: [], verdict: { kind: 'unknown', text }, text };
      for (const set of entering.values()) this.reach({ kind: 'unknown', rules: [rule] }, set);
      return { returned: entering, passed };
    }
    this.depth++;
    const returned: Flow = new Map();
    let flow = new Map(entering);
    for (let at = 0; at < chain.rules.length && flow.size > 0; ) {
      const [run, next] = sameVerdict(chain, at);
      flow = this.rules(run, flow, returned, passed);
      at = next;
    }
    this.depth--;
    joinAll(returned, flow);
    if (chain.policy === 'return') return { returned, passed };
    // What returns from a base chain meets its policy.
    if (chain.policy === 'accept') joinAll(passed, returned);
    else for (const set of returned.values()) this.reach({ kind: 'drop' }, set);
    return { returned: new Map(), passed };
  }

  /** Applies rules of one verdict; the packets that go on with the next rule are the result. */
  private rules(run: readonly NatRule[], flow: Flow, returned: Flow, passed: Flow): Flow {
    const next: Flow = new Map();
    const rule = run[0]!;
    for (const [mark, set] of flow) {
      const { matching, certain } = this.matching(run, set, mark);
      if (!certain && !isChance(rule) && !matching.isEmpty()) this.doubts.push({ rule, set: matching });
      const staying = certain ? set.subtract(matching) : set;
      if (!staying.isEmpty()) join(next, mark, staying);
      if (matching.isEmpty()) continue;
      this.apply(rule, mark, matching, { next, returned, passed });
    }
    return next;
  }

  private apply(
    rule: NatRule,
    mark: number,
    set: IntervalSet,
    flows: { readonly next: Flow; readonly returned: Flow; readonly passed: Flow },
  ): void {
    const { verdict } = rule;
    switch (verdict.kind) {
      case 'accept':
        join(flows.passed, mark, set);
        break;
      case 'return':
        join(flows.returned, mark, set);
        break;
      case 'jump':
      case 'goto': {
        const inner = this.chain(verdict.chain, new Map([[mark, set]]));
        joinAll(verdict.kind === 'jump' ? flows.next : flows.returned, inner.returned);
        joinAll(flows.passed, inner.passed);
        break;
      }
      case 'set-mark':
        join(flows.next, ((mark & ~verdict.clear) ^ verdict.flip) >>> 0, set);
        break;
      case 'continue':
        join(flows.next, mark, set);
        break;
      case 'unknown':
        this.reach({ kind: 'unknown', rules: [rule] }, set);
        join(flows.next, mark, set);
        break;
      case 'drop':
        this.reach({ kind: 'drop', rule }, set);
        break;
      default:
        this.reach({ ...verdict, rule }, set);
    }
  }

  /** The destinations of `set` for which one of the rules holds, or, if that is not `certain`, for which it may. */
  private matching(
    run: readonly NatRule[],
    set: IntervalSet,
    mark: number,
  ): { readonly matching: IntervalSet; readonly certain: boolean } {
    if (run.length > 1) {
      const sets = run.map(rule => destinationOf(rule)!);
      return { matching: set.intersect(IntervalSet.unionOf(this.family, sets)), certain: true };
    }
    let matching = set;
    let certain = true;
    for (const condition of run[0]!.conditions) {
      const answer = this.holds(condition, mark);
      if (answer === false) return { matching: IntervalSet.empty(this.family), certain: true };
      if (answer === undefined) certain = false;
      else if (answer !== true) matching = matching.intersect(answer);
    }
    return { matching, certain };
  }

  /** Whether a condition holds: for every packet, for none, for those to some destinations, or nobody knows. */
  private holds(condition: Condition, mark: number): boolean | IntervalSet | undefined {
    switch (condition.on) {
      case 'destination':
        return condition.set;
      case 'source':
        return this.fromSources(condition.set);
      case 'protocol':
        return this.protocolIs(condition.protocols, condition.negated);
      case 'destination-type':
      case 'source-type':
        return condition.type === 'LOCAL' ? condition.negated : undefined;
      case 'mark':
        return ((mark & condition.mask) >>> 0 === condition.value) !== condition.negated;
      case 'named-set':
        return this.inNamedSet(condition);
      default:
        return undefined;
    }
  }

  private fromSources(set: IntervalSet): boolean | undefined {
    const { sources } = this.packets;
    if (set.isFull()) return true;
    if (set.isEmpty()) return false;
    if (!sources) return undefined;
    if (set.containsSet(sources)) return true;
    return set.overlaps(sources) ? undefined : false;
  }

  private protocolIs(protocols: readonly string[], negated: boolean): boolean | undefined {
    const { protocol } = this.packets;
    if (protocol !== 'other') return protocols.includes(protocol) !== negated;
    const ported: readonly string[] = PROTOCOLS;
    return protocols.every(name => ported.includes(name)) ? negated : undefined;
  }

  private inNamedSet(condition: Condition & { readonly on: 'named-set' }): boolean | IntervalSet | undefined {
    const set = this.packets.sets?.get(condition.name);
    if (!set || set.family !== this.family || condition.of === 'other') return undefined;
    const wanted = condition.negated ? set.complement() : set;
    return condition.of === 'destination' ? wanted : this.fromSources(wanted);
  }

  private reach(outcome: Outcome, set: IntervalSet): void {
    if (set.isEmpty()) return;
    const key = outcomeKey(outcome);
    const reached = this.reached.get(key);
    if (reached) reached.sets.push(set);
    else this.reached.set(key, { outcome, sets: [set] });
  }

  /** Puts together what each destination may come to. */
  private outcomes(): Partition<Outcome> {
    const { family } = this;
    let all = Partition.constant<readonly Outcome[]>(family, []);
    for (const { outcome, sets } of this.reached.values()) {
      const layer = { set: IntervalSet.unionOf(family, sets), value: outcome };
      const may = Partition.fromLayers<Outcome | undefined>(family, [layer], undefined);
      all = all.zip(may, (before, one) => (one ? [...before, one] : before));
    }
    for (const { rule, set } of this.doubts) {
      const layer = { set, value: { kind: 'unknown', rules: [rule] } as const };
      const may = Partition.fromLayers<Outcome | undefined>(family, [layer], undefined);
      // A rule in doubt matters only where it makes a difference.
      all = all.zip(may, (before, one) => (one && distinct(before) > 1 ? [...before, one] : before));
    }
    return all.map(together);
  }
}

function distinct(outcomes: readonly Outcome[]): number {
  return new Set(outcomes.map(outcomeKey)).size;
}

/** One outcome of several that are possible. */
function together(outcomes: readonly Outcome[]): Outcome {
  const [first, ...others] = outcomes;
  if (!first || others.length === 0) return first ?? NO_NAT;
  const masquerades = outcomes.filter(o => o.kind === 'masquerade');
  const ports = masquerades.map(o => o.toPorts).filter(p => p !== undefined);
  const alike = masquerades.every(o => o.randomFully === masquerades[0]!.randomFully);
  if (ports.length === outcomes.length && alike) return { ...masquerades[0]!, toPorts: ports.join(',') };
  return { kind: 'unknown', rules: [...new Set(outcomes.flatMap(o => (o.kind === 'unknown' ? o.rules : [])))] };
}

/** What tells outcomes apart, whichever rule they come from. */
function outcomeKey(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'masquerade':
      return `masquerade ${outcome.toPorts ?? ''} ${outcome.randomFully}`;
    case 'snat':
      return `snat ${outcome.sourceIP}`;
    default:
      return outcome.kind;
  }
}

function join(flow: Flow, mark: number, set: IntervalSet): void {
  const there = flow.get(mark);
  flow.set(mark, there ? there.union(set) : set);
}

function joinAll(flow: Flow, other: Flow): void {
  for (const [mark, set] of other) join(flow, mark, set);
}

/** The only condition of a rule that asks for nothing but a destination. */
function destinationOf({ conditions: [first, another] }: NatRule): IntervalSet | undefined {
  return !another && first?.on === 'destination' ? first.set : undefined;
}

/** The rules from one on that ask for destinations only and return all alike: long lists are walked through at once. */
function sameVerdict({ rules }: NatChain, at: number): readonly [run: readonly NatRule[], next: number] {
  const simple = (rule: NatRule | undefined): boolean =>
    rule?.verdict.kind === 'return' && destinationOf(rule) !== undefined;
  let next = at + 1;
  if (simple(rules[at])) while (simple(rules[next])) next++;
  return [rules.slice(at, next), next];
}

/** A rule that holds by chance spreads packets over alternatives; nothing about it is in doubt. */
function isChance(rule: NatRule): boolean {
  return rule.conditions.some(condition => condition.on === 'chance');
}
