import { BITS, type Family, parseAddress } from '../address';
import type { Flavour, TableLabel, TableName } from '../dataplane/iptables-ruleset';
import { type PlacedTable, readSavedTables } from '../dataplane/iptables-save';
import { type DumpPart, NO_TOOL } from './part';

/** A table that iptables-save printed, with what is known of it. */
export interface DumpedTable {
  /** The table. */
  readonly table: PlacedTable;
  /** Which of iptables' tables it is. */
  readonly name: TableName;
  /** Its address family. */
  readonly family: Family;
  /** Whether nothing says of which family it is, neither the tool nor an address nor the file's name: IPv4 is likely. */
  readonly isGuessed?: true;
  /** Which of iptables' kernel interfaces it is in; absent where the dump does not say. */
  readonly flavour?: Flavour;
  /** The file that it stands in. */
  readonly file: string;
  /** The part of the file. */
  readonly part: DumpPart;
}

/** What the prints of iptables-save in a part of a dump hold. */
export interface SavedPart {
  /** The tables that have a say behind the routing decision. */
  readonly tables: readonly DumpedTable[];
  /** The names of all tables that were printed. */
  readonly names: readonly string[];
  /** The tools that printed something, be it other tables. */
  readonly tools: readonly Tool[];
  /** The families of which the tool says that legacy iptables has tables too, which it does not print. */
  readonly legacyElsewhere: readonly Family[];
  /** The tables that the tool cannot print, each with its line in the file. */
  readonly unprinted: readonly { readonly family: Family; readonly line: number; readonly text: string }[];
}

/** A tool that printed tables. */
export interface Tool {
  readonly family: Family;
  readonly flavour: Flavour;
}

/** Why a dump is refused: a line of the file, from 1, and what is wrong there. */
export interface DumpFault {
  readonly line: number;
  readonly message: string;
}

/** The tables that may have a say. */
const TABLES: readonly string[] = ['nat', 'mangle', 'raw'] satisfies TableName[];

/** Reads a part of a dump that iptables-save or ip6tables-save printed, one or both of them. */
export function readSavedPart(file: string, part: DumpPart): SavedPart | DumpFault {
  const read = readSavedTables(part.text, TABLES, NO_TOOL);
  if (!read.ok) {
    const line = part.line + read.line - 1;
    if (read.text === '') return { line, message: 'the dump ends in the middle of a table; is it cut short?' };
    return {
      line,
      message: `"${read.text.slice(0, 120)}" is no line of iptables-save`,
    };
  }
  const fault = blockFault(part);
  if (fault) return fault;
  const tools = read.comments.flatMap(comment => toolOf(comment) ?? []);
  let tool: Tool | undefined;
  const tables = read.tables.map((table): DumpedTable => {
    tool = table.comments.reduce<Tool | undefined>((last, comment) => toolOf(comment) ?? last, tool);
    const family = familyByContent(table) ?? familyByName(file);
    const own = tool ?? (family ? { family } : { family: 4 as const, isGuessed: true as const });
    return { table, name: table.name as TableName, file, part, ...own };
  });
  const settled = besideOthers(tables);
  const first = tools[0]?.family ?? settled[0]?.family ?? familyByName(file) ?? 4;
  return {
    tables: settled,
    names: [...part.text.matchAll(/^\*(\S+)/gm)].map(([, name]) => name!),
    tools,
    legacyElsewhere: read.comments.flatMap(comment => legacyWarning(comment) ?? []),
    unprinted: read.unprinted.map(({ line, text }) => ({ family: first, line: part.line + line - 1, text })),
  };
}

/** What a rule asks of where packets come from or go to, with the length of a prefix. */
const BLOCK = / (-[sd]) ([0-9a-f.:]+\/\d+)(?=[ \n]|$)/gi;

/** A block of IPv4 that there is: there may be a hundred thousand of them. */
const USUAL = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}\/(?:[12]?\d|3[0-2])$/;

