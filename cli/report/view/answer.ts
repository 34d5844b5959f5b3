import type { IntervalSet } from '../../../core/address';
import { type Explanation, explain } from '../../../core/analysis/explain';
import { placesHit, registryPlaces } from '../../../core/analysis/places';
import { podKinds } from '../../../core/analysis/report/pods';
import type { Subject } from '../../../core/analysis/subject';
import { termsOf, termsText } from '../../../core/analysis/terms';
import { andList } from '../../../core/diagnostics';
import type { Pod } from '../../../core/treatment/pod-classes';
import { ruleText, shortened, shortTerms, sourceText } from '../../ask/words';
import { type Html, html } from '../html';
import type { Tones } from '../tone';
import { addressCount, swatch } from './legend';
import { kindText, ruleShown } from './rules';

/** So many parts of a destination are told. */
const PARTS = 12;
/** Of each so many rules that did not decide. */
const PASSED = 8;

/** What happens to packets to some destinations, from each kind of pods, and why: as `masq explain` tells it. */
export function answer({ map, name, as }: Subject, tones: Tones, to: IntervalSet, title: string): Html {
  const groups = new Map<string, { kinds: (Pod | undefined)[]; explanations: readonly Explanation[] }>();
  const kinds = podKinds([map]);
  for (const pod of kinds) {
    const explanations = explain(map, pod, to);
    const key = explanations.map(one => `${termsText(one.to)} ${ruleText(one.decision)}`).join('\n');
    const same = groups.get(key);
    if (same) same.kinds.push(pod);
    else groups.set(key, { kinds: [pod], explanations });
  }
  const parts = [...groups.values()].map(group => {
    const who =
      group.kinds.length === kinds.length ? ['Every pod'] : group.kinds.map(pod => kindText(pod, kinds.length));
    return html`<section class="who"><h4>From ${andList(who.map(lowerFirst))}</h4>${group.explanations.slice(0, PARTS).map(one => part(one, tones, to))}${rest(group.explanations)}</section>`;
  });
  return html`<section class="side"><h3>${title}<small>${name}, by ${as}</small></h3>${parts}</section>`;
}

function part({ to, decision, passed }: Explanation, tones: Tones, whole: IntervalSet): Html {
  const tone = tones.of(decision.treatment);
  const isLong = to.equals(whole) && termsOf(to).length + termsOf(to)[0]!.minus.length > 3;
  return html`<div class="part"><p class="verdict">${swatch(tone)}<strong>${tone.text}</strong> <span>to ${isLong ? 'all of them' : html`<code>${shortTerms(to)}</code>`}</span></p>
<dl><dt>leaves with</dt><dd>${sourceText(decision.treatment)}</dd><dt>decided by</dt><dd>${ruleShown(decision)}</dd></dl>
${passed.count > 0 && asked(passed)}</div>`;
}

function asked({ all, count }: Explanation['passed']): Html {
  const shown = all.slice(0, Math.min(count, PASSED));
  const left = count - shown.length;
  return html`<details class="passed"><summary>${count} ${count === 1 ? 'rule was' : 'rules were'} asked before</summary>
<ol>${shown.map(({ decision, why }) => html`<li>${ruleShown(decision)}: it ${shortened(why)}</li>`)}</ol>
${left > 0 && html`<p class="left">and ${left} more</p>`}</details>`;
}

function rest(explanations: readonly Explanation[]): Html | undefined {
  const left = explanations.length - PARTS;
  if (left <= 0) return undefined;
  return html`<p class="left">${left} more ${left === 1 ? 'part is' : 'parts are'} treated by other rules; ask for a smaller block.</p>`;
}

/** Which places with a name some addresses have to do with, in words. */
export function hitsText(to: IntervalSet, subject: Subject | undefined): string {
  const hits = placesHit(to, [...(subject?.places ?? []), ...registryPlaces()]);
  return andList(
    hits.map(({ name, whole, all }) => (whole ? `all of ${name}` : all ? `in ${name}` : `part of ${name}`)),
  );
}

/** How many addresses there are, in words. */
export function sizeText(to: IntervalSet): string {
  const count = to.count();
  return count === 1n ? 'one address' : `${addressCount(count)} addresses`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
