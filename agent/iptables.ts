import { FAMILIES, type Family } from '../core/address';
import type { Flavour, TableName } from '../core/dataplane/iptables-ruleset';
import { POSTROUTING, readIptablesSave, type SavedTable, withoutCounters } from '../core/dataplane/iptables-save';
import { chainRules, jumpRule } from '../core/dataplane/iptables-text';
import { leftovers, removalText, rulesOfOthers } from '../core/dataplane/leftover';
import type { FamilyPlan, RulePlan } from '../core/dataplane/plan';
import { decidingText } from '../core/dataplane/saved-plan';
import { type Backend, type BackendName, type Deviation, type Fault, isFault, type OwnTables } from './backend';
import type { Platform } from './platform/platform';
import { runTool } from './tool';

const TOOL: Readonly<Record<Family, string>> = { 4: 'iptables', 6: 'ip6tables' };

const EMPTY: SavedTable = { policies: new Map(), rules: new Map() };

/** The kernel's lists of the tables that legacy iptables has made. */
const LEGACY_TABLES: Readonly<Record<Family, string>> = {
  4: '/proc/net/ip_tables_names',
  6: '/proc/net/ip6_tables_names',
};

/**
 * Whether legacy iptables has a table. `iptables-legacy-save` makes one that is not there, and then every packet has to
 * go through it too.
 */
export function hasLegacyTable(platform: Platform, family: Family, table: string): boolean {
  const tables = legacyTables(platform, family);
  return !isFault(tables) && tables.includes(table);
}

/** The tables that legacy iptables has made. */
export function legacyTables(platform: Platform, family: Family): readonly string[] | Fault {
  const path = LEGACY_TABLES[family];
  const read = platform.readFile(path, 2 ** 16);
  if (read.ok) return read.text.split('\n');
  // Without legacy iptables, the kernel has no such file.
  return read.fault.code === 'ENOENT' ? [] : { why: `${path} cannot be read: ${read.fault.code}` };
}

/** Reads a table of a flavour. Asking legacy iptables for a table that is not there makes it. */
export async function readTable(
  platform: Platform,
  family: Family,
  flavour: Flavour,
  name: TableName = 'nat',
): Promise<SavedTable | Fault> {
  const command = saveCommand(family, flavour, name);
  const answer = await runTool(platform, command);
  return isFault(answer) ? answer : tableOf(answer.out, command, name);
}

function saveCommand(family: Family, flavour: Flavour, name: TableName): readonly string[] {
  return [`${TOOL[family]}-${flavour}-save`, '-t', name];
}

function tableOf(dump: string, command: readonly string[], name: TableName): SavedTable | Fault {
  const read = readIptablesSave(dump, name);
  if (read.ok) return read.table ?? EMPTY;
  return { why: `"${command.join(' ')}" printed what cannot be read in line ${read.line}: ${read.text}` };
}

/** Dumps of no more characters are kept, to be compared with the next ones. */
const SHORT = 2 ** 16;

/** iptables' nat table, by `iptables-save` and `iptables-restore`. */
export class IptablesBackend implements Backend {
  readonly name: BackendName;
  /** What was read last, and of which dumps, unless they are long. */
  private last: { readonly dumps: string; readonly tables: NatTables } | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly flavour: Flavour,
  ) {
    this.name = `iptables-${flavour}`;
  }

  async read(families: readonly Family[]): Promise<NatTables | Fault> {
    const dumps: string[] = [];
    for (const family of families) {
      const answer = await runTool(this.platform, saveCommand(family, this.flavour, 'nat'));
      if (isFault(answer)) return answer;
      dumps.push(withoutCounters(answer.out));
    }
    // With its family, for the tables of both may look alike.
    const all = dumps.map((dump, n) => `${families[n]} ${dump}`).join('\f');
    if (this.last?.dumps === all) return this.last.tables;
    const read = new Map<Family, SavedTable>();
    for (const [n, family] of families.entries()) {
      const table = tableOf(dumps[n]!, saveCommand(family, this.flavour, 'nat'), 'nat');
      if (isFault(table)) return table;
      read.set(family, table);
    }
    const tables = new NatTables(this.flavour, read);
    this.last = all.length <= SHORT ? { dumps: all, tables } : undefined;
    return tables;
  }

  async apply(plan: RulePlan, tables: OwnTables): Promise<Fault | undefined> {
    if (!(tables instanceof NatTables)) throw new TypeError('tables of another backend');
    for (const family of plan.families) {
      const text = tables.repair(plan, family);
      const fault = text === '' ? undefined : await this.restore(family.family, text);
      if (fault) return fault;
    }
    return undefined;
  }

  /** What is left of legacy iptables where it has no table is nothing; only asking would make it one. */
  private async readLeftTable(family: Family): Promise<SavedTable | Fault> {
    const isThere = this.flavour === 'nft' || hasLegacyTable(this.platform, family, 'nat');
    return isThere ? readTable(this.platform, family, this.flavour) : EMPTY;
  }

  async removeLeftovers(plan: RulePlan | undefined): Promise<readonly string[] | Fault> {
    const removed: string[] = [];
    let fault: Fault | undefined;
    for (const family of FAMILIES) {
      const table = await this.readLeftTable(family);
      if (isFault(table)) {
        fault = table;
        continue;
      }
      const isPlanned = plan?.families.some(own => own.family === family) ?? false;
      const left = leftovers(table, isPlanned ? plan?.chain : undefined);
      const text = removalText(left);
      if (text === '') continue;
      fault = await this.restore(family, text);
      const chains = left.chains.map(chain => `chain ${chain}`);
      if (!fault) removed.push(`${TOOL[family]} ${[jumpsText(left.jumps.length), ...chains].join(', ')}`);
    }
    return removed.length === 0 && fault ? fault : removed;
  }

  private async restore(family: Family, text: string): Promise<Fault | undefined> {
    const command = [`${TOOL[family]}-${this.flavour}-restore`, '--noflush', '--wait=5'];
    const answer = await runTool(this.platform, command, text);
    return isFault(answer) ? answer : undefined;
  }
}

