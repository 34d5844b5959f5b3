import type { ToldChange, ToldClusters } from '../../ask/told';
import { type Html, html } from '../html';
import { listed } from './names';

/** So much of a list of destinations is shown at once. */
const LONGEST = 160;

/** What changes for clusters, told as `masq diff` tells it. */
export function changes({ names, classes, untold }: ToldClusters): Html {
  const tables = classes.map(
    ({
      pods,
      changes: all,
    }) => html`<div class="scroller" role="region" aria-label="What changes for ${pods}" tabindex="0">
<table class="changes"><caption>for packets from ${pods}</caption>
<thead><tr><th scope="col">to</th><th scope="col">addresses</th><th scope="col">treatment</th><th scope="col">hits</th><th scope="col">decided by</th><th scope="col">try</th></tr></thead>
<tbody>${all.map(row)}</tbody></table></div>`,
  );
  return html`<section class="changed"><h3>${listed(names)}</h3>${tables}${untold.map(one => html`<p class="left">It cannot be told on either side what happens to packets to ${one}.</p>`)}</section>`;
}

function row({ before, after, to, count, parts, hits, witness }: ToldChange): Html {
  const deciders = parts.map(
    part =>
      html`<li>${parts.length > 1 && html`${folded(part.to)}: `}<del>${part.before}</del> <ins>${part.after}</ins></li>`,
  );
  return html`<tr><td>${folded(to)}</td><td class="number">${count}</td>
<td class="change"><span>${before}</span> &rarr; <strong>${after}</strong></td><td>${hits}</td>
<td><ul class="deciders">${deciders}</ul></td><td><code class="command">${witness}</code></td></tr>`;
}

/** A list of destinations; of a long one its beginning, and the rest can be unfolded. */
function folded(to: string): Html {
  if (to.length <= LONGEST) return html`<code>${to}</code>`;
  const at = to.lastIndexOf(',', LONGEST) + 1 || LONGEST;
  return html`<code>${to.slice(0, at)}</code> <details class="more"><summary>and more</summary><code>${to.slice(at)}</code></details>`;
}
