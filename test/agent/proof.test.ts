import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasKernel } from '../dataplane/kernel';
import { TestNode, until } from './node-lab';
import { buildProgram } from './runtimes';

const BACKENDS = ['iptables-nft', 'iptables-legacy', 'nftables'] as const;
type BackendName = (typeof BACKENDS)[number];

const FILE = 'nonMasqueradeCIDRs: [10.0.0.0/8, "2001:db8::/32"]\nresyncInterval: 200ms\n';

/** A chain of nftables, in a table of its own. */
const nft = (family: string, priority: number, rules: string): string =>
  `nft 'table ${family} foreign {
    set s {
      type ipv4_addr
      flags interval
      elements = { 10.1.0.0/16 }
    }
    chain led { masquerade
    }
    chain c {
      type nat hook postrouting priority ${priority}; policy accept;
      ${rules}
    }
  }'`;
const legacy = (rule: string): string => `iptables-legacy -t nat -I POSTROUTING ${rule}`;
const byNft = (rule: string): string => `iptables-nft -t nat -I POSTROUTING ${rule}`;
/** An ipset without its tool, which need not be here: `ipset create members hash:ip`, as a message to the kernel. */
const IPSET = `
import socket, struct
def attribute(kind, data): return struct.pack('HH', 4 + len(data), kind) + data + bytes(-len(data) % 4)
given = [(1, b'\\x07'), (2, b'members\\0'), (3, b'hash:ip\\0'), (4, b'\\0'), (5, b'\\x02'), (0x8007, b'')]
body = struct.pack('BBH', 2, 0, 0) + b''.join(attribute(*each) for each in given)
kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
kernel.send(struct.pack('IHHII', 16 + len(body), 6 << 8 | 2, 5, 1, 0) + body)
assert struct.unpack('i', kernel.recv(4096)[16:20]) == (0,)`;
/** A rule for marked packets, and kube-proxy's own, which say what its mark is. */
const IF_MARKED = '-m mark --mark 0x4000/0x4000 -j SNAT --to-source 203.0.113.77';
const kubeProxy = (tool: string): string =>
  [
    `${tool} -t nat -N KUBE-POSTROUTING`,
    `${tool} -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING`,
    `${tool} -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN`,
    `${tool} -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000`,
    `${tool} -t nat -A KUBE-POSTROUTING -j MASQUERADE --random-fully`,
  ].join('\n');
/** What others do to packets behind the routing decision beside giving them a source, by iptables. */
const mangled = (tool: string): string =>
  [
    `${tool} -t mangle -N cali-POSTROUTING`,
    `${tool} -t mangle -A POSTROUTING -j cali-POSTROUTING`,
    `${tool} -t mangle -A cali-POSTROUTING -m mark --mark 0x10000/0x10000 -j RETURN`,
    `${tool} -t mangle -A cali-POSTROUTING -j MARK --set-xmark 0x0/0xf0000`,
    `${tool} -t mangle -A POSTROUTING -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu`,
    `${tool} -t mangle -A POSTROUTING -p udp --dport 68 -j CHECKSUM --checksum-fill`,
    `${tool} -t mangle -A POSTROUTING -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80`,
    `${tool} -t mangle -A POSTROUTING -j CONNMARK --save-mark`,
  ].join('\n');
const FOREIGN = '-d 10.1.0.0/16 -j MASQUERADE';

interface Case {
  readonly name: string;
  /** Done by others before the agent comes. */
  readonly script: string;
  /** By the agent's backend, where it depends on it: what the agent says; undefined: that the map is proven. */
  readonly says: RegExp | undefined | Readonly<Record<BackendName, RegExp | undefined>>;
}

