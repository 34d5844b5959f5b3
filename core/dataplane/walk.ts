import { type Family, IntervalSet, Partition } from '../address';
import { Ends } from './ends';
import type { Exits } from './exits';
import { type Flow, isExactly, join, joinAll, marksForgotten, startOf } from './flow';
import { hookOrders } from './hook-order';
import { changedMark, type Mark, markOf, serviceBits, UNTRACKED } from './mark';
import { matching, type Packets, spreads, unknownBits } from './match';
import {
  isBeforeRouting,
  isEarly,
  type NatChain,
  type NatHook,
  type NatRule,
  type NatRuleset,
  type RuleVerdict,
  standIn,
  TRACKING,
} from './nat-rule';
import { eitherWay, NO_NAT, type Outcome, outcomeOf } from './outcome';
import { isExit, type Run, segmentsOf } from './segment';
import type { Way } from './way';

/** How deep chains may lead into each other. The kernel refuses loops, but a reader may misunderstand something. */
const DEEPEST = 64;

/** How much is followed at the most, in intervals of destinations: a few seconds of work for QuickJS. */
const MOST_WORK = 2_000_000;

/** What a rule costs beside its intervals. */
const RULE_WORK = 20;

/** How many marks packets may carry at one time. */
const MOST_MARKS = 256;

/**
 * Follows new packets of pods to every destination through the postrouting rules. They are packets that leave the node
 * (their destination is no address of its own), from pods (nor is their source), and that go to no Service.
 *
 * Where a rule cannot be decided about, both ways are followed; addresses for which these end alike are treated so, the
 * others are `unknown`. So nothing is ever guessed.
 * @param exits is told by which rules packets keep their source, where that is asked
 * @param way is told which rules they come to, where that is asked
 */
export function walkRules(ruleset: NatRuleset, packets: Packets, exits?: Exits, way?: Way): Partition<Outcome> {
  const orders = hookOrders(ruleset.hooks.filter(hook => matters(ruleset, hook)));
  if (!orders) way?.giveUp();
  if (!orders) return nobodyKnows(ruleset.family, 'too many base chains of the same priority');
  if (orders.length > 1) way?.giveUp();
  const most = MOST_WORK / orders.length;
  const [first, ...others] = orders.map(order => new Walk(ruleset, packets, most, exits, way).run(order));
  // The kernel asks in one of these orders, always: they are no chance that spreads packets.
  return others.reduce((all, one) => all.zip(one, eitherWay), first!);
}

/** By what a chain that filters may have a say: others ask for marks, and what is not tracked gets no other source. */
const SAYING: readonly RuleVerdict['kind'][] = ['set-mark', 'untrack', 'readdress', 'unknown'];

/** Whether a base chain may have a say. */
function matters(ruleset: NatRuleset, { chain: name, nat }: NatHook): boolean {
  const rules = ruleset.chains.get(name)?.rules;
  if (nat || !rules) return true;
  const verdicts = [...ruleset.chains.values()].flatMap(chain => chain.rules.map(rule => rule.verdict.kind));
  return rules.length > 0 && verdicts.some(kind => SAYING.includes(kind));
}

function nobodyKnows(family: Family, why: string): Partition<Outcome> {
  return Partition.constant<Outcome>(family, { kind: 'unknown', rules: [standIn('unknown', why)] });
}

/** Where packets are after a chain: those that `returned` go on behind the jump, those that `passed` were accepted. */
interface Ways {
  readonly returned: Flow;
  readonly passed: Flow;
}

class Walk {
  private readonly family: Family;
  private readonly ends: Ends;
  /** The marks with which packets come, by their destinations. */
  private readonly start: Flow;
  private hook: NatHook | undefined;
  /** Whether rules of the base chain may give packets another source, or exempt them from it. */
  private decides = false;
  /** What is known of packets when they come to the base chain. */
  private packets: Packets;
  /** Bits of marks that would be known not to be set, if no rule set them before. */
  private readonly unmarked: number;
  /** Whether every packet that is followed is sure to come where it is followed to. */
  private isSure = true;
  private depth = 0;
  private work = 0;
  /** Why it cannot be told what the rules do. */
  private givenUp: string | undefined;

