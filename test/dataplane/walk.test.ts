import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, address, cidr, IntervalSet } from '../../core/address';
import { CidrList } from '../../core/address/cidr-list';
import { exemptingRule } from '../../core/dataplane/exempting';
import { iptablesRuleset } from '../../core/dataplane/iptables-ruleset';
import { readIptablesSave } from '../../core/dataplane/iptables-save';
import { restoreText } from '../../core/dataplane/iptables-text';
import { type KernelDecision, kernelMap } from '../../core/dataplane/kernel-map';
import { ALL_BITS } from '../../core/dataplane/mark';
import {
  type Condition,
  joinRulesets,
  type NatChain,
  type NatRule,
  type NatRuleset,
  type RuleVerdict,
} from '../../core/dataplane/nat-rule';
import { planRules } from '../../core/dataplane/plan';
import { PROTOCOLS, type Protocol } from '../../core/dataplane/protocol';
import { savedRuleset } from '../../core/dataplane/saved-plan';
import { samePorts } from '../../core/treatment/ports';
import { runs } from '../random';
import { anyGiven } from './configs';
import { savedMap } from './fixtures';
import { mapText } from './map-text';

const BLOCKS = ['203.0.113.0/24', '203.0.113.0/25', '203.0.113.64/26', '198.51.100.0/24', '0.0.0.0/0'].map(cidr);
const POINTS = ['203.0.113.1', '203.0.113.70', '203.0.113.200', '198.51.100.1', '192.0.2.1'].map(address);
const TO_POINT = IntervalSet.ofCidr(cidr('203.0.113.1/32'));
const CHAINS = ['POSTROUTING', 'A', 'B', 'C'];

const known: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom(...BLOCKS).map((block): Condition => ({ on: 'destination', set: IntervalSet.ofCidr(block) })),
  fc
    .constantFrom(...BLOCKS)
    .map((block): Condition => ({ on: 'destination', set: IntervalSet.ofCidr(block).complement() })),
  fc.record({
    on: fc.constant('protocol' as const),
    protocols: fc.constantFrom(['tcp'], ['udp', 'sctp']),
    negated: fc.boolean(),
  }),
  fc.record({
    on: fc.constant('mark' as const),
    value: fc.constantFrom(0, 1),
    mask: fc.constantFrom(1, 3),
    negated: fc.boolean(),
  }),
  fc.record({ on: fc.constant('destination-type' as const), type: fc.constant('LOCAL'), negated: fc.boolean() }),
);
const open: fc.Arbitrary<Condition> = fc.constantFrom<Condition>({ on: 'unknown', text: '-o eth0' }, { on: 'chance' });

/** A rule of chain number `at`, which may lead to later ones only. */
function anyRule(at: number, condition: fc.Arbitrary<Condition>): fc.Arbitrary<NatRule> {
  const verdicts: fc.Arbitrary<RuleVerdict>[] = [
    fc.constantFrom<RuleVerdict>(
      { kind: 'return' },
      { kind: 'accept' },
      { kind: 'drop' },
      { kind: 'continue' },
      { kind: 'masquerade', randomFully: true },
      { kind: 'masquerade', randomFully: false },
      { kind: 'snat', sourceIP: '192.168.1.10' },
    ),
    fc.record({
      kind: fc.constant('set-mark' as const),
      clear: fc.constantFrom(0, 1, 3),
      flip: fc.constantFrom(0, 1, 2),
    }),
  ];
  const later = CHAINS.slice(at + 1);
  if (later.length > 0) {
    verdicts.push(
      fc.record({ kind: fc.constantFrom('jump' as const, 'goto' as const), chain: fc.constantFrom(...later) }),
    );
  }
  return fc
    .record({ conditions: fc.array(condition, { maxLength: 2 }), verdict: fc.oneof(...verdicts) })
    .map(rule => ({ ...rule, text: JSON.stringify(rule.verdict) }));
}

function anyRuleset(condition: fc.Arbitrary<Condition>): fc.Arbitrary<NatRuleset> {
  const chains = CHAINS.map((_, i) => fc.array(anyRule(i, condition), { maxLength: 5 }));
  return fc.tuple(fc.constantFrom('accept' as const, 'drop' as const), fc.tuple(...chains)).map(([policy, rules]) => ({
    family: 4,
    chains: new Map(
      CHAINS.map((name, i): [string, NatChain] => [name, { policy: i === 0 ? policy : 'return', rules: rules[i]! }]),
    ),
    hooks: [{ chain: 'POSTROUTING', nat: true, priority: 100 }],
  }));
}

