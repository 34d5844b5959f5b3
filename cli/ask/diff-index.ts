import type { Change } from '../../core/analysis/diff';
import type { ChangedCluster, ChangedClusters } from '../../core/analysis/fleet';
import type { Treatment } from '../../core/treatment/treatment';

/** A way in which the treatment of packets changes, and the clusters in which it does. */
export interface IndexEntry {
  /** From what to what, in words. */
  readonly text: string;
  /** The clusters, in the order of their names. */
  readonly clusters: readonly ChangedCluster[];
}

/** So many changes are seen at a glance. */
const FEW = 3;

const KINDS: Readonly<Record<Treatment['kind'], string>> = {
  preserve: 'preserved',
  masquerade: 'masqueraded',
  snat: 'SNAT',
  unknown: 'cannot be told',
};

/** What changes in which clusters, for what stands before many changes: that of most clusters first. */
export function changeIndex(changed: readonly ChangedClusters[]): readonly IndexEntry[] {
  if (changed.length <= FEW) return [];
  const entries = new Map<string, ChangedCluster[]>();
  for (const { clusters, diff } of changed) {
    const texts = new Set(diff.classes.flatMap(({ changes }) => changes.map(wayOf)));
    for (const text of texts) entries.set(text, [...(entries.get(text) ?? []), ...clusters]);
  }
  return [...entries]
    .map(([text, clusters]) => ({ text, clusters: [...clusters].sort(byName) }))
    .sort((a, b) => b.clusters.length - a.clusters.length || (a.text < b.text ? -1 : 1));
}

function wayOf({ before, after }: Change): string {
  if (before.kind !== after.kind) return `${KINDS[before.kind]} → ${KINDS[after.kind]}`;
  return {
    preserve: '',
    masquerade: 'masqueraded with other ports',
    snat: 'SNAT to another address',
    unknown: 'cannot be told, for other reasons',
  }[after.kind];
}

function byName({ after: a }: ChangedCluster, { after: b }: ChangedCluster): number {
  return a.name < b.name ? -1 : 1;
}