  constructor(
    private readonly ruleset: NatRuleset,
    private readonly coming: Packets,
    private readonly most: number,
    private readonly exits: Exits | undefined,
    private readonly way: Way | undefined,
  ) {
    this.family = ruleset.family;
    this.ends = new Ends(this.family);
    this.packets = coming;
    const { unmarked = serviceBits(ruleset), cleared = 0 } = coming;
    this.unmarked = unmarked | cleared;
    this.start = startOf(ruleset, coming, false);
  }

  /** Follows the packets through base chains in this order. */
  run(order: readonly NatHook[]): Partition<Outcome> {
    let flow = this.start;
    let isDecided = false;
    let isLate = false;
    for (const hook of order) {
      this.hook = hook;
      if (!isLate && !isEarly(hook)) {
        flow = marksForgotten(flow, startOf(this.ruleset, this.coming, true));
        isLate = true;
      }
      this.decides = hook.nat && !isEarly(hook);
      isDecided ||= this.decides;
      const isBehind = isDecided && !hook.nat;
      // Behind those of type nat all packets come, those that were given a source too, which others may still change.
      const coming = isBeforeRouting(hook) ? { ...this.coming, outInterfaces: undefined } : this.coming;
      this.packets = { ...coming, isTracked: hook.priority > TRACKING, isTranslated: isBehind };
      if (isBehind) this.chain(hook.chain, new Map([[markOf(0, 0), IntervalSet.full(this.family)]]));
      else flow = this.base(hook, flow);
    }
    for (const set of flow.values()) this.ends.reach(NO_NAT, set);
    if (this.givenUp !== undefined) this.way?.giveUp();
    return this.givenUp === undefined ? this.ends.result : nobodyKnows(this.family, this.givenUp);
  }

  /** Packets come to a base chain; those that it accepts are the result. */
  private base(hook: NatHook, flow: Flow): Flow {
    const [asked, passed]: [Flow, Flow] = [new Map(), new Map()];
    for (const [mark, set] of flow) join(hook.nat && (mark & UNTRACKED) !== 0n ? passed : asked, mark, set);
    const accepted = this.chain(hook.chain, asked).passed;
    if (!isEarly(hook)) joinAll(passed, accepted);
    // Rules in between that are not followed may have changed the marks.
    else joinAll(passed, marksForgotten(accepted, this.start));
    return passed;
  }

  private chain(name: string, entering: Flow): Ways {
    const chain = this.ruleset.chains.get(name);
    if (!chain) this.givenUp ??= `there is no base chain "${name}"`;
    if (this.depth >= DEEPEST) this.givenUp ??= `chains lead too deep into each other at "${name}"`;
    const ways: Ways = { returned: new Map(), passed: new Map() };
    if (!chain || this.givenUp !== undefined) return ways;
    this.depth++;
    let flow = new Map(entering);
    for (const segment of segmentsOf(this.family, chain)) {
      if (flow.size === 0 || this.givenUp !== undefined) break;
      flow = segment.rule ? this.rule(segment.rule, flow, ways) : this.throughRun(segment, flow, ways);
    }
    this.depth--;
    joinAll(ways.returned, flow);
    return chain.policy === 'return' ? ways : this.endOfBase(name, chain, ways);
  }

  /** What returns from a base chain meets its policy. */
  private endOfBase(name: string, { policy }: NatChain, { returned, passed }: Ways): Ways {
    if (policy === 'accept' || !this.hook?.nat) joinAll(passed, returned);
    else {
      const outcome = outcomeOf(standIn('drop', `the policy of ${name}, which is to drop`));
      for (const set of returned.values()) this.ends.reach(outcome, set);
    }
    return { returned: new Map(), passed };
  }

  /** Applies a run of rules; the packets that go on behind it are the result. */
  private throughRun(run: Run, flow: Flow, { returned, passed }: Ways): Flow {
    const next: Flow = new Map();
    for (const [mark, set] of flow) {
      this.spend(set.intervalCount + run.left.intervalCount + (run.outcomes?.size ?? 0));
      if (this.decides) this.exits?.through(run, set, this.isSure);
      this.way?.through(run, set);
      join(returned, mark, set.intersect(run.returned));
      join(passed, mark, set.intersect(run.accepted));
      join(next, mark, set.intersect(run.left));
      this.ends.through(run, set);
    }
    return next;
  }

