import { describe, expect, test } from 'vitest';
import { enforcedOf } from '../../core/analysis/enforced';
import { readSubjects } from '../../core/analysis/subject';
import { type FamilyProof, verifyNode } from '../../core/analysis/verify';
import { nodeOf } from './node-of';
import { dumpOf, INTENT, kubeProxy } from './nodes';

const [subject] = readSubjects([{ file: 'masq.yaml', text: INTENT }]).subjects;

/** How a node stands, what is in the way, and what its differences hang on, each rule behind its line. */
function told(text: string): {
  verdict: FamilyProof['verdict'];
  inTheWay: string[];
  on: string[];
  isRemedied: boolean;
} {
  const node = nodeOf(text);
  const [proof] = verifyNode(node, subject!.map, enforcedOf(subject!)).families;
  const placed = (rule: Parameters<typeof node.placeOf>[1]): string =>
    `${node.placeOf(4, rule)?.range?.start.line ?? '-'}: ${rule.text}`;
  const { verdict, inTheWay, isRemedied, differences } = proof!;
  const on = differences.flatMap(({ parts }) => parts.flatMap(({ rules }) => rules.map(placed)));
  return { verdict, inTheWay: inTheWay.map(({ rule }) => placed(rule)), on, isRemedied };
}

const NODE = dumpOf([...kubeProxy(2), '@agent']);
const LINES = NODE.split('\n').length;
const MARK = '-j MARK --set-xmark 0x4000/0x4000';

/** The node with rules in another table of iptables, whose first one stands in the line behind its chains. */
const beside = (table: string, rules: readonly string[], node = NODE): string =>
  [
    `${node}*${table}`,
    ':PREROUTING ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ...rules,
    'COMMIT',
    '',
  ].join('\n');
const FIRST = LINES + 4;

describe('where others set the mark of packets to Services, it is their rule that is in the way', () => {
  test.each([
    ['mangle', `-A PREROUTING -d 10.8.8.0/24 ${MARK}`],
    ['mangle', `-A FORWARD -d 10.8.8.0/24 ${MARK}`],
    ['filter', `-A FORWARD -d 10.8.8.0/24 ${MARK}`],
    ['filter', '-A FORWARD -d 10.8.8.0/24 -j CONNMARK --set-xmark 0x4000/0x4000'],
  ])('in the table %s: %s', (table, rule) => {
    const { on, ...others } = told(beside(table, [rule]));
    const blamed = `${FIRST}: iptables -t ${table} ${rule}`;
    expect(others).toEqual({ verdict: 'unproven', inTheWay: [blamed], isRemedied: true });
    expect(on[0]).toBe(blamed);
  });

  test('behind the routing decision, where it is followed', () => {
    const rule = `-A POSTROUTING -d 10.8.8.0/24 ${MARK}`;
    const blamed = `${FIRST}: iptables -t mangle ${rule}`;
    expect(told(beside('mangle', [rule]))).toMatchObject({
      verdict: 'contradicted',
      inTheWay: [blamed],
      isRemedied: true,
    });
    const set = rule.replace(' -j', ' -m set --match-set x dst -j');
    expect(told(beside('mangle', [set]))).toMatchObject({
      verdict: 'unproven',
      inTheWay: [`${FIRST}: iptables -t mangle ${set}`],
      isRemedied: true,
    });
  });

  test('of several those that matter, though another rule of others masquerades behind', () => {
    const rules = [
      `-A POSTROUTING -d 10.8.0.0/16 ${MARK}`,
      '-A POSTROUTING -d 10.7.0.0/16 -j MARK --set-xmark 0x8/0x8',
      `-A POSTROUTING -d 10.9.0.0/16 ${MARK}`,
      `-A POSTROUTING -d 8.8.8.0/24 ${MARK}`,
    ];
    const flannel = '-A POSTROUTING -d 10.8.0.0/15 -j MASQUERADE --random-fully';
    const node = dumpOf([...kubeProxy(2), flannel, '@agent']);
    const { inTheWay, isRemedied } = told(beside('mangle', rules, node));
    expect(inTheWay.map(one => one.replace(/^\d+: /, ''))).toEqual([
      `iptables -t mangle ${rules[0]}`,
      `iptables -t mangle ${rules[2]}`,
      `iptables -t nat ${flannel}`,
    ]);
    expect(isRemedied).toBe(true);
  });

  test('and a jump to the chain that sets it', () => {
    const rule = '-A PREROUTING -d 10.9.0.0/16 -j KUBE-MARK-MASQ';
    const { inTheWay } = told(dumpOf([...kubeProxy(2), rule, '@agent']));
    expect(inTheWay).toEqual([expect.stringContaining(`: iptables -t nat ${rule}`)]);
  });

  test("kube-proxy's own rule is, where no mark is the reason", () => {
    const node = dumpOf(['-A POSTROUTING -j KUBE-POSTROUTING', '-A KUBE-POSTROUTING -j MASQUERADE', '@agent']);
    const blamed = {
      inTheWay: [expect.stringContaining('-A KUBE-POSTROUTING -j MASQUERADE')],
      isRemedied: true,
    };
    expect(told(node)).toMatchObject(blamed);
    const mark = '-A POSTROUTING -d 10.9.0.0/16 -j MARK --set-xmark 0x8/0x8';
    expect(told(beside('mangle', [mark], node))).toMatchObject(blamed);
  });

  test("Cilium's programs are no rule that could go", () => {
    const node = dumpOf([
      '-A POSTROUTING -j ts-postrouting',
      '-A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE',
      '-A POSTROUTING -d 10.200.0.1/32 -m comment --comment cilium-x -j ACCEPT',
      '@agent',
    ]);
    const { verdict, inTheWay, on } = told(node);
    expect({ verdict, inTheWay }).toEqual({ verdict: 'unproven', inTheWay: [] });
    expect(on[0]).toBe("-: the marks that Cilium's programs give to packets of pods");
  });
});

