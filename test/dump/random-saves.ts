import * as fc from 'fast-check';
import type { Family } from '../../core/address';

/** Where a random node's packets go to and what its rules name: the same roles in both families. */
export interface Scene {
  readonly family: Family;
  /** Addresses of hosts outside that pods send to. */
  readonly targets: readonly string[];
  /** Blocks that hold some of them. */
  readonly blocks: readonly string[];
  /** Ranges of addresses that hold some of them. */
  readonly ranges: readonly string[];
  /** Blocks that hold the pod's address, or not. */
  readonly sources: readonly string[];
  /** Addresses that lead to the node, to be given as a source. */
  readonly given: readonly string[];
  /** A block of such addresses. */
  readonly givenBlock: string;
  /** Other addresses outside, that packets may be sent to instead. */
  readonly others: readonly string[];
}

/** The scenes of the two families. */
export const SCENES: Readonly<Record<Family, Scene>> = {
  4: {
    family: 4,
    targets: ['203.0.113.1', '203.0.113.70', '203.0.113.200', '198.51.100.9', '10.1.2.3', '10.1.200.3'],
    blocks: ['203.0.113.0/24', '203.0.113.64/26', '203.0.113.200/32', '198.51.0.0/16', '10.0.0.0/8', '10.1.2.0/24'],
    ranges: ['203.0.113.60-203.0.113.210', '10.1.2.3-10.1.100.1'],
    sources: ['10.244.0.0/16', '10.244.1.2/32', '10.244.9.0/24', '192.168.1.0/24', '0.0.0.0/1'],
    given: ['198.18.7.1', '198.18.7.2', '198.18.7.9'],
    givenBlock: '198.18.7.0/24',
    others: ['203.0.113.250', '198.51.100.77', '10.1.77.7'],
  },
  6: {
    family: 6,
    targets: ['2001:db8::1', '2001:db8:0:70::1', '2001:db8:ff::2', 'fd00:10:1::1', 'fd00:10:1:200::3'],
    blocks: ['2001:db8::/32', '2001:db8:0:70::/64', '2001:db8:ff::2/128', 'fd00:10::/32', 'fd00:10:1::/64'],
    ranges: ['2001:db8:0:60::-2001:db8:100::', 'fd00:10:1::-fd00:10:1::ffff'],
    sources: ['fd00:10:244::/48', 'fd00:10:244:1::2/128', 'fd00:10:244:9::/64', 'fd00:192:168:1::/64', '::/1'],
    given: ['2001:db9:7::1', '2001:db9:7::2', '2001:db9:7::9'],
    givenBlock: '2001:db9:7::/112',
    others: ['2001:db8:0:70::77', 'fd00:10:1::77'],
  },
};

/** Marks and masks that rules set and ask for: kube-proxy's bit, and others. */
const VALUES = ['0x1', '0x2', '0x3', '0x4000', '0x4001', '0x0'] as const;
const MASKS = ['0x1', '0x3', '0x4000', '0xff', '0xffffffff'] as const;
const bits = fc
  .tuple(fc.constantFrom(...VALUES), fc.constantFrom(...MASKS))
  .map(([value, mask]) => `0x${((Number(value) & Number(mask)) >>> 0).toString(16)}/${mask}`);

/** The chains of a table that rules may be in, each with those that rules may lead to. */
type Chains = Readonly<Record<string, readonly string[]>>;

const NAT: Chains = {
  POSTROUTING: ['A', 'B', 'EMPTY', 'C'],
  A: ['B', 'C', 'EMPTY'],
  B: ['C'],
  C: [],
  PREROUTING: ['D', 'C', 'KUBE-SERVICES'],
  D: ['EMPTY'],
};
const MANGLE: Chains = { PREROUTING: ['M'], FORWARD: ['M', 'N'], POSTROUTING: ['N'], OUTPUT: ['N'], M: ['N'], N: [] };
const RAW: Chains = { PREROUTING: ['R'], R: [], OUTPUT: ['R'] };
const FILTER: Chains = { FORWARD: ['F'], F: [], OUTPUT: ['F'] };