const MASQUERADED = /^packets to 10\.1\.0\.0 are masqueraded by the rule ip foreign c handle \d+: .*masquerade/;
const CASES: readonly Case[] = [
  { name: 'nothing of others', script: 'true', says: undefined },
  {
    name: 'a rule for one protocol, with another by chance',
    script: [
      'iptables-nft -t nat -I POSTROUTING -d 10.1.0.0/16 -p tcp -j MASQUERADE',
      'iptables-nft -t nat -I POSTROUTING -p udp -o eth9 -j MASQUERADE',
    ].join('\n'),
    says: /^TCP packets to 10\.1\.0\.0 are masqueraded by the rule iptables-nft -t nat -A POSTROUTING -d 10\.1\.0\.0\/16 -p tcp /,
  },
  {
    name: 'a rule that lets packets of one protocol out, behind many others',
    script: `${Array.from(
      { length: 300 },
      (_, i) => `echo -A POSTROUTING -s 172.16.${i % 250}.0/24 -d 10.${i % 250}.0.0/16 -j RETURN`,
    )
      .join('; ')
      .replace(
        /^/,
        '{ echo "*nat"; ',
      )}; echo "-A POSTROUTING -p udp -j ACCEPT"; echo COMMIT; } | iptables-nft-restore --noflush`,
    says: {
      'iptables-nft': /^UDP packets to \S+ are preserved by the rule .*-A POSTROUTING -p udp -j ACCEPT/,
      // Others are asked behind it.
      'iptables-legacy': undefined,
      nftables: undefined,
    },
  },
  { name: 'ip, before', script: nft('ip', 90, 'ip daddr 10.1.0.0/16 masquerade'), says: MASQUERADED },
  { name: 'ip, behind', script: nft('ip', 110, 'ip daddr 10.1.0.0/16 masquerade'), says: MASQUERADED },
  {
    name: 'inet, IPv6',
    script: nft('inet', 90, 'ip6 daddr 2001:db8:1::/48 masquerade'),
    says: /^packets to 2001:db8:1:: are masqueraded by the rule inet foreign c handle \d+: /,
  },
  {
    name: 'ip6',
    script: "nft 'table ip6 foreign { chain c { type nat hook postrouting priority 90; snat to 2001:db8::9\n }\n }'",
    says: /^packets to :: are SNATed to 2001:db8::9 by the rule ip6 foreign c handle \d+: .*the file says masqueraded/,
  },
  {
    name: 'a chain that is led to, for the addresses of a set',
    script: nft('ip', 90, 'ip daddr @s jump led'),
    says: /^packets to 10\.1\.0\.0 are masqueraded by the rule ip foreign led handle \d+: /,
  },
  {
    name: 'one that does the same',
    script: nft('ip', 90, 'ip daddr != { 10.0.0.0/8, 169.254.0.0/16 } masquerade fully-random'),
    says: undefined,
  },
  { name: 'one that accepts', script: nft('ip', 90, 'accept'), says: undefined },
  {
    name: 'one for what is decided before',
    script: nft('ip', 110, 'ip daddr 192.0.2.0/24 masquerade'),
    says: undefined,
  },
  {
    name: 'one that nobody can follow',
    script: nft('ip', 90, 'numgen random mod 2 vmap { 0 : jump led, 1 : continue }'),
    says: /^what happens to packets to 0\.0\.0\.0 depends on the rule ip foreign c handle \d+: .*vmap/,
  },
  {
    name: 'one with verdicts by destination',
    script: nft('ip', 90, 'ip daddr vmap { 10.1.0.1 : jump led }'),
    says: /^packets to 10\.1\.0\.1 are masqueraded by the rule ip foreign led handle \d+: /,
  },
  {
    name: 'one for the protocols of a set',
    script:
      "nft 'table ip foreign { set p { type inet_proto; elements = { tcp, udp }; }; chain c { type nat hook postrouting priority 90; meta l4proto @p masquerade; }; }'",
    says: /^what happens to packets to \S+ depends on the rule ip foreign c handle \d+: .*@p/,
  },
  {
    name: 'one that gives another source to what was masqueraded',
    script:
      "nft 'table ip foreign { chain c { type filter hook postrouting priority 200; fib saddr type local ip saddr set 203.0.113.77; }; }'",
    says: /^what happens to packets to \S+ depends on the rule ip foreign c handle \d+: .*203\.0\.113\.77/,
  },
  {
    name: "istio's, for what the node itself sends",
    script: byNft('-m owner --socket-exists -p tcp -j SNAT --to-source 169.254.7.127'),
    says: undefined,
  },
  ...['filter', 'mangle', 'raw', 'security'].map(table => ({
    name: `a table named as iptables' ${table} is, with a chain that gives packets a source`,
    script: nft('ip', 90, 'ip daddr 10.1.0.0/16 masquerade').replace('foreign', table),
    says: /^packets to 10\.1\.0\.0 are masqueraded by the rule ip (?:filter|mangle|raw|security) c handle \d+: /,
  })),
  ...['iptables-nft', 'iptables-legacy'].flatMap((tool): Case[] => [
    {
      name: `${tool}: a mark that nobody is known to set`,
      script: `${tool} -t nat -A PREROUTING -d 10.1.0.0/16 -j MARK --set-mark 0x4000 && ${tool} -t nat -I POSTROUTING ${IF_MARKED}`,
      says: /^what happens to packets to 0\.0\.0\.0 depends on the rule .*iptables-\w+ -t nat -A POSTROUTING -m mark --mark 0x4000/,
    },
    { name: `${tool}: kube-proxy's mark`, script: kubeProxy(tool), says: undefined },
    {
      name: `${tool}: kube-proxy's mark, which the mangle table sets`,
      script: `${kubeProxy(tool)} && ${tool} -t mangle -A POSTROUTING -d 10.1.0.0/16 -j MARK --set-mark 0x4000`,
      says: /^packets to 10\.1\.0\.0 are masqueraded by the rule iptables-\w+ -t nat -A KUBE-POSTROUTING /,
    },
    {
      name: `${tool}: kube-proxy's mark, which the mangle table gets from the connection`,
      script: `${kubeProxy(tool)} && ${tool} -t mangle -A POSTROUTING -j CONNMARK --restore-mark`,
      says: /^what happens to packets to \S+ depends on the rule iptables-\w+ -t nat -A KUBE-POSTROUTING -m mark/,
    },
    {
      name: `${tool}: a mangle table that leaves sources and kube-proxy's mark alone`,
      script: `${kubeProxy(tool)}\n${mangled(tool)}`,
      says: undefined,
    },
  ]),
  {
    name: "portmap's mark",
    script: [
      'iptables-nft -t nat -N CNI-HOSTPORT-MASQ',
      'iptables-nft -t nat -A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ',
      'iptables-nft -t nat -A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE',
    ].join('\n'),
    says: undefined,
  },
  {
    name: 'a mangle table written by nft',
    script: `${kubeProxy('iptables-nft')} && nft 'table ip mangle {
      chain c {
        type filter hook postrouting priority mangle;
        meta length 9 ip daddr 10.1.0.0/16 meta mark set meta mark or 0x4000
      }
    }'`,
    says: /^what happens to packets to 10\.1\.0\.0 depends on the rule ip mangle c handle \d+: /,
  },
  {
    name: 'what gives packets of a device another source',
    script: `nft 'table netdev foreign {
      chain c {
        type filter hook egress device lo priority 0;
        ip saddr set 203.0.113.77
      }
    }'`,
    says: /^what happens to packets to 0\.0\.0\.0 depends on the rule .*netdev foreign c handle \d+: /,
  },
  ...['flags dynamic; size 99;', 'flags timeout; timeout 1m;', ''].map(flags => ({
    name: `a set (${flags}) that packets fill themselves`,
    script: `nft 'table ip foreign {
      set s {
        type ipv4_addr; ${flags}
      }
      chain f {
        type filter hook forward priority 0;
        add @s { ip daddr }
      }
      chain c {
        type nat hook postrouting priority 90;
        ip daddr @s masquerade
      }
    }'`,
    says: /^what happens to packets to \S+ depends on the rule ip foreign c handle \d+: /,
  })),
  {
    name: 'what leaves sources alone',
    script: `nft 'table inet foreign {
      chain c {
        type filter hook postrouting priority 0;
        tcp option maxseg size set rt mtu
        limit rate 5/second log
        meta priority set 1:2
        ct mark set meta mark
        ip dscp set cs1
        quota over 5 bytes drop
      }
    }'`,
    says: undefined,
  },
  { name: 'one of another hook', script: nft('ip', 90, '').replace('postrouting', 'input'), says: undefined },
  {
    name: 'legacy iptables',
    script: legacy(FOREIGN),
    says: {
      // Of one priority: nobody knows which comes first, and the other one comes when the first one accepts.
      'iptables-nft':
        /^packets to 10\.1\.0\.0 are masqueraded by the rule iptables-legacy -t nat -A POSTROUTING -d 10\.1/,
      'iptables-legacy':
        /^packets to 10\.1\.0\.0 are masqueraded by the rule iptables-legacy -t nat -A POSTROUTING -d 10\.1/,
      nftables: /^packets to 10\.1\.0\.0 are masqueraded by the rule iptables-legacy -t nat -A POSTROUTING -d 10\.1/,
    },
  },
  {
    name: 'legacy iptables, which does otherwise what the agent does, too',
    script: legacy('-d 192.0.2.0/24 -j MASQUERADE'),
    says: {
      'iptables-nft':
        /^what happens to packets to 192\.0\.2\.0 depends on the rule iptables-\w+ -t nat .*, and the rule iptables-\w+ -t nat /,
      'iptables-legacy': /^packets to 192\.0\.2\.0 are masqueraded by the rule iptables-legacy .*other source ports/,
      nftables: /^packets to 192\.0\.2\.0 are masqueraded by the rule iptables-legacy .*other source ports/,
    },
  },
  {
    name: 'legacy iptables without a rule',
    script: 'iptables-legacy -t nat -S && ip6tables-legacy -t nat -S',
    says: undefined,
  },
  {
    name: 'iptables-nft',
    script: byNft(FOREIGN),
    says: /^packets to 10\.1\.0\.0 are masqueraded by the rule iptables-nft -t nat -A POSTROUTING -d 10\.1/,
  },
  {
    name: 'ip6tables-nft',
    script: 'ip6tables-nft -t nat -I POSTROUTING -d 2001:db8:1::/48 -j MASQUERADE',
    says: /^packets to 2001:db8:1:: are masqueraded by the rule ip6tables-nft -t nat -A POSTROUTING -d 2001/,
  },
  {
    name: 'ip6tables-legacy',
    script: 'ip6tables-legacy -t nat -I POSTROUTING -d 2001:db8:1::/48 -j MASQUERADE',
    says: /^packets to 2001:db8:1:: are masqueraded by the rule ip6tables-legacy -t nat -A POSTROUTING -d 2001/,
  },
  {
    name: 'an ipset',
    script: `python3 -c "${IPSET}" && ${legacy('-m set --match-set members dst -j SNAT --to-source 192.0.2.1')}`,
    says: /^what happens to packets to 0\.0\.0\.0 depends on the rule .*iptables-legacy -t nat -A POSTROUTING -m set --match-set members dst -j SNAT/,
  },
  {
    name: 'a base chain in the table of iptables-nft',
    script: `${byNft('-d 192.0.2.7 -j ACCEPT')} && nft 'table ip nat { chain c { type nat hook postrouting priority 90; ip daddr 10.1.0.0/16 masquerade\n }\n }'`,
    says: {
      'iptables-nft': /incompatible|ip nat c handle/,
      'iptables-legacy': /^packets to 10\.1\.0\.0 are masqueraded by the rule ip nat c handle/,
      nftables: /^packets to 10\.1\.0\.0 are masqueraded by the rule ip nat c handle/,
    },
  },
];

