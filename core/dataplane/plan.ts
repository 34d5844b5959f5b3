import { type Cidr, cidr, FAMILIES, type Family } from '../address';
import { CidrList } from '../address/cidr-list';
import type { AgentFlags } from '../agentfile/flags';
import { type AgentConfig, agentDefaults } from '../treatment/agentfile';

/** Source ports from `first` to `last`, both included. */
export interface PortRange {
  /** The lowest port. */
  readonly first: number;
  /** The highest port. */
  readonly last: number;
  /** How many ports this range and those behind it have: packets are spread over ranges by their size. */
  readonly outOf: number;
}

/** Protocols whose source ports can be limited. */
export const WITH_PORTS = ['tcp', 'udp', 'sctp'] as const;

/** A range as both tools print it: `1024-29999`, or `5000` for a single port. */
export function portsText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

/** The rules of one address family, as data: both backends make text of it. */
export interface FamilyPlan {
  /** The address family. */
  readonly family: Family;
  /** Destinations whose packets keep their source, in the order of the rules: link-local first, then the list's own. */
  readonly preserved: CidrList;
  /** Source port ranges of everything else; empty: the kernel chooses. */
  readonly toPorts: readonly PortRange[];
  /** Whether source ports are fully randomised. */
  readonly randomFully: boolean;
}

/** What the agent has to enforce on a node. */
export interface RulePlan {
  /** The chain of iptables' nat table that the agent owns: `--masq-chain`. With nftables it owns a table. */
  readonly chain: string;
  /** The families that have rules: IPv4, and IPv6 with `--enable-ipv6`. */
  readonly families: readonly FamilyPlan[];
}

const LINK_LOCAL: Readonly<Record<Family, Cidr>> = { 4: cidr('169.254.0.0/16'), 6: cidr('fe80::/10') };

/** The rules that a valid file asks for with the flags: those of ip-masq-agent, in its order. */
export function planRules(config: AgentConfig, flags: AgentFlags): RulePlan {
  const list = config.nonMasqueradeCIDRs ?? agentDefaults(flags);
  const toPorts = portRanges(flags.toPorts ?? '');
  return {
    chain: flags.chain,
    families: FAMILIES.filter(family => family === 4 || flags.enableIPv6).map(family => {
      const masqLocal = family === 4 ? config.masqLinkLocal : config.masqLinkLocalIPv6;
      const preserved = new CidrList(family, masqLocal ? list : [LINK_LOCAL[family], ...list]);
      return { family, preserved, toPorts, randomFully: flags.randomFully };
    }),
  };
}

/** Reads the value of `--to-ports`, which is known to be valid. */
function portRanges(text: string): PortRange[] {
  const pairs = text
    .split(',')
    .filter(range => range !== '')
    .map(range => range.split('-').map(Number))
    .map(([first, last]) => ({ first: first!, last: last ?? first! }));
  const size = (range: { readonly first: number; readonly last: number }): number => range.last - range.first + 1;
  return pairs.map((range, i) => ({ ...range, outOf: pairs.slice(i).reduce((sum, next) => sum + size(next), 0) }));
}