/** Rules of nft in a chain of a hook, in the line behind the node. */
const listing = (hook: string, ...rules: readonly (readonly object[])[]): string => {
  const of = { family: 'inet', table: 'z' };
  return `${NODE}${JSON.stringify({
    nftables: [
      { table: { family: 'inet', name: 'z' } },
      { chain: { ...of, name: 'f', type: 'filter', hook, prio: -150, policy: 'accept' } },
      ...rules.map((expr, n) => ({ rule: { ...of, chain: 'f', handle: n + 2, expr } })),
    ],
  })}\n`;
};
const daddr = { match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right: '10.8.8.8' } };
const set = (value: unknown, key: string = 'meta'): object => ({ mangle: { key: { [key]: { key: 'mark' } }, value } });
const or = { '|': [{ meta: { key: 'mark' } }, 0x4000] };

describe('the same of nft', () => {
  test.each([
    ['forward', 'meta mark set 0x00004000', set(0x4000)],
    ['prerouting', 'meta mark set meta mark | 0x00004000', set(or)],
  ])('at %s: %s', (hook, text, statement) => {
    const { on, ...others } = told(listing(hook, [daddr, statement]));
    const blamed = `${LINES}: inet z f handle 2: ip daddr 10.8.8.8 ${text}`;
    expect(others).toEqual({ verdict: 'unproven', inTheWay: [blamed], isRemedied: true });
    expect(on[0]).toBe(blamed);
  });

  test("in kube-proxy's own table they are for packets to Services", () => {
    const marks = listing('prerouting', [set(or)]);
    expect(told(marks).verdict).toBe('unproven');
    expect(told(marks.replaceAll('"z"', '"kube-proxy"')).verdict).toBe('proven');
  });

  test('behind the routing decision for some destinations only', () => {
    const outside = { match: { ...daddr.match, right: '8.8.8.8' } };
    expect(told(listing('forward', [outside, set(0x4000)])).verdict).toBe('proven');
    expect(told(listing('prerouting', [outside, set(0x4000)])).verdict).toBe('unproven');
  });
});

