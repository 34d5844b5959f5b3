import { formatAddress, type Partition } from '../../core/address';
import type { KernelDecision } from '../../core/dataplane/kernel-map';
import { treatmentText } from '../../core/treatment/treatment';

/** A kernel's map for people: a line for each interval that is treated alike by the same rules. */
export function mapText(map: Partition<KernelDecision>): string {
  const decided = new Map<string, string>();
  const lines = map.map(decision => {
    const text = decisionText(decision);
    decided.set(text, text);
    return decided.get(text)!;
  });
  return [...lines.entries()]
    .map(({ first, last, value }) => `${formatAddress(first)}-${formatAddress(last)} ${value}\n`)
    .join('');
}

function decisionText(decision: KernelDecision): string {
  if (!decision.treatment) return ['unknown', ...decision.rules.map(rule => `\n    ${rule.text}`)].join('');
  const random = decision.randomFully ? ', fully random' : '';
  return `${treatmentText(decision.treatment)}${random}${decision.rule ? ` by ${decision.rule.text}` : ''}`;
}
