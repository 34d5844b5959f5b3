import * as fc from 'fast-check';
import type { Scene } from './random-saves';

/** What rules of a chain may name. */
interface Around {
  readonly scene: Scene;
  /** The table's family: of packets of one family, or of both. */
  readonly family: 'ip' | 'ip6' | 'inet';
  /** The hook at which the chain is asked, and whether it is of type nat. */
  readonly hook: Hook;
  readonly isNat: boolean;
  /** Chains that rules may lead to. */
  readonly leads: readonly string[];
}

type Hook = 'prerouting' | 'forward' | 'postrouting';

const VALUES = ['0x1', '0x2', '0x3', '0x4000', '0x4001', '0x0'] as const;
const MASKS = ['0x1', '0x3', '0x4000', '0xff'] as const;

function header({ family }: Scene): 'ip' | 'ip6' {
  return family === 4 ? 'ip' : 'ip6';
}

/** Blocks of which none holds another, as sets without `auto-merge` want them. */
function apart(scene: Scene): fc.Arbitrary<string[]> {
  const lists =
    scene.family === 4
      ? [
          ['203.0.113.64/26', '198.51.0.0/16'],
          ['203.0.113.1-203.0.113.70', '10.1.2.0/24'],
          ['10.0.0.0/8', '203.0.113.0/24'],
        ]
      : [['2001:db8:0:70::/64', 'fd00:10::/32'], ['2001:db8::1-2001:db8:0:70::9', 'fd00:10:1::/64'], ['2001:db8::/32']];
  return fc.constantFrom(...lists);
}

const not = fc.constantFrom('', '', '!= ');

function anyMatch({ scene, hook, isNat }: Around): fc.Arbitrary<string> {
  const ip = header(scene);
  const icmp = scene.family === 4 ? 'icmp' : 'ipv6-icmp';
  const of = (what: string, values: readonly string[]): fc.Arbitrary<string> =>
    fc.tuple(not, fc.constantFrom(...values)).map(([no, value]) => `${what} ${no}${value}`);
  const device = hook === 'postrouting' ? ['oifname'] : hook === 'prerouting' ? ['iifname'] : ['iifname', 'oifname'];
  const marked = fc
    .tuple(fc.constantFrom(...MASKS), not, fc.constantFrom(...VALUES))
    .map(([mask, no, value]) => `meta mark & ${mask} ${no === '' ? '== ' : no}${Number(value) & Number(mask)}`);
  return fc.oneof(
    { weight: 5, arbitrary: of(`${ip} daddr`, [...scene.blocks, ...scene.ranges]) },
    { weight: 3, arbitrary: fc.tuple(not, apart(scene)).map(([no, all]) => `${ip} daddr ${no}{ ${all.join(', ')} }`) },
    { weight: 2, arbitrary: of(`${ip} daddr`, ['@apart', '@points']) },
    { weight: 3, arbitrary: of(`${ip} saddr`, scene.sources) },
    { weight: 3, arbitrary: marked },
    { weight: 1, arbitrary: of('meta mark', VALUES) },
    { weight: 2, arbitrary: of('meta l4proto', ['tcp', 'udp', icmp, '{ tcp, udp }']) },
    { weight: 2, arbitrary: fc.constantFrom(...device).chain(word => of(word, ['eth0', 'pods', 'lo', 'e*'])) },
    { weight: 1, arbitrary: of(hook === 'prerouting' ? 'fib daddr type' : 'fib daddr type', ['local', 'unicast']) },
    fc.constantFrom(
      'ct state new',
      'ct state != new',
      'ct state established,related',
      'ct state { established, related }',
      'ct state invalid',
      'ct status dnat',
      'ct status & dnat == 0',
      'ct state new,untracked',
      'ct direction original',
      'ct mark 1',
      'ct mark != 1',
      'tcp dport 7777',
      'udp dport != { 80, 7777 }',
      'numgen random mod 2 < 1',
      'numgen inc mod 2 == 0',
      'meta pkttype host',
      `${ip} saddr . ${ip} daddr { ${scene.sources[1]!.split('/')[0]} . ${scene.targets[0]} }`,
      `limit rate 1000000/second`,
      'meta mark { 0x1, 0x4000 }',
      'meta length < 2000',
      ...(isNat ? [] : ['ct state untracked']),
    ),
  );
}

