import { compareAddresses, type Family, formatAddress, type Interval, IntervalSet } from '../address';
import { type FamilyPlan, type PortRange, portsText, WITH_PORTS } from './plan';

/** The agent's table, one in each family that has rules. */
export const NFT_TABLE = 'masq-agent';

/** Its set of destinations to which pods keep their address. */
export const NFT_SET = 'preserved';

/** Its chain. Not the name of `--masq-chain`, which may be a word of nft's own language. */
export const NFT_CHAIN = 'postrouting';

/**
 * Where the agent's chain is asked: behind iptables' nat table and kube-proxy's chains (100, `srcnat`), which masquerade
 * what they have marked. The first chain that gives a packet a source decides, so theirs holds, and what they leave
 * alone is the agent's.
 */
export const NFT_PRIORITY = 105;

const TABLE_FAMILY: Readonly<Record<Family, string>> = { 4: 'ip', 6: 'ip6' };
const COMMENT = 'ip-masq-agent: local traffic is not subject to MASQUERADE';

/** The agent's table of an address family as nft names it. */
export function nftTable(family: Family): string {
  return `${TABLE_FAMILY[family]} ${NFT_TABLE}`;
}

/** The destinations of a plan as the set that the kernel holds. */
export function preservedSet(plan: FamilyPlan): IntervalSet {
  return IntervalSet.fromCidrs(plan.family, plan.preserved);
}

/**
 * Text for `nft -f -` that makes the agent's table anew in one transaction: whatever was in it before is gone in the
 * same moment in which the new rules hold.
 */
export function nftTableText(plan: FamilyPlan): string {
  const table = nftTable(plan.family);
  const set = preservedSet(plan);
  return [
    ...removal(table),
    `table ${table} {`,
    `  set ${NFT_SET} {`,
    `    type ipv${plan.family}_addr`,
    '    flags interval',
    '    auto-merge',
    ...(set.isEmpty() ? [] : ['    elements = {', ...elementLines(set.intervals(), '      '), '    }']),
    '  }',
    `  chain ${NFT_CHAIN} {`,
    `    type nat hook postrouting priority ${NFT_PRIORITY}; policy accept;`,
    ...nftRules(plan).map(rule => `    ${rule}`),
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Text for `nft -f -` that removes the agent's table of an address family, which need not be there. */
export function nftRemovalText(family: Family): string {
  return [...removal(nftTable(family)), ''].join('\n');
}

/** nft refuses to delete a table that is not there, so it is made first. */
function removal(table: string): string[] {
  return [`add table ${table}`, `delete table ${table}`];
}

/** The rules of the agent's chain. */
function nftRules({ family, toPorts, randomFully }: FamilyPlan): string[] {
  const random = randomFully ? ' fully-random' : '';
  const limited = WITH_PORTS.flatMap(protocol =>
    toPorts.map(range => `meta l4proto ${protocol}${chance(range)} masquerade to :${portsText(range)}${random}`),
  );
  return [
    'fib daddr type local return',
    `${TABLE_FAMILY[family]} daddr @${NFT_SET} return comment "${COMMENT}"`,
    ...limited,
    `masquerade${random}`,
  ];
}

function chance({ first, last, outOf }: PortRange): string {
  const size = last - first + 1;
  return size === outOf ? '' : ` numgen random mod ${outOf} < ${size}`;
}

/** Intervals as nft writes elements of a set: a line each, with commas between. */
export function elementLines(intervals: Iterable<Interval>, indent: string): string[] {
  const lines: string[] = [];
  for (const { first, last } of intervals) {
    const single = compareAddresses(first, last) === 0;
    lines.push(`${indent}${formatAddress(first)}${single ? '' : `-${formatAddress(last)}`},`);
  }
  const end = lines.pop();
  return end === undefined ? [] : [...lines, end.slice(0, -1)];
}
