import { FAMILIES, formatAddress, formatCidr } from '../../core/address';
import type { ReportCluster } from '../../core/analysis/report/pack';
import type { TreatmentMap } from '../../core/treatment/map';
import { treatmentText } from '../../core/treatment/treatment';

/** Clusters that treat every packet alike, by the rules' effect and not by their words. */
export function alike(clusters: readonly ReportCluster[]): ReportCluster[][] {
  const groups = new Map<string, ReportCluster[]>();
  for (const cluster of clusters) {
    const key = mapKey((cluster.after ?? cluster.before)!.map);
    const same = groups.get(key);
    if (same) same.push(cluster);
    else groups.set(key, [cluster]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

function mapKey({ base, egress }: TreatmentMap): string {
  const spaces = FAMILIES.map(family => {
    const texts = base[family].map(({ treatment }) => treatmentText(treatment));
    return [...texts.entries()].map(({ first, value }) => `${formatAddress(first)} ${value}`).join();
  });
  const rules = egress.map(({ pods, destinations, decision }) =>
    [JSON.stringify(pods), destinations.cidrs().map(formatCidr), treatmentText(decision.treatment)].join(' '),
  );
  return [...spaces, ...rules].join('\n');
}
