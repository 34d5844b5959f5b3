import { FAMILIES, type Family, type IntervalSet } from '../address';
import type { Input } from '../check/check';
import type { InterfaceName } from '../dataplane/interfaces';
import { iptablesChains, iptablesRuleset } from '../dataplane/iptables-ruleset';
import { fieldsOf } from '../dataplane/json';
import { joinRulesets, type NatRule, type NatRuleset, standIn } from '../dataplane/nat-rule';
import { listedIn } from '../dataplane/nft-listing';
import { type NftRuleset, readNftRuleset } from '../dataplane/nft-ruleset';
import { andList } from '../diagnostics';
import { readIpsets } from './ipset';
import { believed, listingFault, unlisted } from './listing';
import { marksSetByIptables } from './marked';
import { marksSetByNft } from './marked-nft';
import { type DumpedMarks, NodeRules } from './node-rules';
import { type DumpPart, partsOf } from './part';
import { type DumpedTable, type DumpFault, labelOf, readSavedPart, type SavedPart } from './saved';

/** A listing of nftables at its place. */
export interface DumpedListing {
  /** The entries. */
  readonly entries: readonly unknown[];
  /** The file that it stands in. */
  readonly file: string;
  /** The part of the file. */
  readonly part: DumpPart;
}

/** What the dumps of a node say, or why nothing can be said, each in a line that begins with its place. */
export type ReadNode =
  | { readonly ok: true; readonly rules: NodeRules }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Reads the dumps of one node together: what `iptables-save` and `ip6tables-save` of both flavours, `nft -j list ruleset`
 * and `ipset save` printed, in one file or in several. What cannot be read to its end is refused.
 * @param outInterfaces those by which packets of pods leave the node. @default nobody knows
 */
export function readNode(files: readonly Input[], outInterfaces?: readonly InterfaceName[]): ReadNode {
  const held = new Held();
  const faults = files.flatMap(({ file, text }) => {
    if (text.trim() === '') return [`${file}:1:1: the dump is empty`];
    const found = partsOf(text).flatMap(part => held.read(file, part) ?? []);
    return found.map(({ line, message }) => `${file}:${line}:1: ${message}`);
  });
  faults.push(...twice(held.tables));
  const families = FAMILIES.filter(family => held.covers(family));
  if (faults.length === 0 && families.length === 0) {
    faults.push(...files.map(({ file, text }) => `${file}:1:1: ${lackText(text)}`));
  }
  if (faults.length > 0) return { ok: false, faults };
  const rules = new Map<Family, NftRuleset>();
  for (const family of families) {
    const own = familyRules(family, held);
    if (own) rules.set(family, own);
    else
      return {
        ok: false,
        faults: [`${held.listings[0]!.file}:1:1: nft lists what is no table, chain, set or rule`],
      };
  }
  return { ok: true, rules: new NodeRules(rules, held.tables, held.listings, held.marks, outInterfaces) };
}

/** What is said of a dump without any table that has a say. */
function lackText(dump: string): string {
  const others = [...dump.matchAll(/^\*(\S+)/gm)].map(([, name]) => name!);
  if (others.length === 0) return 'there is no table of iptables or nftables in the dump';
  return `no table "nat" is in the dump, but ${andList(others.map(name => `"${name}"`))} alone; make the dump with "iptables-save", which prints every table`;
}

/** How rules change an ipset. */
const FILLING = / --(?:add|del)-set (\S+)/g;

/** What the parts of a node's dumps hold. */
class Held {
  readonly listings: DumpedListing[] = [];
  readonly parts: SavedPart[] = [];
  private readonly found: DumpedMarks[] = [];
  private readonly ipsets = new Map<string, IntervalSet>();
  /** The ipsets that rules change: what they hold when a packet comes is not what was printed. */
  private readonly filled = new Set<string>();

  /** Takes a part, or says why it cannot be read. */
  read(file: string, part: DumpPart): DumpFault | undefined {
    switch (part.kind) {
      case 'save': {
        const read = readSavedPart(file, part);
        if ('message' in read) return read;
        this.parts.push(read);
        this.found.push({ file, part, ...marksSetByIptables(part.text) });
        for (const [, name] of part.text.matchAll(FILLING)) this.filled.add(name!);
        return undefined;
      }
      case 'nft': {
        const entries = listedIn(part.text);
        if (!entries) return { line: part.line, message: 'this is no whole listing of "nft -j"; is it cut short?' };
        const message = listingFault(entries);
        if (message) return { line: part.line, message };
        const listing = { entries, file, part };
        this.found.push({ file, part, listing, ...marksSetByNft(entries) });
        this.listings.push(listing);
        return undefined;
      }
      case 'other':
        return { line: part.line, message: part.advice! };
      case 'ipset': {
        const { sets, fault } = readIpsets(part.text);
        for (const [name, set] of sets) this.ipsets.set(name, set);
        return fault && { line: part.line + fault.line - 1, message: `"${fault.text}" is no line of ipset save` };
      }
    }
  }

  /** What rules do to marks of packets to others than Services; what iptables-save tells nft need not name. */
  get marks(): readonly DumpedMarks[] {
    return this.found.map(one => ({
      ...one,
      markings: one.markings.filter(({ namedIn }) => namedIn === undefined || !this.saves(namedIn)),
    }));
  }

