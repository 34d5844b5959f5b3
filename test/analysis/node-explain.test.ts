import { describe, expect, test } from 'vitest';
import { cidr, IntervalSet } from '../../core/address';
import { podSets } from '../../core/analysis/enforced';
import { explainNode } from '../../core/analysis/node-explain';
import { nodeTreatment } from '../../core/analysis/node-subject';
import { termsText } from '../../core/analysis/terms';
import { nodeOf } from '../dump/node-of';
import { dumpOf } from '../dump/nodes';

/** By the parts of some destinations: what becomes of packets, and which rules were asked before, with the reason. */
function told(dump: string, to: string, pods?: string): string[] {
  const map = nodeTreatment(nodeOf(dump), pods === undefined ? undefined : podSets(pods));
  return explainNode(map, IntervalSet.ofCidr(cidr(to)))!.flatMap(({ to, decision, passed }) => [
    `${termsText(to)}: ${decision.treatment.kind}`,
    ...passed.all.map(({ decision: { rule }, why }) => `${rule.replace(/^ip6?tables -t nat -A /, '')}: ${why}`),
    ...(passed.untold === undefined ? [] : [`untold: ${passed.untold}`]),
  ]);
}

const MASQUERADE = '-A POSTROUTING -j MASQUERADE';
const SET = '-m set --match-set x dst -j RETURN';

