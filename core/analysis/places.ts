import {
  type Both,
  both,
  cidr,
  FAMILIES,
  type Family,
  type IntervalSet,
  NAMED_RANGES,
  parseCidr,
  setsOf,
} from '../address';
import { unionOfEntries } from '../intent/entry';
import type { ClusterModel } from '../intent/model';

/** Addresses that people have a name for. */
export interface Place {
  /** The name, such as `pods` or `rfc1918`. */
  readonly name: string;
  /** The addresses. */
  readonly sets: Both<IntervalSet>;
}

/** A place that some addresses have to do with. */
export interface PlaceHit {
  /** Its name. */
  readonly name: string;
  /** Whether all of it is among the addresses. */
  readonly whole: boolean;
  /** Whether all of the addresses are in it. */
  readonly all: boolean;
}

/** Ranges that say how something is configured, and not what is there. */
const NO_PLACES = ['any-ipv4', 'any-ipv6', 'ip-masq-agent-default', 'gke-default-non-masquerade'];

let known: readonly Place[] | undefined;

/** The places that every cluster has: the ranges of the registry, those with a vendor's service among them. */
export function registryPlaces(): readonly Place[] {
  known ??= NAMED_RANGES.filter(({ name }) => !NO_PLACES.includes(name)).map(({ name, cidrs }) => ({
    name,
    sets: setsOf(cidrs.map(cidr)),
  }));
  return known;
}

/**
 * The places that a cluster's intent declares: its pods, nodes and Services, what it is connected to, and the ranges that
 * it has names of its own for.
 */
export function clusterPlaces({ network, masquerade, egress }: ClusterModel): Place[] {
  const { pods, nodes, services, onPremises } = network;
  const named = Object.entries({ pods, nodes, services, 'on-premises networks': onPremises }).flatMap(
    ([name, entries]) =>
      entries.length === 0 ? [] : [{ name, sets: both(family => unionOfEntries(entries, family)) }],
  );
  const lists = [...(masquerade?.always ?? []), ...(masquerade?.preserve ?? [])];
  const all = [...lists, ...onPremises, ...(egress?.policies ?? []).flatMap(policy => policy.to)];
  const own = new Map(all.filter(({ text }) => isOwnName(text)).map(({ text, cidrs }) => [text, setsOf(cidrs)]));
  return [...named, ...[...own].map(([name, sets]) => ({ name: `"${name}"`, sets }))];
}

function isOwnName(text: string): boolean {
  return !parseCidr(text).ok && !NAMED_RANGES.some(({ name }) => name === text);
}

/** The places of both sides of a comparison; one that moves is told apart. */
export function placesOfBoth(before: readonly Place[], after: readonly Place[]): Place[] {
  const gone = before.filter(
    ({ name, sets }) => !after.some(one => one.name === name && FAMILIES.every(f => one.sets[f].equals(sets[f]))),
  );
  const moved = (name: string): boolean => after.some(one => one.name === name);
  return [...after, ...gone.map(place => (moved(place.name) ? { ...place, name: `${place.name} as before` } : place))];
}

/** Which places some addresses have to do with, in the order of the places. */
export function placesHit(set: IntervalSet, places: readonly Place[]): PlaceHit[] {
  const { family }: { family: Family } = set;
  return places.flatMap(({ name, sets }) => {
    const own = sets[family];
    if (!own.overlaps(set)) return [];
    return [{ name, whole: set.containsSet(own), all: own.containsSet(set) }];
  });
}
