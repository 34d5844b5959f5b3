import { type Html, type HtmlValue, html } from '../html';
import { type Place, placeText } from '../place';

const SHOWN = 8;

/** Names, of which the first ones are shown and the others can be unfolded. */
export function listed(names: readonly HtmlValue[]): Html {
  if (names.length <= SHOWN + 1) return commas(names);
  const rest = names.slice(SHOWN);
  return html`${commas(names.slice(0, SHOWN))} <details class="more"><summary>and ${rest.length} more</summary>${commas(rest)}</details>`;
}

function commas(names: readonly HtmlValue[]): Html {
  return html`${names.map((name, i) => html`${i > 0 && ', '}${name}`)}`;
}

/** Something that leads to a place of the page where there is a script: it makes a link of it. */
export function leading(place: Place, to: HtmlValue): Html {
  return html`<span data-go="${placeText(place)}">${to}</span>`;
}
