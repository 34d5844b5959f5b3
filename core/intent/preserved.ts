import { type Both, both, type Family, IntervalSet, setsOf } from '../address';
import { andList } from '../diagnostics';
import { rememberLatest } from '../latest';
import { type Entry, unionOfEntries } from './entry';
import type { ClusterModel, MasqueradeModel } from './model';
import { firstShared, LINK_LOCAL, registrySet } from './special';

/** The cluster's own nodes, pods and Services, which are preserved whatever the lists say. */
export function ownRanges({ network }: ClusterModel): Both<IntervalSet> {
  const own = [...network.nodes, ...network.pods, ...network.services];
  return both(family => unionOfEntries(own, family));
}

/** How link-local destinations of each family are treated. */
export function linkLocalMode(list: MasqueradeModel): Both<'preserve' | 'masquerade'> {
  return { 4: list.linkLocal, 6: list.linkLocalIPv6 };
}

/**
 * What the list keeps in effect: `preserve` without what `always` and masqueraded link-local take off it, and on
 * Autopilot with `add` what the generated policy keeps.
 */
export function listedSet(model: ClusterModel, list: MasqueradeModel, family: Family): IntervalSet {
  const kept = unionOfEntries(list.preserve, family)
    .union(keptDefaults(model, list)[family])
    .subtract(unionOfEntries(list.always, family));
  return linkLocalMode(list)[family] === 'masquerade' ? kept.subtract(LINK_LOCAL[family]) : kept;
}

/** The destinations to which pods keep their address in effect: as {@link listedSet}, the cluster's own, and link-local. */
export function preservedSet(model: ClusterModel, list: MasqueradeModel, family: Family): IntervalSet {
  const kept = listedSet(model, list, family);
  const local = linkLocalMode(list)[family] === 'preserve' ? kept.union(LINK_LOCAL[family]) : kept;
  return local.union(ownRanges(model)[family]);
}

/** What the generated policy `default` of Autopilot goes on preserving beside the list. */
export function keptDefaults(model: ClusterModel, list: MasqueradeModel): Both<IntervalSet> {
  return model.platform === 'gke-autopilot' && list.defaultPolicy !== 'replace'
    ? registrySet('gke-default-non-masquerade')
    : both(IntervalSet.empty);
}

/** What an entry's exceptions take out of the list: not what another entry keeps all the same. */
export function takenOut(entry: Entry, list: MasqueradeModel): Both<IntervalSet> {
  const whole = setsOf(entry.cidrs);
  const kept = listedTogether(list);
  return both(f => whole[f].subtract(kept[f]));
}

/** What the list preserves, for all its entries to be held against. */
const listedTogether = rememberLatest((list: MasqueradeModel) => both(f => unionOfEntries(list.preserve, f)));

/** An address that something has in common with one of the cluster's own ranges. */
export interface SharedWithCluster {
  /** What the range is for. */
  readonly role: 'node' | 'pod' | 'service';
  /** The range. */
  readonly range: Entry;
  /** The lowest address that is in both, in writing. */
  readonly first: string;
}

/** Which of the cluster's own ranges hold some of the addresses. */
export function sharedWithCluster({ network }: ClusterModel, sets: Both<IntervalSet>): SharedWithCluster[] {
  const { nodes, pods, services } = network;
  const of = (role: SharedWithCluster['role'], ranges: readonly Entry[]): SharedWithCluster[] =>
    ranges.flatMap(range => {
      const first = firstShared(sets, range.sets);
      return first === undefined ? [] : [{ role, range, first }];
    });
  return [...of('node', nodes), ...of('pod', pods), ...of('service', services)];
}

/** Addresses in the cluster's own ranges for a sentence: the first three, and how many more there are. */
export function sharedText(shared: readonly SharedWithCluster[]): string {
  const parts = shared
    .slice(0, 3)
    .map(
      ({ role, range, first }, i) => `${first} of ${i === 0 ? "the cluster's" : 'its'} ${role} range "${range.text}"`,
    );
  const rest = shared.length > 3 ? [`${shared.length - 3} more`] : [];
  return andList([...parts, ...rest]);
}
