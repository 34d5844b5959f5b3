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

  test('one destination has all, however many they are', () => {
    const many = Array.from({ length: 50_001 }, (_, n) => `-A POSTROUTING -d 11.${n >> 8}.${n & 255}.1/32 -j RETURN`);
    const dump = ['*nat', ':POSTROUTING ACCEPT [0:0]', ...many, MASQUERADE, 'COMMIT', ''].join('\n');
    expect(told(dump, '10.3.0.1/32')).toHaveLength(50_002);
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
});