const ASKING = '-A POSTROUTING -d 10.8.0.0/16 -m mark --mark 0x2/0x2 -j MASQUERADE';
const ASKED = dumpOf([...kubeProxy(2), ASKING, '@agent']);
const clearing = (rule: string, ...more: readonly string[]): string =>
  told(beside('mangle', [rule, ...more], ASKED)).verdict;
const CLEAR = '-A FORWARD -j MARK --set-xmark 0x0/0xffffffff';

describe('marks that every packet loses before', () => {
  test('hang on nothing', () => {
    expect(clearing('-A FORWARD -j MARK --set-xmark 0x1/0x1')).toBe('unproven');
    expect(clearing(CLEAR)).toBe('proven');
    expect(clearing('-A FORWARD -m comment --comment "all of them" -j MARK --set-xmark 0x0/0x2')).toBe('proven');
    expect(clearing('-A FORWARD -j MARK --set-xmark 0x2/0xffffffff')).toBe('unproven');
    expect(clearing('-A PREROUTING -j MARK --set-xmark 0x4000/0x4000', CLEAR)).toBe('proven');
    expect(clearing('-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff', CLEAR)).toBe('proven');
    expect(clearing('-A FORWARD -m comment --comment "no -j ACCEPT" -j LOG', CLEAR)).toBe('proven');
  });

  test('of the other family are another matter', () => {
    const six = '# Generated by ip6tables-save v1.8.9 on Mon Jan  5 00:00:00 2026\n';
    expect(told(beside('mangle', [CLEAR], ASKED + six)).verdict).toBe('unproven');
    expect(told(beside('mangle', [`-A FORWARD ${MARK}`], NODE + six)).verdict).toBe('proven');
  });

  test.each([
    ['for some packets only', ['-A FORWARD -p tcp -j MARK --set-xmark 0x0/0xffffffff']],
    ['behind a rule that lets packets go', ['-A FORWARD -s 10.244.1.0/24 -j ACCEPT', CLEAR]],
    ['before the routing decision', ['-A PREROUTING -j MARK --set-xmark 0x0/0xffffffff']],
    [
      "and a connection's mark is put back",
      [CLEAR, '-A FORWARD -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff'],
    ],
    ['and are set again', [CLEAR, '-A FORWARD -d 10.8.0.0/16 -j MARK --set-xmark 0x2/0x2']],
  ])('but %s', (_, rules) => {
    expect(clearing(rules[0]!, ...rules.slice(1))).toBe('unproven');
  });

  test('by nft', () => {
    const nft = (hook: string, ...rules: readonly (readonly object[])[]): string =>
      told(listing(hook, ...rules).replace(NODE, ASKED)).verdict;
    expect(nft('forward', [set(0)])).toBe('proven');
    expect(nft('forward', [daddr, set(0)])).toBe('unproven');
    expect(nft('prerouting', [set(0)])).toBe('unproven');
    expect(nft('forward', [set(0)], [set({ ct: { key: 'mark' } })])).toBe('unproven');
    expect(nft('forward', [set(0)], [set(2)])).toBe('unproven');
    const dormant = listing('forward', [set(0)]).replace('"name":"z"}}', '"name":"z","flags":["dormant"]}}');
    expect(told(dormant.replace(NODE, ASKED)).verdict).toBe('unproven');
    const bridged = listing('forward', [set(0)]).replaceAll('"inet"', '"bridge"');
    expect(told(bridged.replace(NODE, ASKED)).verdict).toBe('unproven');
  });

  test('of chains that packets do not come to nothing is asked', () => {
    const rule = `-A LOOSE ${MARK}`;
    expect(told(beside('mangle', [':LOOSE - [0:0]', rule])).verdict).toBe('proven');
    expect(told(beside('mangle', [':LOOSE - [0:0]', '-A FORWARD -j LOOSE', rule])).verdict).toBe('unproven');
    expect(told(beside('mangle', [':LOOSE - [0:0]', ':OUTPUT ACCEPT [0:0]', '-A OUTPUT -j LOOSE', rule])).verdict).toBe(
      'proven',
    );
  });
});
