import { type Both, FAMILIES, FAMILY_NAME, type IntervalSet, type Partition } from '../../../core/address';
import { setsByLabel } from '../../../core/analysis/diff';
import { countText, power } from '../../ask/words';
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
      return count === 0n ? [] : html`<span class="count">${countShown(count)} ${FAMILY_NAME[family]}</span>`;
    });
    return html`<li>${swatch(tone)}<span><span class="tone">${tone.text}</span>${counts}</span></li>`;
  });
  return html`<ul class="legend">${entries}</ul>`;
}

/** The tones that occur, each once. */
export function tonesOf(partitions: Both<Partition<Tone>>): Tone[] {
  return [...new Set(FAMILIES.flatMap(family => [...setsByLabel<Tone>(family, partitions[family]).keys()]))];
}

/** What is longer than this is said as about how much it is. */
const LONGEST = 26;

/** A number of addresses; one that is long to write as a power of two, about. */
export function addressCount(count: bigint): string {
  const exact = countText(count);
  if (exact.length <= LONGEST) return exact;
  const bits = count.toString(2).length - 1;
  const tenths = Number((count * 20n + (1n << BigInt(bits))) >> BigInt(bits + 1));
  return tenths === 20 ? `about ${power(bits + 1)}` : `about ${(tenths / 10).toFixed(1)} × ${power(bits)}`;
}

/** The same, which tells in digits how many they are where somebody points at it. */
export function countShown(count: bigint): Html {
  const text = addressCount(count);
  return count >= 10n ** 12n ? html`<span title="${count}">${text}</span>` : html`${text}`;
}

/** How many addresses a set has, and of which family. */
export function sizeShown(set: IntervalSet): Html {
  const count = set.count();
  return html`${countShown(count)} ${FAMILY_NAME[set.family]} ${count === 1n ? 'address' : 'addresses'}`;
}
