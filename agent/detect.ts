import type { Backend } from './backend';
import { isFault } from './backend';
import { IptablesBackend } from './iptables';
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

/**
 * Finds out which backend the node's other rules use: nftables where kube-proxy has its table, else the flavour of
 * iptables that holds the kubelet's chains in the mangle table, else the one that has more rules. These are the steps
 * of kubernetes-sigs/iptables-wrappers, with kube-proxy's nftables mode before them.
 */
export async function detectBackend(platform: Platform, choice: BackendChoice): Promise<Detected> {
  if (choice === 'nftables') return { backend: new NftablesBackend(platform), because: '--backend=nftables' };
  if (choice === 'auto') {
    for (const family of ['ip', 'ip6']) {
      const table = await runTool(platform, ['nft', 'list', 'table', family, 'kube-proxy']);
      if (!isFault(table))
        return { backend: new NftablesBackend(platform), because: 'kube-proxy runs in nftables mode' };
    }
  }
  const [nft, legacy] = [await mangle(platform, 'nft'), await mangle(platform, 'legacy')];
  if (HINTS.test(nft))
    return { backend: new IptablesBackend(platform, 'nft'), because: "the kubelet's chains are in iptables-nft" };
  if (HINTS.test(legacy)) {
    return { backend: new IptablesBackend(platform, 'legacy'), because: "the kubelet's chains are in iptables-legacy" };
  }
  const [many, more] = [await rules(platform, 'nft'), await rules(platform, 'legacy')];
  if (more > many)
    return {
      backend: new IptablesBackend(platform, 'legacy'),
      because: `iptables-legacy has ${more} rules, iptables-nft ${many}`,
    };
  return { backend: new IptablesBackend(platform, 'nft'), because: 'nothing speaks for iptables-legacy' };
}

async function mangle(platform: Platform, flavour: string): Promise<string> {
  const dumps = await Promise.all(
    ['iptables', 'ip6tables'].map(tool => runTool(platform, [`${tool}-${flavour}-save`, '-t', 'mangle'])),
  );
  return dumps.map(dump => (isFault(dump) ? '' : dump.out)).join('');
}

async function rules(platform: Platform, flavour: string): Promise<number> {
  const dumps = await Promise.all(
    ['iptables', 'ip6tables'].map(tool => runTool(platform, [`${tool}-${flavour}-save`])),
  );
  return dumps.reduce((sum, dump) => sum + (isFault(dump) ? 0 : (dump.out.match(/^-A/gm) ?? []).length), 0);
}
