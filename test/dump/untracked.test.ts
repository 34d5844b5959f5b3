import { describe, expect, test } from 'vitest';
import { enforcedOf } from '../../core/analysis/enforced';
import { readSubjects } from '../../core/analysis/subject';
import { type FamilyProof, verifyNode } from '../../core/analysis/verify';
import { hasKernel, inNamespace } from '../dataplane/kernel';
import { mapText } from '../dataplane/map-text';
import { nodeOf } from './node-of';
import { dumpOf, INTENT } from './nodes';

const [subject] = readSubjects([{ file: 'masq.yaml', text: INTENT }]).subjects;
const enforced = enforcedOf(subject!);

function proofOf(text: string): FamilyProof {
  return verifyNode(nodeOf(text), subject!.map, enforced).families[0]!;
}

const raw = (rules: readonly string[]): string =>
  [
    dumpOf(['@agent']),
    '*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:LOCAL - [0:0]',
    ...rules,
    'COMMIT\n',
  ].join('\n');

describe('packets that are taken out of connection tracking keep their source', () => {
  test.each([
    ['to some destinations', ['-A PREROUTING -d 198.51.100.0/24 -j CT --notrack'], 'contradicted', 256n],
    ['in a chain', ['-A PREROUTING -j LOCAL', '-A LOCAL -d 198.51.100.7/32 -j CT --notrack'], 'contradicted', 1n],
    ['of one protocol', ['-A PREROUTING -d 198.51.100.0/24 -p udp -j CT --notrack'], 'contradicted', 256n],
    ['perhaps', ['-A PREROUTING -d 198.51.100.0/24 -p udp -m udp --dport 53 -j CT --notrack'], 'unproven', 256n],
    ['that do anyhow', ['-A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j CT --notrack'], 'proven', 0n],
    ['that are not from pods', ['-A PREROUTING -s 192.0.2.0/24 -j CT --notrack'], 'proven', 0n],
    ['on the node', ['-A OUTPUT -j CT --notrack'], 'proven', 0n],
    ['none of them', ['-A PREROUTING -i eth0 -p tcp -j CT --helper ftp', '-A PREROUTING -j SOMETHING'], 'proven', 0n],
  ] as const)('%s', (_, rules, verdict, count) => {
    const proof = proofOf(raw(rules));
    const total = proof.differences.reduce((sum, { to }) => sum + to.count(), 0n);
    expect([proof.verdict, total]).toEqual([verdict, count]);
  });

  test('and the rule is named with its place', () => {
    const rules = ['-A PREROUTING -s 10.0.0.0/24 -j ACCEPT', '-A PREROUTING -d 198.51.100.0/24 -j CT --notrack'];
    const dump = raw(rules);
    const node = nodeOf(dump);
    const [family] = verifyNode(node, subject!.map, enforced).families;
    const text = 'iptables -t raw -A PREROUTING -d 198.51.100.0/24 -j CT --notrack';
    expect(family!.differences[0]!.parts[0]!.rules.map(rule => rule.text)).toEqual([text]);
    expect(family!.inTheWay.map(({ rule }) => rule.text)).toEqual([text]);
    expect(family!.isRemedied).toBe(true);
    const { start } = node.placeOf(4, family!.inTheWay[0]!.rule)!.range!;
    expect(dump.split('\n')[start.line - 1]).toBe(rules[1]);
  });

  const nft = (expr: readonly unknown[], prio = -300): string => {
    const at = { family: 'ip', table: 't' };
    const chains = [
      { ...at, name: 'early', type: 'filter', hook: 'prerouting', prio, policy: 'accept' },
      { ...at, name: 'nat', type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' },
    ];
    const rules = [
      { ...at, chain: 'early', handle: 3, expr },
      { ...at, chain: 'nat', handle: 4, expr: [{ masquerade: null }] },
    ];
    const listed = [...chains.map(chain => ({ chain })), ...rules.map(rule => ({ rule }))];
    return JSON.stringify({ nftables: [{ table: { family: 'ip', name: 't' } }, ...listed] });
  };
  const to = { match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right: '192.0.2.1' } };

  test.each([
    ['notrack', [to, { notrack: null }], -300, '192.0.2.1-192.0.2.1 preserved'],
    [
      'notrack and more',
      [to, { counter: null }, { notrack: null }, { accept: null }],
      -300,
      '192.0.2.1-192.0.2.1 preserved',
    ],
    [
      'a target that nft lists by name only',
      [to, { xt: { type: 'target', name: 'CT' } }],
      -300,
      '192.0.2.1-192.0.2.1 unknown',
    ],
    ['notrack behind the tracking', [to, { notrack: null }], -150, undefined],
  ] as const)('nft: %s', (_, expr, prio, part) => {
    const text = mapText(nodeOf(nft(expr, prio)).map(4, undefined));
    if (part === undefined) expect(text).toMatch(/^0\.0\.0\.0-255\.255\.255\.255 masqueraded/);
    else expect(text).toContain(part);
  });

  test.skipIf(!hasKernel())('as the kernel lists such rules', () => {
    const rules = raw(['-A PREROUTING -d 198.51.100.0/24 -m comment --comment dns -j CT --notrack']);
    for (const flavour of ['nft', 'legacy']) {
      const list = flavour === 'nft' ? '; nft -j list ruleset' : '';
      const saved = inNamespace(`iptables-${flavour}-restore < A; iptables-${flavour}-save${list}`, { A: rules });
      expect(proofOf(saved).verdict).toBe('contradicted');
    }
    const table = `table ip t {
      chain early { type filter hook prerouting priority raw; ip daddr 198.51.100.0/24 notrack; }
    }`;
    const both = inNamespace('iptables-nft-restore < A; nft -f B; iptables-nft-save; nft -j list ruleset', {
      A: dumpOf(['@agent']),
      B: table,
    });
    expect(proofOf(both).verdict).toBe('contradicted');
  });
});
