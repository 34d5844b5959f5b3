import { formatAddress, formatCidr, type IntervalSet } from '../../../core/address';
import type { Change, ClassChange } from '../../../core/analysis/diff';
import type { ChangedCluster, ChangedClusters } from '../../../core/analysis/fleet';
import { squareOf } from '../../../core/analysis/report/close-ups';
import type { ReportCluster } from '../../../core/analysis/report/pack';
import { firstChangedKind, kindOf } from '../../../core/analysis/report/pods';
import type { TreatmentMap } from '../../../core/treatment/map';
import { changeIndex } from '../../ask/diff-index';
import { type Ask, shortList, type ToldChange, tellClusters } from '../../ask/told';
import { type Html, html } from '../html';
import type { Place } from '../place';
import { type Tone, Tones } from '../tone';
import { sizeShown, swatch } from './legend';
import { leading, listed } from './names';

/** So much of a list of destinations is shown at once. */
const LONGEST = 160;

/** Of what changes so much is said in the line of what is folded. */
const KINDS = 3;

/**
 * What changes for clusters, told as `masq diff` tells it; each name and each change leads to its place on the map.
 * @param all the clusters of the page, by their names
 * @param isFolded whether a line says for whom and what, and the rest is folded below it
 */
export function changes(
  group: ChangedClusters,
  ask: Ask,
  all: ReadonlyMap<string, ReportCluster>,
  isFolded: boolean,
): Html {
  const { classes, untold } = tellClusters(group, ask);
  const { clusters, diff } = group;
  const names = clusterLinks(group, all);
  const [first] = clusters as readonly [ChangedCluster, ...ChangedCluster[]];
  const maps = mapsOf(first, all);
  const tones = new Tones(maps);
  const lists = classes.map(({ pods, changes: told }, i) => {
    const whose = diff.classes[i]!;
    const items = told.map((one, j) => {
      const change = whose.changes[j]!;
      return item(
        one,
        change.to,
        tones.ofChange(change.before, change.after),
        placeOfChange(first.after.name, maps, whose, change),
      );
    });
    return html`<h4>For packets from ${pods}</h4><ul class="changes">${items}</ul>`;
  });
  const open = untold.map(
    ({ to, count, why }) =>
      html`<p class="left">It cannot be told whether anything changes for <code>${to}</code> (${count}): ${why}.</p>`,
  );
  if (!isFolded) return html`<section class="changed"><h3>${listed(names)}</h3>${lists}${open}</section>`;
  const kinds = [...new Set(classes.flatMap(one => one.changes.map(({ before, after }) => `${before} → ${after}`)))];
  const short = `${kinds.slice(0, KINDS).join(', ')}${kinds.length > KINDS ? ', and more' : ''}`;
  return html`<details class="changed"><summary><h3>${shortList(clusters.map(({ after }) => after.name))}</h3> <small>${short}</small></summary><p>Show on the map: ${listed(names)}</p>${lists}${open}</details>`;
}

/** What changes in which clusters, before many changes: each name leads to what changes there. */
export function changesIndex(
  changed: readonly ChangedClusters[],
  all: ReadonlyMap<string, ReportCluster>,
): Html | undefined {
  const entries = changeIndex(changed);
  if (entries.length === 0) return undefined;
  return html`<ul class="index">${entries.map(({ text, clusters }) => html`<li><strong>${text}</strong> in ${clusters.length} ${clusters.length === 1 ? 'cluster' : 'clusters'}: ${listed(clusterLinks({ clusters }, all))}</li>`)}</ul>`;
}

/** The names of a change's clusters, each leading to what changes there. */
export function clusterLinks(
  { clusters }: Pick<ChangedClusters, 'clusters'>,
  all: ReadonlyMap<string, ReportCluster>,
): Html[] {
  return clusters.map(cluster => {
    const { name } = cluster.after;
    const [before, after] = mapsOf(cluster, all);
    return leading({ cluster: name, from: String(kindOf([before, after], firstChangedKind(before, after))) }, name);
  });
}

type Maps = readonly [before: TreatmentMap, after: TreatmentMap];

function mapsOf({ after }: ChangedCluster, all: ReadonlyMap<string, ReportCluster>): Maps {
  const cluster = all.get(after.name)!;
  return [cluster.before!.map, cluster.after!.map];
}

/** Where a change is to be seen: in IPv4 with what is around it, in IPv6 by asking for it. */
function placeOfChange(cluster: string, maps: Maps, { groups }: ClassChange, { to }: Change): Place {
  const from = String(kindOf(maps, groups[0]?.pod));
  const [largest] = [...to.cidrs()].sort((a, b) => a.prefix - b.prefix);
  const place = { cluster, from };
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
