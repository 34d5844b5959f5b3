import { compareAddresses, type Family, formatAddress, type Interval, IntervalSet } from '../address';
import { type FamilyPlan, type PortRange, type RulePlan, WITH_PORTS } from './plan';

/** The agent's table; its chain has the name that `--masq-chain` gives. */
export const NFT_TABLE = 'masq-agent';

/** The set of destinations to which pods keep their address. */
export const NFT_SET = 'preserved';

/**
 * Where the agent's chain is asked: behind iptables' nat table and kube-proxy's chains (100, `srcnat`), which masquerade
 * what they have marked. The first chain that gives a packet a source decides, so theirs holds, and what they leave
 * alone is the agent's.
 */
export const NFT_PRIORITY = 105;

const TABLE_FAMILY: Readonly<Record<Family, string>> = { 4: 'ip', 6: 'ip6' };
const ADDRESS_TYPE: Readonly<Record<Family, string>> = { 4: 'ipv4_addr', 6: 'ipv6_addr' };
const COMMENT = 'ip-masq-agent: local traffic is not subject to MASQUERADE';

/** The destinations of a plan as the set that the kernel holds. */
export function preservedSet(plan: FamilyPlan): IntervalSet {
  return IntervalSet.fromCidrs(plan.family, plan.preserved);
}

/**
 * Text for `nft -f -` that makes the agent's table anew in one transaction: whatever was in it before is gone in the
 * same moment in which the new rules hold.
 */
export function nftTableText(plan: RulePlan, family: FamilyPlan): string {
  const table = `${TABLE_FAMILY[family.family]} ${NFT_TABLE}`;
  const elements = elementTexts(preservedSet(family));
  return [
    `add table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    `  set ${NFT_SET} {`,
    `    type ${ADDRESS_TYPE[family.family]}`,
    '    flags interval',
    '    auto-merge',
    ...(elements.length > 0 ? ['    elements = {', ...lines(elements, '      '), '    }'] : []),
    '  }',
    `  chain ${plan.chain} {`,
    `    type nat hook postrouting priority ${NFT_PRIORITY}; policy accept;`,
    ...nftRules(family).map(rule => `    ${rule}`),
    '  }',
    '}',
    '',
  ].join('\n');
}

/** The rules of the agent's chain. */
function nftRules({ family, toPorts, randomFully }: FamilyPlan): string[] {
  const destination = family === 4 ? 'ip daddr' : 'ip6 daddr';
  const random = randomFully ? ' fully-random' : '';
  const limited =
    toPorts.length === 0
      ? []
      : WITH_PORTS.flatMap(protocol =>
          toPorts.map(range => `meta l4proto ${protocol}${chance(range)} masquerade to :${portsText(range)}${random}`),
        );
  return [
    'fib daddr type local return',
    `${destination} @${NFT_SET} return comment "${COMMENT}"`,
    ...limited,
    `masquerade${random}`,
  ];
}

function portsText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

function chance({ first, last, outOf }: PortRange): string {
  const size = last - first + 1;
  return size === outOf ? '' : ` numgen random mod ${outOf} < ${size}`;
}

/**
 * Text for `nft -f -` that changes the set from `before` to `after`, as one transaction and no larger than the
 * difference; empty when there is none.
 */
export function nftDeltaText(before: IntervalSet, after: IntervalSet): string {
  const { family } = before;
  const [gone, come] = exclusive([...before.intervals()], [...after.intervals()]);
  const change = (verb: string, intervals: readonly Interval[]): string[] =>
    intervals.length === 0
      ? []
      : [
          `${verb} element ${TABLE_FAMILY[family]} ${NFT_TABLE} ${NFT_SET} {`,
          ...lines(intervals.map(intervalText), '  '),
          '}',
        ];
  return [...change('delete', gone), ...change('add', come), ''].join('\n').trimStart();
}

/** The intervals that are only in the one list, and those only in the other one: the kernel knows whole intervals. */
function exclusive(before: readonly Interval[], after: readonly Interval[]): [gone: Interval[], come: Interval[]] {
  const gone: Interval[] = [];
  const come: Interval[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const a = before[i];
    const b = after[j];
    const order = !a ? 1 : !b ? -1 : compareAddresses(a.first, b.first) || compareAddresses(a.last, b.last);
    if (order <= 0) i++;
    if (order >= 0) j++;
    if (order < 0) gone.push(a!);
    if (order > 0) come.push(b!);
  }
  return [gone, come];
}

function elementTexts(set: IntervalSet): string[] {
  return [...set.intervals()].map(intervalText);
}

function intervalText({ first, last }: Interval): string {
  const single = compareAddresses(first, last) === 0;
  return single ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

/** Items separated by commas, a line each. */
function lines(items: readonly string[], indent: string): string[] {
  return items.map((item, i) => `${indent}${item}${i < items.length - 1 ? ',' : ''}`);
}