/** Rules that `nft` adds to the nat table of iptables-nft, and what iptables-save makes of them. */
const NATIVE = [
  {
    rule: 'ip daddr { 192.0.2.7, 192.0.2.9 } accept',
    printed: '-j ACCEPT',
    says: /^packets to 192\.0\.2\.7 are preserved by the rule ip nat POSTROUTING handle/,
  },
  {
    rule: 'ip daddr @s accept',
    printed: '-j ACCEPT',
    says: /^packets to 192\.0\.2\.7 are preserved by the rule ip nat POSTROUTING handle/,
  },
  {
    rule: 'ip daddr < 10.0.0.0 accept',
    printed: '-d 10.0.0.0/32 -j ACCEPT',
    says: /^what happens to packets to 0\.0\.0\.0 depends on the rule ip nat POSTROUTING handle/,
  },
  {
    rule: 'ip daddr vmap { 192.0.2.7 : accept }',
    printed: '',
    says: /^packets to 192\.0\.2\.7 are preserved by the rule ip nat POSTROUTING handle/,
  },
  ...['udp length 9', 'udp checksum 9', 'tcp window 5', 'tcp sequence 1'].map(match => ({
    rule: `${match} accept`,
    printed: `-p ${match.slice(0, 3)} -j ACCEPT`,
    says: /^what happens to packets to 0\.0\.0\.0 depends on the rule iptables-nft -t nat -A POSTROUTING -/,
  })),
  {
    rule: 'ip daddr 192.0.2.0/24 ip daddr 192.0.2.7 accept',
    printed: '-d 192.0.2.7/32 -j ACCEPT',
    says: /^packets to 192\.0\.2\.7 are preserved by the rule iptables-nft -t nat -A POSTROUTING -d 192/,
  },
  {
    rule: 'ip daddr 192.0.2.0/24 ip daddr != 192.0.2.9 accept',
    printed: '! -d 192.0.2.9/32 -j ACCEPT',
    says: /^packets to 192\.0\.2\.0 are preserved by the rule iptables-nft -t nat -A POSTROUTING ! -d 192/,
  },
  {
    rule: 'ip daddr 192.0.2.7 jump LOG',
    printed: '-d 192.0.2.7/32 -j LOG',
    says: /^packets to 192\.0\.2\.7 are preserved by the rule iptables-nft -t nat -A POSTROUTING -d 192.* -j LOG; the file says/,
  },
  {
    rule: 'ip daddr 192.0.2.7 accept',
    printed: '-d 192.0.2.7/32 -j ACCEPT',
    says: /^packets to 192\.0\.2\.7 are preserved by the rule iptables-nft -t nat -A POSTROUTING -d 192/,
  },
] as const;

