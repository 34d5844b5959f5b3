import { FAMILIES, type Family } from '../core/address';
import type { Flavour } from '../core/dataplane/iptables-ruleset';
import type { Backend } from './backend';
import { isFault } from './backend';
import { hasLegacyTable, IptablesBackend, legacyTables } from './iptables';
import { NftablesBackend } from './nftables';
import type { BackendChoice } from './options';
import type { Platform } from './platform/platform';
import { runTool } from './tool';

/** A backend and why it was chosen. */
export interface Detected {
  readonly backend: Backend;
  /** In words. */
  readonly because: string;
}

/** Chains by which the kubelet or kube-proxy says which flavour of iptables the node uses. */
const HINTS = /^:KUBE-(?:IPTABLES-HINT|KUBELET-CANARY|PROXY-CANARY) /m;

/** Tables in which either flavour may have rules. */
const TABLES = ['nat', 'mangle', 'filter'] as const;

/** kube-proxy's table in nftables mode, as `nft list tables` names it. */
const PROXY_TABLE = /^table ip6? kube-proxy$/m;

/**
 * Finds out which backend the node's other rules use: nftables where kube-proxy has its table, else the flavour of
 * iptables that holds the kubelet's chains in the mangle table, else the one that has more rules. These are the steps
 * of kubernetes-sigs/iptables-wrappers, with kube-proxy's nftables mode before them.
 */
export async function detectBackend(platform: Platform, choice: BackendChoice): Promise<Detected> {
  if (choice === 'nftables') return { backend: new NftablesBackend(platform), because: '--backend=nftables' };
  if (choice === 'auto') {
    // By their names: the table itself has rules for every Service.
    const tables = await runTool(platform, ['nft', 'list', 'tables']);
    if (!isFault(tables) && PROXY_TABLE.test(tables.out))
      return { backend: new NftablesBackend(platform), because: 'kube-proxy runs in nftables mode' };
  }
  if (FAMILIES.every(family => hasNoLegacyTable(platform, family))) {
    // Nothing that iptables-nft might show could change this, and showing it takes time.
    return { backend: new IptablesBackend(platform, 'nft'), because: 'iptables-legacy has no tables' };
  }
  const [nft, legacy] = [await dump(platform, 'nft', ['mangle']), await dump(platform, 'legacy', ['mangle'])];
  if (HINTS.test(nft))
    return { backend: new IptablesBackend(platform, 'nft'), because: "the kubelet's chains are in iptables-nft" };
  if (HINTS.test(legacy)) {
    return { backend: new IptablesBackend(platform, 'legacy'), because: "the kubelet's chains are in iptables-legacy" };
  }
  const [many, more] = [await countRules(platform, 'nft'), await countRules(platform, 'legacy')];
  if (more > many)
    return {
      backend: new IptablesBackend(platform, 'legacy'),
      because: `iptables-legacy has ${more} rules, iptables-nft ${many}`,
    };
  return { backend: new IptablesBackend(platform, 'nft'), because: 'nothing speaks for iptables-legacy' };
}

/** Whether legacy iptables certainly has none of its tables. */
function hasNoLegacyTable(platform: Platform, family: Family): boolean {
  const tables = legacyTables(platform, family);
  return !isFault(tables) && !TABLES.some(table => tables.includes(table));
}

/** The rules of one flavour, over both families, in the tables that there are. */
async function dump(platform: Platform, flavour: Flavour, tables: readonly string[]): Promise<string> {
  let text = '';
  for (const family of FAMILIES) {
    const tool = `${family === 4 ? 'iptables' : 'ip6tables'}-${flavour}-save`;
    for (const table of tables) {
      if (flavour === 'legacy' && !hasLegacyTable(platform, family, table)) continue;
      const answer = await runTool(platform, [tool, '-t', table]);
      if (!isFault(answer)) text += answer.out;
    }
  }
  return text;
}

async function countRules(platform: Platform, flavour: Flavour): Promise<number> {
  return ((await dump(platform, flavour, TABLES)).match(/^-A/gm) ?? []).length;
}
