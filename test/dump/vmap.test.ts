import { describe, expect, test } from 'vitest';
import { address, formatAddress } from '../../core/address';
import { podSets } from '../../core/analysis/enforced';
import { nodeTreatment } from '../../core/analysis/node-subject';
import type { NodeRules } from '../../core/dump/node-rules';
import { hasKernel, inNamespace } from '../dataplane/kernel';
import { nodeOf } from './node-of';

/** A node's rules as nft lists them, of a table whose base chain has these. */
function rulesOf(rules: readonly string[], others = ''): NodeRules {
  const T = `table inet t {
    ${others}
    chain preserved { accept; }
    chain marking { meta mark set 2; }
    chain empty { }
    chain c { type nat hook postrouting priority 100; ${rules.join('; ')}; }
  }\n`;
  const text = inNamespace('nft -f T\nnft -j list ruleset', { T });
  return nodeOf(text);
}

const ADDRESSES = ['10.1.2.3', '10.200.0.1', '203.0.113.1'].map(address);

/** What is said of packets of a pod to each of the addresses. */
function said(node: NodeRules): string[] {
  const { base } = nodeTreatment(node, podSets('10.244.1.2/32'));
  return ADDRESSES.map(to => base[4].at(to).treatment.kind);
}

describe.skipIf(!hasKernel())('maps of verdicts are followed element by element', () => {
  test.each([
    [
      'of destinations',
      ['ip daddr vmap { 10.1.0.0/16 : accept, 203.0.113.1 : goto preserved }', 'masquerade'],
      ['preserve', 'masquerade', 'preserve'],
    ],
    [
      'of which none is for a packet',
      ['ip daddr vmap { 192.0.2.1 : drop }', 'masquerade'],
      ['masquerade', 'masquerade', 'masquerade'],
    ],
    [
      'behind which packets go on',
      ['ip daddr vmap { 10.0.0.0/8 : jump empty, 203.0.113.1 : continue }', 'masquerade'],
      ['masquerade', 'masquerade', 'masquerade'],
    ],
    [
      'with one for all others',
      ['ip daddr vmap { 10.1.0.0/16 : continue, * : accept }', 'masquerade'],
      ['masquerade', 'preserve', 'preserve'],
    ],
    ['of sources', ['ip saddr vmap { 10.244.0.0/16 : accept }', 'masquerade'], ['preserve', 'preserve', 'preserve']],
    [
      'of sources of others',
      ['ip saddr vmap { 192.0.2.0/24 : accept }', 'masquerade'],
      ['masquerade', 'masquerade', 'masquerade'],
    ],
    [
      'with a condition before',
      ['ip daddr 10.1.0.0/16 ip saddr vmap { 10.244.0.0/16 : accept }', 'masquerade'],
      ['preserve', 'masquerade', 'masquerade'],
    ],
    [
      'of devices, which nobody knows',
      ['oifname vmap { "a" : accept, "b" : jump empty }', 'masquerade'],
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'of devices, where that does not matter',
      ['oifname vmap { "a" : jump empty, "b" : return }', 'accept'],
      ['preserve', 'preserve', 'preserve'],
    ],
    [
      'of protocols that are treated differently',
      ['meta l4proto vmap { tcp : accept }', 'masquerade'],
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'of marks that are changed on the way',
      ['meta mark set 1', 'meta mark vmap { 1 : jump marking, 2 : accept }', 'masquerade'],
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'of marks',
      ['meta mark set 1', 'meta mark vmap { 1 : accept, 2 : goto marking }', 'masquerade'],
      ['preserve', 'preserve', 'preserve'],
    ],
    [
      'of families',
      ['meta nfproto vmap { ipv6 : accept, ipv4 : goto empty }', 'masquerade'],
      ['preserve', 'preserve', 'preserve'],
    ],
  ])('%s', (_, rules, kinds) => {
    expect(said(rulesOf(rules))).toEqual(kinds);
  });

  test('with a name', () => {
    const map = 'map m { type ipv4_addr : verdict; flags interval; elements = { 10.0.0.0/8 : accept } }';
    expect(said(rulesOf(['ip daddr vmap @m', 'masquerade'], map))).toEqual(['preserve', 'preserve', 'masquerade']);
    // As nft lists it, it may as well be one whose elements --terse left out; another one with elements shows that it is not.
    const empty = map.replace(/elements.*\} /, '');
    expect(said(rulesOf(['ip daddr vmap @m', 'masquerade'], empty))).toEqual(['unknown', 'unknown', 'unknown']);
    const beside = `${empty}\n set s { type ipv4_addr; elements = { 192.0.2.1 }; }`;
    expect(said(rulesOf(['ip daddr vmap @m', 'masquerade'], beside))).toEqual([
      'masquerade',
      'masquerade',
      'masquerade',
    ]);
  });

  test('and all of them have the place of their rule, as have those behind', () => {
    const node = rulesOf(['ip daddr vmap { 10.1.0.0/16 : accept, 203.0.113.1 : return }', 'masquerade']);
    const { base } = nodeTreatment(node, undefined);
    const text = node.listings[0]!.part.text;
    const named = [...base[4].entries()].map(({ first, value }) => {
      const { start, end } = value.at!.range!;
      const rule = JSON.parse(text.slice(start.offset, end.offset)).rule;
      return `${formatAddress(first)} ${value.treatment.kind} ${Object.keys(rule.expr[0])}`;
    });
    expect(named).toEqual([
      '0.0.0.0 masquerade masquerade',
      '10.1.0.0 preserve vmap',
      '10.2.0.0 masquerade masquerade',
      '203.0.113.1 preserve vmap',
      '203.0.113.2 masquerade masquerade',
    ]);
  });
});
