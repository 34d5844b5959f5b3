import type { Family } from '../address';
import { type Fields, fieldsOf } from '../dataplane/json';

/** Commands of the JSON that nft takes and never lists. */
const COMMANDS: readonly string[] = [
  'add',
  'replace',
  'create',
  'insert',
  'delete',
  'destroy',
  'list',
  'reset',
  'flush',
  'rename',
];

/** What is wrong with the entries of a listing of nftables as one of all rules of a node; undefined where nothing is. */
export function listingFault(entries: readonly unknown[]): string | undefined {
  const tables = new Set<string>();
  const kinds = new Set<string>();
  for (const entry of entries) {
    const [[kind, value] = ['', undefined]] = Object.entries(fieldsOf(entry) ?? {});
    if (COMMANDS.includes(kind)) return `"${kind}" is a command for nft, and no entry of a listing; ${INSTEAD}`;
    kinds.add(kind);
    const { family, name, table } = fieldsOf(value) ?? {};
    if (kind === 'table') tables.add(`${String(family)} ${String(name)}`);
    else if (table !== undefined && !tables.has(`${String(family)} ${String(table)}`)) {
      return `there is a ${kind} of the table "${String(family)} ${String(table)}", which is not listed: this is a part of the rules; ${INSTEAD}`;
    }
  }
  const isNames = tables.size > 0 && [...kinds].every(kind => kind === 'metainfo' || kind === 'table');
  return isNames ? `tables are listed by their names, and nothing of what is in them; ${INSTEAD}` : undefined;
}

const INSTEAD = 'make the dump with "nft -j list ruleset"';

/** What listings do not tell, in words: those of tables alone. */
export function unlisted(entries: readonly unknown[]): string[] {
  if (entriesOf(entries, 'table').length === 0 || entriesOf(entries, 'chain').length > 0) return [];
  return [`what is in the tables that nft lists, for no chain of them is listed; ${INSTEAD}`];
}

/**
 * The entries that can be believed: with `--terse`, nft leaves out what is in sets and maps, and where all of them are empty
 * nobody knows whether they are.
 */
export function believed(entries: readonly unknown[]): readonly unknown[] {
  const isFilled = SETS.some(kind => entriesOf(entries, kind).some(({ elem }) => elem !== undefined));
  return isFilled ? entries : entries.filter(entry => !SETS.some(kind => fieldsOf(entry)?.[kind] !== undefined));
}

/** Whether a listing has a chain in the nat table of iptables-nft. */
export function listsNatChain(entries: readonly unknown[], family: Family, chain: string): boolean {
  const own = family === 4 ? 'ip' : 'ip6';
  return entriesOf(entries, 'chain').some(one => one.family === own && one.table === 'nat' && one.name === chain);
}

const SETS = ['set', 'map'] as const;

function entriesOf(entries: readonly unknown[], kind: string): readonly Fields[] {
  return entries.flatMap(entry => {
    const fields = fieldsOf(fieldsOf(entry)?.[kind]);
    return fields ? [fields] : [];
  });
}
