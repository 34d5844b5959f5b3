import { type Cidr, FAMILIES, IntervalSet } from '../../../core/address';
import { type Place, registryPlaces } from '../../../core/analysis/places';
import { isDeclared, isPlace, PUBLIC, placeName, rangeFault, rangeSets } from '../../../core/analysis/range-names';
import type { ReportCluster, Unpacked } from '../../../core/analysis/report/pack';
import { andList } from '../../../core/diagnostics';
import { suggest } from '../../../core/diagnostics/suggest';
import { parseLabels, shortened } from '../../ask/words';
import { type Html, html } from '../html';
import { isLiteral, readLiteral, wordsOf } from './literal';
import { asksFor, hasText, type Rule, rulesFound } from './rules-found';

/** What somebody asked for, understood; or what is wrong with it. */
export type Question =
  | Destinations
  | { readonly asks: 'cluster'; readonly index: number }
  | { readonly asks: 'nothing'; readonly message: string };

/** Destinations that are asked about: the same in every cluster, or what is meant by a name in each of them. */
export interface Destinations {
  readonly asks: 'destinations';
  /** Whether they may be others in each cluster. */
  readonly differs: boolean;
  /** The destinations in a cluster; undefined where nothing in it has that name. */
  readonly find: (cluster: ReportCluster) => Meant | undefined;
  /** What is said of a cluster in which they are not found. */
  readonly none: string;
  /** What is to be said when they are found in no cluster. */
  readonly unknown: () => string;
}

/** The destinations in one cluster. */
export interface Meant {
  readonly title: Html;
  /** The addresses, of each family in which there are any. */
  readonly sets: readonly IntervalSet[];
}

/**
 * Understands addresses, CIDRs and names of ranges, one or a list of them; the name of a cluster; labels that egress
 * policies ask for; and what stands in rules. Nothing is guessed: what is no address is refused as on the command line.
 * @param at the cluster that is looked at
 */
export function understand(text: string, { clusters, cluster }: Unpacked, at: number): Question {
  const asked = text.trim();
  const words = wordsOf(asked);
  if (words.length === 0) return { asks: 'nothing', message: 'Type an address, a CIDR or a name.' };
  const isRange = (word: string): boolean =>
    [at, ...clusters.keys()].some(index => rangeOf(word, placesOf(cluster(index))) !== undefined);
  const near = (word: string): string =>
    unknown(word, [...placesOf(cluster(at)).map(({ name }) => name), PUBLIC, ...clusters.map(({ name }) => name)]);
  if (words.every(isLiteral)) return listQuestion(words);
  const index = clusters.findIndex(({ name }) => plain(name) === plain(asked));
  if (isRange(asked)) return listQuestion([asked]);
  if (index >= 0) return { asks: 'cluster', index };
  if (words.some(isLiteral) || (words.length > 1 && words.every(isRange))) {
    const wrong = words.find(word => !isLiteral(word) && !isRange(word));
    return wrong === undefined ? listQuestion(words) : { asks: 'nothing', message: near(wrong) };
  }
  const labels = parseLabels(asked.replace(/:\s+/g, '='));
  if (!labels)
    return ruleQuestion(
      asked,
      rule => hasText(rule, plain(asked)),
      () => near(asked),
    );
  const holds = (rule: Rule): boolean => asksFor(rule, labels) || hasText(rule, plain(asked));
  return ruleQuestion(
    asked,
    holds,
    () =>
      `No egress policy here asks for ${quoted(asked)}. Ask where packets go to: what happens to them is told for each kind of pods.`,
  );
}

/** A question about addresses and names of ranges. */
function listQuestion(words: readonly string[]): Question {
  const names = words.filter(word => !isLiteral(word));
  const literal: IntervalSet[] = [];
  for (const read of words.filter(isLiteral).map(readLiteral)) {
    if (typeof read === 'string') return { asks: 'nothing', message: read };
    literal.push(read);
  }
  const find = (cluster: ReportCluster): Meant | undefined => {
    const places = placesOf(cluster);
    const named = names.flatMap(name => rangeOf(name, places) ?? []);
    if (named.length < names.length) return undefined;
    const sets = FAMILIES.map(family =>
      IntervalSet.unionOf(family, [
        ...literal.filter(set => set.family === family),
        ...named.map(({ sets }) => sets[family]),
      ]),
    );
    const title = andList([...words.filter(isLiteral), ...named.map(({ name }) => name)]);
    return { title: html`<code>${shortened(title)}</code>`, sets: sets.filter(set => !set.isEmpty()) };
  };
  const differs = names.some(name => !isKnown(plain(name)));
  return {
    asks: 'destinations',
    differs,
    find,
    none: 'nothing has that name',
    unknown: () => `No cluster declares all of ${andList(names)}.`,
  };
}

/** A question about the destinations of rules. */
function ruleQuestion(asked: string, holds: (rule: Rule) => boolean, unknown: () => string): Question {
  const find = (cluster: ReportCluster): Meant | undefined => {
    const found = rulesFound(cluster, holds);
    if (!found || found.sets.length === 0) return undefined;
    const { names, sets } = found;
    const rules =
      names.length === 1 ? html`<code>${names[0]}</code>` : html`${names.length} rules with ${quoted(asked)}`;
    return { title: html`the destinations of ${rules}`, sets };
  };
  return { asks: 'destinations', differs: true, find, none: 'no rule is about it', unknown };
}

function unknown(word: string, names: readonly string[]): string {
  const near = suggest(word, names);
  const hint =
    near === undefined
      ? 'Names are those of ranges and of clusters, and what stands in rules; nodes, Services and pods have no names here: ask for their addresses.'
      : `Did you mean "${near}"?`;
  const what = isPlace(plain(word))
    ? `no cluster here declares its ${placeName(plain(word))}`
    : 'nothing here has that name';
  return `${quoted(word)} is no address, and ${what}. ${hint}`;
}

/** The range that a name stands for: one that the cluster has a name for, or one that every command knows. */
function rangeOf(word: string, places: readonly Place[]): Place | undefined {
  const name = plain(word);
  const own = places.find(place => plain(place.name) === name);
  if (own) return own;
  if (rangeFault(name) !== undefined || !isDeclared(name, places)) return undefined;
  return { name, sets: rangeSets(name, places) };
}

/** Whether a name stands for the same in every cluster. */
function isKnown(name: string): boolean {
  return name === PUBLIC || registryPlaces().some(place => place.name === name);
}

/** The places of a cluster; of a comparison as they are after it, and those that are gone. */
function placesOf({ before, after }: ReportCluster): Place[] {
  const now = after?.places ?? [];
  const gone = (before?.places ?? []).filter(({ name }) => !now.some(one => one.name === name));
  return [...now, ...gone, ...registryPlaces()];
}

/** A name without quotes, in small letters. */
function plain(name: string): string {
  return name.replace(/^(["'])(.*)\1$/, '$2').toLowerCase();
}

function quoted(text: string): string {
  return `"${text.replace(/^"(.*)"$/, '$1')}"`;
}

/** The largest block of some destinations, to be shown. */
export function largestBlock([to]: readonly IntervalSet[]): Cidr {
  return [...to!.cidrs()].sort((a, b) => a.prefix - b.prefix)[0]!;
}
