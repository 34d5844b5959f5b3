import { expect, test } from 'vitest';
import { dumpOf, INTENT, kubeProxy } from '../dump/nodes';
import { sandbox } from './sandbox';

const box = sandbox();

const explain = (rules: readonly string[], ...args: string[]): string => {
  box.write('node', dumpOf(rules));
  return box.masq('explain', 'node', ...args).stdout;
};
const json = (rules: readonly string[], ...args: string[]) => JSON.parse(explain(rules, ...args, '-f', 'json'))[0];
const at = (line: number, text: string): string => `iptables -t nat ${text} (node:${line}:1)`;
const MASQUERADE = '-A POSTROUTING -d 10.3.0.0/16 -j MASQUERADE';
const RETURN = '-A POSTROUTING -d 10.3.0.0/16 -j RETURN';

test.each([
  ['by chance', '-A POSTROUTING -d 10.3.0.0/16 -m statistic --mode random --probability 0.5 -j MASQUERADE', MASQUERADE],
  ['by the protocol', '-A POSTROUTING -d 10.3.0.0/16 -p tcp -j MASQUERADE', MASQUERADE],
  ['by a set', '-A POSTROUTING -m set --match-set x dst -j MASQUERADE', MASQUERADE],
  ['by a set, without another source', '-A POSTROUTING -m set --match-set x dst -j RETURN', RETURN],
  ['by the protocol, without another source', '-A POSTROUTING -d 10.3.0.0/16 -p udp -j ACCEPT', RETURN],
])('all rules are named that decide alike: %s', (_, some, others) => {
  expect(explain([some, others], '--to', '10.3.0.1')).toContain(
    `\n    decided by ${at(7, some)} for some packets, else by ${at(8, others)}\n`,
  );
  const [{ decidedBy }] = json([some, others], '--to', '10.3.0.1').explanations;
  const [first, second] = [some, others].map(text => `iptables -t nat ${text}`);
  expect(decidedBy).toEqual({
    rule: `${first} for some packets, else by ${second}`,
    file: 'node',
    line: 7,
    column: 1,
    rules: [
      { rule: first, file: 'node', line: 7, column: 1 },
      { rule: second, file: 'node', line: 8, column: 1 },
    ],
  });
});

test('where no rule keeps the source of the others, that is said', () => {
  const some = '-A POSTROUTING -m set --match-set x dst -j RETURN';
  expect(explain([some], '--to', '10.3.0.1')).toContain(
    `    decided by ${at(7, some)} for some packets, else by no rule that gives packets another source\n`,
  );
});

test('one rule that decides has no list', () => {
  expect(json([MASQUERADE], '--to', '10.3.0.1').explanations[0].decidedBy).not.toHaveProperty('rules');
});

test('many that decide are counted in text', () => {
  const some = [1, 2, 3, 4, 5].map(n => `-A POSTROUTING -m set --match-set x${n} dst -j MASQUERADE`);
  const text = explain([...some, MASQUERADE], '--to', '10.3.0.1');
  expect(text).toContain(`${at(9, some[2]!)} or 2 more for some packets, else by ${at(12, MASQUERADE)}`);
  expect(json([...some, MASQUERADE], '--to', '10.3.0.1').explanations[0].decidedBy.rules).toHaveLength(6);
});

