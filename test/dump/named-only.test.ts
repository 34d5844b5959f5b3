import { describe, expect, test } from 'vitest';
import { address } from '../../core/address';
import { podSets } from '../../core/analysis/enforced';
import { nodeTreatment } from '../../core/analysis/node-subject';
import { hasKernel, inNamespace } from '../dataplane/kernel';
import { nodeOf } from './node-of';

/** Rules that nft writes itself: kube-proxy's, and what masquerades all but 10.0.0.0/8. */
const NATIVE = `
table ip kube-proxy {
  chain postrouting {
    type nat hook postrouting priority srcnat - 1; policy accept;
    meta mark & 0x4000 == 0 return
    meta mark set meta mark ^ 0x4000
    masquerade fully-random
  }
}
table ip masq-agent {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip daddr != 10.0.0.0/8 masquerade fully-random
  }
}
`;

/** What is said of packets from pods to some destinations. */
function said(dump: string, ...to: readonly string[]): string[] {
  const { base } = nodeTreatment(nodeOf(dump), podSets('10.244.0.0/16'));
  return to.map(one => base[4].at(address(one)).treatment.kind);
}

/** As nft lists it that is too old to name matches and targets of iptables. */
const nameless = (listing: string): string => listing.replace(/"xt": ?\{[^}]*\}/g, '"xt": null');

/** By what iptables-nft is told, what becomes of packets to 10.5.0.1, for 203.0.113.1, when nft alone lists it. */
const RULES = [
  ['a mark that every packet gets', '-t mangle -A PREROUTING -d 10.5.0.0/16 -j MARK --set-mark 0x4000', 'unknown'],
  ['one behind the routing decision', '-t filter -A FORWARD -d 10.5.0.0/16 -j MARK --set-mark 0x4000', 'unknown'],
  ["a connection's mark", '-t mangle -A PREROUTING -d 10.5.0.0/16 -j CONNMARK --set-mark 0x4000', 'unknown'],
  ['a target that sets no mark', '-t mangle -A FORWARD -p tcp --syn -j TCPMSS --clamp-mss-to-pmtu', 'preserve'],
  ['a match, and a verdict', '-t filter -A FORWARD -d 10.5.0.0/16 -m conntrack --ctstate INVALID -j DROP', 'preserve'],
] as const;

describe.skipIf(!hasKernel())('what iptables-nft was told and nft lists by its name only', () => {
  test.each(RULES)('%s', (_, rule, without) => {
    const script = `nft -f R; iptables-nft ${rule}; nft -j list ruleset`;
    const listing = inNamespace(script, { R: NATIVE });
    expect(said(listing, '10.5.0.1')).toEqual([without]);
    const old = nameless(listing);
    expect(old).toContain('"xt": null');
    // Of what has no name, a rule that ends with a verdict has no target.
    const isTarget = !rule.endsWith('-j DROP');
    expect(said(old, '10.5.0.1')).toEqual([isTarget ? 'unknown' : 'preserve']);
  });

  test.each(RULES)('and iptables-save tells: %s', (_, rule, without) => {
    const script = `nft -f R; iptables-nft ${rule}; iptables-nft-save 2>/dev/null; nft -j list ruleset`;
    const dump = inNamespace(script, { R: NATIVE });
    for (const text of [dump, nameless(dump)]) {
      expect(said(text, '10.5.0.1', '203.0.113.1')).toEqual([without, 'masquerade']);
    }
  });

  test('packets that are not tracked', () => {
    const script = 'nft -f R; iptables-nft -t raw -A PREROUTING -d 203.0.113.0/24 -j CT --notrack; nft -j list ruleset';
    const listing = inNamespace(script, { R: NATIVE });
    for (const text of [listing, nameless(listing)]) expect(said(text, '203.0.113.1')).toEqual(['unknown']);
  });
});
