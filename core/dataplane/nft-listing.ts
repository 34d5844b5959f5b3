import type { Family } from '../address';
import { fieldsOf } from './json';
import { FAMILIES_OF, isBaseChain, type NftRuleset } from './nft-ruleset';

/**
 * The entries of what `nft -j` printed: a line for each command. Undefined when it is no such thing, or of another number
 * of commands.
 */
export function nftEntries(text: string, commands = 1): readonly unknown[] | undefined {
  const lines = text.split('\n').filter(line => line !== '');
  const entries: unknown[] = [];
  for (const line of lines) {
    const listed = listedIn(line);
    if (!listed) return undefined;
    // There may be more than a call takes arguments.
    for (const entry of listed) entries.push(entry);
  }
  return lines.length === commands ? entries : undefined;
}

/** The entries of one listing that `nft -j` printed; undefined when it is none. */
export function listedIn(text: string): readonly unknown[] | undefined {
  try {
    const listed = fieldsOf(JSON.parse(text))?.nftables;
    return Array.isArray(listed) ? listed : undefined;
  } catch {
    return undefined;
  }
}

/** The tables among entries, as `family name`. */
export function tablesOf(entries: readonly unknown[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const entry of tableEntries(entries)) {
    const { family, name } = fieldsOf(fieldsOf(entry)?.table)!;
    names.add(`${String(family)} ${String(name)}`);
  }
  return names;
}

/** Those entries that are tables. */
export function tableEntries(entries: readonly unknown[]): readonly unknown[] {
  return entries.filter(entry => fieldsOf(fieldsOf(entry)?.table));
}

/** The names of the chains among entries, each behind that of its table. */
export function chainNames(entries: readonly unknown[]): string[] {
  return entries.flatMap(entry => {
    const chain = fieldsOf(fieldsOf(entry)?.chain);
    return chain ? [`${String(chain.family)} ${String(chain.table)} ${String(chain.name)}`] : [];
  });
}

/** A base chain, where packets enter. */
export interface BaseChain {
  /** Its table, as `family name`. */
  readonly table: string;
  /** Its name behind that of its table, as rules are told apart by it. */
  readonly name: string;
  /** The address families whose packets come to it. */
  readonly families: readonly Family[];
  /** The entry itself. */
  readonly entry: unknown;
}

/** The base chains among entries where packets enter behind the routing decision. */
export function postroutingChains(entries: readonly unknown[]): readonly BaseChain[] {
  return entries.flatMap(entry => {
    const chain = fieldsOf(fieldsOf(entry)?.chain) ?? {};
    const { family, table, name } = chain;
    const families = FAMILIES_OF[String(family)];
    if (!families || !isBaseChain(chain)) return [];
    const of = `${String(family)} ${String(table)}`;
    return [{ table: of, name: `${of} ${String(name)}`, families, entry }];
  });
}

/** What rules of a ruleset ask for that was not listed: the names of chains, and those of sets. */
export function unlisted({ ruleset, sets }: NftRuleset): {
  readonly chains: ReadonlySet<string>;
  readonly sets: ReadonlySet<string>;
} {
  const missing = { chains: new Set<string>(), sets: new Set<string>() };
  for (const { rules } of ruleset.chains.values()) {
    for (const { conditions, verdict } of rules) {
      if ((verdict.kind === 'jump' || verdict.kind === 'goto') && !ruleset.chains.has(verdict.chain)) {
        missing.chains.add(verdict.chain);
      }
      for (const condition of conditions) {
        if (condition.on === 'named-set' && !sets.has(condition.name)) missing.sets.add(condition.name);
      }
    }
  }
  return missing;
}
