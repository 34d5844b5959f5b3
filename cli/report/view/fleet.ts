import { FAMILIES, FAMILY_NAME } from '../../../core/address';
import type { ReportCluster } from '../../../core/analysis/report/pack';
import { partitionsFor } from '../../../core/analysis/report/pods';
import { type Html, html } from '../html';
import { Tones, toned } from '../tone';
import { addressCount, swatch, tonesOf } from './legend';
import { leading, listed } from './names';

/** So many groups are listed. */
const MOST = 40;

/** The clusters of a fleet, those that treat every packet alike in one row. */
export function fleetTable(groups: readonly (readonly ReportCluster[])[]): Html {
  const rows = groups.slice(0, MOST).map(group => {
    const subject = (group[0]!.after ?? group[0]!.before)!;
    const partitions = toned(partitionsFor(subject.map, undefined), new Tones([subject.map]));
    const shares = tonesOf(partitions).flatMap(tone =>
      FAMILIES.flatMap(family => {
        const count = partitions[family].where(one => one === tone).count();
        return count === 0n || family === 6
          ? []
          : [html`<li>${swatch(tone)}${addressCount(count)} ${FAMILY_NAME[family]} ${tone.text}</li>`];
      }),
    );
    return html`<tr><th scope="row">${listed(group.map(({ name }) => leading({ cluster: name }, name)))}</th><td class="number" data-label="how many">${group.length}</td><td><ul class="shares">${shares}</ul></td></tr>`;
  });
  const left = groups.length - rows.length;
  return html`<div class="scroller" role="region" aria-label="Clusters" tabindex="0"><table class="stacks"><thead><tr><th scope="col">clusters that treat every packet alike</th><th scope="col">how many</th><th scope="col">addresses, from pods that no egress policy selects</th></tr></thead><tbody>${rows}</tbody></table></div>
${left > 0 && html`<p class="left">${left} more ${left === 1 ? 'way is' : 'ways are'} not listed here; choose a cluster above.</p>`}`;
}
