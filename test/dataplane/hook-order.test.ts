import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { address, FAMILIES, type Family } from '../../core/address';
import { type Flavour, iptablesRuleset, tableLabel } from '../../core/dataplane/iptables-ruleset';
import { readIptablesSave } from '../../core/dataplane/iptables-save';
import { kernelMap } from '../../core/dataplane/kernel-map';
import { ALL_BITS } from '../../core/dataplane/mark';
import { joinRulesets, type NatRuleset } from '../../core/dataplane/nat-rule';
import { readNftRuleset } from '../../core/dataplane/nft-ruleset';
import { WITH_PORTS } from '../../core/dataplane/plan';
import { treatmentText } from '../../core/treatment/treatment';
import { hasLab, Lab } from '../lab/lab';
import type { Node, Pod } from '../lab/machines';

const FLAVOURS: readonly Flavour[] = ['nft', 'legacy'];

/** A base chain at postrouting: one of nftables in a table that has the same name, or that of an iptables' nat table. */
type Chain =
  | {
      readonly name: string;
      readonly type: 'nat' | 'filter';
      readonly priority: number;
      readonly rules: string;
    }
  | { readonly flavour: Flavour; readonly rules: readonly string[] };

interface Case {
  readonly name: string;
  /** In the order in which they come; one that is there already goes and comes again. */
  readonly chains: readonly Chain[];
  /** What the kernel does with a packet. */
  readonly does: string;
  /** What can be read of it, where that is less: nothing that the kernel lists tells the order of one priority. */
  readonly reads?: string;
}

/** Rules that masquerade every protocol. Which chain decided is told by the source port. */
const by = (port: number, condition = ''): string =>
  [
    ...WITH_PORTS.map(name => `${condition} meta l4proto ${name} masquerade to :${port}`),
    `${condition} masquerade`,
  ].join('\n');
const decidedBy = (port: number): string => `masqueraded with ports ${port}`;
const iptables = (flavour: Flavour, ...rules: readonly string[]): Chain => ({ flavour, rules });
const BY_1004 = [...WITH_PORTS.map(name => `-p ${name} -j MASQUERADE --to-ports 1004`), '-j MASQUERADE'];
const nat = (name: string, priority: number, rules: string): Chain => ({ name, priority, rules, type: 'nat' });
const filter = (name: string, priority: number, rules: string): Chain => ({ name, priority, rules, type: 'filter' });

const MARK = 'meta mark set 1';
const IF_MARKED = by(1001, 'meta mark 1');

const CASES: readonly Case[] = [
  {
    name: 'the lower priority decides, and keeps later ones from it',
    chains: [nat('a', 95, by(1001)), nat('b', 105, by(1002))],
    does: decidedBy(1001),
  },
  {
    name: 'the lower priority decides when it comes last, too',
    chains: [nat('b', 105, by(1002)), nat('a', 95, by(1001))],
    does: decidedBy(1001),
  },
  {
    name: 'of one priority, that which came last decides',
    chains: [nat('a', 100, by(1001)), nat('b', 100, by(1002)), nat('c', 100, by(1003))],
    does: decidedBy(1003),
    reads: 'unknown',
  },
  {
    name: 'of one priority, one that went and came again decides',
    chains: [nat('a', 100, by(1001)), nat('b', 100, by(1002)), nat('a', 100, by(1001))],
    does: decidedBy(1001),
    reads: 'unknown',
  },
  {
    name: 'of one priority, the other one decides when the last accepts',
    chains: [nat('a', 100, by(1001)), nat('b', 100, 'accept')],
    does: decidedBy(1001),
  },
  {
    name: 'of one priority, those that do the same are as one',
    chains: [nat('a', 100, by(1001)), nat('b', 100, by(1001))],
    does: decidedBy(1001),
  },
  ...FLAVOURS.flatMap((flavour): Case[] => [
    {
      name: `iptables-${flavour} is asked at 100: after 99`,
      chains: [iptables(flavour, ...BY_1004), nat('a', 99, by(1001))],
      does: decidedBy(1001),
    },
    {
      name: `iptables-${flavour} is asked at 100: before 101`,
      chains: [nat('a', 101, by(1001)), iptables(flavour, ...BY_1004)],
      does: decidedBy(1004),
    },
    {
      name: `iptables-${flavour} accepts, and 101 decides`,
      chains: [iptables(flavour, '-j ACCEPT'), nat('a', 101, by(1001))],
      does: decidedBy(1001),
    },
    {
      name: `iptables-${flavour} and a chain of nftables at 100: that which came last decides`,
      chains: [iptables(flavour, ...BY_1004), nat('a', 100, by(1001))],
      does: decidedBy(1001),
      reads: 'unknown',
    },
    {
      name: `a chain of nftables at 100 and iptables-${flavour}: that which came last decides`,
      chains: [nat('a', 100, by(1001)), iptables(flavour, ...BY_1004)],
      does: decidedBy(1004),
      reads: 'unknown',
    },
  ]),
  {
    name: 'both flavours of iptables: that which came last decides',
    chains: [iptables('legacy', ...BY_1004), iptables('nft', '-j MASQUERADE --random-fully')],
    does: 'masqueraded',
    reads: 'unknown',
  },
  {
    name: 'both flavours of iptables the other way round',
    chains: [iptables('nft', '-j MASQUERADE --random-fully'), iptables('legacy', ...BY_1004)],
    does: decidedBy(1004),
    reads: 'unknown',
  },
  {
    name: 'accepting ends a chain and decides nothing',
    chains: [nat('a', 95, 'accept'), nat('b', 105, by(1002))],
    does: decidedBy(1002),
  },
  {
    name: 'a packet that was masqueraded is not dropped later',
    chains: [nat('a', 95, by(1001)), nat('b', 105, 'drop')],
    does: decidedBy(1001),
  },
  {
    name: 'a packet that was dropped is not masqueraded later',
    chains: [nat('a', 95, 'drop'), nat('b', 105, by(1002))],
    does: 'dropped',
    reads: 'unknown',
  },
  {
    name: 'a mark of 99 is seen by all of type nat, whatever their priority',
    chains: [nat('a', 50, IF_MARKED), filter('m', 99, MARK)],
    does: decidedBy(1001),
  },
  {
    name: 'a mark of 101 is seen by none of type nat, whatever their priority',
    chains: [nat('a', 150, IF_MARKED), filter('m', 101, MARK)],
    does: 'preserved',
  },
  {
    name: 'a mark of 100 is seen when it came after the first of type nat',
    chains: [nat('a', 50, IF_MARKED), filter('m', 100, MARK)],
    does: decidedBy(1001),
    reads: 'unknown',
  },
  {
    name: 'a mark of 100 is not seen when it came before the first of type nat',
    chains: [filter('m', 100, MARK), nat('a', 150, IF_MARKED)],
    does: 'preserved',
    reads: 'unknown',
  },
];

