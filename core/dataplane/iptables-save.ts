import type { Family } from '../address';
import { readIptablesRule } from './iptables-rule';
import type { NatChain, NatRule, NatRuleset } from './nat-rule';

/** The base chain that packets go through behind the routing decision. */
export const POSTROUTING = 'POSTROUTING';

/** A table of an `iptables-save` dump: its chains with their rules as text. */
export interface SavedTable {
  /** By name: a base chain's policy, or `-` for a chain that is jumped to. */
  readonly policies: ReadonlyMap<string, string>;
  /** By chain, each rule as printed behind `-A CHAIN `, without counters. */
  readonly rules: ReadonlyMap<string, readonly string[]>;
}

/** A dump, or the line at which it stops to make sense. */
export type ReadSave =
  | {
      /** It was read to its end. */
      readonly ok: true;
      /** The table; undefined when the dump lacks it. */
      readonly table: SavedTable | undefined;
    }
  | { readonly ok: false; readonly line: number; readonly text: string };

/**
 * Reads one table of what `iptables-save` or `ip6tables-save` prints, of either flavour, with or without counters.
 * Anything but comments, tables, chains, appended rules and COMMIT is refused, as is a table without its COMMIT: it
 * would be a dump cut short. A table that the tool says it cannot print is no table that is not there: refused too.
 */
export function readIptablesSave(dump: string, table = 'nat'): ReadSave {
  const reader = new SaveReader(table);
  let line = 0;
  for (let at = 0; at < dump.length; ) {
    line++;
    const end = dump.indexOf('\n', at);
    const text = dump.slice(at, end < 0 ? dump.length : end);
    if (!reader.line(text)) return { ok: false, line, text };
    at = end < 0 ? dump.length : end + 1;
  }
  return reader.inside ? { ok: false, line, text: '' } : { ok: true, table: reader.found };
}

/** Reads line by line; false from a line on that makes no sense. */
class SaveReader {
  found: SavedTable | undefined;
  /** The name of the table that is being read. */
  inside: string | undefined;
  private policies = new Map<string, string>();
  private rules = new Map<string, string[]>();

  constructor(private readonly wanted: string) {}

  line(text: string): boolean {
    if (text.startsWith('-A ') || text.startsWith('[')) return this.rule(text);
    if (text === '') return true;
    if (text.startsWith('#')) return !text.startsWith(`# Table \`${this.wanted}' is incompatible`);
    if (text.startsWith(':')) return this.chain(text);
    if (text.startsWith('*')) return this.start(text.slice(1).trim());
    return text.trim() === 'COMMIT' && this.commit();
  }

  private start(name: string): boolean {
    if (this.inside !== undefined || name === '') return false;
    this.inside = name;
    return true;
  }

  private commit(): boolean {
    if (this.inside === undefined || (this.inside === this.wanted && this.found)) return false;
    if (this.inside === this.wanted) this.found = { policies: this.policies, rules: this.rules };
    this.inside = undefined;
    return true;
  }

  private chain(text: string): boolean {
    if (this.inside !== this.wanted) return this.inside !== undefined;
    const chain = /^:(\S+) (\S+)(?: \[\d+:\d+\])?\s*$/.exec(text);
    if (!chain || this.policies.has(chain[1]!) || this.found) return false;
    this.policies.set(chain[1]!, chain[2]!);
    this.rules.set(chain[1]!, []);
    return true;
  }

  private rule(text: string): boolean {
    if (this.inside !== this.wanted) return this.inside !== undefined;
    // Not by one regular expression, for there may be tens of thousands of rules.
    const start = text.startsWith('[') ? text.indexOf('] -A ') + 2 : 0;
    if (start === 1 || (start > 0 && !/^\[\d+:\d+\]$/.test(text.slice(0, start - 1)))) return false;
    const blank = text.indexOf(' ', start + 3);
    const chain = this.rules.get(blank < 0 ? text.slice(start + 3) : text.slice(start + 3, blank));
    chain?.push(blank < 0 ? '' : text.slice(blank + 1));
    return chain !== undefined;
  }
}

/** Which of iptables' two kernel interfaces. */
export type Flavour = 'nft' | 'legacy';

/** How one of a kernel's nat tables is told apart from the others. */
export interface NatTableName {
  /** What stands before its chains' names. */
  readonly scope: string;
  /** What stands before the text of its rules: the command that they are given to. */
  readonly command: string;
}

/** The nat table of a flavour. That of iptables-nft is a table of nftables: its chains are named as `nft` lists them. */
export function natTable(family: Family, flavour: Flavour): NatTableName {
  const tool = `${family === 4 ? 'iptables' : 'ip6tables'}-${flavour}`;
  const scope = flavour === 'nft' ? `${family === 4 ? 'ip' : 'ip6'} nat ` : `${tool} nat `;
  return { scope, command: `${tool} -t nat ` };
}

/** A table that is alone, so that its rules are told as they were printed. */
const ALONE: NatTableName = { scope: '', command: '' };

/**
 * The table's chains as rules that can be walked through, from POSTROUTING on.
 * @param name how chains and rules are named. @default as they were printed
 * @param known by name, chains whose rules need not be read, since they are known
 */
export function iptablesRuleset(
  family: Family,
  table: SavedTable,
  name: NatTableName = ALONE,
  known: ReadonlyMap<string, readonly NatRule[]> = new Map(),
): NatRuleset {
  const chains = new Map<string, NatChain>();
  // Only what POSTROUTING leads to is read: kube-proxy's table has thousands of rules that it does not.
  const names = new Set([POSTROUTING]);
  for (const chain of names) {
    const policy = table.policies.get(chain);
    if (policy === undefined) continue;
    const rules = known.get(chain) ?? (table.rules.get(chain) ?? []).map(text => readRule(family, text, table));
    for (const { verdict } of rules) if (verdict.kind === 'jump' || verdict.kind === 'goto') names.add(verdict.chain);
    const named = name === ALONE ? rules : rules.map(rule => inTable(rule, chain, name));
    chains.set(name.scope + chain, { policy: policyOf(policy), rules: named });
  }
  const hook = { chain: name.scope + POSTROUTING, nat: true, priority: 100 };
  return { family, chains, hooks: chains.size > 0 ? [hook] : [] };
}

/** Reads a rule: a chain may have a target's name, and a rule that leads to it is printed like one with that target. */
function readRule(family: Family, text: string, { policies }: SavedTable): NatRule {
  const rule = readIptablesRule(family, text);
  const [, target] = /(?:^| )-j (\S+)$/.exec(text) ?? [];
  const isEither = target !== undefined && rule.verdict.kind !== 'jump' && policies.has(target);
  return isEither ? { ...rule, verdict: { kind: 'unknown', text } } : rule;
}

/** The rule with its table's name in its text and in the chain that it leads to. */
function inTable({ conditions, verdict, text }: NatRule, chain: string, { scope, command }: NatTableName): NatRule {
  const leads = verdict.kind === 'jump' || verdict.kind === 'goto';
  return {
    conditions,
    verdict: leads ? { ...verdict, chain: scope + verdict.chain } : verdict,
    text: `${command}-A ${chain} ${text}`,
  };
}

function policyOf(text: string): NatChain['policy'] {
  if (text === '-') return 'return';
  return text === 'DROP' ? 'drop' : 'accept';
}
