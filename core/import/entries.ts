import {
  type Both,
  type Cidr,
  cidr,
  FAMILIES,
  formatCidr,
  IntervalSet,
  NAMED_RANGES,
  type NamedRange,
  setsOf,
} from '../address';
import { type Term, termsOf } from '../analysis/terms';
import type { KeptRange } from '../dialect/reading';
import type { RangeEntry } from '../schema/generated/types-intent';

/** A range to be written, and why it is there. */
export interface ReasonedRange extends Pick<KeptRange, 'text' | 'cidrs'> {
  /** The comment behind it. */
  readonly reason?: string;
}

/** Names that stand for several CIDRs, those of the most first: of one name for all nobody has to count. */
const NAMES: readonly (readonly [range: NamedRange, cidrs: readonly string[]])[] = NAMED_RANGES.filter(
  ({ cidrs, name }) => cidrs.length > 1 && name !== 'ip-masq-agent-default',
)
  .map(range => [range, range.cidrs.map(text => formatCidr(cidr(text)))] as const)
  .sort(([, a], [, b]) => b.length - a.length);

/**
 * Writes ranges as entries of an intent: a name where all of its CIDRs are listed, with the same reason if any, and
 * CIDRs as listed for the rest, unless blocks with exceptions say it in fewer words. Ranges of which everything is
 * `known` to be kept anyway are left out.
 */
export function preserveEntries(ranges: readonly ReasonedRange[], known: Both<IntervalSet>): RangeEntry[] {
  const open = ranges.filter(range => !isInside(range.cidrs, known));
  const entries: RangeEntry[] = [];
  let plain: ReasonedRange[] = [];
  for (const reason of new Set(open.map(range => range.reason))) {
    const alike = open.filter(range => range.reason === reason);
    const { names, rest } = takeNames(alike);
    for (const name of names) entries.push(reason === undefined ? name : { range: name, reason });
    if (reason === undefined) plain = rest;
    else for (const { cidrs } of rest) entries.push(...cidrs.map(one => ({ cidr: formatCidr(one), reason })));
  }
  return [
    ...entries,
    ...FAMILIES.flatMap(family =>
      shortest(
        plain.flatMap(range => range.cidrs),
        known[family],
      ),
    ),
  ];
}

function isInside(cidrs: readonly Cidr[], known: Both<IntervalSet>): boolean {
  const sets = setsOf(cidrs);
  return FAMILIES.every(family => known[family].containsSet(sets[family]));
}

/** The names of which every CIDR is listed, and what is left without them. */
function takeNames(ranges: readonly ReasonedRange[]): { readonly names: string[]; readonly rest: ReasonedRange[] } {
  const names: string[] = [];
  let rest = [...ranges];
  for (const [{ name }, cidrs] of NAMES) {
    const listed = new Set(rest.flatMap(range => range.cidrs.map(formatCidr)));
    if (!cidrs.every(text => listed.has(text))) continue;
    names.push(name);
    rest = rest.filter(range => !range.cidrs.every(one => cidrs.includes(formatCidr(one))));
  }
  return { names, rest };
}

/**
 * CIDRs as listed, each once, or the fewest blocks with exceptions when they name fewer. What is `known` to be kept anyway
 * may be in the blocks, and in none of their exceptions, where it would be refused.
 */
function shortest(cidrs: readonly Cidr[], known: IntervalSet): RangeEntry[] {
  const { family } = known;
  const own = cidrs.filter(one => one.family === family);
  const listed = [...new Set(own.map(formatCidr))];
  const terms = termsOf(IntervalSet.fromCidrs(family, own).union(known))
    .filter(({ cidr }) => !known.containsSet(IntervalSet.ofCidr(cidr)))
    .map(({ cidr, minus }) => ({ cidr, minus: IntervalSet.fromCidrs(family, minus).subtract(known).cidrs() }));
  const entries = terms.map(entryOf);
  return words(entries) < listed.length ? entries : listed;
}

function words(entries: readonly RangeEntry[]): number {
  return entries.reduce((sum, entry) => sum + (typeof entry === 'string' ? 1 : 1 + (entry.except?.length ?? 0)), 0);
}

/** A set as entries: the fewest blocks, with exceptions where that is shorter. */
export function setEntries(set: IntervalSet): RangeEntry[] {
  return termsOf(set).map(entryOf);
}

function entryOf({ cidr: block, minus }: Term): RangeEntry {
  return minus.length === 0 ? formatCidr(block) : { cidr: formatCidr(block), except: minus.map(formatCidr) };
}
