import { type Address, formatAddress, IntervalSet, type LabelledInterval, type Partition } from '../../../core/address';
import type { ReportCluster } from '../../../core/analysis/report/pack';
import { partitionsFor } from '../../../core/analysis/report/pods';
import type { Subject } from '../../../core/analysis/subject';
import { blockText } from '../../../core/analysis/terms';
import type { Pod } from '../../../core/treatment/pod-classes';
import { type Decision, treatmentText } from '../../../core/treatment/treatment';
import { ruleText, sourceText, treatmentWord } from '../../ask/words';
import { type Html, html } from '../html';
import { type Look, sideOf, tonesOf } from '../look';
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
  /** What happens to the packets, side by side in writing: the same where each side treats them alike. */
  readonly treated: Partition<string>;
}

/** Makes a cluster ready to be asked about. */
export function lookAt(cluster: ReportCluster, look: Look, pod: Pod | undefined): Looked {
  const { before, after } = cluster;
  const sides = look === 'changes' && before && after ? [before, after] : [sideOf(cluster, look)];
  const decisions = sides.map(({ map }) => partitionsFor(map, pod)[4]);
  const [first, ...others] = decisions.map(side => side.map(({ treatment }) => treatmentText(treatment)));
  const treated = others.reduce((all, side) => all.zip(side, (before, after) => `${before} → ${after}`), first!);
  return { cluster, sides, decisions, treated };
}

/** What happens to packets to an IPv4 address, and what is around it. */
export function detailOf({ cluster, sides, decisions, treated }: Looked, at: Address): Detail {
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
<dl><dt>alike around it</dt><dd>${around(treated, at)}</dd>${hits !== '' && html`<dt>place</dt><dd>${hits}</dd>`}</dl>`;
  return {
    shown,
    said: `${text}: ${found.length > 1 ? 'before: ' : ''}${found.map(sentence).join('; after: ')}${hits === '' ? '' : `; ${hits}`}`,
  };
}

function sentence(decision: Decision): string {
  return `${treatmentWord(decision.treatment)}, leaves with ${sourceText(decision.treatment)}, decided by ${ruleText(decision)}`;
}

/** The addresses around one that are treated alike, on each side that is looked at: one block, or from first to last. */
function around(treated: Partition<string>, at: Address): Html {
  const { first, last } = stretchAt(treated, at);
  const set = IntervalSet.fromRange(first, last);
  const [block, ...others] = set.cidrs();
  const text = others.length === 0 ? blockText(block!) : `${formatAddress(first)} – ${formatAddress(last)}`;
  return html`<code>${text}</code> <small>${sizeText(set)}</small>`;
}

function stretchAt(treated: Partition<string>, at: Address): LabelledInterval<string> {
  for (const stretch of treated.entries()) if (stretch.last.words[0]! >= at.words[0]!) return stretch;
  throw new RangeError('a partition ends at the top');
}
