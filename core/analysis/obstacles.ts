import type { Family, IntervalSet, Partition } from '../address';
import type { KernelDecision } from '../dataplane/kernel-map';
import { asksForServiceMark } from '../dataplane/mark';
import type { NatRule, NatRuleset } from '../dataplane/nat-rule';
import type { NodeRules, Sources } from '../dump/node-rules';
import { setsByLabel } from './diff';
import type { Pair } from './verify';

/** A rule of others that decides about packets before the agent's rules could, or behind them. */
export interface InTheWay {
  /** The rule. */
  readonly rule: NatRule;
  /** The destinations that it decides about, or may decide about. */
  readonly to: IntervalSet;
}

/** How often rules are taken out and what is left is looked at again. */
const ROUNDS = 12;

/** Of how many rules that set marks it is looked for those that matter. */
const MOST_SETTING = 50;

/** Finds the rules of others that decide instead of the agent's. */
export class Obstacles {
  /** @param chain the agent's */
  constructor(
    private readonly node: NodeRules,
    private readonly family: Family,
    private readonly sources: Sources,
    private readonly chain: string | undefined,
  ) {}

  /** The rules of others by which packets get their source. */
  deciding(kernel: Partition<KernelDecision>): readonly InTheWay[] {
    const rules = kernel.map(is => (is.treatment && is.rule && !this.isOwn(is.rule) ? is.rule : undefined));
    return [...setsByLabel(this.family, rules)].map(([rule, to]) => ({ rule, to }));
  }

  /**
   * Takes out the rules that lead to differences, and looks at what is left, again and again: a rule may hide another one.
   * @param differs what differs by the rules that are left
   */
  find(
    pairs: Partition<Pair | undefined>,
    differs: (kernel: Partition<KernelDecision>) => Partition<Pair | undefined>,
  ): { readonly inTheWay: readonly InTheWay[]; readonly isRemedied: boolean } {
    const found = new Map<NatRule, IntervalSet>();
    let left = this.node.ruleset(this.family);
    let differing = pairs;
    for (let round = 0; round < ROUNDS; round++) {
      const gone = new Set(found.keys());
      const blamed = this.blamed(differing, left, gone);
      if (blamed.size === 0) break;
      for (const [rule, to] of blamed) found.set(rule, to);
      left = without(left, blamed);
      differing = differs(this.node.map(this.family, this.sources, left, new Set(found.keys())));
      if (differing.where(pair => pair !== undefined).isEmpty()) return { inTheWay: list(found), isRemedied: true };
    }
    return { inTheWay: list(found), isRemedied: false };
  }

  /** The rules of others that lead to differences, and for which destinations. */
  private blamed(
    pairs: Partition<Pair | undefined>,
    ruleset: NatRuleset,
    gone: ReadonlySet<NatRule>,
  ): ReadonlyMap<NatRule, IntervalSet> {
    const found = new Map<NatRule, IntervalSet>();
    for (const [{ is }, to] of setsByLabel(this.family, pairs)) {
      const protocol = 'protocol' in is ? is.protocol : undefined;
      const exempting = (): NatRule | undefined => this.node.exempting(ruleset, to.first()!, this.sources, protocol);
      const decide = !is.treatment ? is.rules : [is.treatment.kind === 'preserve' ? exempting() : is.rule];
      const rules = decide.flatMap(rule => rule ?? []);
      for (const rule of this.causes(rules, to, ruleset, gone)) {
        if (!rule.isStandIn && !this.isOwn(rule)) found.set(rule, found.get(rule)?.union(to) ?? to);
      }
    }
    return found;
  }

  /**
   * The rules that are to be blamed for what some decide. Those that ask for the marks of packets to Services do what they
   * are there for: where others set such a mark, it is these.
   */
  private causes(
    rules: readonly NatRule[],
    to: IntervalSet,
    ruleset: NatRuleset,
    gone: ReadonlySet<NatRule>,
  ): readonly NatRule[] {
    const { family, node, sources } = this;
    const asking = rules.filter(rule => asksForServiceMark(node.chainOf(family, rule) ?? ''));
    const others = rules.filter(rule => !asking.includes(rule));
    if (asking.length === 0) return rules;
    if (others.some(rule => node.setsMark(rule) || rule.verdict.kind === 'set-mark')) return others;
    const setting = settingMarks(ruleset);
    const doAsk = (left: readonly NatRule[]): boolean => {
      const out = new Set(setting.filter(rule => !left.includes(rule)));
      const kernel = node.map(family, sources, without(ruleset, out), gone);
      const asks = kernel.where(is => rulesOf(is).some(rule => asking.includes(rule)));
      return asks.overlaps(to);
    };
    if (setting.length === 0 || setting.length > MOST_SETTING || doAsk([])) return rules;
    // Those are left in without which nothing is asked that was not asked before.
    const left: NatRule[] = [];
    for (const rule of setting) if (!doAsk([...left, rule])) left.push(rule);
    return [...others, ...setting.filter(rule => !left.includes(rule))];
  }

  /** Whether a rule is of the agent's chain or table, or leads there. */
  private isOwn(rule: NatRule): boolean {
    const { verdict } = rule;
    if ('chain' in verdict && this.isOwnChain(verdict.chain)) return true;
    return this.isOwnChain(this.node.chainOf(this.family, rule) ?? '');
  }

  private isOwnChain(name: string): boolean {
    return isAgentChain(name, this.chain);
  }
}

/** Rules outside of the chains that ask for marks of packets to Services, by which packets get a mark. */
function settingMarks({ chains }: NatRuleset): readonly NatRule[] {
  return [...chains].flatMap(([name, { rules }]) =>
    asksForServiceMark(name) ? [] : rules.filter(({ verdict }) => verdict.kind === 'set-mark'),
  );
}

/** The rules that decide about packets. */
function rulesOf(is: KernelDecision): readonly NatRule[] {
  if (!is.treatment) return is.rules;
  return [is.rule, ...(is.others ?? [])].flatMap(rule => rule ?? []);
}

/** Whether a chain, named behind its table, is the agent's: that of `--masq-chain`, or one of its table of nftables. */
export function isAgentChain(name: string, chain: string | undefined): boolean {
  return /^ip6? masq-agent /.test(name) || (chain !== undefined && name.endsWith(` nat ${chain}`));
}

function without(ruleset: NatRuleset, rules: Pick<ReadonlySet<NatRule>, 'has'>): NatRuleset {
  const chains = new Map(
    [...ruleset.chains].map(([name, chain]) => {
      const isTouched = chain.rules.some(rule => rules.has(rule));
      return [name, isTouched ? { ...chain, rules: chain.rules.filter(rule => !rules.has(rule)) } : chain];
    }),
  );
  return { ...ruleset, chains };
}

function list(found: ReadonlyMap<NatRule, IntervalSet>): InTheWay[] {
  return [...found].map(([rule, to]) => ({ rule, to }));
}