const marks = fc.oneof(
  fc.constantFrom(...VALUES).map(value => `meta mark set ${value}`),
  fc
    .tuple(fc.constantFrom('&', '|', '^'), fc.constantFrom(...VALUES))
    .map(([how, value]) => `meta mark set meta mark ${how} ${value}`),
  fc.constantFrom('ct mark set meta mark', 'meta mark set ct mark', 'ct mark set 0x1', 'ct mark set 0x4000'),
);

/** A verdict; at the end of a chain of type nat also what gives packets addresses. */
function anyVerdict(around: Around): fc.Arbitrary<string> {
  const { scene, hook, isNat, leads, family } = around;
  const ip = header(scene);
  const plain = ['accept', 'return', 'continue', 'counter'];
  const branches = [...plain.slice(0, 3), ...leads.flatMap(chain => [`jump ${chain}`, `goto ${chain}`])];
  const all: fc.WeightedArbitrary<string>[] = [
    { weight: 4, arbitrary: fc.constantFrom(...plain) },
    { weight: 2, arbitrary: marks },
    { weight: 3, arbitrary: vmap(around, branches) },
  ];
  if (leads.length > 0) all.push({ weight: 4, arbitrary: fc.constantFrom(...branches.slice(3)) });
  const [one, two, three] = scene.given as [string, string, string];
  if (isNat && hook === 'postrouting') {
    const to = family === 'inet' ? `snat ${ip} to` : 'snat to';
    all.push(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          'masquerade',
          'masquerade',
          'masquerade random,persistent',
          'masquerade fully-random',
          'meta l4proto udp masquerade to :50000-60000',
          'tcp dport 7777 masquerade to :40000-60000 random',
        ),
      },
      {
        weight: 5,
        arbitrary: fc.constantFrom(
          `${to} ${one}`,
          `${to} ${three} persistent`,
          `${to} ${one}-${two}`,
          `${to} ${one}-${two} random`,
          `${to} ${ip} daddr map { ${scene.targets[0]} : ${one}, ${scene.targets[1]} : ${two} }`,
          `${to} ${ip} saddr map { ${scene.sources[1]!.split('/')[0]} : ${three} }`,
          `meta l4proto tcp ${to} ${scene.family === 6 ? `[${one}]` : one}:30000-60000`,
          `snat ${ip} prefix to ${ip} saddr map { ${scene.sources[0]} : ${scene.family === 4 ? '198.18.0.0/16' : '2001:db9::/48'} }`,
        ),
      },
    );
  }
  if (isNat && hook === 'prerouting') {
    const to = family === 'inet' ? `dnat ${ip} to` : 'dnat to';
    all.push({ weight: 2, arbitrary: fc.constantFrom(...scene.others).map(other => `${to} ${other}`) });
  }
  if (!isNat) {
    all.push(
      { weight: 3, arbitrary: fc.constantFrom(`${ip} dscp set 1`, 'notrack') },
      { weight: 1, arbitrary: fc.constantFrom('notrack', `${ip} saddr set ${two}`, `notrack ${ip} saddr set ${one}`) },
    );
  }
  return fc.oneof(...all);
}

/** The matches that a rule may have beside its verdict: nft takes none that asks for two protocols. */
function withOneProtocol(matches: readonly string[], verdict: string): string[] {
  const asks = /l4proto|(?:tcp|udp) dport/;
  const first = asks.test(verdict) ? undefined : matches.find(match => asks.test(match));
  return matches.filter(match => match === first || !asks.test(match));
}

/** A map of verdicts: of destinations, of sources, of protocols or of devices. */
function vmap({ scene, hook }: Around, branches: readonly string[]): fc.Arbitrary<string> {
  const ip = header(scene);
  const branch = fc.constantFrom(...branches);
  const keyed = (left: string, keys: readonly string[]): fc.Arbitrary<string> =>
    fc
      .tuple(fc.subarray([...keys], { minLength: 1 }), fc.array(branch, { minLength: 6, maxLength: 6 }))
      .map(([some, verdicts]) => `${left} vmap { ${some.map((key, n) => `${key} : ${verdicts[n]}`).join(', ')} }`);
  return fc.oneof(
    { weight: 3, arbitrary: apart(scene).chain(all => keyed(`${ip} daddr`, all)) },
    { weight: 1, arbitrary: keyed(`${ip} daddr`, [scene.targets[0]!, scene.targets[1]!]) },
    { weight: 1, arbitrary: keyed(`${ip} saddr`, [scene.sources[1]!.split('/')[0]!, scene.sources[3]!]) },
    { weight: 1, arbitrary: keyed('meta l4proto', ['tcp', 'udp']) },
    { weight: 1, arbitrary: keyed('meta mark', ['0x1', '0x0', '0x4000']) },
    { weight: 1, arbitrary: keyed(hook === 'prerouting' ? 'iifname' : 'oifname', ['"eth0"', '"pods"', '"lo"']) },
    { weight: 1, arbitrary: keyed('ct state', ['new', 'established', 'related']) },
    { weight: 1, arbitrary: apart(scene).chain(all => keyed(`${ip} daddr`, [...all, '*'])) },
  );
}

