import { type Address, IntervalSet } from '../address';
import type { Packets } from './match';
import { isEarly as isAsEarly, type NatChain, type NatHook, type NatRule, type NatRuleset } from './nat-rule';
import { walkRules } from './walk';

/** What every packet would meet that the rules before let through. */
const EVERYTHING: NatRule = { conditions: [], verdict: { kind: 'masquerade', randomFully: false }, text: '' };

/**
 * The rule of a base chain by which packets to an address leave the chain before any other could give them another
 * source. Undefined where no rule lets them out: they come to the chain's end.
 */
export function exemptingRule(ruleset: NatRuleset, packets: Packets, address: Address): NatRule | undefined {
  const to = IntervalSet.fromRange(address, address);
  const early = ruleset.hooks.filter(isAsEarly);
  const behind = { ...ruleset, hooks: ruleset.hooks.filter(hook => !early.includes(hook)) };
  for (const hook of [...early, ...behind.hooks]) {
    const { chain: name, nat } = hook;
    const chain = ruleset.chains.get(name);
    const isEarly = early.includes(hook);
    if ((!nat && !isEarly) || !chain) continue;
    const isExempt = (count: number): boolean => {
      const first = chain.rules.slice(0, count);
      const rules = isEarly ? first : [...first, EVERYTHING];
      const chains = new Map([...ruleset.chains, [name, { ...chain, rules }]]);
      const cut = isEarly ? beforeEverything(ruleset, hook, chains) : { ...behind, chains };
      return walkRules(cut, { ...packets, to }).at(address).kind === 'preserve';
    };
    const count = lowest(chain.rules.length, isExempt);
    if (count !== undefined) return chain.rules[count - 1];
  }
  return undefined;
}

/** A base chain with {@link EVERYTHING} alone behind it. */
function beforeEverything({ family }: NatRuleset, hook: NatHook, chains: Map<string, NatChain>): NatRuleset {
  const behind = { chain: 'everything', nat: true, priority: 100 };
  chains.set(behind.chain, { policy: 'accept', rules: [EVERYTHING] });
  return { family, chains, hooks: [hook, behind] };
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
