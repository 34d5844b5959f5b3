import { type Address, formatAddress, IntervalSet, type LabelledInterval, type Partition } from '../../../core/address';
import type { ReportCluster } from '../../../core/analysis/report/pack';
import { partitionsFor } from '../../../core/analysis/report/pods';
import type { Subject } from '../../../core/analysis/subject';
import { termsOf, termText } from '../../../core/analysis/terms';
import type { Pod } from '../../../core/treatment/pod-classes';
import type { Decision } from '../../../core/treatment/treatment';
import { ruleText, sourceText, treatmentWord } from '../../ask/words';
import { type Html, html } from '../html';
import { type Look, sideOf, tonesOf } from '../look';
import type { Tone } from '../tone';
import { hitsText, sizeText } from '../view/answer';
import { swatch } from '../view/legend';
import { ruleShown } from '../view/rules';

/** What the page says of an address that somebody points at. */
export interface Detail {
  /** For the eye. */
  readonly shown: Html;
  /** For the ear: one sentence. */
  readonly said: string;
}

/** What is looked at, ready to be asked about many addresses. */
export interface Looked {
  readonly cluster: ReportCluster;
  /** The side that is looked at, or both. */
  readonly sides: readonly Subject[];
  /** Of each side what happens to packets of the pods that are looked at. */
  readonly decisions: readonly Partition<Decision>[];
  /** How the addresses are drawn. */
  readonly tones: Partition<Tone>;
}

/** Makes a cluster ready to be asked about. */
export function lookAt(cluster: ReportCluster, look: Look, pod: Pod | undefined, tones: Partition<Tone>): Looked {
  const { before, after } = cluster;
  const sides = look === 'changes' && before && after ? [before, after] : [sideOf(cluster, look)];
  const decisions = sides.map(({ map }) => partitionsFor(map, pod)[4]);
  return { cluster, sides, decisions, tones };
}

/** What happens to packets to an IPv4 address, and what is around it. */
export function detailOf({ cluster, sides, decisions, tones }: Looked, at: Address): Detail {
  const to = IntervalSet.fromRange(at, at);
  const text = formatAddress(at);
  const found = decisions.map(partition => partition.at(at));
  const hits = hitsText(to, sides.at(-1));
  const palette = tonesOf(cluster);
  const told = found.map((decision, i) => {
    const side = found.length === 1 ? '' : i === 0 ? 'before: ' : 'after: ';
    return html`<p class="verdict">${swatch(palette.of(decision.treatment))}<span>${side}<strong>${treatmentWord(decision.treatment)}</strong></span></p>
<dl><dt>leaves with</dt><dd>${sourceText(decision.treatment)}</dd>
<dt>decided by</dt><dd>${ruleShown(decision)}</dd></dl>`;
  });
  const shown = html`<p class="where"><code>${text}</code></p>${told}
<dl><dt>alike around it</dt><dd>${around(tones, at)}</dd>${hits !== '' && html`<dt>place</dt><dd>${hits}</dd>`}</dl>`;
  return {
    shown,
    said: `${text}: ${found.length > 1 ? 'before: ' : ''}${found.map(sentence).join('; after: ')}${hits === '' ? '' : `; ${hits}`}`,
  };
}

function sentence(decision: Decision): string {
  return `${treatmentWord(decision.treatment)}, leaves with ${sourceText(decision.treatment)}, decided by ${ruleText(decision)}`;
}

/** The addresses around one that are drawn alike. */
function around(tones: Partition<Tone>, at: Address): Html {
  const { first, last } = stretchOf(tones, at);
  const set = IntervalSet.fromRange(first, last);
  const all = termsOf(set);
  const text = all.length === 1 ? termText(all[0]!) : `${formatAddress(first)} – ${formatAddress(last)}`;
  return html`<code>${text}</code> <small>${sizeText(set)}</small>`;
}

function stretchOf(tones: Partition<Tone>, at: Address): LabelledInterval<Tone> {
  for (const stretch of tones.entries()) if (stretch.last.words[0]! >= at.words[0]!) return stretch;
  throw new RangeError('a partition ends at the top');
}