const TOOL: Readonly<Record<Family, string>> = { 4: 'iptables', 6: 'ip6tables' };
const OUTSIDE: Readonly<Record<Family, string>> = { 4: '203.0.113.0/24', 6: '2001:db8::/32' };

describe.skipIf(!hasLab('nft', 'iptables-nft', 'iptables-legacy'))('the order of base chains, by packets', () => {
  let lab: Lab;
  let node: Node;
  let pod: Pod;
  /** Every packet goes to an address of its own: to one address the kernel can give a source port only once. */
  let addresses = 0;

  beforeAll(async () => {
    lab = await Lab.open();
    await lab.addOutside('outside', Object.values(OUTSIDE));
  });
  afterAll(() => lab?.close());
  // A table of legacy iptables never goes again.
  beforeEach(async () => {
    node = await lab.addNode();
    pod = await node.addPod();
  });
  afterEach(() => lab.removeNode(node));

  /** What the kernel does with a packet. */
  async function done(family: Family): Promise<string> {
    const to = OUTSIDE[family].replace(/0?\/.*/, `${++addresses}`);
    const [answer] = await pod.ask([{ protocol: 'udp', to }]);
    if (answer!.fault !== undefined) return 'dropped';
    const { seen, own } = answer!;
    if (seen.address === own.address && seen.port === own.port) return 'preserved';
    if (seen.address !== node.addresses[family]) return JSON.stringify(seen);
    return seen.port > 1000 && seen.port < 1010 ? decidedBy(seen.port) : 'masqueraded';
  }

  /** What can be read of the kernel's rules. */
  function read(family: Family, chains: readonly Chain[]): string {
    const saved = (flavour: Flavour): NatRuleset => {
      const isThere = chains.some(chain => 'flavour' in chain && chain.flavour === flavour);
      const dump = isThere ? node.exec([`${TOOL[family]}-${flavour}-save`, '-t', 'nat']) : '';
      const read = readIptablesSave(dump);
      const table = (read.ok && read.table) || { policies: new Map(), rules: new Map() };
      return iptablesRuleset(family, table, tableLabel(family, flavour));
    };
    const rules = new Map([...saved('nft').chains].map(([name, chain]) => [name, chain.rules]));
    const json = JSON.parse(node.exec(['nft', '-j', 'list', 'ruleset']));
    const { ruleset, sets } = readNftRuleset(family, json, { saved: rules })!;
    const map = kernelMap(joinRulesets(ruleset, saved('legacy')), { sets, unmarked: ALL_BITS });
    const { treatment } = map.at(address(OUTSIDE[family].replace(/\/.*/, '')));
    return treatment ? treatmentText(treatment) : 'unknown';
  }

  function add(family: Family, chain: Chain): void {
    if (!('flavour' in chain)) node.exec(['nft', '-f', '-'], { input: nftText(family, chain) });
    else {
      const input = ['*nat', ...chain.rules.map(rule => `-A POSTROUTING ${rule}`), 'COMMIT', ''].join('\n');
      node.exec([`${TOOL[family]}-${chain.flavour}-restore`, '--noflush'], { input });
    }
  }

  describe.each(FAMILIES)('IPv%s', family => {
    test.each(CASES)('$name', async ({ chains, does, reads = does }) => {
      for (const chain of chains) add(family, chain);
      expect(await done(family)).toBe(does);
      expect(read(family, chains)).toBe(reads);
    });
  });
});

function nftText(family: Family, { name, type, priority, rules }: Exclude<Chain, { flavour: Flavour }>): string {
  const table = `table ${family === 4 ? 'ip' : 'ip6'} ${name}`;
  return [
    `${table} {\n}`,
    `delete ${table}`,
    `${table} {`,
    'chain c {',
    `type ${type} hook postrouting priority ${priority};`,
    rules,
    '}',
    '}',
    '',
  ].join('\n');
}
