import type { IntervalSet } from '../../../core/address';
import { blockText, termsOf, termText } from '../../../core/analysis/terms';
import { type Html, html } from '../html';

/** So many are shown at once; the others can be unfolded. */
const SHOWN = 6;

/** A part of a list. */
interface Item {
  readonly text: Html;
  readonly minus: boolean;
}

/** A set of addresses in as few blocks as say it, of which the first ones are shown. */
export function terms(set: IntervalSet): Html {
  const found = termsOf(set);
  const all = found.flatMap(({ cidr, minus }): Item[] => {
    if (minus.length <= SHOWN) {
      const text = termText({ cidr, minus });
      const isAmongOthers = minus.length > 0 && found.length > 1;
      return [{ text: html`<code>${isAmongOthers ? `(${text})` : text}</code>`, minus: minus.length > 0 }];
    }
    const without = minus.map((one, i) => html`${i > 0 && 'and '}minus <code>${blockText(one)}</code>`);
    return [html`<code>${blockText(cidr)}</code>`, ...without].map(text => ({ text, minus: false }));
  });
  if (all.length <= SHOWN + 1) return html`${listed(all)}`;
  const rest = all.length - SHOWN;
  return html`${listed(all.slice(0, SHOWN))} <details class="more"><summary>and ${rest} more</summary>${listed(all.slice(SHOWN))}</details>`;
}

/** With commas between them; what has others taken out of it stands on a line of its own. */
function listed(items: readonly Item[]): Html[] {
  return items.map(
    ({ text, minus }, i) => html`<span${minus && html` class="minus"`}>${text}${i < items.length - 1 && ', '}</span>`,
  );
}
