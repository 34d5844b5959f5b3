import {
  type Cidr,
  FAMILIES,
  type IntervalSet,
  parseAddress,
  parseCidr,
  IntervalSet as Sets,
} from '../../../core/address';
import { type Place, registryPlaces } from '../../../core/analysis/places';
import type { ReportCluster } from '../../../core/analysis/report/pack';
import { decidedFor } from '../../../core/analysis/report/pods';
import { suggest } from '../../../core/diagnostics/suggest';
import type { Decision } from '../../../core/treatment/treatment';
import { ruleText } from '../../ask/words';

/** What somebody asked for, understood; or what is wrong with it. */
export type Question =
  | Destinations
  | { readonly asks: 'cluster'; readonly index: number }
  | { readonly asks: 'nothing'; readonly message: string };

/** Destinations that are asked about: the same in every cluster, or what a name means in each of them. */
export interface Destinations {
  readonly asks: 'addresses';
  /** The cluster whose names they are: the one that is looked at, or else the first that has the name. */
  readonly index: number;
  readonly title: string;
  /** Whether it is a name. */
  readonly named: boolean;
  /** The destinations in a cluster, of each family in which there are any. */
  readonly find: (cluster: ReportCluster) => readonly IntervalSet[];
}

/** The clusters of a page, of which one is looked at. */
export interface Clusters {
  readonly names: readonly string[];
  readonly at: number;
  readonly cluster: (index: number) => ReportCluster;
}

/** What is written with these signs alone, and one of those that names do not have, is meant as an address. */
const ADDRESS = /^(?=.*[.:/])[\da-f.:/\s]+$|^\d+$/i;

/** Understands an address, a CIDR, or a name: of a range, of a cluster, or what a rule's text, reason or place holds. */
export function understand(text: string, clusters: Clusters): Question {
  const asked = text.trim();
  if (asked === '') return { asks: 'nothing', message: 'Type an address, a CIDR or a name.' };
  if (ADDRESS.test(asked)) return addressQuestion(asked, clusters.at);
  const name = plain(asked);
  const index = clusters.names.findIndex(one => plain(one) === name);
  const place = (cluster: ReportCluster) => placesOf(cluster).find(one => plain(one.name) === name);
  return (
    named(clusters, place, one => one.name, setsOfPlace) ??
    (index < 0 ? undefined : { asks: 'cluster' as const, index }) ??
    named(
      clusters,
      cluster => rulesWith(cluster, name),
      ({ texts }) => (texts.length === 1 ? texts[0]! : `what ${texts.length} rules with “${asked}” decide about`),
      ({ sets }) => sets,
    ) ??
    unknown(asked, clusters)
  );
}

/** A question about what a name means, if it means something in a cluster: in the one that is looked at before others. */
function named<T>(
  { names, at, cluster }: Clusters,
  meaning: (cluster: ReportCluster) => T | undefined,
  title: (meant: T) => string,
  sets: (meant: T) => readonly IntervalSet[],
): Destinations | undefined {
  for (const index of [at, ...[...names.keys()].filter(one => one !== at)]) {
    const meant = meaning(cluster(index));
    if (meant === undefined) continue;
    const find = (one: ReportCluster) => {
      const found = meaning(one);
      return found === undefined ? [] : sets(found);
    };
    return { asks: 'addresses', index, title: title(meant), named: true, find };
  }
  return undefined;
}

function unknown(asked: string, { names, at, cluster }: Clusters): Question {
  const near = suggest(asked, [...placesOf(cluster(at)).map(({ name }) => name), ...names]);
  const hint =
    near === undefined
      ? 'Names are those of ranges and of clusters, and what stands in rules.'
      : `Did you mean "${near}"?`;
  return { asks: 'nothing', message: `"${asked}" is no address, and nothing here has that name. ${hint}` };
}

/** A name without quotes, in small letters. */
function plain(name: string): string {
  return name.replace(/^(["'])(.*)\1$/, '$2').toLowerCase();
}

function placesOf({ before, after }: ReportCluster): Place[] {
  return [...(after?.places ?? []), ...(before?.places ?? []), ...registryPlaces()];
}

function setsOfPlace({ sets }: Place): IntervalSet[] {
  return FAMILIES.map(family => sets[family]).filter(set => !set.isEmpty());
}

/** The rules whose text was asked for, and their destinations. */
interface Found {
  readonly texts: readonly string[];
  readonly sets: readonly IntervalSet[];
}

/** The rules of a cluster whose text, reason or place holds a text; undefined where none does. */
function rulesWith({ before, after }: ReportCluster, wanted: string): Found | undefined {
  const holds = (decision: Decision) => ruleText(decision).toLowerCase().includes(wanted);
  const found = [after, before].flatMap(subject => {
    if (!subject) return [];
    const { asked, egress } = subject.map;
    const rules = egress.map(({ decision, destinations }) => ({ decision, to: destinations }));
    const base = FAMILIES.flatMap(family => [
      ...asked[family].layers.map(({ value }) => value),
      asked[family].otherwise,
    ]);
    return [...rules, ...(base.some(holds) ? decidedFor(subject.map, undefined) : [])].filter(one =>
      holds(one.decision),
    );
  });
  if (found.length === 0) return undefined;
  const sets = FAMILIES.map(family => found.flatMap(({ to }) => (to.family === family ? [to] : [])));
  return {
    texts: [...new Set(found.map(({ decision }) => decision.rule))],
    sets: FAMILIES.map((family, i) => Sets.unionOf(family, sets[i]!)).filter(set => !set.isEmpty()),
  };
}

/** Says what masq says of an address on the command line: nothing is guessed. */
function addressQuestion(text: string, index: number): Question {
  const isBlock = text.includes('/');
  const parsed = isBlock ? parseCidr(text) : parseAddress(text);
  if (!parsed.ok) return { asks: 'nothing', message: parsed.fault.message };
  const { value } = parsed;
  const to = isBlock ? Sets.ofCidr(value as Cidr) : Sets.fromRange(value, value);
  return { asks: 'addresses', index, title: text, named: false, find: () => [to] };
}

/** The largest block of some destinations, to be shown. */
export function largestBlock([to]: readonly IntervalSet[]): Cidr {
  return [...to!.cidrs()].sort((a, b) => a.prefix - b.prefix)[0]!;
}