/** The first rule that asks for a block that there cannot be: no kernel has it, so that somebody has changed the dump. */
function blockFault({ text, line }: DumpPart): DumpFault | undefined {
  for (const { 1: option, 2: block, index } of text.matchAll(BLOCK)) {
    if (USUAL.test(block!)) continue;
    const [address, length] = block!.split('/');
    const read = parseAddress(address!);
    const most = read.ok ? BITS[read.value.family] : 0;
    if ((read.ok && Number(length) <= most) || !isAsked(text, index)) continue;
    const why = read.ok ? `a prefix of IPv${read.value.family} has ${most} bits at most` : read.fault.message;
    const before = text.slice(0, index).split('\n').length - 1;
    return { line: line + before, message: `"${option} ${block}" is no block of addresses: ${why}` };
  }
  return undefined;
}

/** Whether what stands at a place of a dump is part of a rule, and of none of its comments. */
function isAsked(text: string, index: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', index) + 1, index);
  return before.includes('-A ') && !before.replace(/"(?:[^"\\]|\\.)*"/g, '').includes('"');
}

/**
 * One run prints every table of a family, each once: a table that does not say of which it is belongs to the others, where
 * these are of one family and have none of its name.
 */
function besideOthers(tables: readonly DumpedTable[]): readonly DumpedTable[] {
  const known = tables.filter(({ isGuessed }) => !isGuessed);
  const [family, another] = [...new Set(known.map(one => one.family))];
  if (family === undefined || another !== undefined) return tables;
  return tables.map(table => {
    const isTwice = tables.filter(({ name }) => name === table.name).length > 1;
    if (!table.isGuessed || isTwice) return table;
    const { isGuessed: _, ...others } = table;
    return { ...others, family };
  });
}

/** How a table's chains and rules are named among those of the whole node. */
export function labelOf({ family, flavour, name }: DumpedTable): TableLabel {
  const tool = family === 4 ? 'iptables' : 'ip6tables';
  // The tables of iptables-nft are tables of nftables, and their chains are named as `nft` lists them.
  const scope = flavour === 'nft' ? `${family === 4 ? 'ip' : 'ip6'} ${name} ` : `${tool} ${name} `;
  return { scope, command: `${tool} -t ${name} `, table: name };
}

/** The tool that a comment names. Legacy iptables does not say that it is that. */
export function toolOf(comment: string): Tool | undefined {
  const [, six, rest] = /^# Generated by (?:x?ip(6)?tables|ip(?:6)?tables)(\S*-save.*)$/.exec(comment) ?? [];
  if (rest === undefined) return undefined;
  return { family: six ? 6 : 4, flavour: /^-nft-|\(nf_tables\)/.test(rest) ? 'nft' : 'legacy' };
}

/** The family of which a comment says that legacy iptables has tables of it. */
function legacyWarning(comment: string): Family | undefined {
  const [warning, six] = /^# Warning: ip(6)?tables-legacy tables present/.exec(comment) ?? [];
  if (warning === undefined) return undefined;
  return six ? 6 : 4;
}

/** The family of the first address that a rule of the table names. */
function familyByContent({ rules }: PlacedTable): Family | undefined {
  for (const texts of rules.values()) {
    for (const text of texts) {
      if (/(?:^| )-p (?:ipv6-icmp|icmpv6)(?: |$)/.test(text)) return 6;
      const [, address] = /(?:^| )(?:-[sd]|--to-source|--to-destination) (?:! )?\[?([0-9a-f.:]+)/i.exec(text) ?? [];
      if (address !== undefined) return address.includes('::') || !address.includes('.') ? 6 : 4;
    }
  }
  return undefined;
}

/** What the file's name says. */
function familyByName(file: string): Family | undefined {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (/ip6|v6/i.test(name)) return 6;
  return /ipt|ip4|v4/i.test(name) ? 4 : undefined;
}
