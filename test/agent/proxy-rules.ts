import { FAMILIES, type Family } from '../../core/address';
import type { Host } from '../lab/host';

/** How kube-proxy writes its rules. */
export type ProxyMode = 'iptables' | 'nftables';

/** An address that stands for another one, as that of a Service does for a pod's. */
export interface Service {
  /** The address that pods ask. */
  readonly address: string;
  /** The address that answers. */
  readonly endpoint: string;
  /** Whether kube-proxy marks the packets, so that they get the node's address. */
  readonly isMarked: boolean;
}

/** Services whose endpoints are outside; of each kind one to an address of `preserved`, one to another. */
export const SERVICES: Readonly<Record<Family, readonly Service[]>> = {
  4: [
    { address: '10.96.0.10', endpoint: '203.0.113.10', isMarked: true },
    { address: '10.96.0.11', endpoint: '203.0.113.11', isMarked: false },
    { address: '10.96.0.12', endpoint: '198.51.100.12', isMarked: true },
    { address: '10.96.0.13', endpoint: '198.51.100.13', isMarked: false },
  ],
  6: [
    { address: 'fd00:10:96::10', endpoint: '2001:db8::10', isMarked: true },
    { address: 'fd00:10:96::11', endpoint: '2001:db8::11', isMarked: false },
    { address: 'fd00:10:96::12', endpoint: '2001:db8:ffff::12', isMarked: true },
    { address: 'fd00:10:96::13', endpoint: '2001:db8:ffff::13', isMarked: false },
  ],
};

/**
 * Puts rules like kube-proxy's on a node: those that lead to services, and those for marked packets that leave.
 * @param flavour the iptables that it uses in iptables mode
 */
export function addProxyRules(node: Host, mode: ProxyMode, flavour: 'nft' | 'legacy' = 'nft'): void {
  for (const family of FAMILIES) {
    if (mode === 'nftables') node.exec(['nft', '-f', '-'], { input: nftText(family) });
    else {
      const tool = family === 4 ? 'iptables' : 'ip6tables';
      node.exec([`${tool}-${flavour}-restore`, '--noflush'], { input: iptablesText(family) });
    }
  }
}

/** The mark is bit 14 here as there; the chains and comments are those of kube-proxy, which puts its jumps first. */
function iptablesText(family: Family): string {
  return [
    '*nat',
    ':KUBE-MARK-MASQ - [0:0]',
    ':KUBE-POSTROUTING - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    '-I PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-I POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
    ...SERVICES[family].flatMap(({ address, endpoint, isMarked }) => [
      ...(isMarked ? [`-A KUBE-SERVICES -d ${address} -j KUBE-MARK-MASQ`] : []),
      `-A KUBE-SERVICES -d ${address} -j DNAT --to-destination ${endpoint}`,
    ]),
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    'COMMIT',
    '',
  ].join('\n');
}

function nftText(family: Family): string {
  const ip = family === 4 ? 'ip' : 'ip6';
  return [
    `table ${ip} kube-proxy {`,
    'chain mark-for-masquerade {',
    'meta mark set meta mark or 0x4000',
    '}',
    'chain services {',
    ...SERVICES[family].flatMap(({ address, endpoint, isMarked }) => [
      ...(isMarked ? [`${ip} daddr ${address} jump mark-for-masquerade`] : []),
      `${ip} daddr ${address} dnat to ${endpoint}`,
    ]),
    '}',
    'chain masquerading {',
    'meta mark & 0x4000 == 0 return',
    'meta mark set meta mark xor 0x4000',
    'masquerade fully-random',
    '}',
    'chain nat-prerouting {',
    'type nat hook prerouting priority dstnat; policy accept;',
    'jump services',
    '}',
    'chain nat-postrouting {',
    'type nat hook postrouting priority srcnat; policy accept;',
    'jump masquerading',
    '}',
    '}',
    '',
  ].join('\n');
}
