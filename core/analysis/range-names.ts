import { type Both, both, cidr, IntervalSet, NAMED_RANGES, parseCidr, setsOf } from '../address';
import { suggest } from '../diagnostics/suggest';
import type { Place } from './places';

/** The name for all addresses of the internet, of both families. */
export const PUBLIC = 'public';

/** The places that an intent declares, by the names that a command line has for them. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ['pods', 'pods'],
  ['nodes', 'nodes'],
  ['services', 'services'],
  ['on-premises', 'on-premises networks'],
]);

/** Whether a range's name stands for what a cluster declares, and so for something else in each. */
export function isPlace(range: string): boolean {
  return PLACES.has(range);
}

/** What places call a place that has a name on the command line. */
export function placeName(range: string): string {
  return PLACES.get(range) ?? range;
}

/** Whether a range's name stands for anything, given the places that clusters declare. */
export function isDeclared(range: string, places: readonly Place[]): boolean {
  return !isPlace(range) || places.some(({ name }) => name === placeName(range));
}

/** What is wrong with a text that is to name a range: a CIDR, a range of the registry, `public`, or a place. */
export function rangeFault(range: string): string | undefined {
  if (isPlace(range) || range === PUBLIC || NAMED_RANGES.some(named => named.name === range)) return undefined;
  const parsed = parseCidr(range);
  if (parsed.ok) return undefined;
  if (/^[\d.:/a-f]*[\d:/][\d.:/a-f]*$/i.test(range)) return parsed.fault.message;
  const near = suggest(range, [...PLACES.keys(), PUBLIC, ...NAMED_RANGES.map(named => named.name)]);
  const instead =
    near === undefined
      ? 'write a CIDR, a named range such as rfc1918, or public, pods, nodes, services or on-premises'
      : `did you mean "${near}"?`;
  return `"${range}" is no range; ${instead}`;
}

/**
 * The addresses that a range's name stands for, where {@link rangeFault} has nothing to say of it.
 * @param places those that clusters declare
 */
export function rangeSets(range: string, places: readonly Place[]): Both<IntervalSet> {
  if (isPlace(range)) return unionOf(places.filter(({ name }) => name === placeName(range)));
  if (range === PUBLIC) return unionOf(['internet-ipv4', 'internet-ipv6'].map(registered));
  return NAMED_RANGES.some(({ name }) => name === range) ? registered(range).sets : setsOf([cidr(range)]);
}

function registered(name: string): Place {
  const { cidrs } = NAMED_RANGES.find(named => named.name === name)!;
  return { name, sets: setsOf(cidrs.map(cidr)) };
}

function unionOf(places: readonly Place[]): Both<IntervalSet> {
  return both(family =>
    IntervalSet.unionOf(
      family,
      places.map(place => place.sets[family]),
    ),
  );
}
