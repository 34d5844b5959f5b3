import { type Html, html } from '../html';

const SHOWN = 8;

/** Names, of which the first ones are shown and the others can be unfolded. */
export function listed(names: readonly string[]): Html {
  if (names.length <= SHOWN + 1) return html`${names.join(', ')}`;
  const rest = names.slice(SHOWN);
  return html`${names.slice(0, SHOWN).join(', ')} <details class="more"><summary>and ${rest.length} more</summary>${rest.join(', ')}</details>`;
}
