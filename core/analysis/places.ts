import { type Both, both, cidr, type Family, type IntervalSet, NAMED_RANGES, setsOf } from '../address';
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

/** The places that a cluster's intent declares: its pods, nodes and Services, and what it is connected to. */
export function clusterPlaces({ network }: ClusterModel): Place[] {
  const { pods, nodes, services, onPremises } = network;
  const named = { pods, nodes, services, 'on-premises networks': onPremises };
  return Object.entries(named).flatMap(([name, entries]) =>
    entries.length === 0 ? [] : [{ name, sets: both(family => unionOfEntries(entries, family)) }],
  );
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
