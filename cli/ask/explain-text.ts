import { formatAddress } from '../../core/address';
import type { Explanation } from '../../core/analysis/explain';
import type { Subject } from '../../core/analysis/subject';
import { blockText, termsText } from '../../core/analysis/terms';
import type { Palette } from '../terminal';
import type { Source } from './source';
import { ruleData, ruleText, sourceText, treatmentWord } from './words';

/** What is said of a cluster. */
export interface Answer {
  /** The cluster. */
  readonly subject: Subject;
  /** What happens to the packets, destinations by destinations. */
  readonly explanations: readonly Explanation[];
  /** What is to be known beside that, each in a line. */
  readonly notes: readonly string[];
}

/** How many of the rules that did not decide are told of each part. */
const MOST_PASSED = 30;

/** An answer for people. */
export function answerText({ subject, explanations, notes }: Answer, source: Source, { bold, dim }: Palette): string {
  const lines = [`${bold(subject.name)}: packets from ${source.text}, by ${subject.as}`];
  for (const note of notes) lines.push(`  note: ${note}`);
  for (const { to, decision, passed } of explanations) {
    lines.push('', `  to ${bold(termsText(to))}: ${bold(treatmentWord(decision.treatment))}`);
    lines.push(`    they leave with ${sourceText(decision.treatment)}`, `    decided by ${ruleText(decision)}`);
    const shown = passed.all.slice(0, Math.min(passed.count, MOST_PASSED));
    for (const one of shown) lines.push(dim(`    not by ${ruleText(one.decision)}: it ${one.why}`));
    const others = passed.count - shown.length;
    if (others > 0)
      lines.push(dim(`    nor by ${others} more ${others === 1 ? 'rule' : 'rules'}, which "--format json" lists`));
  }
  return `${lines.join('\n')}\n`;
}

/** An answer for programs. */
export function answerData({ subject, explanations, notes }: Answer, source: Source): object {
  return {
    cluster: subject.name,
    as: subject.as,
    ...(source.address && { address: formatAddress(source.address) }),
    ...(source.pod && { pod: source.pod }),
    notes,
    asked: explanations.at(-1)!.passed.all.map(one => ({ ...ruleData(one.decision), why: one.why })),
    explanations: explanations.map(({ to, decision, passed }) => ({
      to: to.cidrs().map(blockText),
      treatment: decision.treatment,
      decidedBy: ruleData(decision),
      askedBefore: passed.count,
    })),
  };
}