test('every rule that was asked is told in the order of the kernel, through all chains, with the reason', () => {
  const rules = [
    '-A POSTROUTING -d 10.0.0.0/8 -j ONE',
    '-A POSTROUTING -d 10.3.0.0/16 -j MASQUERADE',
    '-A ONE -d 10.4.0.0/16 -j MASQUERADE',
    '-A ONE -s 127.0.0.1/32 -j MASQUERADE',
    '-A ONE -p tcp -j TCP',
    '-A ONE -m addrtype --dst-type LOCAL -j RETURN',
    '-A ONE -j RETURN',
    '-A ONE -j MASQUERADE',
    '-A TCP -p tcp -m tcp --dport 80 -j RETURN',
  ];
  expect(
    explain([...kubeProxy(2), ...rules], '--to', '10.3.0.1')
      .split('\n')
      .slice(2),
  ).toMatchInlineSnapshot(`
    [
      "  to 10.3.0.1: masqueraded",
      "    they leave with the address of its node",
      "    decided by iptables -t nat -A POSTROUTING -d 10.3.0.0/16 -j MASQUERADE (node:42:1)",
      "    not by iptables -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING (node:20:1): it leads to chain KUBE-POSTROUTING, where other rules are asked",
      "    not by iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN (node:22:1): it ends its chain, and packets go on behind it",
      "    not by iptables -t nat -A POSTROUTING -d 10.0.0.0/8 -j ONE (node:41:1): it leads to chain ONE, where other rules are asked",
      "    not by iptables -t nat -A ONE -d 10.4.0.0/16 -j MASQUERADE (node:43:1): it holds none of the destinations: 10.4.0.0/16",
      "    not by iptables -t nat -A ONE -s 127.0.0.1/32 -j MASQUERADE (node:44:1): it is for packets that come from elsewhere",
      "    not by iptables -t nat -A ONE -p tcp -j TCP (node:45:1): it leads to chain TCP, where other rules are asked",
      "    not by iptables -t nat -A TCP -p tcp -m tcp --dport 80 -j RETURN (node:49:1): it may hold or not, and then ends its chain, and packets go on behind it",
      "    not by iptables -t nat -A ONE -m addrtype --dst-type LOCAL -j RETURN (node:46:1): it is for other packets than those that pods send out of the node",
      "    not by iptables -t nat -A ONE -j RETURN (node:47:1): it ends its chain, and packets go on behind it",
      "",
    ]
  `);
  const { asked, explanations } = json([...kubeProxy(2), ...rules], '--to', '10.3.0.1');
  expect(asked).toBeUndefined();
  expect(explanations[0].askedBefore).toBe(explanations[0].asked.length);
  expect(explanations[0].asked.length).toBeGreaterThan(8);
});

test('of other destinations other rules are asked, and those before them stand there once', () => {
  const rules = [
    '-A POSTROUTING -d 10.3.0.0/16 -j ONE',
    '-A POSTROUTING -d 10.0.0.0/8 -j RETURN',
    '-A POSTROUTING -j MASQUERADE',
  ];
  const own = '-A ONE -d 10.3.1.0/24 -j MASQUERADE';
  const lines = explain([...rules, own], '--to', '10.3.0.0/16,11.0.0.1').split('\n');
  expect(lines.filter(line => line.startsWith('    not by'))).toMatchInlineSnapshot(`
    [
      "    not by iptables -t nat -A POSTROUTING -d 10.3.0.0/16 -j ONE (node:8:1): it leads to chain ONE, where other rules are asked",
      "    not by iptables -t nat -A ONE -d 10.3.1.0/24 -j MASQUERADE (node:11:1): it holds none of the destinations: 10.3.1.0/24",
      "    not by the rule that did not decide above",
      "    not by iptables -t nat -A POSTROUTING -d 10.0.0.0/8 -j RETURN (node:9:1): it holds none of the destinations: 10.0.0.0/8",
      "    not by the rule that did not decide above",
    ]
  `);
});

