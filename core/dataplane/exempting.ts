import { type Address, IntervalSet } from '../address';
import type { Packets } from './match';
import type { NatRule, NatRuleset } from './nat-rule';
import { walkRules } from './walk';

/** What every packet would meet that the rules before let through. */
const EVERYTHING: NatRule = { conditions: [], verdict: { kind: 'masquerade', randomFully: false }, text: '' };

/**
 * The rule of a base chain by which packets to an address leave the chain before any other could give them another
 * source. Undefined where no rule lets them out: they come to the chain's end.
 */
export function exemptingRule(ruleset: NatRuleset, packets: Packets, address: Address): NatRule | undefined {
  const to = IntervalSet.fromRange(address, address);
  for (const { chain: name, nat } of ruleset.hooks) {
    const chain = ruleset.chains.get(name);
    if (!nat || !chain) continue;
    const isExempt = (count: number): boolean => {
      const rules = [...chain.rules.slice(0, count), EVERYTHING];
      const cut = { ...ruleset, chains: new Map([...ruleset.chains, [name, { ...chain, rules }]]) };
      return walkRules(cut, { ...packets, to }).at(address).kind === 'preserve';
    };
    const count = lowest(chain.rules.length, isExempt);
    if (count !== undefined) return chain.rules[count - 1];
  }
  return undefined;
}

/** The lowest number from 1 on for which something holds that holds for every higher one too. */
function lowest(highest: number, holds: (number: number) => boolean): number | undefined {
  if (highest === 0 || !holds(highest)) return undefined;
  let [low, high] = [1, highest];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
