import { fieldsOf } from '../dataplane/json';
import type { NatRule, NatRuleset } from '../dataplane/nat-rule';
import type { Location } from '../diagnostics';
import type { DumpedListing } from './node-dump';
import type { DumpPart } from './part';
import { type DumpedTable, labelOf } from './saved';

/** How the texts of rules begin that iptables-save printed. */
const OF_IPTABLES = /^ip6?tables -t \w+ -A /;

/**
 * Finds where rules stand in dumps. Nothing is kept while dumps are read, of which most rules are never asked for: the
 * rule number N of a chain is the Nth one that its dump has for the chain, parts of one counted once.
 */
export class Places {
  private readonly saved = new Map<DumpedTable, ReadonlyMap<string, readonly Location[]>>();
  private readonly listed = new Map<DumpedListing, ReadonlyMap<string, readonly Location[]>>();
  private readonly starts = new Map<DumpedListing, readonly EntryPlace[]>();
  private readonly indexes = new WeakMap<NatRuleset, ReadonlyMap<NatRule, readonly [chain: string, index: number]>>();

  constructor(
    private readonly tables: readonly DumpedTable[],
    private readonly listings: readonly DumpedListing[],
  ) {}

  /** The place of a rule of a ruleset; undefined for one that is in no dump. */
  find(ruleset: NatRuleset, rule: NatRule): Location | undefined {
    const [chain, index] = this.indexOf(ruleset, rule) ?? [];
    if (chain === undefined || index === undefined) return undefined;
    const table = OF_IPTABLES.test(rule.text) ? this.tableOf(chain) : undefined;
    if (table) return this.linesOf(table).get(chain)?.[index];
    for (const listing of this.listings) {
      const place = this.entriesOf(listing).get(chain)?.[index];
      if (place) return place;
    }
    return undefined;
  }

  /** The place of an entry of a listing. @param n its number, from 0 */
  entry(listing: DumpedListing, n: number): Location | undefined {
    const start = this.startsOf(listing)[n];
    if (!start) return undefined;
    const at = { line: listing.part.line + start.line, column: start.column };
    return rangeOf(listing.file, at, start.from, start.to - start.from);
  }

  private startsOf(listing: DumpedListing): readonly EntryPlace[] {
    const starts = this.starts.get(listing) ?? entryPlaces(listing.part.text);
    this.starts.set(listing, starts);
    return starts;
  }

  private indexOf(ruleset: NatRuleset, rule: NatRule): readonly [string, number] | undefined {
    let index = this.indexes.get(ruleset);
    if (!index) {
      const made = new Map<NatRule, readonly [string, number]>();
      for (const [chain, { rules }] of ruleset.chains) {
        const own = rules.filter(one => !one.isStandIn);
        let index = -1;
        for (const one of own) made.set(one, [chain, one.isPart ? index : ++index]);
      }
      this.indexes.set(ruleset, made);
      index = made;
    }
    return index.get(rule);
  }

  private tableOf(chain: string): DumpedTable | undefined {
    return this.tables.find(table => chain.startsWith(labelOf(table).scope));
  }

  /** By chain the lines of its rules. */
  private linesOf(table: DumpedTable): ReadonlyMap<string, readonly Location[]> {
    const known = this.saved.get(table);
    if (known) return known;
    const { file, part } = table;
    const { scope } = labelOf(table);
    const found = new Map<string, Location[]>();
    let offset = 0;
    for (const [n, line] of part.text.split('\n').entries()) {
      const [, before, chain] = n + 1 > table.table.line ? (/^(\[\d+:\d+\] )?-A (\S+)/.exec(line) ?? []) : [];
      if (chain !== undefined) {
        const column = (before?.length ?? 0) + 1;
        const at = { line: part.line + n, column };
        const place = rangeOf(file, at, offset + column - 1, line.length - column + 1);
        const list = found.get(scope + chain);
        if (list) list.push(place);
        else found.set(scope + chain, [place]);
      }
      if (n + 1 > table.table.line && line.trim() === 'COMMIT') break;
      offset += line.length + 1;
    }
    this.saved.set(table, found);
    return found;
  }

  /** By chain the places of its rules' entries. */
  private entriesOf(listing: DumpedListing): ReadonlyMap<string, readonly Location[]> {
    const known = this.listed.get(listing);
    if (known) return known;
    const found = new Map<string, Location[]>();
    for (const [n, entry] of listing.entries.entries()) {
      const rule = fieldsOf(fieldsOf(entry)?.rule);
      if (!rule) continue;
      const chain = `${String(rule.family)} ${String(rule.table)} ${String(rule.chain)}`;
      const place = this.entry(listing, n);
      if (!place) continue;
      const list = found.get(chain);
      if (list) list.push(place);
      else found.set(chain, [place]);
    }
    this.listed.set(listing, found);
    return found;
  }
}

/** The place of a line of a part that iptables-save printed. @param n its number in the part, from 0 */
export function linePlace(file: string, part: DumpPart, n: number): Location {
  const lines = part.text.split('\n');
  const line = lines[n]!;
  const before = /^(?:\[\d+:\d+\] )?/.exec(line)![0].length;
  const offset = lines.slice(0, n).reduce((sum, one) => sum + one.length + 1, 0);
  return rangeOf(file, { line: part.line + n, column: before + 1 }, offset + before, line.length - before);
}

function rangeOf(
  file: string,
  at: { readonly line: number; readonly column: number },
  offset: number,
  length: number,
): Location {
  const start = { ...at, offset };
  return { file, range: { start, end: { line: at.line, column: at.column + length, offset: offset + length } } };
}

/** Where an entry of a listing stands in its text: in which line, from 0, at which column, from 1. */
interface EntryPlace {
  readonly line: number;
  readonly column: number;
  readonly from: number;
  to: number;
}

/** Where each entry of a listing stands: the elements of the array in the outermost object. */
function entryPlaces(text: string): readonly EntryPlace[] {
  const found: EntryPlace[] = [];
  let depth = 0;
  let line = 0;
  let lineStart = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') at = closingQuote(text, at + 1);
    else if (sign === '\n') {
      line++;
      lineStart = at + 1;
    } else if (sign === '{' || sign === '[') {
      if (depth === 2) found.push({ line, column: at - lineStart + 1, from: at, to: at });
      depth++;
    } else if (sign === '}' || sign === ']') {
      depth--;
      if (depth === 2) found.at(-1)!.to = at + 1;
    }
  }
  return found;
}

function closingQuote(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
