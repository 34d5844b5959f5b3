import { formatAddress, formatCidr, type IntervalSet } from '../../../core/address';
import type { ChangedCluster, ChangedClusters } from '../../../core/analysis/fleet';
import { squareOf } from '../../../core/analysis/report/close-ups';
import { firstChangedKind, kindOf } from '../../../core/analysis/report/pods';
import { type Ask, type ToldChange, tellClusters } from '../../ask/told';
import { type Html, html } from '../html';
import type { Place } from '../place';
import { type Tone, Tones } from '../tone';
import { sizeShown, swatch } from './legend';
import { leading, listed } from './names';

/** So much of a list of destinations is shown at once. */
const LONGEST = 160;

/** What changes for clusters, told as `masq diff` tells it; each name and each change leads to its place on the map. */
export function changes(group: ChangedClusters, ask: Ask): Html {
  const { classes, untold } = tellClusters(group, ask);
  const { clusters } = group;
  const names = clusters.map(({ before, after }) => {
    const from = kindOf([before.map, after.map], firstChangedKind(before.map, after.map));
    return leading({ cluster: after.name, from: String(from) }, after.name);
  });
  const { before, after, diff } = clusters[0]!;
  const tones = new Tones([before.map, after.map]);
  const lists = classes.map(({ pods, changes: told }, i) => {
    const items = told.map((one, j) => {
      const change = diff.classes[i]!.changes[j]!;
      return item(one, change.to, tones.ofChange(change.before, change.after), placeOfChange(clusters[0]!, i, j));
    });
    return html`<h4>For packets from ${pods}</h4><ul class="changes">${items}</ul>`;
  });
  return html`<section class="changed"><h3>${listed(names)}</h3>${lists}${untold.map(one => html`<p class="left">It cannot be told on either side what happens to packets to ${one}.</p>`)}</section>`;
}

/** Where a change is to be seen: in IPv4 with what is around it, in IPv6 by asking for it. */
function placeOfChange({ before, after, diff }: ChangedCluster, classAt: number, changeAt: number): Place {
  const { groups, changes: all } = diff.classes[classAt]!;
  const { to } = all[changeAt]!;
  const from = String(kindOf([before.map, after.map], groups[0]?.pod));
  const [largest] = [...to.cidrs()].sort((a, b) => a.prefix - b.prefix);
  const place = { cluster: after.name, from };
  return to.family === 4
    ? { ...place, at: formatCidr(squareOf(to)), to: formatAddress(to.first()!) }
    : { ...place, ask: formatCidr(largest!) };
}

function item(
  { before, after, to, parts, moreParts, hits, witness }: ToldChange,
  set: IntervalSet,
  tone: Tone,
  place: Place,
): Html {
  const deciders = parts.map(
    part =>
      html`${parts.length > 1 && html`<dt class="part-of">${folded(part.to)}</dt>`}<dt>before</dt><dd>${part.before}</dd><dt>after</dt><dd>${part.after}</dd>`,
  );
  return html`<li class="card"><div><p class="verdict">${swatch(tone)}<span>${before} &rarr; <strong>${after}</strong></span></p>
<p class="to">${folded(to, place)}</p><p class="hint">${sizeShown(set)}${hits !== '' && html`; ${hits}`}</p></div>
<dl>${deciders}${moreParts > 0 && html`<dt></dt><dd>and for ${moreParts} more ${moreParts === 1 ? 'part' : 'parts'}</dd>`}<dt>try</dt><dd><code class="command">${witness}</code></dd></dl></li>`;
}

/** A list of destinations; of a long one its beginning, and the rest can be unfolded. */
function folded(to: string, place?: Place): Html {
  const led = (text: string): Html => html`<code>${place ? leading(place, text) : text}</code>`;
  if (to.length <= LONGEST) return led(to);
  const at = to.lastIndexOf(',', LONGEST) + 1 || LONGEST;
  return html`${led(to.slice(0, at))} <details class="more"><summary>and more</summary><code>${to.slice(at)}</code></details>`;
}