  /** Applies a rule; the packets that go on with the next one are the result. */
  private rule(rule: NatRule, flow: Flow, ways: Ways): Flow {
    const next: Flow = new Map();
    for (const [mark, set] of flow) {
      this.spend(set.intervalCount);
      if (next.size > MOST_MARKS) this.givenUp ??= 'packets carry too many different marks';
      if (this.givenUp !== undefined) break;
      const matched = matching(rule, set, mark, this.packets);
      this.way?.ask(rule, set, mark, this.packets, matched);
      const { set: match, certain } = matched;
      if (!certain) join(next, mark, set);
      else if (match !== set) join(next, mark, set.subtract(match));
      if (match.isEmpty()) continue;
      const wasSure = this.isSure;
      this.isSure &&= certain;
      const changes = this.apply(rule, mark, match, { ...ways, next });
      if (changes && !certain) this.doubt(rule, mark, match);
      const keeps = rule.verdict.kind === 'untrack' ? this.hook!.priority < TRACKING : this.decides && isExit(rule);
      if (keeps) this.exits?.by(rule, match, match !== set, this.isSure);
      this.isSure = wasSure;
    }
    return next;
  }

  /** Applies a rule to packets for which it holds; the result is whether it makes a difference. */
  private apply(rule: NatRule, mark: Mark, set: IntervalSet, flows: Ways & { readonly next: Flow }): boolean {
    const { verdict } = rule;
    const { next, returned, passed } = flows;
    switch (verdict.kind) {
      case 'continue':
        join(next, mark, set);
        return false;
      case 'accept':
        join(passed, mark, set);
        return true;
      case 'return':
        join(returned, mark, set);
        return true;
      case 'set-mark':
        join(next, changedMark(mark, verdict), set);
        return true;
      case 'readdress':
        // Where packets leave to is where such rules have sent them.
        if (verdict.source || !isEarly(this.hook!) || this.packets.isAsSent) return this.end(rule, mark, set, flows);
        join(next, mark, set);
        return false;
      case 'untrack':
        return this.untrack(rule, mark, set, next);
      case 'jump':
      case 'goto':
        if (this.ruleset.chains.has(verdict.chain)) return this.lead(verdict, mark, set, flows);
        return this.end(rule, mark, set, flows);
      default:
        return this.end(rule, mark, set, flows);
    }
  }

  private untrack(rule: NatRule, mark: Mark, set: IntervalSet, next: Flow): boolean {
    const { priority } = this.hook!;
    if (priority <= TRACKING) join(next, mark | UNTRACKED, set);
    if (priority >= TRACKING) join(next, mark, set);
    // Of those of one priority, nobody knows which comes first.
    if (priority === TRACKING) this.doubt(rule, mark, set);
    return priority < TRACKING;
  }

  private lead(
    { kind, chain }: { readonly kind: 'jump' | 'goto'; readonly chain: string },
    mark: Mark,
    set: IntervalSet,
    { next, returned, passed }: Ways & { readonly next: Flow },
  ): boolean {
    const before = this.ends.count;
    const inner = this.chain(chain, new Map([[mark, set]]));
    joinAll(kind === 'jump' ? next : returned, inner.returned);
    joinAll(passed, inner.passed);
    return kind === 'goto' || before !== this.ends.count || !isExactly(inner.returned, mark, set);
  }

  private end(rule: NatRule, mark: Mark, set: IntervalSet, { next, passed }: Ways & { readonly next: Flow }): true {
    // The map is one of packets that leave; which ones a firewall lets go is another matter.
    if (rule.verdict.kind === 'drop' && !this.hook?.nat) join(passed, mark, set);
    else if (!this.ends.by(rule, set)) join(next, mark, set);
    return true;
  }

  private spend(work: number): void {
    this.work += work + RULE_WORK;
    if (this.work > this.most) this.givenUp ??= 'more rules than can be followed';
  }

  private doubt(rule: NatRule, mark: Mark, set: IntervalSet): void {
    for (const one of this.coming.marked ?? []) {
      if (one.bits & unknownBits(rule, mark) & this.unmarked)
        this.ends.doubt({ rule: one.rule, spreads: false }, set.intersect(one.to));
    }
    this.ends.doubt({ rule, spreads: spreads(rule, this.family, mark, this.packets) }, set);
  }
}