const root = mkdtempSync(join(tmpdir(), 'masq-proof-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(hasKernel())('the proof sees', () => {
  let program: readonly string[];
  let node: TestNode;
  beforeAll(async () => {
    program = await buildProgram('node', 'agent/entry', root);
  });
  afterEach(() => node.stop());

  const flavourOf = (backend: BackendName) => (backend === 'iptables-legacy' ? 'legacy' : 'nft');
  const argsOf = (backend: BackendName) => [
    `--backend=${backend === 'nftables' ? backend : 'iptables'}`,
    '--enable-ipv6',
  ];

  describe.each(BACKENDS)('with %s', backend => {
    beforeEach(async () => {
      node = await TestNode.start(flavourOf(backend));
      node.configure(FILE);
    });

    test.each(CASES)('$name', ({ script, says }) => {
      node.sh(script);
      const expected = says instanceof RegExp || says === undefined ? says : says[backend];
      const { status, stderr } = node.once(program, argsOf(backend));
      const { verdict, message } = node.state();
      if (expected) expect(message).toMatch(expected);
      else expect({ verdict, message, stderr }).toMatchObject({ verdict: 'enforced', message: '' });
      expect(status).toBe(expected ? 1 : 0);
    });

    test('what comes while it runs, and goes again', async () => {
      const { log } = node.start(program, argsOf(backend));
      await until('proven', () => log().includes('applied') && node.state().verdict === 'enforced');
      node.sh(nft('ip', 90, 'ip daddr @s masquerade'));
      await until('contradicted', () => node.state().verdict === 'contradicted');
      node.sh('nft flush set ip foreign s');
      await until('proven again', () => node.state().verdict === 'enforced');
      node.sh('nft delete table ip foreign');
      const { reconciles } = node.state().counts;
      await until('looked twice', () => node.state().counts.reconciles! > reconciles! + 1);
      expect(node.state()).toMatchObject({ verdict: 'enforced', counts: { drifts: 0, applies: 1 } });
    });

    test.each([
      ['flannel', '-s 10.244.0.0/16 ! -d 224.0.0.0/4', 'contradicted'],
      ['Docker', '-s 172.17.0.0/16 ! -o docker0', 'enforced'],
    ])('what %s does to packets of some sources, when it knows pods', (_, packets, verdict) => {
      const tool = `iptables-${flavourOf(backend)}`;
      node.sh(`${tool} -t nat -I POSTROUTING ${packets} -j MASQUERADE`);
      node.once(program, argsOf(backend));
      expect(node.state().verdict).toBe('unproven');
      const args = [...argsOf(backend), '--pod-cidrs=10.244.1.0/24,2001:db8:244::/64'];
      expect(node.once(program, args).status).toBe(verdict === 'enforced' ? 0 : 1);
      expect(node.state()).toMatchObject({ verdict, ready: true });
    });

    // nft 1.0.6 prints nonsense where it should say so; what a newer one says is known.
    test('a table of others that is switched off', () => {
      node.sh(nft('ip', 90, 'ip daddr 10.1.0.0/16 masquerade'));
      node.sh("nft 'add table ip foreign { flags dormant; }'");
      node.once(program, argsOf(backend));
      const { verdict, message } = node.state();
      expect(['enforced', 'unproven']).toContain(verdict);
      expect(message).toMatch(/^$|^what happens to packets to 0\.0\.0\.0 depends on table ip foreign with flags /);
    });

    test.skipIf(backend === 'iptables-legacy')('the table with its own rules switched off', () => {
      const table = backend === 'nftables' ? 'masq-agent' : 'nat';
      expect(node.once(program, argsOf(backend)).status).toBe(0);
      node.sh(`nft 'add table ip ${table} { flags dormant; }'`);
      const { status } = node.once(program, argsOf(backend));
      // The agent's own table is made anew; that of iptables is not only the agent's.
      expect(status).toBe(backend === 'nftables' ? 0 : 1);
      expect(node.sh('nft list ruleset').includes('dormant')).toBe(backend !== 'nftables');
    });

    test('nothing that is only there since it looked', () => {
      expect(node.once(program, argsOf(backend)).status).toBe(0);
      const tables = node.sh('cat /proc/net/ip_tables_names /proc/net/ip6_tables_names').split('\n');
      expect(tables.includes('nat')).toBe(backend === 'iptables-legacy');
    });
  });

  test.each(NATIVE)('what iptables-save leaves out of: $rule', async ({ rule, printed, says }) => {
    node = await TestNode.start('nft');
    node.configure(FILE);
    expect(node.once(program, argsOf('iptables-nft')).status).toBe(0);
    node.sh(
      `nft 'add set ip nat s { type ipv4_addr; elements = { 192.0.2.7 }; }' && nft 'add chain ip nat LOG { accept; }' && nft 'insert rule ip nat POSTROUTING ${rule}'`,
    );
    expect(node.rules()).toContain(`-A POSTROUTING ${printed}`.trim());
    expect(node.once(program, argsOf('iptables-nft')).status).toBe(1);
    expect(node.state().message).toMatch(says);
  });

  /** As the bridge plugin of CNI has them with `ipMasq`: a chain for each pod. */
  const podChains = (count: number): string =>
    [
      '*nat',
      ...Array.from({ length: count }, (_, i) => [
        `:CNI-${i} - [0:0]`,
        `-A POSTROUTING -s 172.16.${i >> 8}.${i & 255}/32 -m comment --comment "name: \\"net\\"" -j CNI-${i}`,
        `-A CNI-${i} -d 172.16.0.0/16 -m comment --comment "name: \\"net\\"" -j ACCEPT`,
        `-A CNI-${i} ! -d 224.0.0.0/4 -m comment --comment "name: \\"net\\"" -j MASQUERADE`,
      ]).flat(),
      'COMMIT\n',
    ].join('\n');

  test.each([
    ['in one process', ''],
    ['one by one where nft cannot read what is typed', 'case "$*" in *-i*) exit 1;; esac'],
    ['one by one where nft is silent about some', 'case "$*" in *-i*) /usr/sbin/nft "$@" | head -n 5; exit;; esac'],
    ['one by one where nft prompts', 'case "$*" in *-i*) /usr/sbin/nft "$@" | sed "s/^/nft> /"; exit;; esac'],
  ])('many chains are listed %s', async (_, hindrance) => {
    node = await TestNode.start('nft');
    node.configure(FILE);
    node.sh('iptables-nft-restore --noflush', podChains(40));
    const path = mkdtempSync(join(root, 'bin-'));
    const log = join(path, 'calls');
    const script = `#!/bin/sh\necho "$*" >> ${log}\n${hindrance}\nexec /usr/sbin/nft "$@"\n`;
    writeFileSync(join(path, 'nft'), script, { mode: 0o755 });
    const calls = (): number => readFileSync(log, 'utf8').split('\n').length - 1;
    const args = argsOf('iptables-nft');
    expect(node.once(program, args, { path }).status).toBe(1);
    expect(node.state().message).toMatch(/-A POSTROUTING -s 172\.16\.0\.0\/32 .* -j CNI-0, and /);
    if (hindrance === '') expect(calls()).toBeLessThan(12);
    else expect(calls()).toBeGreaterThan(40);
    expect(node.once(program, [...args, '--pod-cidrs=10.244.0.0/16,2001:db8:244::/64'], { path }).status).toBe(0);
  });

  test('more chains than can be known are told', async () => {
    node = await TestNode.start('nft');
    node.configure(FILE);
    node.sh('iptables-nft-restore --noflush', podChains(1000));
    const { status, stderr } = node.once(program, argsOf('iptables-nft'));
    expect(status).toBe(1);
    expect(stderr).toContain('the rules of others cannot be read: more than 1000 chains and sets decide');
  });

  test.each([
    ['enforced', 'mnl.c:60: Unable to initialize Netlink socket: Protocol not supported', 3],
    ['unproven', 'netlink: Error: cache initialization failed: Invalid argument', 1],
    ['unproven', 'Error: Protocol not supported', 1],
  ])('legacy iptables alone: %s where nft says %j', async (verdict, says, code) => {
    node = await TestNode.start('legacy');
    node.configure(FILE);
    const path = mkdtempSync(join(root, 'bin-'));
    writeFileSync(join(path, 'nft'), `#!/bin/sh\necho '${says}' >&2\nexit ${code}\n`, { mode: 0o755 });
    expect(node.once(program, argsOf('iptables-legacy'), { path }).status).toBe(verdict === 'enforced' ? 0 : 1);
    expect(node.state()).toMatchObject({ verdict });
  });

  test('that it sees nothing without nft: the rules are written, and nothing is called proven', async () => {
    node = await TestNode.start('nft');
    node.configure(FILE);
    const path = join(root, 'bin');
    mkdirSync(path);
    const tools = ['iptables', 'ip6tables'].flatMap(tool => [`${tool}-nft-save`, `${tool}-nft-restore`]);
    for (const tool of tools) symlinkSync(`/usr/sbin/${tool}`, join(path, tool));
    expect(node.once(program, argsOf('iptables-nft'), { onlyPath: path }).status).toBe(1);
    expect(node.state()).toMatchObject({
      verdict: 'unproven',
      ready: true,
      message: expect.stringMatching(/^the rules of others cannot be read: .*"nft"/),
    });
    expect(node.rules().length).toBeGreaterThan(3);
  });
});
