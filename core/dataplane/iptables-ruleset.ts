import type { Family } from '../address';
import { readIptablesRule } from './iptables-rule';
import { POSTROUTING, type SavedTable } from './iptables-save';
import {
  besideServices,
  EARLIER,
  hasEarlySay,
  isEarly,
  leads,
  type NatChain,
  type NatHook,
  type NatRule,
  type NatRuleset,
} from './nat-rule';

/** Which of iptables' two kernel interfaces. */
export type Flavour = 'nft' | 'legacy';

/** Those of iptables' tables that have a chain behind the routing decision, and that where packets are left untracked. */
export type TableName = 'nat' | 'mangle' | 'raw';

/** How one of a kernel's tables is told apart from the others. */
export interface TableLabel {
  /** What stands before its chains' names. */
  readonly scope: string;
  /** What stands before the text of its rules: the command that they are given to. */
  readonly command: string;
  /** The table. */
  readonly table: TableName;
}

/** A table of a flavour. That of iptables-nft is a table of nftables: its chains are named as `nft` lists them. */
export function tableLabel(family: Family, flavour: Flavour, table: TableName = 'nat'): TableLabel {
  const tool = `${family === 4 ? 'iptables' : 'ip6tables'}-${flavour}`;
  const scope = flavour === 'nft' ? `${family === 4 ? 'ip' : 'ip6'} ${table} ` : `${tool} ${table} `;
  return { scope, command: `${tool} -t ${table} `, table };
}

/** The chains of tables that packets come to, and when the kernel asks them; that behind the routing decision first. */
const ENTRIES: Readonly<Record<TableName, readonly (readonly [chain: string, priority: number])[]>> = {
  raw: [['PREROUTING', EARLIER.prerouting - 300]],
  mangle: [
    [POSTROUTING, -150],
    ['PREROUTING', EARLIER.prerouting - 150],
    ['FORWARD', EARLIER.forward - 150],
  ],
  nat: [
    [POSTROUTING, 100],
    ['PREROUTING', EARLIER.prerouting - 100],
  ],
};

/** A table that is alone, so that its rules are told as they were printed. */
const ALONE: TableLabel = { scope: '', command: '', table: 'nat' };

/**
 * The table's chains as rules that can be walked through, from POSTROUTING on. Those of hooks before are among them where
 * a rule leaves packets untracked, and, where that is asked for, where one gives them other addresses.
 * @param name how chains and rules are named. @default as they were printed
 * @param known by name, chains whose rules need not be read, since they are known
 * @param readdressing whether rules count that give packets other addresses before. @default false
 */
export function iptablesRuleset(
  family: Family,
  table: SavedTable,
  name: TableLabel = ALONE,
  known: ReadonlyMap<string, readonly NatRule[]> = new Map(),
  readdressing = false,
): NatRuleset {
  const reader = new ChainReader(family, table, name, known);
  const [first, ...others] = ENTRIES[name.table];
  const chains = new Map<string, NatChain>();
  const hooks: NatHook[] = [];
  for (const [chain, priority] of readdressing || name.table === 'raw' ? [first!, ...others] : [first!]) {
    const hook = { chain: name.scope + chain, nat: name.table === 'nat', priority };
    const found = reader.chainsFrom(chain, isEarly(hook));
    if (found.size === 0 || (isEarly(hook) && !hasEarlySay(hook, found.values()))) continue;
    hooks.push(hook);
    for (const [own, one] of found) chains.set(own, one);
  }
  return { family, chains, hooks };
}

/** By name the rules of all chains of a table that packets of pods may come to, wherever that is. */
export function iptablesChains(family: Family, table: SavedTable, name: TableLabel): ReadonlyMap<string, NatChain> {
  const reader = new ChainReader(family, table, name, new Map());
  return new Map(ENTRIES[name.table].flatMap(([chain, priority]) => [...reader.chainsFrom(chain, priority < -150)]));
}

/** Reads chains of a table, each once. */
class ChainReader {
  private readonly read = new Map<string, NatChain>();

  constructor(
    private readonly family: Family,
    private readonly table: SavedTable,
    private readonly name: TableLabel,
    private readonly known: ReadonlyMap<string, readonly NatRule[]>,
  ) {}

  /**
   * A chain and those that it leads to. Only these are read: kube-proxy's table has thousands of rules that POSTROUTING
   * does not lead to.
   * @param early whether it is of a hook before the postrouting one
   */
  chainsFrom(entry: string, early: boolean): ReadonlyMap<string, NatChain> {
    const { scope } = this.name;
    const found = new Map<string, NatChain>();
    const names = new Set([scope + entry]);
    for (const chain of names) {
      const one = this.read.get(chain) ?? this.chain(chain.slice(scope.length), early);
      if (!one) continue;
      this.read.set(chain, one);
      found.set(chain, one);
      for (const { verdict } of one.rules) if (leads(verdict)) names.add(verdict.chain);
    }
    return found;
  }

  private chain(chain: string, early: boolean): NatChain | undefined {
    const { family, table, name } = this;
    const policy = table.policies.get(chain);
    if (policy === undefined) return undefined;
    const prefix = name === ALONE ? '' : `${name.command}-A ${chain} `;
    const rules =
      this.known.get(chain)?.map(rule => withText(rule, prefix)) ??
      (table.rules.get(chain) ?? []).map(text => readRule(family, text, table, prefix));
    const scoped = name.scope === '' ? rules : rules.map(rule => inScope(rule, name.scope));
    return { policy: policyOf(policy), rules: early ? scoped.map(besideServices) : scoped };
  }
}

/** Reads a rule: a chain may have a target's name, and a rule that leads to it is printed like one with that target. */
function readRule(family: Family, text: string, { policies }: SavedTable, prefix: string): NatRule {
  const rule = readIptablesRule(family, text, prefix + text);
  const target = text.slice(text.lastIndexOf(' ') + 1);
  const isEither = rule.verdict.kind !== 'jump' && policies.has(target) && /(?:^| )-j \S+$/.test(text);
  return isEither ? { ...rule, verdict: { kind: 'unknown', text } } : rule;
}

/** A rule with the command that it is given to before its text. What stands for a list makes its text when it is asked. */
function withText(rule: NatRule, prefix: string): NatRule {
  const { conditions, verdict } = rule;
  return {
    conditions,
    verdict,
    get text() {
      return prefix + rule.text;
    },
  };
}

/** A rule with its table's name in that of the chain that it leads to. */
function inScope(rule: NatRule, scope: string): NatRule {
  const { verdict } = rule;
  return leads(verdict) ? { ...rule, verdict: { ...verdict, chain: scope + verdict.chain } } : rule;
}

function policyOf(text: string): NatChain['policy'] {
  if (text === '-') return 'return';
  return text === 'DROP' ? 'drop' : 'accept';
}
