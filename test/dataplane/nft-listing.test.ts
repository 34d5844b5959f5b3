import { describe, expect, test } from 'vitest';
import { chainNames, nftEntries, postroutingChains, tablesOf, unlisted } from '../../core/dataplane/nft-listing';
import { readNftRuleset } from '../../core/dataplane/nft-ruleset';

const table = (family: string, name: string) => ({ table: { family, name, handle: 1 } });
const base = (family: string, of: string, more: object = {}) => ({
  chain: { family, table: of, name: 'c', type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept', ...more },
});

describe('entries of nft -j', () => {
  const line = (...nftables: unknown[]) => JSON.stringify({ nftables });

  test('are those of as many lines as there were commands', () => {
    const [first, second] = [table('ip', 'a'), base('ip', 'a')];
    expect(nftEntries(`${line(first)}\n`)).toEqual([first]);
    expect(nftEntries(`${line(first)}\n${line(second)}\n`, 2)).toEqual([first, second]);
    // nft that knows the last command only, and no more than that.
    expect(nftEntries(`${line(second)}\n`, 2)).toBeUndefined();
    expect(nftEntries(`${line(first)}\n${line(second)}\n`)).toBeUndefined();
  });

  test.each(['', '{', '[]', '{}', '{"nftables":{}}', 'table ip a'])('are nothing in %j', text => {
    expect(nftEntries(text)).toBeUndefined();
  });
});

test('base chains are those behind the routing decision', () => {
  const named = postroutingChains([
    table('ip', 'a'),
    base('ip', 'a'),
    base('ip6', 'b', { type: 'filter' }),
    base('inet', 'nat', { prio: -5 }),
    base('ip', 'nat', { name: 'POSTROUTING' }),
    base('ip', 'mangle', { type: 'filter' }),
    base('ip6', 'raw', { hook: 'output' }),
    base('ip6', 'filter'),
    base('ip', 'd', { hook: 'prerouting' }),
    base('bridge', 'e'),
    base('netdev', 'g', { hook: 'egress' }),
    { chain: { family: 'ip', table: 'f', name: 'led' } },
    'no entry',
  ]).map(({ name, families }) => [name, families]);
  expect(named).toEqual([
    ['ip a c', [4]],
    ['ip6 b c', [6]],
    ['inet nat c', [4, 6]],
    ['ip nat POSTROUTING', [4]],
    ['ip mangle c', [4]],
    ['ip6 filter c', [6]],
    ['netdev g c', [4, 6]],
  ]);
});

test('tables and chains are told apart by their families', () => {
  const entries = [table('ip', 'a'), table('ip6', 'a'), base('ip', 'a'), base('ip6', 'a'), 7];
  expect([...tablesOf(entries)]).toEqual(['ip a', 'ip6 a']);
  expect(chainNames(entries)).toEqual(['ip a c', 'ip6 a c']);
});

test('what rules lead to and was not listed is named', () => {
  const daddr = (right: string) => ({
    match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right },
  });
  const rule = (...expr: unknown[]) => ({ rule: { family: 'ip', table: 'a', chain: 'c', handle: 1, expr } });
  const set = { set: { family: 'ip', table: 'a', name: 'known', type: 'ipv4_addr', elem: ['203.0.113.1'] } };
  const led = { chain: { family: 'ip', table: 'a', name: 'led' } };
  const nftables = [
    base('ip', 'a'),
    set,
    led,
    rule(daddr('@known'), { jump: { target: 'led' } }),
    rule(daddr('@other'), { goto: { target: 'gone' } }),
  ];
  const { chains, sets } = unlisted(readNftRuleset(4, { nftables })!);
  expect([[...chains], [...sets]]).toEqual([['ip a gone'], ['ip a other']]);
});
