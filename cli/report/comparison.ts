import { pairsOf } from '../../core/analysis/fleet';
import type { ReportCluster } from '../../core/analysis/report/pack';
import type { Subject } from '../../core/analysis/subject';
import type { Asked } from '../ask/asked';

/** What a report is about. */
export interface Report {
  /** The clusters; there is one. */
  readonly clusters: readonly ReportCluster[];
  /** What changes from one side to the other; absent where nothing is compared. */
  readonly asked?: Asked;
}

/** The clusters of both sides, in the order of their names, as a report has them. */
export function comparison(left: readonly Subject[], right: readonly Subject[]): ReportCluster[] {
  const pairs = pairsOf(left, right);
  const paired = new Set(pairs.flat().map(({ name }) => name));
  const alone = (subjects: readonly Subject[]) => subjects.filter(({ name }) => !paired.has(name));
  const all: ReportCluster[] = [
    ...pairs.map(([before, after]) => ({ name: after.name, before, after })),
    ...alone(right).map(after => ({ name: after.name, after })),
    ...alone(left).map(before => ({ name: before.name, before })),
  ];
  return all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The first cluster in which something changes. */
export function firstChanged({ clusters, asked }: Report): ReportCluster | undefined {
  const changed = asked?.diff.changed[0]?.clusters[0]?.after;
  return changed && clusters.find(({ after }) => after?.name === changed.name);
}
