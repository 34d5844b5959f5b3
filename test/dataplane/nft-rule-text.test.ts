import { describe, expect, test } from 'vitest';
import { nftRuleText } from '../../core/dataplane/nft-rule-text';
import { hasKernel, inNamespace } from './kernel';

/** Rules as `nft -s list ruleset` prints them. */
const RULES = `
fib daddr type local return
ip daddr @preserved return
ip daddr != 10.0.0.0/8 oifname != "lo" masquerade fully-random
ip daddr { 10.0.0.0/8, 172.16.0.1-172.16.0.9, 192.0.2.1 } return
ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 counter masquerade
meta mark 0x00004000 return
meta mark & 0x00004000 != 0x00004000 return
meta mark & 0x00004000 == 0x00004000 jump other
meta mark set meta mark ^ 0x00004000
meta l4proto tcp masquerade to :1024-29999 random,fully-random
meta l4proto { tcp, udp } goto other
meta mark 0x00000002 snat to 192.0.2.1-192.0.2.9
ct state established,related accept
ct state new,untracked drop
ct mark 0x00000001 accept
numgen random mod 3 < 2 accept
numgen inc mod 3 1 accept
tcp dport 80 dnat to 10.0.0.1:8080
udp dport 53 redirect to :5353
ip daddr vmap { 10.0.0.1 : jump other, 10.0.0.2 : accept }
ip daddr . tcp dport vmap @verdicts
ip saddr . ip daddr { 10.0.0.1 . 10.0.0.2 } return
log prefix "a b" level debug
limit rate 10/second burst 7 packets accept
limit rate over 10/second burst 7 packets accept
iifname { "eth0", "eth1" } accept
oif "lo" accept
snat to ip daddr map { 10.0.0.1 : 192.0.2.1 }
meta skuid 1000 accept
`
  .trim()
  .split('\n');

const ruleset = (): string => `table ip t {
  set preserved { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 } }
  map verdicts { type ipv4_addr . inet_service : verdict; }
  chain other { }
  chain postrouting { type nat hook postrouting priority 100; policy accept;
${RULES.filter(rule => !/dnat|redirect/.test(rule)).join('\n')}
  }
  chain prerouting { type nat hook prerouting priority -100; policy accept;
${RULES.filter(rule => /dnat|redirect/.test(rule)).join('\n')}
  }
}
`;

describe.skipIf(!hasKernel())('a rule that nft lists', () => {
  test('is told as nft writes it', () => {
    const listed = inNamespace('nft -f rules && nft -s list ruleset && echo ---- && nft -j list ruleset', {
      rules: ruleset(),
    });
    const [text, json] = listed.split('----\n');
    const { nftables } = JSON.parse(json!) as { nftables: { rule?: { expr: unknown } }[] };
    const own = nftables.flatMap(({ rule }) => (rule ? [nftRuleText(rule.expr)] : []));
    const theirs = text!.split('\n').map(line => line.trim());
    expect(own.filter(rule => !theirs.includes(rule))).toEqual([]);
    expect(own).toHaveLength(RULES.length);
  });
});

test.each([
  [[{ xt: { type: 'target', name: 'MASQUERADE' } }], 'xt target "MASQUERADE"'],
  [[{ counter: { packets: 1, bytes: 2 } }, { accept: null }], 'counter accept'],
  [[{ synproxy: { mss: 1460 } }, { drop: null }], '{"synproxy":{"mss":1460}} drop'],
  [
    [
      {
        match: { op: '==', left: { payload: { tunnel: 'vxlan', protocol: 'ip', field: 'daddr' } }, right: '10.0.0.1' },
      },
    ],
    '{"match":{"op":"==","left":{"payload":{"tunnel":"vxlan","protocol":"ip","field":"daddr"}},"right":"10.0.0.1"}}',
  ],
  [[{ jump: { target: 'a\u001b[31m' } }], 'jump "a\\u001b[31m"'],
  [[{ snat: { addr: '2001:db8::1', port: 80 } }], 'snat to [2001:db8::1]:80'],
  ['nothing', '"nothing"'],
])('what has no words stays JSON, and nothing reaches a terminal as it is: %j', (expr, text) => {
  expect(nftRuleText(expr)).toBe(text);
});
