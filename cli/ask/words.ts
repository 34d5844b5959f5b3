import type { IntervalSet } from '../../core/address';
import { someOf } from '../../core/analysis/node-subject';
import { termsText } from '../../core/analysis/terms';
import { andList } from '../../core/diagnostics';
import { isLabelKey, isLabelValue, type Labels, labelsText } from '../../core/intent/selector';
import type { Pod } from '../../core/treatment/pod-classes';
import type { Decision, Treatment } from '../../core/treatment/treatment';
import { printable } from '../format/printable';

/** Reads labels as an object has them, `app=web,tier=front`; undefined where a text is none, such as a selector. */
export function parseLabels(text: string): Labels | undefined {
  const pairs = text.split(',').map(pair => /^([^=]+)=(.*)$/.exec(pair.trim()));
  const labels: Record<string, string> = {};
  for (const pair of pairs) {
    const [, key, value] = pair ?? [];
    if (key === undefined || value === undefined || !isLabelKey(key) || !isLabelValue(value)) return undefined;
    if (Object.hasOwn(labels, key)) return undefined;
    labels[key] = value;
  }
  return labels;
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
      return `an address that cannot be told: it hangs on ${andList(someOf(treatment.rules.map(rule => `"${rule}"`)))}`;
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
  const { line, column } = at?.range?.start ?? {};
  return printable(`${rule}${reason}${at?.file && line !== undefined ? ` (${at.file}:${line}:${column})` : ''}`);
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
  const isLabelled = Object.keys(labels).length > 0;
  const outer = Object.keys(namespace).length === 0 ? '' : ` in a namespace labelled ${labelsText(namespace)}`;
  return `a pod${isLabelled ? ` labelled ${labelsText(labels)}` : outer === '' ? ' without labels' : ''}${outer}`;
}

/** Numbers below this are written in digits. */
const READABLE = 10n ** 12n;

/**
 * A number in writing, exactly: in digits with a comma between the thousands; a huge one with a power of two, such as
 * `2⁸⁰`, `3 × 2⁶⁴` or `2¹²⁸ less 2⁸⁰`, where that is shorter.
 */
export function countText(count: bigint): string {
  if (count < READABLE) return digitsText(count);
  const bits = count.toString(2).length;
  const ways = [
    digitsText(count),
    timesPower(count),
    `${power(bits)} less ${timesPower((1n << BigInt(bits)) - count)}`,
  ];
  return ways.reduce((best, way) => (way.length < best.length ? way : best));
}

function digitsText(count: bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number as another one times a power of two, where it is huge and has one. */
function timesPower(count: bigint): string {
  const bits = /0*$/.exec(count.toString(2))![0].length;
  if (count < READABLE || bits === 0) return digitsText(count);
  const factor = count >> BigInt(bits);
  return factor === 1n ? power(bits) : `${digitsText(factor)} × ${power(bits)}`;
}

const RAISED = [...'\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'];

/** A power of two, such as `2⁸⁰`. */
export function power(bits: number): string {
  return `2${[...String(bits)].map(digit => RAISED[Number(digit)]).join('')}`;
}

/** How long a list of destinations is at the most where room is short. */
const LONGEST_LIST = 400;

/** Some destinations in writing; of a long list the beginning. */
export function shortTerms(to: IntervalSet): string {
  return shortened(termsText(to));
}

/** A list without what is too much for a cell: it ends between two of its parts. */
export function shortened(list: string): string {
  if (list.length <= LONGEST_LIST) return list;
  const [beginning] = /^.*(?=[,\s])/s.exec(list.slice(0, LONGEST_LIST)) ?? [''];
  return `${beginning.replace(/,$/, '')}, …`;
}
