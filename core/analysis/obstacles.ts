import type { Family, IntervalSet, Partition } from '../address';
import type { KernelDecision } from '../dataplane/kernel-map';
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
      const blamed = this.blamed(differing, left);
      if (blamed.size === 0) break;
      for (const [rule, to] of blamed) found.set(rule, to);
      left = without(left, blamed);
      differing = differs(this.node.map(this.family, this.sources, left));
      if (differing.where(pair => pair !== undefined).isEmpty()) return { inTheWay: list(found), isRemedied: true };
    }
    return { inTheWay: list(found), isRemedied: false };
  }

  /** The rules of others that lead to differences, and for which destinations. */
  private blamed(pairs: Partition<Pair | undefined>, ruleset: NatRuleset): ReadonlyMap<NatRule, IntervalSet> {
    const found = new Map<NatRule, IntervalSet>();
    for (const [{ is }, to] of setsByLabel(this.family, pairs)) {
      const protocol = 'protocol' in is ? is.protocol : undefined;
      const exempting = (): NatRule | undefined => this.node.exempting(ruleset, to.first()!, this.sources, protocol);
      const rules = !is.treatment ? is.rules : [is.treatment.kind === 'preserve' ? exempting() : is.rule];
      for (const rule of rules) {
        if (rule && !rule.isStandIn && !this.isOwn(rule)) found.set(rule, found.get(rule)?.union(to) ?? to);
      }
    }
    return found;
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

/** Whether a chain, named behind its table, is the agent's: that of `--masq-chain`, or one of its table of nftables. */
export function isAgentChain(name: string, chain: string | undefined): boolean {
  return /^ip6? masq-agent /.test(name) || (chain !== undefined && name.endsWith(` nat ${chain}`));
}

function without(ruleset: NatRuleset, rules: ReadonlyMap<NatRule, unknown>): NatRuleset {
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