  /** Whether iptables-save printed a table of nftables, such as `ip mangle`. */
  private saves(table: string): boolean {
    const [family, name] = table.split(' ');
    const own = family === 'ip6' ? 6 : 4;
    return this.parts.some(({ tables, tools, names }) => {
      const isOwn = [...tables, ...tools].some(one => one.family === own);
      return isOwn && names.includes(name!);
    });
  }

  /** The sets of addresses that are what was printed. */
  get sets(): ReadonlyMap<string, IntervalSet> {
    return new Map([...this.ipsets].filter(([name]) => !this.filled.has(name)));
  }

  /** All entries of nftables. */
  get entries(): readonly unknown[] {
    return this.listings.flatMap(({ entries }) => entries);
  }

  /** The tables of iptables. Where nothing says of which flavour one is, it is what nft lists. */
  get tables(): readonly DumpedTable[] {
    const tables = this.parts.flatMap(part => part.tables);
    if (this.listings.length === 0) return tables;
    return tables.map(table => ({ ...table, flavour: table.flavour ?? (this.lists(table) ? 'nft' : 'legacy') }));
  }

  /** Whether nft lists a table of iptables-nft. */
  lists(table: DumpedTable): boolean {
    const { scope } = labelOf({ ...table, flavour: 'nft' });
    return this.entries.some(entry => {
      const listed = fieldsOf(fieldsOf(entry)?.table);
      return listed !== undefined && `${String(listed.family)} ${String(listed.name)} ` === scope;
    });
  }

  /** Whether the dumps say anything of a family. */
  covers(family: Family): boolean {
    const of = (one: { readonly family: Family }): boolean => one.family === family;
    return this.listings.length > 0 || this.parts.some(({ tables, tools }) => tables.some(of) || tools.some(of));
  }

  /** What may decide about packets of a family and is in no dump. */
  unseen(family: Family): string[] {
    const tool = family === 4 ? 'iptables' : 'ip6tables';
    const of = (one: { readonly family: Family }): boolean => one.family === family;
    const found = unlisted(this.entries);
    if (this.listings.length === 0) {
      for (const { line } of this.parts.flatMap(part => part.unprinted).filter(of)) {
        found.push(`a table that ${tool}-save cannot print (line ${line}): add what "nft -j list ruleset" prints`);
      }
      if (found.length === 0 && !this.tables.some(table => of(table) && table.name === 'nat')) {
        found.push(`the nat table of IPv${family}, which is not in the dump`);
      }
    }
    const hasLegacy = this.parts.some(part => part.tools.some(one => of(one) && one.flavour === 'legacy'));
    if (!hasLegacy && this.parts.some(part => part.legacyElsewhere.includes(family))) {
      found.push(`the tables of legacy iptables, which are not in the dump: add what "${tool}-legacy-save" prints`);
    }
    return found;
  }
}

/** Tables that are there twice: of the dumps of two nodes, put together, neither could be told from the other. */
function twice(tables: readonly DumpedTable[]): string[] {
  const seen = new Map<string, DumpedTable>();
  return tables.flatMap(one => {
    const key = labelOf(one).scope;
    const before = seen.get(key);
    seen.set(key, before ?? one);
    if (!before) return [];
    const what = `a second table "${one.name}" of IPv${one.family}, beside that of ${placeText(before)}`;
    return [`${placeText(one)}: ${what}; dumps of several nodes are named one by one`];
  });
}

function placeText({ file, part, table }: DumpedTable): string {
  return `${file}:${part.line + table.line - 1}:1`;
}

/** All rules of a family; undefined where nft lists what makes no sense. */
function familyRules(family: Family, held: Held): NftRuleset | undefined {
  const { sets, entries } = held;
  const tables = held.tables.filter(table => table.family === family);
  const doubts = held.unseen(family);
  const rulesetOf = (table: DumpedTable): NatRuleset =>
    iptablesRuleset(family, table.table, labelOf(table), undefined, true);
  if (held.listings.length === 0) return { ruleset: joinAll(family, tables.map(rulesetOf), doubts), sets };
  const ofNft = tables.filter(({ flavour }) => flavour === 'nft');
  const saved = new Map<string, readonly NatRule[]>();
  for (const table of ofNft) {
    for (const [name, { rules }] of iptablesChains(family, table.table, labelOf(table))) saved.set(name, rules);
  }
  const nft = readNftRuleset(family, { nftables: believed(entries) }, { saved, readdressing: true });
  if (!nft) return undefined;
  for (const table of ofNft.filter(one => !held.lists(one))) {
    doubts.push(`the table at ${placeText(table)}, which nft does not list: the dumps are of different moments`);
  }
  const legacy = tables.filter(({ flavour }) => flavour === 'legacy').map(rulesetOf);
  return { ruleset: joinAll(family, [nft.ruleset, ...legacy], doubts), sets: new Map([...sets, ...nft.sets]) };
}

/** @param doubts what may do anything to packets, each in words */
function joinAll(family: Family, rulesets: readonly NatRuleset[], doubts: readonly string[]): NatRuleset {
  const unknown = doubts.map((text, n): NatRuleset => {
    const chain = `unseen ${n}`;
    const chains = new Map([[chain, { policy: 'accept' as const, rules: [standIn('unknown', text)] }]]);
    return { family, chains, hooks: [{ chain, nat: true, priority: 100 }] };
  });
  return joinRulesets({ family, chains: new Map(), hooks: [] }, ...rulesets, ...unknown);
}
