import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Partition } from '../../core/address';
import { type Cidr, cidr, FAMILIES, type Family, formatAddress } from '../../core/address';
import { CidrList } from '../../core/address/cidr-list';
import { parseAgentFlags } from '../../core/agentfile/flags';
import { readIptablesSave, type SavedTable } from '../../core/dataplane/iptables-save';
import { probabilityText, restoreText } from '../../core/dataplane/iptables-text';
import { firstDeviation, type KernelDecision } from '../../core/dataplane/kernel-map';
import { leftovers, removalText } from '../../core/dataplane/leftover';
import { deltaCommands } from '../../core/dataplane/nft-delta';
import { readNftRuleset } from '../../core/dataplane/nft-ruleset';
import {
  NFT_SET,
  nftTable,
  nftText,
  preservedSet,
  removalCommands,
  tableCommands,
} from '../../core/dataplane/nft-text';
import { type FamilyPlan, planRules, type RulePlan } from '../../core/dataplane/plan';
import { comparePlan, decidingText, expectedText } from '../../core/dataplane/saved-plan';
import { agentTreatment } from '../../core/treatment/agentfile';
import { runs } from '../random';
import { anyGiven, anySet, type Given } from './configs';
import { fixture, fixtures, nftMap, savedMap } from './fixtures';
import { hasKernel, inNamespace } from './kernel';
import { mapText } from './map-text';

const FLAVOURS = ['nft', 'legacy'] as const;
const TOOL: Readonly<Record<Family, string>> = { 4: 'iptables', 6: 'ip6tables' };
const MARK = '--- next ---';

const many = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));

const LISTS: Readonly<Record<string, readonly string[] | undefined>> = {
  'no list': undefined,
  'an empty list': [],
  'blocks of both families': ['10.244.0.0/16', '192.168.1.0/24', '2001:db8::/32', '10.244.0.0/17', '10.244.0.0/16'],
  everything: ['0.0.0.0/0', '::/0'],
  'the ends of the space': [
    '0.0.0.0/32',
    '255.255.255.255/32',
    '::/128',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128',
  ],
  'IPv6 that looks like IPv4': [
    '::203.0.113.0/120',
    '::1/128',
    '::1:0/112',
    '::ffff:0/112',
    '64:ff9b::/96',
    '0:0:1::/48',
  ],
  '10,000 blocks': [
    ...many(10_000, i => `${10 + (i >> 12)}.${(i >> 4) & 255}.${(i & 15) << 4}.0/24`),
    ...many(10_000, i => `2001:db8:${i.toString(16)}::/48`),
  ],
};

const FLAGS: readonly (readonly string[])[] = [
  [],
  ['--enable-ipv6'],
  ['--enable-ipv6', '--random-fully=false', '--masq-chain=IP-MASQ'],
  ['--enable-ipv6', '--to-ports=5000'],
  ['--enable-ipv6', '--to-ports=1024-9999,20000-29999,40000-65535', '--nomasq-all-reserved-ranges'],
  ['--to-ports=1-3354,1-4838'],
];

/** Every list with the flags that say most, and every set of flags with a list of both families. */
const CASES = [
  ...Object.keys(LISTS).map(list => ({ list, args: FLAGS[1]!, masqLocal: false })),
  ...FLAGS.map(args => ({ list: 'blocks of both families', args, masqLocal: false })),
  { list: 'no list', args: FLAGS[4]!, masqLocal: true },
].map(({ list, args, masqLocal }) => ({
  name: `${list}, ${args.join(' ') || 'no flags'}${masqLocal ? ', link-local masqueraded' : ''}`,
  given: given(LISTS[list], args, masqLocal),
}));

function given(cidrs: readonly string[] | undefined, args: readonly string[], masqLocal = false): Given {
  const local = { masqLinkLocal: masqLocal, masqLinkLocalIPv6: masqLocal };
  const config = { ...local, ...(cidrs && { nonMasqueradeCIDRs: cidrs.map(cidr) }) };
  return { config, flags: parseAgentFlags(args).flags };
}

function tableOf(dump: string): SavedTable {
  const read = readIptablesSave(dump);
  if (!read.ok || !read.table) throw new Error('no nat table');
  return read.table;
}

