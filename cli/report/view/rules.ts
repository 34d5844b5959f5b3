import { FAMILY_NAME } from '../../../core/address';
import { type Decided, decidedFor, kindOf, podKinds } from '../../../core/analysis/report/pods';
import type { Subject } from '../../../core/analysis/subject';
import type { Location } from '../../../core/diagnostics';
import type { Pod } from '../../../core/treatment/pod-classes';
import type { Decision } from '../../../core/treatment/treatment';
import { podText, sourceText } from '../../ask/words';
import { printable } from '../../format/printable';
import { type Html, html } from '../html';
import type { Tones } from '../tone';
import { countShown, swatch } from './legend';
import { terms } from './terms';

/** The tables of a cluster: for each kind of pods every rule that decides, with all its destinations. The table of the pods that are `shown` is open. */
export function ruleTables({ map }: Subject, tones: Tones, most: number, shown: Pod | undefined): Html {
  const kinds = podKinds([map]);
  const open = kindOf([map], shown);
  return html`${kinds.map((pod, i) => table(kindText(pod, kinds.length), decidedFor(map, pod), { tones, most, index: i, open: i === open }))}`;
}

/** A kind of pods in words, for a heading. */
export function kindText(pod: Pod | undefined, kinds: number): string {
  return kinds === 1 ? 'Every pod' : upperFirst(podText(pod));
}

interface TableLook {
  readonly tones: Tones;
  /** So many rows are shown. */
  readonly most: number;
  readonly index: number;
  readonly open: boolean;
}

function table(pods: string, rules: readonly Decided[], { tones, most, index, open }: TableLook): Html {
  const rows = rules.slice(0, most).map(({ decision, to }, at) => {
    const { treatment } = decision;
    const count = to.count();
    return html`<tr data-order="${at}" data-count="${count}">
<td>${terms(to)}</td><td class="treatment" data-label="treatment"><span>${swatch(tones.of(treatment))}${tones.of(treatment).text}</span></td>
<td data-label="leaves with">${treatment.kind === 'unknown' ? 'cannot be told' : sourceText(treatment)}</td><td class="number" data-label="addresses"><span>${countShown(count)} <small>${FAMILY_NAME[to.family]}</small></span></td>
<td data-label="decided by"><span>${ruleShown(decision)}</span></td></tr>`;
  });
  const left = rules.length - rows.length;
  return html`<details class="pods"${open && html` open`}><summary><h3 id="pods-${index}">${pods}</h3></summary>
<div class="scroller" role="region" aria-labelledby="pods-${index}" tabindex="0"><table class="rules stacks">
<thead><tr>${head('to', 'order', 'ascending')}${head('treatment', 'treatment')}<th scope="col">leaves with</th>${head('addresses', 'count')}<th scope="col">decided by</th></tr></thead>
<tbody>${rows}</tbody></table></div>
${left > 0 && html`<p class="left">${left} more ${left === 1 ? 'rule is' : 'rules are'} not listed here; the search above finds what each of them does.</p>`}</details>`;
}

function head(text: string, key: string, sort?: 'ascending'): Html {
  return html`<th scope="col" data-key="${key}"${sort && html` aria-sort="${sort}"`}>${text}</th>`;
}

/** A rule, the reason that is given for it, and where it stands. */
export function ruleShown({ rule, note = '', at }: Decision): Html {
  return html`${printable(rule)}${note !== '' && html` <small>${printable(note)}</small>`}${place(at)}`;
}

function place(at: Location | undefined): Html | undefined {
  if (at?.file === undefined || !at.range) return undefined;
  const { line, column } = at.range.start;
  return html` <code class="place">${at.file}:${line}:${column}</code>`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
