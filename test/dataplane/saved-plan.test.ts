import { describe, expect, test } from 'vitest';
import { cidr } from '../../core/address';
import { CidrList } from '../../core/address/cidr-list';
import { parseAgentFlags } from '../../core/agentfile/flags';
import { readIptablesSave, type SavedTable } from '../../core/dataplane/iptables-save';
import { restoreText } from '../../core/dataplane/iptables-text';
import { leftovers, removalText } from '../../core/dataplane/leftover';
import { deltaCommands } from '../../core/dataplane/nft-delta';
import { nftText, preservedSet, tableCommands } from '../../core/dataplane/nft-text';
import { planRules } from '../../core/dataplane/plan';
import { comparePlan, decidingText, expectedText } from '../../core/dataplane/saved-plan';
import { fixture } from './fixtures';

const config = {
  masqLinkLocal: false,
  masqLinkLocalIPv6: false,
  nonMasqueradeCIDRs: ['10.244.0.0/16', '192.168.1.0/24', '0.0.0.0/0', '2001:db8::/32', '::203.0.113.0/120'].map(cidr),
};
const { flags } = parseAgentFlags(['--enable-ipv6', '--to-ports=1024-29999,40000']);
const plan = planRules(config, flags);
const own = plan.families[0]!;

function tableOf(dump: string): SavedTable {
  const read = readIptablesSave(dump);
  if (!read.ok || !read.table) throw new Error('no nat table');
  return read.table;
}

const saved = restoreText(plan, own, { jump: true }).replace('*nat\n', '*nat\n:POSTROUTING ACCEPT [0:0]\n');
const jump = saved.split('\n').find(line => line.startsWith('-A POSTROUTING'))!;

test('the text of a plan is what the agents of old wrote', () => {
  const text = plan.families.map(family => restoreText(plan, family, { jump: true })).join('');
  expect(text).toBe(fixture('planned.restore'));
  expect(nftText(plan.families.flatMap(tableCommands))).toBe(fixture('planned.nftables'));
});

test('a delta is no larger than the difference', () => {
  const first = (count: number) => new CidrList(4, [...own.preserved].slice(0, count));
  const less = preservedSet({ ...own, preserved: first(2) });
  const more = preservedSet({ ...own, preserved: first(3) });
  const elem = [{ range: ['192.168.1.0', '192.168.1.255'] }];
  const element = { family: 'ip', table: 'masq-agent', name: 'preserved', elem };
  expect(deltaCommands(less, less)).toEqual([]);
  expect(deltaCommands(less, more)).toEqual([{ add: { element } }]);
  expect(deltaCommands(more, less)).toEqual([{ delete: { element } }]);
});

describe('a saved table beside its plan', () => {
  test.each([
    ['counters', saved.replace(/^-A/gm, '[7:42] -A')],
    [
      'comments, other tables and chains that POSTROUTING does not lead to',
      `# x\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n${saved.replace(':IP-MASQ', ':X - [0:0]\n:IP-MASQ').replace('COMMIT', '-A X -j DROP\nCOMMIT')}`,
    ],
  ])('is the same text in spite of %s', (_, dump) => {
    expect(decidingText(tableOf(dump))).toBe(expectedText(plan, own));
  });

  test.each([
    [
      'a rule before the jump',
      saved.replace(jump, `-A POSTROUTING -j MASQUERADE\n${jump}`),
      { chain: 'same', jumps: 1, others: ['-j MASQUERADE'] },
    ],
    [
      'a rule behind it',
      saved.replace(jump, `${jump}\n-A POSTROUTING -j MASQUERADE`),
      { chain: 'same', jumps: 1, others: ['-j MASQUERADE'] },
    ],
    ['no jump', saved.replace(jump, ''), { chain: 'same', jumps: 0, others: [] }],
    ['the jump twice', saved.replace(jump, `${jump}\n${jump}`), { chain: 'same', jumps: 2, others: [] }],
    [
      'another policy',
      saved.replace('POSTROUTING ACCEPT', 'POSTROUTING DROP'),
      { chain: 'same', jumps: 1, others: [] },
    ],
    ['a rule less', saved.replace(/^.*192\.168\.1\.0.*\n/m, ''), { chain: 'different', jumps: 1, others: [] }],
    [
      'a rule more',
      saved.replace('COMMIT', '-A IP-MASQ-AGENT -j DROP\nCOMMIT'),
      { chain: 'different', jumps: 1, others: [] },
    ],
    ['nothing', '*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n', { chain: 'absent', jumps: 0, others: [] }],
  ])('differs with %s', (_, dump, found) => {
    expect(decidingText(tableOf(dump))).not.toBe(expectedText(plan, own));
    expect(comparePlan(tableOf(dump), plan, own)).toEqual(found);
  });

  test('differs when a chain that a foreign rule leads to does', () => {
    const led = saved.replace(jump, `-A POSTROUTING -j X\n${jump}`).replace(':IP-MASQ', ':X - [0:0]\n:IP-MASQ');
    const changed = led.replace('COMMIT', '-A X -j MASQUERADE\nCOMMIT');
    expect(decidingText(tableOf(changed))).not.toBe(decidingText(tableOf(led)));
  });
});

describe('leftovers', () => {
  const old = saved.replaceAll('IP-MASQ-AGENT', 'OLD');

  test('are an old chain and its jump', () => {
    const found = leftovers(tableOf(old), 'IP-MASQ-AGENT');
    expect(found).toEqual({
      jumps: [jump.replace('-A POSTROUTING ', '').replaceAll('IP-MASQ-AGENT', 'OLD')],
      chains: ['OLD'],
    });
    expect(removalText(found)).toBe(`*nat\n-D POSTROUTING ${found.jumps[0]}\n-F OLD\n-X OLD\nCOMMIT\n`);
  });

  test('are none where nothing but the plan is', () => {
    expect(removalText(leftovers(tableOf(saved), 'IP-MASQ-AGENT'))).toBe('');
  });

  test('are no rules of others with words of ours', () => {
    const own = jump.replace('-A POSTROUTING ', '');
    for (const rule of [own.replace('-j IP-MASQ-AGENT', '-j ACCEPT'), own.replace('chain"', 'chain, but for ops"')]) {
      const table = saved.replace(jump, `-A POSTROUTING -d 203.0.113.9/32 ${rule}\n${jump}`);
      expect(table).not.toBe(saved);
      expect(leftovers(tableOf(table), 'IP-MASQ-AGENT')).toEqual({ jumps: [], chains: [] });
    }
  });

  test('leave a chain that others lead to, or that no agent may own', () => {
    const used = old.replace('COMMIT', '-A POSTROUTING -d 203.0.113.0/24 -j OLD\nCOMMIT');
    expect(leftovers(tableOf(used), 'IP-MASQ-AGENT')).toMatchObject({ jumps: [expect.anything()], chains: [] });
    const kube = saved.replaceAll('IP-MASQ-AGENT', 'KUBE-POSTROUTING');
    expect(leftovers(tableOf(kube), 'IP-MASQ-AGENT')).toMatchObject({ jumps: [expect.anything()], chains: [] });
  });
});
