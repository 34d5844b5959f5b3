import type { Family, Partition } from '../core/address';
import { iptablesRuleset, readIptablesSave, type SavedTable } from '../core/dataplane/iptables-save';
import { chainRules, jumpRule } from '../core/dataplane/iptables-text';
import { type KernelDecision, kernelMap } from '../core/dataplane/kernel-map';
import type { FamilyPlan, RulePlan } from '../core/dataplane/plan';
import type { Backend, BackendName, Deviation, Fault, KernelRules } from './backend';
import { isFault } from './backend';
import type { Platform } from './platform/platform';
import { runTool } from './tool';

/** Which of iptables' two kernel interfaces. */
export type Flavour = 'nft' | 'legacy';

const TOOL: Readonly<Record<Family, string>> = { 4: 'iptables', 6: 'ip6tables' };

/** What each rule of ip-masq-agent, Google's and ours, says of itself. */
const OURS = '--comment "ip-masq-agent: ';

/** iptables' nat table, by `iptables-save` and `iptables-restore`. */
export class IptablesBackend implements Backend {
  readonly name: BackendName;

  constructor(
    private readonly platform: Platform,
    private readonly flavour: Flavour,
  ) {
    this.name = `iptables-${flavour}`;
  }

  async read(families: readonly Family[]): Promise<IptablesRules | Fault> {
    const tables = new Map<Family, NatTable>();
    for (const family of families) {
      const table = await this.readTable(family);
      if (isFault(table)) return table;
      tables.set(family, table);
    }
    return new IptablesRules(tables);
  }

  async apply(plan: RulePlan, rules: KernelRules): Promise<Fault | undefined> {
    if (!(rules instanceof IptablesRules)) throw new TypeError('rules of another backend');
    for (const family of plan.families) {
      const table = rules.tables.get(family.family)!;
      if (table.deviations(plan.chain, family).length === 0) continue;
      const fault = await this.restore(family.family, table.repair(plan.chain, family));
      if (fault) return fault;
    }
    return undefined;
  }

  async removeLeftovers(plan: RulePlan | undefined): Promise<readonly string[] | Fault> {
    const removed: string[] = [];
    for (const family of [4, 6] as const) {
      const planned = plan?.families.some(own => own.family === family) ?? false;
      const table = await this.readTable(family);
      // A family that the machine does not have holds nothing of ours.
      if (isFault(table)) {
        if (planned || plan === undefined) return table;
        continue;
      }
      const leftovers = table.leftovers(planned ? plan?.chain : undefined);
      if (leftovers.jumps.length + leftovers.chains.length === 0) continue;
      const fault = await this.restore(family, removal(leftovers));
      if (fault) return fault;
      removed.push(...leftovers.chains.map(chain => `${TOOL[family]} chain ${chain}`));
      if (leftovers.chains.length === 0) removed.push(`${TOOL[family]} jumps`);
    }
    return removed;
  }

  private async readTable(family: Family): Promise<NatTable | Fault> {
    const command = [`${TOOL[family]}-${this.flavour}-save`, '-t', 'nat'];
    const answer = await runTool(this.platform, command);
    if (isFault(answer)) return answer;
    const read = readIptablesSave(answer.out);
    if (!read.ok)
      return { why: `"${command.join(' ')}" printed what cannot be read in line ${read.line}: ${read.text}` };
    return new NatTable(family, withoutCounters(answer.out), read.table ?? EMPTY);
  }

  private async restore(family: Family, lines: readonly string[]): Promise<Fault | undefined> {
    const command = [`${TOOL[family]}-${this.flavour}-restore`, '--noflush', '--wait=5'];
    const answer = await runTool(this.platform, command, ['*nat', ...lines, 'COMMIT', ''].join('\n'));
    return isFault(answer) ? answer : undefined;
  }
}

const EMPTY: SavedTable = { policies: new Map(), rules: new Map() };