function jumpsText(count: number): string {
  return `${count} ${count === 1 ? 'rule' : 'rules'} of ${POSTROUTING}`;
}

/** The nat tables at one moment. */
class NatTables implements OwnTables {
  readonly print: string;
  readonly saved: Required<OwnTables>['saved'];
  /** Long lists of texts, which are not kept longer than the tables. */
  private readonly made = new Map<FamilyPlan, readonly string[]>();

  constructor(
    flavour: Flavour,
    private readonly tables: ReadonlyMap<Family, SavedTable>,
  ) {
    this.saved = { flavour, tables };
    this.print = [...tables.values()].map(decidingText).join('\f');
  }

  deviations(plan: RulePlan): Deviation[] {
    return plan.families.flatMap(family => {
      const tool = TOOL[family.family];
      const table = this.tables.get(family.family)!;
      const found = chainDeviations(`${tool} ${plan.chain}`, table.rules.get(plan.chain), this.wanted(family));
      if (!leadsTo(table, plan.chain)) found.push(`${tool} ${POSTROUTING} does not lead to ${plan.chain}`);
      for (const rule of leftovers(table, plan.chain).jumps) found.push(`${tool} ${POSTROUTING} has ${rule}`);
      return found;
    });
  }

  replaced({ chain, families }: RulePlan): readonly string[] {
    return families.flatMap(({ family }) =>
      rulesOfOthers(this.tables.get(family)!, chain).map(rule => `${TOOL[family]} -t nat -A ${chain} ${rule}`),
    );
  }

  /** The rules that the agent's chain is to have. */
  private wanted(family: FamilyPlan): readonly string[] {
    const made = this.made.get(family) ?? chainRules(family);
    this.made.set(family, made);
    return made;
  }

  /**
   * Text that makes a family's rules as planned, in one transaction: a chain's own line empties it, so that nobody sees
   * it half filled. Empty when nothing deviates.
   */
  repair(plan: RulePlan, family: FamilyPlan): string {
    const { chain } = plan;
    const one: RulePlan = { chain, families: [family] };
    if (this.deviations(one).length === 0) return '';
    const table = this.tables.get(family.family)!;
    const left = leftovers(table, chain);
    return [
      '*nat',
      `:${chain} - [0:0]`,
      ...left.jumps.map(rule => `-D ${POSTROUTING} ${rule}`),
      ...this.wanted(family).map(rule => `-A ${chain} ${rule}`),
      ...(leadsTo(table, chain) ? [] : [`-A ${POSTROUTING} ${jumpRule(chain)}`]),
      // Without its jump nothing would tell later whose chain it was.
      ...left.chains.flatMap(name => [`-F ${name}`, `-X ${name}`]),
      'COMMIT',
      '',
    ].join('\n');
  }
}

function leadsTo({ rules }: SavedTable, chain: string): boolean {
  return rules.get(POSTROUTING)?.includes(jumpRule(chain)) ?? false;
}

/** How many rules are named one by one. */
const NAMED = 3;

/** How the rules of a chain differ from the wanted ones, the first few by their text. */
function chainDeviations(name: string, actual: readonly string[] | undefined, wanted: readonly string[]): Deviation[] {
  if (actual === undefined) return [`${name} is missing`];
  if (actual.length === wanted.length && actual.every((rule, i) => rule === wanted[i])) return [];
  const all = [
    ...without(actual, wanted).map(rule => `${name} has ${rule}`),
    ...without(wanted, actual).map(rule => `${name} lacks ${rule}`),
  ];
  if (all.length === 0) return [`${name} has its rules in another order`];
  return all.length <= NAMED ? all : [...all.slice(0, NAMED), `${name} differs in ${all.length - NAMED} more rules`];
}

/** The rules of `a` that `b` lacks. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const there = new Set(b);
  return a.filter(rule => !there.has(rule));
}