test('no number is told where nobody knows which rules were asked', () => {
  const listed = (name: string): object[] => {
    const of = { family: 'ip', table: name };
    return [
      { table: { family: 'ip', name } },
      { chain: { ...of, name: 'c', type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' } },
      { rule: { ...of, chain: 'c', handle: 2, expr: [{ masquerade: null }] } },
    ];
  };
  box.write('node', JSON.stringify({ nftables: [...listed('a'), ...listed('b')] }));
  expect(box.masq('explain', 'node', '--to', '10.3.0.1').stdout).toContain(
    'which rules were asked before it is not known: the dump does not tell in which order all are asked',
  );
  const [{ asked, explanations }] = JSON.parse(box.masq('explain', 'node', '--to', '10.3.0.1', '-f', 'json').stdout);
  expect(asked).toBeUndefined();
  expect(explanations[0]).not.toHaveProperty('askedBefore');
});

test('of thousands of destinations with thousands of rules nothing is listed, and of one of them all is', () => {
  const rules = Array.from({ length: 600 }, (_, n) => `-A POSTROUTING -d 11.${n >> 8}.${n & 255}.0/25 -j RETURN`);
  const all = [...rules, '-A POSTROUTING -j MASQUERADE'];
  expect(explain(all, '--to', '11.0.0.0/8')).toContain(
    'which rules were asked before it is told of fewer destinations',
  );
  expect(json(all, '--to', '11.0.0.0/8').explanations[0]).not.toHaveProperty('askedBefore');
  expect(json(all, '--to', '11.2.1.1').explanations[0]).toMatchObject({ askedBefore: 513 });
});

test('a rule for one protocol that makes the difference is named, with what it asks', () => {
  const kept = '-A POSTROUTING -d 10.3.0.0/16 -p tcp -j RETURN';
  const others = '-A POSTROUTING -j MASQUERADE';
  const text = explain([kept, others], '--to', '10.3.0.1');
  expect(text).toContain(`    decided by ${at(7, kept)}, and ${at(8, others)}\n`);
  box.write('masq.yaml', INTENT);
  const { stderr } = box.masq(
    'import',
    'node',
    '--node-cidr',
    '192.168.1.0/24',
    '--pod-cidr',
    '10.244.0.0/16',
    '--platform',
    'kubernetes',
  );
  expect(stderr).toContain(
    `node:7:1 error MQ803 packets to 10.3.0.0/16 are treated in a way that cannot be told from "iptables -t nat ${kept}"`,
  );
});

test.each([
  ['-d 10.0.0.0/33', 'a prefix of IPv4 has 32 bits at most'],
  ['! -s fd00::/129', 'a prefix of IPv6 has 128 bits at most'],
  ['-d 10.0.0.256/8', '"10.0.0.256"'],
])('what no kernel has is an error at its line: %s', (asked, why) => {
  box.write('node', dumpOf(['-A POSTROUTING -j RETURN', `-A POSTROUTING ${asked} -j MASQUERADE`]));
  const { status, stderr } = box.masq('explain', 'node', '--to', '10.0.0.1');
  expect(status).toBe(2);
  expect(stderr).toContain(`node:8:1: "${asked.replace('! ', '')}" is no block of addresses: `);
  expect(stderr).toContain(why);
});

test('of thousands of rules that a packet may come to the first ones are named', () => {
  const rule = (n: number): string => `-A POSTROUTING -s 10.9.${n}.0/24 -j MASQUERADE`;
  const rules = Array.from({ length: 200 }, (_, n) => rule(n));
  const first = [0, 1, 2, 3, 4].map(rule);
  const text = explain(rules, '--to', '8.8.8.8');
  expect(text).toContain(`it hangs on ${first.map(one => `"iptables -t nat ${one}"`).join(', ')} and 195 more rules\n`);
  expect(text).toContain(
    `    decided by ${first.map((one, n) => at(7 + n, one)).join(', and ')}, and 195 more rules\n`,
  );
  expect(json(rules, '--to', '8.8.8.8').explanations[0].decidedBy.rules).toHaveLength(200);
});

test('how source ports are chosen is no other treatment', () => {
  const tcp = '-A POSTROUTING -d 10.3.0.0/16 -p tcp -j MASQUERADE';
  const all = '-A POSTROUTING -d 10.0.0.0/8 -j MASQUERADE --random-fully';
  expect(explain([tcp, all], '--to', '10.3.0.1')).toContain(
    `to 10.3.0.1: masqueraded
    they leave with the address of its node
    decided by ${at(7, tcp)} for some packets, else by ${at(8, all)}
`,
  );
  // Ports that only some packets get are.
  const ports = `${tcp} --to-ports 1024-2048`;
  const udp = '-A POSTROUTING -d 10.3.0.0/16 -p udp -j MASQUERADE';
  expect(explain([ports, udp, all], '--to', '10.3.0.1')).toContain('to 10.3.0.1: treated in a way that cannot be told');
});