function anyRule(around: Around): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(anyMatch(around), { maxLength: 2 }), anyVerdict(around))
    .map(([matches, verdict]) => [...withOneProtocol(matches, verdict), verdict].join(' '));
}

const PRIORITIES: Readonly<Record<Hook, readonly number[]>> = {
  prerouting: [-300, -200, -150, 0],
  forward: [-150, 0],
  postrouting: [-150, 0, 90, 120],
};

/** A chain's text, with rules behind what begins it. */
function anyChain(name: string, start: string, around: Around, most: number): fc.Arbitrary<string> {
  return fc
    .array(anyRule(around), { maxLength: most })
    .map(rules => `  chain ${name} {\n${start}${rules.map(rule => `    ${rule}\n`).join('')}  }\n`);
}

function anyBase(
  name: string,
  hook: Hook,
  isNat: boolean,
  inside: Omit<Around, 'hook' | 'isNat'>,
): fc.Arbitrary<string> {
  const priorities = isNat ? (hook === 'prerouting' ? [-100, -90] : [90, 100, 110]) : PRIORITIES[hook];
  return fc.constantFrom(...priorities).chain(priority => {
    const start = `    type ${isNat ? 'nat' : 'filter'} hook ${hook} priority ${priority}; policy accept;\n`;
    return anyChain(name, start, { ...inside, hook, isNat }, 3);
  });
}

/** A table with one or two base chains, or with more. */
function anyTable(scene: Scene, name: string): fc.Arbitrary<string> {
  const ip = header(scene);
  return fc
    .record({
      family: fc.constantFrom(ip, 'inet' as const),
      isDormant: fc.integer({ max: 9 }),
      hooks: fc.nat({ max: 63 }),
    })
    .chain(({ family, isDormant, hooks }) => {
      const nat = { scene, family, leads: ['a', 'b'] };
      const other = { scene, family, leads: ['m'] };
      const some = (bit: number, base: fc.Arbitrary<string>): fc.Arbitrary<string> =>
        (hooks & bit) === bit ? base : fc.constant('');
      const type = scene.family === 4 ? 'ipv4_addr' : 'ipv6_addr';
      const points = scene.targets.slice(1, 3).join(', ');
      return fc
        .tuple(
          apart(scene).map(all => `  set apart { type ${type}; flags interval; elements = { ${all.join(', ')} } }\n`),
          fc.constant(`  set points { type ${type}; elements = { ${points} } }\n`),
          anyChain('b', '', { ...nat, hook: 'postrouting', isNat: true, leads: [] }, 2),
          anyChain('a', '', { ...nat, hook: 'postrouting', isNat: true, leads: ['b'] }, 3),
          anyChain('m', '', { ...other, hook: 'forward', isNat: false, leads: [] }, 2).map(text =>
            text.replace(/(?:iifname|oifname) /g, 'oifname '),
          ),
          anyBase('post', 'postrouting', true, nat),
          some(1 + 2, anyBase('post2', 'postrouting', true, nat)),
          some(4, anyBase('mangle', 'postrouting', false, { ...other, leads: [] })),
          some(4 + 8, anyBase('forward', 'forward', false, other)),
          some(4 + 16, anyBase('pre', 'prerouting', false, { ...other, leads: [] })),
          some(32 + 16 + 2, anyBase('readdress', 'prerouting', true, { ...nat, leads: [] })),
        )
        .map(parts => `table ${family} ${name} {\n${isDormant === 0 ? '  flags dormant;\n' : ''}${parts.join('')}}\n`);
    });
}

/** A listing that `nft -f` takes: one to three tables. */
export function anyNft(scene: Scene): fc.Arbitrary<string> {
  return fc
    .tuple(anyTable(scene, 'one'), fc.option(anyTable(scene, 'two')), fc.option(anyTable(scene, 'three')))
    .map(tables => tables.filter(table => table !== null).join(''));
}
