import { describe, expect, test } from 'vitest';
import { cidr } from '../../core/address';
import { DEFAULT_FLAGS } from '../../core/agentfile/flags';
import { restoreText } from '../../core/dataplane/iptables-text';
import { removalText } from '../../core/dataplane/leftover';
import { deltaCommands } from '../../core/dataplane/nft-delta';
import { nftText, preservedSet, removalCommands, tableCommands } from '../../core/dataplane/nft-text';
import { type FamilyPlan, planRules, type RulePlan } from '../../core/dataplane/plan';
import { hasKernel, inNamespace } from './kernel';

function planned(...cidrs: string[]): { readonly plan: RulePlan; readonly own: FamilyPlan } {
  const config = { masqLinkLocal: true, masqLinkLocalIPv6: true, nonMasqueradeCIDRs: cidrs.map(cidr) };
  const plan = planRules(config, DEFAULT_FLAGS);
  return { plan, own: plan.families[0]! };
}

const before = planned('10.0.0.0/8', '192.0.2.7/32');
const after = planned('10.0.0.0/8', '203.0.113.0/24');

interface Case {
  readonly name: string;
  readonly tool: string;
  readonly list: string;
  /** What makes the kernel have the old rules, given as `OLD`, and nothing else. */
  readonly reset: string;
  readonly old: string;
  /** What is cut short. */
  readonly text: string;
}

const CASES: readonly Case[] = [
  ...[
    { name: 'a table anew', text: nftText(tableCommands(after.own)) },
    { name: 'a delta', text: nftText(deltaCommands(preservedSet(before.own), preservedSet(after.own))) },
    { name: 'a removal', text: nftText(removalCommands(4)) },
  ].map(each => {
    const tool = 'nft -j -f -';
    return { ...each, tool, reset: tool, list: 'nft list ruleset', old: nftText(tableCommands(before.own)) };
  }),
  ...['nft', 'legacy'].flatMap(flavour => {
    const reset = `iptables-${flavour}-restore`;
    const tool = `${reset} --noflush`;
    const list = `iptables-${flavour}-save -t nat | grep -v '^#'`;
    const old = restoreText(before.plan, before.own, { jump: true });
    const common = { reset, tool, list, old };
    const jumps = old.split('\n').flatMap(line => (line.startsWith('-A POST') ? [line.slice(15)] : []));
    return [
      {
        name: `iptables-${flavour}: a chain anew`,
        text: restoreText(after.plan, after.own, { jump: false }),
        ...common,
      },
      { name: `iptables-${flavour}: a removal`, text: removalText({ jumps, chains: ['IP-MASQ-AGENT'] }), ...common },
    ];
  }),
];

/** Texts up to this many characters are cut everywhere. */
const SHORT = 400;

/** Where a text is cut: a long one wherever a tool might take what it has for a whole, and in some other places. */
function lengths(text: string): number[] {
  const isEnd = (at: number): boolean => /[\n}\]]/.test(text.slice(Math.max(at - 1, 0), at + 1));
  const all = Array.from({ length: text.length }, (_, at) => at);
  return text.length <= SHORT ? all : all.filter(at => isEnd(at) || at % 16 === 0 || at > text.length - 4);
}

/**
 * An agent that is killed while it writes leaves a tool with the beginning of a text, which may end anywhere. Puts out
 * the lengths of beginnings after which the kernel has neither the old rules nor the new ones, and of those after which it
 * has the new ones.
 */
const EVERY_BEGINNING = ({ reset, tool, list, text }: Case): string => `
  ${reset} < OLD; ${list} > old
  ${tool} < TEXT; ${list} > new || true
  ! cmp -s old new
  ${reset} < OLD; ${list} > now; cmp old now
  count=0
  for length in ${lengths(text).join(' ')}; do
    head -c $length TEXT | ${tool} > /dev/null 2>&1 || true
    count=$((count + 1))
    # What a beginning changed, longer ones change again: it is there when the next look is taken.
    [ $((count % 16)) -eq 0 ] || [ $length -gt ${text.length - 5} ] || continue
    ${list} > now || true
    if cmp -s now new; then echo "new $length"; ${reset} < OLD
    elif ! cmp -s now old; then echo "neither $length"; ${reset} < OLD; fi
  done`;

describe.skipIf(!hasKernel())('a text that is cut short changes all or nothing', () => {
  test.each(CASES)('$name', { timeout: 60_000 }, each => {
    const found = inNamespace(EVERY_BEGINNING(each), { OLD: each.old, TEXT: each.text });
    // Nothing but the last line's end may lack, and not even that with legacy iptables.
    expect(['', `new ${each.text.length - 1}\n`]).toContain(found);
  });
});