/** What becomes of one packet, rule by rule: undefined at the end of a chain that is jumped to. */
function follow(
  ruleset: NatRuleset,
  name: string,
  packet: { mark: number; to: Address; protocol: Protocol },
  holds: (rule: NatRule, c: Condition) => boolean,
): string | undefined {
  const chain = ruleset.chains.get(name)!;
  const end = chain.policy === 'return' ? undefined : chain.policy === 'accept' ? 'preserve' : 'drop';
  for (const rule of chain.rules) {
    const matches = rule.conditions.every(condition => {
      switch (condition.on) {
        case 'destination':
          return condition.set.has(packet.to);
        case 'protocol':
          return condition.protocols.includes(packet.protocol) !== condition.negated;
        case 'mark':
          return ((packet.mark & condition.mask) === condition.value) !== condition.negated;
        case 'destination-type':
          return condition.negated;
        default:
          return holds(rule, condition);
      }
    });
    if (!matches) continue;
    const { verdict } = rule;
    if (verdict.kind === 'return') return end;
    if (verdict.kind === 'accept') return 'preserve';
    if (verdict.kind === 'set-mark') packet.mark = (packet.mark & ~verdict.clear) ^ verdict.flip;
    else if (verdict.kind === 'jump' || verdict.kind === 'goto') {
      const inner = follow(ruleset, verdict.chain, packet, holds);
      if (inner !== undefined) return inner;
      if (verdict.kind === 'goto') return end;
    } else if (verdict.kind === 'masquerade') return `masquerade ${verdict.randomFully}`;
    else if (verdict.kind === 'snat') return `snat ${verdict.sourceIP}`;
    else if (verdict.kind !== 'continue') return verdict.kind;
  }
  return end;
}

function decided(decision: KernelDecision): string | undefined {
  if (!decision.treatment) return undefined;
  if (decision.treatment.kind === 'snat') return `snat ${decision.treatment.sourceIP}`;
  return decision.treatment.kind === 'preserve' ? 'preserve' : `masquerade ${decision.randomFully}`;
}

/** What packets to an address may come to, for every protocol. */
function endsOf(
  ruleset: NatRuleset,
  to: Address,
  holds: (rule: NatRule, c: Condition) => boolean = () => false,
  mark = 0,
): Set<string> {
  return new Set(PROTOCOLS.map(protocol => follow(ruleset, 'POSTROUTING', { mark, to, protocol }, holds)!));
}

describe('the walk', () => {
  test('says of every address what a packet to it comes to', () => {
    fc.assert(
      fc.property(anyRuleset(known), ruleset => {
        const map = kernelMap(ruleset, { unmarked: ALL_BITS });
        for (const to of POINTS) {
          const [end, another] = endsOf(ruleset, to);
          expect(decided(map.at(to))).toBe(another !== undefined || end === 'drop' ? undefined : end);
        }
      }),
      { numRuns: runs(3000) },
    );
  });

  test('says nothing of an address for which it depends on what is not known', () => {
    fc.assert(
      fc.property(
        anyRuleset(fc.oneof(known, known, open)),
        fc.array(fc.boolean(), { minLength: 32, maxLength: 32 }),
        (ruleset, coins) => {
          const map = kernelMap(ruleset, { unmarked: ALL_BITS });
          for (const to of POINTS) {
            const told = decided(map.at(to));
            if (told === undefined) continue;
            for (const start of [0, 5, 11]) {
              let coin = start;
              expect([...endsOf(ruleset, to, () => coins[coin++ % coins.length]!)]).toEqual([told]);
            }
          }
        },
      ),
      { numRuns: runs(3000) },
    );
  });

  test('says nothing of an address for which it depends on a mark that packets may come with', () => {
    fc.assert(
      fc.property(anyRuleset(known), fc.constantFrom(0, 1, 2, 3), (ruleset, unmarked) => {
        const map = kernelMap(ruleset, { unmarked });
        for (const to of POINTS) {
          const told = decided(map.at(to));
          const marks = [0, 1, 2, 3].filter(mark => (mark & unmarked) === 0);
          const ends = new Set(marks.flatMap(mark => [...endsOf(ruleset, to, () => false, mark)]));
          if (told !== undefined) expect([...ends]).toEqual([told]);
          // Where no rule asks for a mark, it is known as before.
          else if (unmarked === 3) expect(ends.size > 1 || ends.has('drop')).toBe(true);
        }
      }),
      { numRuns: runs(3000) },
    );
  });

  test("takes the plan's own list as read where the chain is as planned", () => {
    fc.assert(
      fc.property(anyGiven, ({ config, flags }) => {
        const plan = planRules(config, flags);
        for (const own of plan.families) {
          const dump = restoreText(plan, own, { jump: true }).replace('*nat\n', '*nat\n:POSTROUTING ACCEPT [0:0]\n');
          const read = readIptablesSave(dump);
          if (!read.ok || !read.table) throw new Error('no table');
          const text = (map: ReturnType<typeof savedMap>) => mapText(map);
          expect(text(kernelMap(savedRuleset(read.table, plan, own)))).toBe(text(savedMap(own.family, dump)));
        }
      }),
      { numRuns: runs(200) },
    );
  });

  test('knows pods when it is told of them, and sets', () => {
    const dump = `*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 10.244.0.0/16 -d 203.0.113.0/24 -j MASQUERADE
-A POSTROUTING ! -s 10.244.0.0/16 -j SNAT --to-source 192.168.1.10
-A POSTROUTING -m set --match-set partners dst -j SNAT --to-source 192.168.1.11
COMMIT
`;
    const read = readIptablesSave(dump);
    const ruleset = savedRuleset(
      (read.ok && read.table) || { policies: new Map(), rules: new Map() },
      { chain: 'X', families: [] },
      { family: 4, preserved: new CidrList(4, []), toPorts: [], randomFully: true },
    );
    const sources = IntervalSet.ofCidr(cidr('10.244.0.0/24'));
    const sets = new Map([['partners', IntervalSet.ofCidr(cidr('198.51.100.0/24'))]]);
    const map = kernelMap(ruleset, { sources, sets });
    expect(POINTS.map(point => decided(map.at(point)))).toEqual([
      'masquerade false',
      'masquerade false',
      'masquerade false',
      'snat 192.168.1.11',
      'preserve',
    ]);
    expect(POINTS.map(point => decided(kernelMap(ruleset).at(point)))).toEqual(POINTS.map(() => undefined));
  });
});