/** Where a map is not what an agent was asked for; undefined: nowhere. */
function deviation({ config, flags }: Given, family: Family, map: Partition<KernelDecision>): string | undefined {
  const found = firstDeviation(agentTreatment(config, flags).base[family], map, flags.randomFully);
  return found && `${formatAddress(found.address)}: ${JSON.stringify([found.left, found.right])}`;
}

/** Applies a plan with iptables, twice, and prints the nat table after each. */
function iptablesDumps(flavour: string, plan: RulePlan, family: FamilyPlan): string[] {
  const tool = `${TOOL[family.family]}-${flavour}`;
  const put = (file: string): string => `${tool}-restore --noflush < ${file}; ${tool}-save -t nat`;
  const texts = { A: restoreText(plan, family, { jump: true }), B: restoreText(plan, family, { jump: false }) };
  return inNamespace(`${put('A')}; echo '${MARK}'; ${put('B')}`, texts).split(`${MARK}\n`);
}

describe.skipIf(!hasKernel())('in the kernel', () => {
  describe.each(FLAVOURS)('iptables-%s', flavour => {
    test.each(CASES)('$name', ({ given: asked }) => {
      const plan = planRules(asked.config, asked.flags);
      for (const own of plan.families) {
        for (const dump of iptablesDumps(flavour, plan, own)) {
          const table = tableOf(dump);
          expect(decidingText(table) === expectedText(plan, own) || decidingText(table)).toBe(true);
          expect(comparePlan(table, plan, own)).toEqual({ chain: 'same', jumps: 1, others: [] });
          expect(deviation(asked, own.family, savedMap(own.family, dump))).toBeUndefined();
        }
      }
    });

    test.each(fixtures('.save').filter(name => !['calico.save', 'legacy-with-counters.save'].includes(name)))(
      '%s denotes the same map when the kernel has it',
      name => {
        const tool = `iptables-${flavour}`;
        const dump = inNamespace(`${tool}-restore < A; ${tool}-save -c`, {
          A: fixture(name).replaceAll('-p 6', '-p tcp'),
        });
        expect(mapText(savedMap(4, dump))).toBe(fixture(`${name}.map`).replaceAll('-p 6', '-p tcp'));
      },
    );

    test("kube-proxy's rules stay, and what they have not marked is the agent's", () => {
      const asked = given(undefined, []);
      const plan = planRules(asked.config, asked.flags);
      const tool = `iptables-${flavour}`;
      const dump = inNamespace(`${tool}-restore < A; ${tool}-restore --noflush < B; ${tool}-save`, {
        A: fixture('kube-proxy.save'),
        B: restoreText(plan, plan.families[0]!, { jump: false }),
      });
      expect(comparePlan(tableOf(dump), plan, plan.families[0]!)).toEqual({
        chain: 'same',
        jumps: 1,
        others: ['-m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'],
      });
      expect(deviation(asked, 4, savedMap(4, dump))).toBeUndefined();
    });

    test('what an agent with another chain left is removed, and nothing else', () => {
      const [old, now] = [given(undefined, ['--masq-chain=OLD']), given(undefined, [])].map(({ config, flags }) =>
        planRules(config, flags),
      ) as [RulePlan, RulePlan];
      const tool = `iptables-${flavour}`;
      const put = [old, now].map(plan => restoreText(plan, plan.families[0]!, { jump: true }));
      const before = inNamespace(`${tool}-restore < A; ${tool}-restore --noflush < B; ${tool}-save`, {
        A: fixture('kube-proxy.save'),
        B: put.join(''),
      });
      const found = leftovers(tableOf(before), now.chain);
      // The fixture has the jump already: once more is once too often.
      expect(found).toMatchObject({ jumps: [expect.stringContaining('-j OLD'), expect.anything()], chains: ['OLD'] });
      const after = inNamespace(`${tool}-restore < A; ${tool}-restore --noflush < B; ${tool}-save`, {
        A: before,
        B: removalText(found),
      });
      expect(after).not.toContain('OLD');
      expect(comparePlan(tableOf(after), now, now.families[0]!)).toMatchObject({ chain: 'same', jumps: 1 });
      expect(leftovers(tableOf(after), now.chain)).toEqual({ jumps: [], chains: [] });
      expect(leftovers(tableOf(after))).toMatchObject({ jumps: [expect.anything()], chains: ['IP-MASQ-AGENT'] });
    });
  });

  test.each(FLAVOURS)('iptables-%s-save prints probabilities as the agent expects them', flavour => {
    // All that lie between two decimals, and what ranges of ports have a share of.
    const shares = [...many(2048, i => (2 * i + 1) / 4096), ...many(2048, i => (i * 31 + 1) / (i * 31 + 3354))];
    const texts = shares.map(
      share => `-A POSTROUTING -m statistic --mode random --probability ${probabilityText(share)}`,
    );
    const tool = `iptables-${flavour}`;
    const dump = inNamespace(`${tool}-restore < A; ${tool}-save -t nat`, {
      A: ['*nat', ...texts, 'COMMIT', ''].join('\n'),
    });
    expect(dump.split('\n').filter(line => line.startsWith('-A'))).toEqual(texts);
  });

  describe('nftables', () => {
    test.each(CASES)('$name', ({ given: asked }) => {
      const plan = planRules(asked.config, asked.flags);
      // Twice: it replaces what it finds.
      const json = inNamespace('nft -j -f A; nft -j -f A; nft -j list ruleset', {
        A: nftText(plan.families.flatMap(tableCommands)),
      });
      for (const own of plan.families) {
        expect(deviation(asked, own.family, nftMap(own.family, json))).toBeUndefined();
        const sets = readNftRuleset(own.family, JSON.parse(json))!.sets;
        expect(sets.get(`${nftTable(own.family)} ${NFT_SET}`)!.equals(preservedSet(own))).toBe(true);
      }
    });

    test.each(fixtures('.nft'))('%s denotes the same map when the kernel has it', name => {
      const json = inNamespace('nft -f A; nft -j list ruleset', { A: fixture(name) });
      const withoutHandles = (text: string): string => text.replace(/ handle \d+:/g, ':');
      const recorded = fixture(`${name.replace(/nft$/, 'json')}.map`);
      expect(withoutHandles(mapText(nftMap(4, json)))).toBe(withoutHandles(recorded));
    });

    test('a table that is not there is removed, too', () => {
      const { config, flags } = given(undefined, []);
      const [own] = planRules(config, flags).families;
      const files = { A: nftText(tableCommands(own!)), B: nftText(removalCommands(4)) };
      expect(inNamespace('nft -j -f B; nft -j -f A; nft -j -f B; nft list ruleset', files)).toBe('');
    });

    test.each(FAMILIES)('IPv%s: a delta ends where a full load does', family => {
      const plan = (cidrs: readonly Cidr[]): FamilyPlan => ({
        family,
        preserved: new CidrList(family, cidrs),
        toPorts: [],
        randomFully: true,
      });
      fc.assert(
        fc.property(anySet(family), anySet(family), (before, after) => {
          const list = `nft -j list set ${nftTable(family)} ${NFT_SET}`;
          const json = inNamespace(`nft -j -f A; nft -j -f B; ${list}`, {
            A: nftText(tableCommands(plan(before.cidrs()))),
            B: nftText(deltaCommands(before, after)),
          });
          const sets = readNftRuleset(family, JSON.parse(json))!.sets;
          expect(sets.get(`${nftTable(family)} ${NFT_SET}`)!.equals(after)).toBe(true);
        }),
        { numRuns: runs(60) },
      );
    });
  });

  test('all backends denote the map that was asked for, whatever was asked', () => {
    fc.assert(
      fc.property(anyGiven, asked => {
        const plan = planRules(asked.config, asked.flags);
        const json = inNamespace('nft -j -f A; nft -j list ruleset', {
          A: nftText(plan.families.flatMap(tableCommands)),
        });
        for (const own of plan.families) {
          expect(deviation(asked, own.family, nftMap(own.family, json))).toBeUndefined();
          for (const flavour of FLAVOURS) {
            const [dump] = iptablesDumps(flavour, plan, own);
            expect(decidingText(tableOf(dump!))).toBe(expectedText(plan, own));
            expect(deviation(asked, own.family, savedMap(own.family, dump!))).toBeUndefined();
          }
        }
      }),
      { numRuns: runs(40) },
    );
  });
});