/** Comments hold the time, and chains count packets. */
function withoutCounters(dump: string): string {
  return dump.replace(/^#.*\n|\[\d+:\d+\]/gm, '');
}

/** The nat tables at one moment. */
class IptablesRules implements KernelRules {
  readonly print: string;

  constructor(readonly tables: ReadonlyMap<Family, NatTable>) {
    this.print = [...tables.values()].map(table => table.print).join('\f');
  }

  deviations({ chain, families }: RulePlan): Deviation[] {
    return families.flatMap(family => this.tables.get(family.family)!.deviations(chain, family));
  }

  map(family: Family): Partition<KernelDecision> {
    return kernelMap(iptablesRuleset(family, this.tables.get(family)!.saved));
  }
}

/** What is ours and not wanted. */
interface Leftovers {
  /** Rules of POSTROUTING. */
  readonly jumps: readonly string[];
  readonly chains: readonly string[];
}

/** The nat table of one family. */
class NatTable {
  constructor(
    private readonly family: Family,
    readonly print: string,
    readonly saved: SavedTable,
  ) {}

  /** What is not as planned: rules that are missing, and rules that are too many. */
  deviations(chain: string, plan: FamilyPlan): Deviation[] {
    const name = `${TOOL[this.family]} ${chain}`;
    const found = differences(name, this.rules(chain), chainRules(plan));
    if (!this.saved.policies.has(chain)) found.unshift(`${name} is missing`);
    const jumps = this.rules('POSTROUTING').filter(rule => rule === jumpRule(chain)).length;
    if (jumps === 0) found.push(`${TOOL[this.family]} POSTROUTING does not lead to ${chain}`);
    if (jumps > 1) found.push(`${TOOL[this.family]} POSTROUTING leads to ${chain} ${jumps} times`);
    for (const rule of this.crookedJumps(chain)) found.push(`${TOOL[this.family]} POSTROUTING has ${rule}`);
    return found;
  }

  /** The lines that make it as planned. A chain's own line empties it within the same transaction. */
  repair(chain: string, plan: FamilyPlan): string[] {
    const jump = jumpRule(chain);
    const [first, ...more] = this.rules('POSTROUTING').filter(rule => rule === jump);
    return [
      `:${chain} - [0:0]`,
      ...[...more, ...this.crookedJumps(chain)].map(rule => `-D POSTROUTING ${rule}`),
      ...chainRules(plan).map(rule => `-A ${chain} ${rule}`),
      ...(first === undefined ? [`-A POSTROUTING ${jump}`] : []),
    ];
  }

  /** What is ours beside this chain. */
  leftovers(chain: string | undefined): Leftovers {
    const chains = [...this.saved.policies]
      .filter(([name, policy]) => policy === '-' && name !== chain && this.rules(name).some(isOurs))
      .map(([name]) => name);
    const jumps = this.rules('POSTROUTING').filter(rule => {
      const target = jumpTarget(rule);
      return target !== undefined && target !== chain && (chains.includes(target) || isOurs(rule));
    });
    // A jump may lead to a chain that somebody emptied.
    const empty = jumps
      .map(rule => jumpTarget(rule)!)
      .filter(target => this.rules(target).length === 0 && this.saved.policies.get(target) === '-');
    return { jumps, chains: [...new Set([...chains, ...empty])] };
  }

  /** Jumps to the chain that somebody changed. */
  private crookedJumps(chain: string): string[] {
    return this.rules('POSTROUTING').filter(rule => jumpTarget(rule) === chain && rule !== jumpRule(chain));
  }

  private rules(chain: string): readonly string[] {
    return this.saved.rules.get(chain) ?? [];
  }
}

function isOurs(rule: string): boolean {
  return rule.includes(OURS);
}

function jumpTarget(rule: string): string | undefined {
  return /(?:^| )-[jg] (\S+)$/.exec(rule)?.[1];
}

/** The lines that remove leftovers. */
function removal({ jumps, chains }: Leftovers): string[] {
  return [
    ...chains.map(chain => `:${chain} - [0:0]`),
    ...jumps.map(rule => `-D POSTROUTING ${rule}`),
    ...chains.map(chain => `-X ${chain}`),
  ];
}

/** How many rules are named one by one. */
const NAMED = 3;

/** How the rules of a chain differ from the wanted ones, the first few by their text. */
function differences(name: string, actual: readonly string[], wanted: readonly string[]): Deviation[] {
  if (actual.length === wanted.length && actual.every((rule, i) => rule === wanted[i])) return [];
  const lacks = without(wanted, actual).map(rule => `${name} lacks ${rule}`);
  const has = without(actual, wanted).map(rule => `${name} has ${rule}`);
  const all = [...has, ...lacks];
  if (all.length === 0) return [`${name} has its rules in another order`];
  return all.length <= NAMED ? all : [...all.slice(0, NAMED), `${name} differs in ${all.length - NAMED} more rules`];
}

/** The rules of `a` that `b` lacks. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const there = new Set(b);
  return a.filter(rule => !there.has(rule));
}