describe('a rule for packets that pods do not send out of the node', () => {
  const ruleOf = (rule: string): NatRuleset => {
    const read = readIptablesSave(`*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING ${rule} -j MASQUERADE\nCOMMIT\n`);
    return iptablesRuleset(4, (read.ok && read.table) || { policies: new Map(), rules: new Map() });
  };
  const [point] = POINTS;

  test.each([
    // Docker's, of what a container sends to itself by way of a published port.
    ['-s 203.0.113.1/32 -d 203.0.113.1/32 -p tcp', 'preserve'],
    ['-s 203.0.113.2/32 -d 203.0.113.1/32', undefined],
    ['-s 203.0.113.0/24 -d 203.0.113.0/24', undefined],
    // kubenet's, of what the node sends to host ports.
    ['-s 127.0.0.0/8 -o cbr0', 'preserve'],
    ['! -s 127.0.0.0/8', 'masquerade false'],
    ['-s 127.0.0.1/32', 'preserve'],
    ['-s 126.0.0.0/7', undefined],
    // kube-proxy's in IPVS mode, of what a pod sends to itself by way of a Service.
    ['-m set --match-set KUBE-LOOP-BACK dst,dst,src', 'preserve'],
    ['-m set --match-set KUBE-CLUSTER-IP dst,dst', undefined],
    // What istio's agent sends to pods.
    ['-m owner --socket-exists -p tcp -m set --match-set istio-inpod-probes-v4 dst', 'preserve'],
    ['-m addrtype --src-type LOCAL', 'preserve'],
  ])('%s', (rule, expected) => {
    expect(decided(kernelMap(ruleOf(rule)).at(point!))).toBe(expected);
  });

  const from = (block: string) => ({ on: 'source', set: IntervalSet.ofCidr(cidr(block)) }) as const;
  const [nodes, pods] = [from('192.168.1.0/24'), from('10.244.0.0/16')];

  test.each<readonly [string, readonly Condition[], boolean, boolean]>([
    ['from nodes', [nodes], false, true],
    ['from the node', [{ on: 'source-type', type: 'LOCAL', negated: false }], false, true],
    [
      'from an address to itself',
      [
        { on: 'source', set: TO_POINT },
        { on: 'destination', set: TO_POINT },
      ],
      false,
      true,
    ],
    ['from pods', [pods], true, true],
    ['to elsewhere', [{ on: 'destination', set: TO_POINT.complement() }], false, false],
  ])('unless they were given another source before: %s', (_, conditions, before, behind) => {
    const chains = new Map<string, NatChain>([
      ['nat', { policy: 'accept', rules: [] }],
      [
        'other',
        { policy: 'accept', rules: [{ conditions, verdict: { kind: 'unknown', text: 'ip saddr set' }, text: '' }] },
      ],
    ]);
    const isOpen = (priority: number): boolean => {
      const hooks = [
        { chain: 'nat', nat: true, priority: 100 },
        { chain: 'other', nat: false, priority },
      ];
      const map = kernelMap({ family: 4, chains, hooks }, { sources: pods.set });
      return decided(map.at(point!)) === undefined;
    };
    expect([isOpen(99), isOpen(101)]).toEqual([before, behind]);
  });
});

