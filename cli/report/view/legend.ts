import { type Both, FAMILIES, FAMILY_NAME, type Partition } from '../../../core/address';
import { setsByLabel } from '../../../core/analysis/diff';
import { countText } from '../../ask/words';
import { type Html, html } from '../html';
import { type Tone, toneClass } from '../tone';

/** A small field in a tone, which says nothing by itself. */
export function swatch(tone: Tone): Html {
  return html`<span class="swatch ${toneClass(tone)}" aria-hidden="true"></span>`;
}

/** What each colour of the map means, and how many addresses have it. */
export function legend(partitions: Both<Partition<Tone>>): Html {
  const entries = tonesOf(partitions).map(tone => {
    const counts = FAMILIES.flatMap(family => {
      const count = partitions[family].where(one => one === tone).count();
      return count === 0n ? [] : html`<span class="count">${addressCount(count)} ${FAMILY_NAME[family]}</span>`;
    });
    return html`<li>${swatch(tone)}<span><span class="tone">${tone.text}</span>${counts}</span></li>`;
  });
  return html`<ul class="legend">${entries}</ul>`;
}

/** The tones that occur, each once. */
export function tonesOf(partitions: Both<Partition<Tone>>): Tone[] {
  return [...new Set(FAMILIES.flatMap(family => [...setsByLabel<Tone>(family, partitions[family]).keys()]))];
}

/** A number of addresses; a huge one as a power of two, exactly or about. */
export function addressCount(count: bigint): string {
  if (count < 10n ** 12n) return countText(count);
  const bits = count.toString(2).length - 1;
  if (count === 1n << BigInt(bits)) return power(bits);
  const next = 1n << BigInt(bits + 1);
  // What is nearer to the next power than a thousandth is said as that, less a little.
  if ((next - count) * 1000n < next) return `${power(bits + 1)} less ${addressCount(next - count)}`;
  const tenths = Number((count * 10n) >> BigInt(bits));
  return `about ${(tenths / 10).toFixed(1)} × ${power(bits)}`;
}

const RAISED = [...'\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'];

function power(bits: number): string {
  return `2${[...String(bits)].map(digit => RAISED[Number(digit)]).join('')}`;
}