/** One condition, with the protocol that it needs where it needs one. */
function anyMatch({ blocks, ranges, sources, family }: Scene, entry: string): fc.Arbitrary<string> {
  const not = fc.constantFrom('', '', '! ');
  const of = (option: string, values: readonly string[]): fc.Arbitrary<string> =>
    fc.tuple(not, fc.constantFrom(...values)).map(([no, value]) => `${no}${option} ${value}`);
  const device = /^(?:POSTROUTING|OUTPUT)$/.test(entry) ? ['-o'] : entry === 'PREROUTING' ? ['-i'] : ['-i', '-o'];
  return fc.oneof(
    { weight: 6, arbitrary: of('-d', blocks) },
    { weight: 3, arbitrary: of('-s', sources) },
    { weight: 3, arbitrary: fc.tuple(not, bits).map(([no, value]) => `-m mark ${no}--mark ${value}`) },
    { weight: 2, arbitrary: of('-p', ['tcp', 'udp', family === 4 ? 'icmp' : 'ipv6-icmp']) },
    { weight: 2, arbitrary: fc.constantFrom(...device).chain(option => of(option, ['eth0', 'pods', 'lo', 'e+'])) },
    fc.tuple(not, fc.constantFrom('LOCAL', 'UNICAST')).map(([no, type]) => `-m addrtype ${no}--dst-type ${type}`),
    fc.tuple(not, fc.constantFrom(...ranges)).map(([no, range]) => `-m iprange ${no}--dst-range ${range}`),
    fc.constantFrom(
      '-m addrtype ! --src-type LOCAL',
      '-m comment --comment "say \\"-j ACCEPT\\" -d 10.0.0.0/8"',
      '-m comment --comment -j',
      '-m conntrack --ctstate NEW',
      '-m conntrack ! --ctstate NEW',
      '-m conntrack --ctstate RELATED,ESTABLISHED',
      '-m conntrack ! --ctstate RELATED,ESTABLISHED',
      '-m conntrack --ctstate INVALID',
      '-m conntrack --ctstate DNAT',
      '-m conntrack ! --ctstate DNAT',
      '-m conntrack --ctstate SNAT',
      '-m conntrack --ctstate NEW,UNTRACKED',
      '-m conntrack --ctstatus NONE',
      '-m conntrack --ctdir ORIGINAL',
      '-m state --state NEW',
      '-m statistic --mode random --probability 0.5',
      '-m statistic --mode nth --every 2 --packet 0',
      '-m connmark --mark 0x1/0x1',
      '-m connmark ! --mark 0x1/0x1',
      '-m pkttype --pkt-type unicast',
      '-p tcp -m tcp --dport 7777',
      '-p udp -m udp ! --dport 7777',
      '-p tcp -m multiport --dports 80,7777',
      '-p udp -m multiport ! --dports 80,7777',
      '-m length --length 0:1500',
    ),
    ...(entry === 'POSTROUTING' ? [fc.constantFrom('-m owner ! --uid-owner 0', '-m owner --uid-owner 0')] : []),
  );
}

const marks = fc.oneof(
  bits.map(value => `MARK --set-xmark ${value}`),
  fc.constantFrom(...VALUES).chain(v => fc.constantFrom('or', 'and', 'xor').map(how => `MARK --${how}-mark ${v}`)),
  fc.constantFrom(
    'CONNMARK --save-mark',
    'CONNMARK --restore-mark',
    'CONNMARK --restore-mark --nfmask 0x1 --ctmask 0x3',
    'CONNMARK --set-xmark 0x1/0x1',
    'CONNMARK --set-xmark 0x4000/0x4000',
  ),
);

/** A target, with a protocol before it where it needs one. */
function anyTarget(scene: Scene, table: string, entry: string, leads: readonly string[]): fc.Arbitrary<string> {
  const { given, givenBlock, others } = scene;
  const one = fc.constantFrom(...given);
  const targets: fc.WeightedArbitrary<string>[] = [
    { weight: 4, arbitrary: fc.constantFrom('-j ACCEPT', '-j RETURN') },
    { weight: 1, arbitrary: fc.constantFrom('', '-j LOG --log-prefix "-j DROP "') },
    { weight: table === 'nat' ? 2 : 4, arbitrary: marks.map(target => `-j ${target}`) },
  ];
  if (leads.length > 0) {
    const lead = fc.tuple(fc.constantFrom('-j', '-j', '-g'), fc.constantFrom(...leads));
    targets.push({ weight: 5, arbitrary: lead.map(words => words.join(' ')) });
  }
  if (table === 'nat' && entry === 'POSTROUTING') {
    const range = fc.constantFrom(`${given[0]}-${given[1]}`);
    targets.push(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          '-j MASQUERADE',
          '-j MASQUERADE',
          '-j MASQUERADE --random-fully',
          '-j MASQUERADE --random',
          '-p tcp -j MASQUERADE --to-ports 40000-60000',
          '-p udp -j MASQUERADE --to-ports 50000-60000 --random-fully',
        ),
      },
      {
        weight: 5,
        arbitrary: fc
          .tuple(fc.oneof(one, one, range), fc.constantFrom('', '', ' --persistent', ' --random', ' --random-fully'))
          .map(([to, flag]) => `-j SNAT --to-source ${to}${flag}`),
      },
      { weight: 1, arbitrary: one.map(to => `-p tcp -j SNAT --to-source ${portless(to)}:30000-60000`) },
      { weight: 1, arbitrary: fc.constant(`-j NETMAP --to ${givenBlock}`) },
    );
  }
  if (table === 'nat' && entry === 'PREROUTING') {
    const dnat = fc.constantFrom(...others).map(to => `-j DNAT --to-destination ${to}`);
    targets.push({ weight: 2, arbitrary: dnat });
  }
  if (table === 'mangle') targets.push({ weight: 1, arbitrary: fc.constantFrom('-j DSCP --set-dscp 0x01') });
  if (table === 'raw') {
    targets.push({ weight: 4, arbitrary: fc.constantFrom('-j CT --notrack', '-j NOTRACK', '-j CT --zone 1') });
  }
  return fc.oneof(...targets);
}

