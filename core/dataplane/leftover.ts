import { chainFault } from '../agentfile/flags';
import { POSTROUTING, type SavedTable } from './iptables-save';
import { jumpComment, jumpRule } from './iptables-text';
import { iptablesWords } from './iptables-words';

/** What an agent left in a nat table: one with another chain's name, or this one, when it is to go. */
export interface Leftovers {
  /** Rules of POSTROUTING that lead to the agent's chains, as iptables-save prints them behind `-A POSTROUTING `. */
  readonly jumps: readonly string[];
  /** The chains that nothing else leads to. */
  readonly chains: readonly string[];
}

/**
 * Finds what carries ip-masq-agent's comment but belongs to another chain than `keep`; of jumps to `keep` itself, those
 * that are no more than the first one again.
 * @param keep the chain whose rules are to stay; absent: none are
 */
export function leftovers({ policies, rules }: SavedTable, keep?: string): Leftovers {
  const jumps: string[] = [];
  const chains = new Set<string>();
  let kept = false;
  for (const rule of rules.get(POSTROUTING) ?? []) {
    const chain = targetOf(rule);
    // One that only looks so, or leads elsewhere, is somebody else's.
    if (chain === undefined || !rule.includes(jumpComment(chain))) continue;
    if (keep !== undefined && chain === keep) {
      if (kept || rule !== jumpRule(keep)) jumps.push(rule);
      else kept = true;
    } else {
      jumps.push(rule);
      // A chain that no agent may own is not one that it left.
      if (policies.get(chain) === '-' && !chainFault(chain)) chains.add(chain);
    }
  }
  const others = chains.size === 0 ? [] : [...rules.values()].flat().filter(rule => !jumps.includes(rule));
  return { jumps, chains: [...chains].filter(chain => !others.some(rule => rule.endsWith(` ${chain}`))) };
}

/** In the comments of all rules that an ip-masq-agent of any version or maker writes into its chain. */
const AGENTS_COMMENT = /--comment (?:"[^"]*|\S*)ip-masq/;

/** The rules of a chain that no agent wrote: whoever makes the chain its own takes them from somebody. */
export function rulesOfOthers({ rules }: SavedTable, chain: string): readonly string[] {
  return (rules.get(chain) ?? []).filter(rule => !AGENTS_COMMENT.test(rule));
}

/** Text for `iptables-restore --noflush` that removes leftovers in one transaction; empty when there are none. */
export function removalText({ jumps, chains }: Leftovers): string {
  if (jumps.length === 0) return '';
  return [
    '*nat',
    ...jumps.map(rule => `-D ${POSTROUTING} ${rule}`),
    ...chains.map(chain => `-F ${chain}`),
    ...chains.map(chain => `-X ${chain}`),
    'COMMIT',
    '',
  ].join('\n');
}

/** The chain that a rule leads to, if it leads to one. */
function targetOf(rule: string): string | undefined {
  const [flag, name] = iptablesWords(rule)?.slice(-2) ?? [];
  return flag === '-j' || flag === '-g' ? name : undefined;
}
