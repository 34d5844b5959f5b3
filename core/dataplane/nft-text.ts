import { compareAddresses, type Family, formatAddress, type Interval, type IntervalSet } from '../address';
import type { Fields } from './json';
import { type FamilyPlan, type PortRange, WITH_PORTS } from './plan';

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
  return plan.preserved.set();
}

/** A command of nftables, as `nft -j -f -` takes it. */
export type NftCommand = { readonly add: Fields } | { readonly delete: Fields };

/**
 * Text for `nft -j -f -`: one transaction. It is JSON since nft's own language has sense when it is cut short: where the
 * agent dies while it writes, nft would take the table's removal for all that there is. JSON that is cut short is none.
 */
export function nftText(commands: readonly NftCommand[]): string {
  return `{"nftables": [\n${commands.map(command => JSON.stringify(command)).join(',\n')}\n]}\n`;
}

/**
 * Commands that make the agent's table of an address family anew: in one transaction, whatever was in it before is gone
 * in the same moment in which the new rules hold.
 */
export function tableCommands(plan: FamilyPlan): NftCommand[] {
  const { family } = plan;
  const elem = nftElements(preservedSet(plan).intervals());
  const set = { type: `ipv${family}_addr`, flags: ['interval'], 'auto-merge': true, ...(elem.length > 0 && { elem }) };
  const base = { type: 'nat', hook: 'postrouting', prio: NFT_PRIORITY, policy: 'accept' };
  return [
    ...removalCommands(family),
    { add: { table: { family: TABLE_FAMILY[family], name: NFT_TABLE } } },
    { add: { set: { ...ofTable(family), name: NFT_SET, ...set } } },
    { add: { chain: { ...ofTable(family), name: NFT_CHAIN, ...base } } },
    ...nftRules(plan).map(rule => ({ add: { rule: { ...ofTable(family), chain: NFT_CHAIN, ...rule } } })),
  ];
}

/** Commands that remove the agent's table of an address family, which need not be there. */
export function removalCommands(family: Family): NftCommand[] {
  const table = { family: TABLE_FAMILY[family], name: NFT_TABLE };
  // nft refuses to delete a table that is not there, so it is made first.
  return [{ add: { table } }, { delete: { table } }];
}

/** A command that adds intervals to the agent's set, or deletes them; none without intervals. */
export function elementCommands(verb: 'add' | 'delete', family: Family, intervals: readonly Interval[]): NftCommand[] {
  const element = { element: { ...ofTable(family), name: NFT_SET, elem: nftElements(intervals) } };
  if (intervals.length === 0) return [];
  return [verb === 'add' ? { add: element } : { delete: element }];
}

function ofTable(family: Family): Fields {
  return { family: TABLE_FAMILY[family], table: NFT_TABLE };
}

/** The rules of the agent's chain. */
function nftRules({ family, toPorts, randomFully }: FamilyPlan): Fields[] {
  const flags = randomFully ? { flags: ['fully-random'] } : {};
  const is = (left: Fields, right: unknown, op = '=='): Fields => ({ match: { op, left, right } });
  const local = is({ fib: { result: 'type', flags: ['daddr'] } }, 'local');
  const preserved = is({ payload: { protocol: TABLE_FAMILY[family], field: 'daddr' } }, `@${NFT_SET}`);
  const chance = ({ first, last, outOf }: PortRange): Fields[] => {
    const size = last - first + 1;
    return size === outOf ? [] : [is({ numgen: { mode: 'random', mod: outOf, offset: 0 } }, size, '<')];
  };
  const limited = WITH_PORTS.flatMap(protocol =>
    toPorts.map(range => {
      const port = range.first === range.last ? range.first : { range: [range.first, range.last] };
      return [is({ meta: { key: 'l4proto' } }, protocol), ...chance(range), { masquerade: { port, ...flags } }];
    }),
  );
  return [
    { expr: [local, { return: null }] },
    { expr: [preserved, { return: null }], comment: COMMENT },
    ...limited.map(expr => ({ expr })),
    { expr: [{ masquerade: randomFully ? flags : null }] },
  ];
}

/** Intervals as nft takes elements of a set. */
function nftElements(intervals: Iterable<Interval>): unknown[] {
  const elements: unknown[] = [];
  for (const { first, last } of intervals) {
    const from = formatAddress(first);
    elements.push(compareAddresses(first, last) === 0 ? from : { range: [from, formatAddress(last)] });
  }
  return elements;
}
