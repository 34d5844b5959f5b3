import type { FleetDiff } from '../../core/analysis/fleet';
import type { ReportCluster } from '../../core/analysis/report/pack';

/** The clusters of both sides, in the order of their names, as a report has them. */
export function comparison({ pairs, added, removed }: FleetDiff): ReportCluster[] {
  const all: ReportCluster[] = [
    ...pairs.map(([before, after]) => ({ name: after.name, before, after })),
    ...added.map(after => ({ name: after.name, after })),
    ...removed.map(before => ({ name: before.name, before })),
  ];
  return all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
