import type { Family } from '../address';
import { readIptablesRule } from './iptables-rule';
import type { NatChain, NatRule, NatRuleset } from './nat-rule';

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
 * would be a dump cut short.
 */
export function readIptablesSave(dump: string, table = 'nat'): ReadSave {
  let policies: Map<string, string> | undefined;
  let rules = new Map<string, string[]>();
  let found: SavedTable | undefined;
  let name: string | undefined;
  let line = 0;
  for (const text of dump.split('\n')) {
    line++;
    const fault = { ok: false, line, text } as const;
    if (text === '' || text.startsWith('#')) continue;
    if (text.startsWith('*')) {
      if (name !== undefined) return fault;
      name = text.slice(1).trim();
      policies = new Map();
      rules = new Map();
    } else if (text.trim() === 'COMMIT') {
      if (name === undefined) return fault;
      if (name === table) {
        if (found) return fault;
        found = { policies: policies!, rules };
      }
      name = undefined;
    } else if (name === undefined) return fault;
    else if (name !== table) continue;
    else if (text.startsWith(':')) {
      const chain = /^:(\S+) (\S+)(?: \[\d+:\d+\])?\s*$/.exec(text);
      if (!chain) return fault;
      policies!.set(chain[1]!, chain[2]!);
      rules.set(chain[1]!, []);
    } else {
      const rule = /^(?:\[\d+:\d+\] )?-A (\S+)(?: (.*))?$/.exec(text);
      const list = rule && rules.get(rule[1]!);
      if (!list) return fault;
      list.push(rule[2] ?? '');
    }
  }
  return name === undefined ? { ok: true, table: found } : { ok: false, line, text: '' };
}

/** The table's chains as rules that can be walked through, from POSTROUTING on. */
export function iptablesRuleset(family: Family, table: SavedTable): NatRuleset {
  const chains = new Map<string, NatChain>();
  const add = (name: string): void => {
    const policy = table.policies.get(name);
    if (policy === undefined || chains.has(name)) return;
    const rules: NatRule[] = (table.rules.get(name) ?? []).map(text => readIptablesRule(family, text));
    chains.set(name, { policy: policy === '-' ? 'return' : policy === 'DROP' ? 'drop' : 'accept', rules });
    // Only what POSTROUTING leads to is read: kube-proxy's table has thousands of rules that it does not.
    for (const { verdict } of rules) if (verdict.kind === 'jump' || verdict.kind === 'goto') add(verdict.chain);
  };
  add('POSTROUTING');
  return { family, chains, hooks: chains.has('POSTROUTING') ? [{ chain: 'POSTROUTING', priority: 100 }] : [] };
}