describe('the walk keeps within bounds', () => {
  const RETURN: NatRule = { conditions: [], verdict: { kind: 'return' }, text: '-j RETURN' };
  const jump = (chain: string, ...conditions: Condition[]): NatRule => ({
    conditions,
    verdict: { kind: 'jump', chain },
    text: `-j ${chain}`,
  });
  const ruleset = (rules: readonly (readonly NatRule[])[]): NatRuleset => ({
    family: 4,
    chains: new Map(rules.map((list, i) => [`${i}`, { policy: i === 0 ? 'accept' : 'return', rules: list }])),
    hooks: [{ chain: '0', nat: true, priority: 100 }],
  });
  const whole = (set: NatRuleset): string => mapText(kernelMap(set));

  test('where each chain leads to the next one twice', () => {
    const rules = Array.from({ length: 40 }, (_, i) => (i < 39 ? [jump(`${i + 1}`), jump(`${i + 1}`)] : [RETURN]));
    expect(whole(ruleset(rules))).toContain('more rules than can be followed');
  });

  test('where chains lead into each other for ever', () => {
    expect(whole(ruleset([[jump('1')], [jump('1')]]))).toContain('chains lead too deep into each other at "1"');
  });

  test('where packets may carry any mark', () => {
    const rules = Array.from(
      { length: 32 },
      (_, bit): NatRule => ({
        conditions: [{ on: 'unknown', text: '-o eth0' }],
        verdict: { kind: 'set-mark', clear: 2 ** bit, flip: 2 ** bit },
        text: `bit ${bit}`,
      }),
    );
    expect(whole(ruleset([rules]))).toContain('packets carry too many different marks');
  });

  test('where too many base chains have one priority', () => {
    const many = ruleset([[], [], [], [], []]);
    const hooks = [...many.chains.keys()].map(chain => ({ chain, nat: true, priority: 100 }));
    expect(whole({ ...many, hooks })).toContain('too many base chains of the same priority');
    expect(whole({ ...many, hooks: hooks.slice(0, 4) })).toBe('0.0.0.0-255.255.255.255 preserved\n');
  });

  test('where the rule is looked for that lets packets out behind a thousand others', () => {
    const others = Array.from(
      { length: 1000 },
      (_, i): NatRule => ({
        conditions: [
          { on: 'source', set: IntervalSet.ofCidr(cidr(`172.16.${i % 256}.0/24`)) },
          { on: 'destination', set: IntervalSet.ofCidr(cidr(`203.${i % 256}.0.0/16`)) },
        ],
        verdict: { kind: 'drop' },
        text: `${i}`,
      }),
    );
    const accept: NatRule = { conditions: [], verdict: { kind: 'accept' }, text: '-j ACCEPT' };
    const rule = (protocol: Protocol): NatRule | undefined =>
      exemptingRule(ruleset([[...others, accept, RETURN]]), { protocol }, address('10.0.0.1'));
    expect(PROTOCOLS.map(rule)).toEqual(PROTOCOLS.map(() => accept));
    expect(exemptingRule(ruleset([others]), { protocol: 'tcp' }, address('10.0.0.1'))).toBeUndefined();
  });

  test('where a rule leads to a chain that is not there', () => {
    const set = ruleset([[jump('X', { on: 'destination', set: IntervalSet.ofCidr(cidr('203.0.113.0/24')) })]]);
    expect(whole(set)).toBe(
      '0.0.0.0-203.0.112.255 preserved\n203.0.113.0-203.0.113.255 unknown\n    -j X\n203.0.114.0-255.255.255.255 preserved\n',
    );
    expect(whole({ ...set, hooks: [{ chain: 'Y', nat: true, priority: 0 }] })).toContain('no base chain "Y"');
  });

  test('rulesets whose chains cannot be told apart are not joined', () => {
    expect(() => joinRulesets(ruleset([[]]), ruleset([[]]))).toThrow('two rulesets have a chain "0"');
    expect(() => joinRulesets(ruleset([[]]), { family: 6, chains: new Map(), hooks: [] })).toThrow(RangeError);
  });
});

test.each([
  ['1-9', '1-9', true],
  ['1-9', '1-4,5-9', true],
  ['5000', '5000-5000', true],
  ['20-30,1-9', '1-9,20-30', true],
  ['1-9', '1-10', false],
  ['1-9', undefined, false],
  [undefined, undefined, true],
])('ports %s and %s', (a, b, same) => {
  expect(samePorts(a, b)).toBe(same);
});
