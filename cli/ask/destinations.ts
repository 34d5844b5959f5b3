import { type Both, both, type Family, IntervalSet, parseAddress, parseCidr } from '../../core/address';
import type { Place } from '../../core/analysis/places';
import { isDeclared, placeName, rangeFault, rangeSets } from '../../core/analysis/range-names';
import type { OptionValue } from '../args';
import { listed } from '../cidr-list';

/** Where packets go to that are asked about. */
export interface Destinations {
  /** Addresses and CIDRs. */
  readonly literal: readonly IntervalSet[];
  /** Names of ranges, which may stand for something else in each cluster. */
  readonly names: readonly string[];
  /** What is wrong with the words, each in a line. */
  readonly faults: readonly string[];
}

/** Reads what `--to` says, given several times or with commas. */
export function readDestinations(value: OptionValue): Destinations {
  const words = listed(value);
  const literal: IntervalSet[] = [];
  const names: string[] = [];
  const faults = words.length === 0 ? ['--to is missing: the address, the CIDR or the range that packets go to'] : [];
  for (const word of words) {
    const read = literalOf(word);
    if (typeof read !== 'string') literal.push(read);
    else if (/^[\d.:/a-f]*[\d:/][\d.:/a-f]*$/i.test(word) || word === '') faults.push(`--to ${read}`);
    else names.push(word);
  }
  return { literal, names, faults: [...new Set(faults)] };
}

/** The addresses of a word, or what is wrong with it. */
function literalOf(word: string): IntervalSet | string {
  if (word.includes('/')) {
    const block = parseCidr(word);
    return block.ok ? IntervalSet.ofCidr(block.value) : block.fault.message;
  }
  const address = parseAddress(word);
  return address.ok ? IntervalSet.fromRange(address.value, address.value) : address.fault.message;
}

/** The destinations in a cluster that declares some places; those of names that it does not declare are left out. */
export function destinationsIn({ literal, names }: Destinations, places: readonly Place[]): Both<IntervalSet> {
  const named = names.flatMap(name => setsOfName(name, places) ?? []);
  const of = (family: Family): readonly IntervalSet[] => [
    ...literal.filter(set => set.family === family),
    ...named.map(sets => sets[family]),
  ];
  return both(family => IntervalSet.unionOf(family, of(family)));
}

/** What a name stands for: a range that the cluster's intent has declared, or one that every command knows. */
function setsOfName(name: string, places: readonly Place[]): Both<IntervalSet> | undefined {
  const own = places.find(place => place.name === `"${name}"`);
  if (own) return own.sets;
  return rangeFault(name) === undefined && isDeclared(name, places) ? rangeSets(name, places) : undefined;
}

/** What is wrong with names that stand for nothing in any cluster, each in a line. */
export function undeclaredFaults(names: readonly string[], places: readonly Place[]): string[] {
  return names.flatMap(name => {
    if (setsOfName(name, places)) return [];
    return [`--to ${rangeFault(name) ?? `"${name}": no cluster that is asked declares its ${placeName(name)}`}`];
  });
}

/** What is said of a cluster that does not declare what others do. */
export function undeclaredNotes(names: readonly string[], places: readonly Place[]): string[] {
  return names.flatMap(name => (setsOfName(name, places) ? [] : [`"${name}" is not declared here`]));
}