function portless(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** A rule, `-A CHAIN …`, of which the protocol stands once only. */
function anyRule(scene: Scene, table: string, chain: string, leads: readonly string[]): fc.Arbitrary<string> {
  const entry = entryOf(table, chain);
  return fc
    .tuple(fc.array(anyMatch(scene, entry), { maxLength: 2 }), anyTarget(scene, table, entry, leads))
    .map(([matches, target]) => {
      const words: string[] = [];
      const seen = new Set<string>();
      for (const part of [...matches, target]) {
        const kind = /^(?:! )?(-[pdsio]|-m \S+)/.exec(part)?.[1] ?? '';
        const names = /(^| )-p /.test(part) ? '-p' : kind;
        if (names !== '' && seen.has(names)) {
          if (part === target) return undefined;
          continue;
        }
        seen.add(names);
        words.push(part);
      }
      return `-A ${chain} ${words.join(' ')}`.trimEnd();
    })
    .filter(rule => rule !== undefined);
}

/** The hook at which a chain is asked; where there are several, what may be asked at all of them. */
function entryOf(table: string, chain: string): string {
  if (/^[A-Z]{5,}$/.test(chain) && chain !== 'EMPTY') return chain;
  if (table === 'nat') return chain === 'D' ? 'PREROUTING' : chain === 'C' ? 'BOTH' : 'POSTROUTING';
  return table === 'raw' ? 'PREROUTING' : 'BOTH';
}

/** The text for iptables-restore of one table. */
function anyTable(scene: Scene, table: string, chains: Chains, most: number): fc.Arbitrary<string> {
  const lists = Object.entries(chains).map(([chain, leads]) =>
    fc.array(anyRule(scene, table, chain, leads), { maxLength: /^[A-Z]$/.test(chain) ? Math.min(most, 3) : most }),
  );
  return fc.tuple(...lists).map(all => {
    const names = [...new Set([...Object.keys(chains), ...(table === 'nat' ? ['EMPTY', 'KUBE-SERVICES'] : [])])];
    const isBase = (name: string): boolean => /^(?:PREROUTING|FORWARD|POSTROUTING|OUTPUT)$/.test(name);
    return [
      `*${table}`,
      ...names.map(name => `:${name} ${isBase(name) ? 'ACCEPT' : '-'}`),
      ...all.flat(),
      'COMMIT',
      '',
    ].join('\n');
  });
}

const KUBE = [
  '-I POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
  '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
  '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
  '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
  '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
];

/** What `iptables-restore` takes: tables of a node's rules. */
export function anySave(scene: Scene): fc.Arbitrary<string> {
  const maybe = (weight: number, table: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight, arbitrary: table });
  return fc
    .tuple(
      anyTable(scene, 'nat', NAT, 5),
      maybe(3, anyTable(scene, 'mangle', MANGLE, 2)),
      maybe(1, anyTable(scene, 'raw', RAW, 2)),
      maybe(1, anyTable(scene, 'filter', FILTER, 2)),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([nat, mangle, raw, filter, isKube, withoutPrerouting]) => {
      const own = withoutPrerouting ? nat.replace(/^-A (?:PREROUTING|D) .*\n/gm, '') : nat;
      const chains = ':KUBE-POSTROUTING -\n:KUBE-MARK-MASQ -\n-A KUBE-SERVICES';
      const kube = `:KUBE-POSTROUTING -\n:KUBE-MARK-MASQ -\n${KUBE.join('\n')}\nCOMMIT\n`;
      return raw + mangle + filter + (isKube && chains ? own.replace(/COMMIT\n$/, kube) : own);
    });
}