describe('of the rules of a node that were asked', () => {
  test('nothing is told for a family that is in no dump', () => {
    expect(told(dumpOf([MASQUERADE]), '2001:db8::1/128')).toEqual(['2001:db8::1: unknown', 'untold: ']);
  });

  test('all are told where the last of those that decide is none, and none that decides', () => {
    const behind = '-d 10.9.0.0/16 -j MASQUERADE';
    const lines = (...rules: string[]) => dumpOf(rules.map(rule => `-A POSTROUTING ${rule}`));
    expect(told(lines(SET, behind), '10.3.0.1/32')).toEqual([
      '10.3.0.1: preserve',
      `POSTROUTING ${behind}: holds none of the destinations: 10.9.0.0/16`,
    ]);
    expect(told(lines(SET, '-d 10.3.0.0/16 -j RETURN', '-j MASQUERADE'), '10.3.0.1/32')).toEqual([
      '10.3.0.1: preserve',
    ]);
  });

  test('those that hold for some of the destinations say for which', () => {
    const rules = ['-A POSTROUTING -d 10.0.0.0/8 -j ONE', MASQUERADE, '-A ONE -d 10.3.1.0/24 -j RETURN'];
    expect(told(dumpOf(rules), '10.3.0.0/16')).toEqual([
      '10.3.0.0/16: masquerade',
      'POSTROUTING -d 10.0.0.0/8 -j ONE: leads to chain ONE, where other rules are asked',
      'ONE -d 10.3.1.0/24 -j RETURN: ends its chain, and packets go on behind it, for 10.3.1.0/24 alone',
    ]);
  });

  test('those that ask for a source hang on it as long as nobody knows where pods have their addresses', () => {
    const dump = dumpOf(['-A POSTROUTING -s 10.1.0.0/16 -j ONE', '-A ONE -d 10.9.0.0/16 -j MASQUERADE', MASQUERADE]);
    const ask = (pods?: string) => told(dump, '10.3.0.1/32', pods)[1];
    expect(ask()).toMatch(/: may hold or not, and then leads to chain ONE, where other rules are asked$/);
    expect(ask('10.2.0.0/16')).toMatch(/: is for packets that come from elsewhere$/);
  });

  test('one destination has all, however many rules there are', () => {
    const many = Array.from({ length: 50_000 }, () => '-A OTHERS -j RETURN');
    const chains = ['*nat', ':POSTROUTING ACCEPT [0:0]', ':OTHERS - [0:0]'];
    const own = '-A POSTROUTING -d 10.9.0.0/16 -j OTHERS';
    expect(told([...chains, own, MASQUERADE, ...many, 'COMMIT', ''].join('\n'), '10.3.0.1/32')).toEqual([
      '10.3.0.1: masquerade',
      'POSTROUTING -d 10.9.0.0/16 -j OTHERS: holds none of the destinations: 10.9.0.0/16',
    ]);
  });

  test('one with a map of verdicts is told once, by what it has for the destinations', () => {
    const of = { family: 'ip', table: 't', chain: 'c' };
    const vmap = {
      vmap: {
        key: { payload: { protocol: 'ip', field: 'daddr' } },
        data: {
          set: [
            ['10.1.0.1', { jump: { target: 'one' } }],
            ['10.1.0.2', { jump: { target: 'two' } }],
            ['10.1.0.3', { accept: null }],
          ],
        },
      },
    };
    const nftables = [
      { table: { family: 'ip', name: 't' } },
      { chain: { ...of, chain: undefined, name: 'c', type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' } },
      ...['one', 'two'].map(name => ({ chain: { ...of, chain: undefined, name } })),
      { rule: { ...of, handle: 4, expr: [vmap] } },
      { rule: { ...of, handle: 5, expr: [{ masquerade: null }] } },
    ];
    const ask = (to: string) => told(JSON.stringify({ nftables }), to);
    const text = 'ip t c handle 4: ip daddr vmap { 10.1.0.1 : jump one, 10.1.0.2 : jump two, 10.1.0.3 : accept }';
    const lead = (chain: string): string => `${text}: leads to chain ${chain}, where other rules are asked`;
    expect(ask('10.1.0.1/32')).toEqual(['10.1.0.1: masquerade', lead('one')]);
    expect(ask('10.1.0.2/32')).toEqual(['10.1.0.2: masquerade', lead('two')]);
    expect(ask('10.9.0.1/32')).toEqual(['10.9.0.1: masquerade', `${text}: holds none of the destinations`]);
  });

  test('those of several protocols stand where the kernel asks them', () => {
    const rules = [
      '-A POSTROUTING -p udp -j UDP',
      '-A POSTROUTING -p tcp -m tcp --dport 80 -j UDP',
      MASQUERADE,
      '-A UDP -d 10.9.0.0/16 -j RETURN',
    ];
    expect(told(dumpOf(rules), '10.3.0.1/32').slice(1)).toEqual([
      'POSTROUTING -p udp -j UDP: leads to chain UDP, where other rules are asked',
      'UDP -d 10.9.0.0/16 -j RETURN: holds none of the destinations: 10.9.0.0/16',
      'POSTROUTING -p tcp -m tcp --dport 80 -j UDP: may hold or not, and then leads to chain UDP, where other rules are asked',
    ]);
  });

  test('those of base chains stand by their priorities', () => {
    const nftables = (
      [
        ['b', 110],
        ['a', 100],
      ] as const
    ).flatMap(([name, prio]) => [
      { table: { family: 'ip', name } },
      { chain: { family: 'ip', table: name, name: 'c', type: 'nat', hook: 'postrouting', prio, policy: 'accept' } },
      {
        rule: {
          ...{ family: 'ip', table: name, chain: 'c', handle: 4 },
          expr: [
            { match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right: '10.9.0.1' } },
            { masquerade: null },
          ],
        },
      },
    ]);
    expect(told(JSON.stringify({ nftables }), '10.3.0.1/32').slice(1)).toEqual([
      'ip a c handle 4: ip daddr 10.9.0.1 masquerade: holds none of the destinations: 10.9.0.1',
      'ip b c handle 4: ip daddr 10.9.0.1 masquerade: holds none of the destinations: 10.9.0.1',
    ]);
  });

  test('nothing is told where not all are followed', () => {
    const untold = 'untold: is not known: the dump does not tell in which order all are asked';
    const loop = ['-A POSTROUTING -j A', '-A A -j B', '-A B -j A', MASQUERADE];
    expect(told(dumpOf(loop), '10.3.0.1/32')).toEqual(['10.3.0.1: unknown', untold]);
    const nftables = Array.from({ length: 9 }, (_, n) => `t${n}`).flatMap(name => [
      { table: { family: 'ip', name } },
      {
        chain: { family: 'ip', table: name, name: 'c', type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' },
      },
      { rule: { family: 'ip', table: name, chain: 'c', handle: 4, expr: [{ masquerade: null }] } },
    ]);
    expect(told(JSON.stringify({ nftables }), '10.3.0.1/32')).toEqual(['10.3.0.1: unknown', untold]);
  });
});
