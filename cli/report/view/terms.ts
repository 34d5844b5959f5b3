import { formatCidr, type IntervalSet } from '../../../core/address';
import { termsOf, termText } from '../../../core/analysis/terms';
import { type Html, html } from '../html';

/** So many are shown at once; the others can be unfolded. */
const SHOWN = 6;

/** A set of addresses in as few blocks as say it, of which the first ones are shown. */
export function terms(set: IntervalSet): Html {
  const all = termsOf(set).flatMap(({ cidr, minus }) =>
    minus.length <= SHOWN
      ? [html`<code>${termText({ cidr, minus })}</code>`]
      : [html`<code>${formatCidr(cidr)}</code> minus `, ...minus.map(one => html`<code>${formatCidr(one)}</code>`)],
  );
  if (all.length <= SHOWN + 1) return html`${spaced(all)}`;
  const rest = all.length - SHOWN;
  return html`${spaced(all.slice(0, SHOWN))} <details class="more"><summary>and ${rest} more</summary>${spaced(all.slice(SHOWN))}</details>`;
}

function spaced(items: readonly Html[]): Html[] {
  return items.map((item, i) => html`${i > 0 && ' '}${item}`);
}
