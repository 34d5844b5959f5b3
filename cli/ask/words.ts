import { andList } from '../../core/diagnostics';
import { type Labels, labelsText } from '../../core/intent/selector';
import type { Pod } from '../../core/treatment/pod-classes';
import type { Decision, Treatment } from '../../core/treatment/treatment';

/** Reads labels as kubectl takes them, `app=web,tier=front`; undefined where a text is none. */
export function parseLabels(text: string): Labels | undefined {
  const pairs = text.split(',').map(pair => /^([^=]+)=(.*)$/.exec(pair.trim()));
  if (pairs.some(pair => pair === null)) return undefined;
  return Object.fromEntries(pairs.map(pair => [pair![1]!, pair![2]!]));
}

/** The address that a packet leaves with, in words. */
export function sourceText(treatment: Treatment): string {
  switch (treatment.kind) {
    case 'preserve':
      return "the pod's own address";
    case 'masquerade':
      return `the address of its node${treatment.toPorts === undefined ? '' : `, with a port of ${treatment.toPorts}`}`;
    case 'snat':
      return treatment.sourceIP;
    case 'unknown':
      if (treatment.rules.length === 0) return 'an address that is not known: it is in no dump';
      return `an address that cannot be told: it hangs on ${andList(treatment.rules.map(rule => `"${rule}"`))}`;
  }
}

/** What happens to packets, as a participle for lists. */
export function treatmentWord(treatment: Treatment): string {
  switch (treatment.kind) {
    case 'preserve':
      return 'preserved';
    case 'masquerade':
      return treatment.toPorts === undefined ? 'masqueraded' : `masqueraded, ports ${treatment.toPorts}`;
    case 'snat':
      return `SNAT to ${treatment.sourceIP}`;
    case 'unknown':
      return 'treated in a way that cannot be told';
  }
}

/** A rule with the reason that is given for it and with its place, as far as it has them. */
export function ruleText({ rule, note, at }: Decision): string {
  // That nodeCIDRs are nodes needs no saying.
  const reason = note === undefined || rule.includes(note.replace(/s$/, '')) ? '' : `, ${note}`;
  if (!at?.file || !at.range) return `${rule}${reason}`;
  const { line, column } = at.range.start;
  return `${rule}${reason} (${at.file}:${line}:${column})`;
}

/** A rule for programs. */
export function ruleData({ rule, note, at }: Decision): object {
  return {
    rule,
    ...(note !== undefined && { note }),
    ...(at?.file && { file: at.file }),
    ...(at?.range && { line: at.range.start.line, column: at.range.start.column }),
  };
}

/** A pod in words. */
export function podText(pod: Pod | undefined): string {
  if (!pod) return 'a pod that no egress policy selects';
  const { namespace, labels } = pod;
  const outer = Object.keys(namespace).length === 0 ? 'a namespace' : `a namespace labelled ${labelsText(namespace)}`;
  return `a pod labelled ${labelsText(labels)} in ${outer}`;
}

/** A number with a comma between its thousands. */
export function countText(count: bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}
