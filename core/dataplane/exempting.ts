import type { Address } from '../address';
import { kernelMap } from './kernel-map';
import type { Packets } from './match';
import type { NatRule, NatRuleset } from './nat-rule';

/** What every packet would meet that the rules before let through. */
const EVERYTHING: NatRule = { conditions: [], verdict: { kind: 'masquerade', randomFully: false }, text: '' };

/**
 * The rule of a base chain by which packets to an address leave the chain before any other could give them another
 * source. Undefined where no rule lets them out: they come to the chain's end.
 */
export function exemptingRule(
  ruleset: NatRuleset,
  packets: Omit<Packets, 'protocol'>,
  address: Address,
): NatRule | undefined {
  for (const { chain: name, nat } of ruleset.hooks) {
    const chain = ruleset.chains.get(name);
    if (!nat || !chain) continue;
    const isExempt = (count: number): boolean => {
      const rules = [...chain.rules.slice(0, count), EVERYTHING];
      const cut = { ...ruleset, chains: new Map([...ruleset.chains, [name, { ...chain, rules }]]) };
      return kernelMap(cut, packets).at(address).treatment?.kind === 'preserve';
    };
    const rule = chain.rules.find((_, i) => isExempt(i + 1));
    if (rule) return rule;
  }
  return undefined;
}
