import { formatAddress, formatCidr } from '../../core/address';
import type { Asked, Explanation, Passed } from '../../core/analysis/explain';
import { decidersOf, decidersText } from '../../core/analysis/node-subject';
import type { Subject } from '../../core/analysis/subject';
import { termsText } from '../../core/analysis/terms';
import type { Decision } from '../../core/treatment/treatment';
import type { Palette } from '../terminal';
import type { Source } from './source';
import { shortList } from './told';
import { ruleData, ruleText, sourceText, treatmentWord } from './words';

/** What is said of a cluster. */
export interface Answer {
  /** The cluster. */
  readonly subject: Subject;
  /** What happens to the packets, destinations by destinations, for each family that is asked about. */
  readonly families: readonly (readonly Explanation[])[];
  /** What is to be known beside that, each in a line. */
  readonly notes: readonly string[];
}

/** How many of the rules that did not decide are told of each part. */
const MOST_PASSED = 30;

/** Answers for people: clusters of which the same is said are told together, with the places of the first one. */
export function answersText(answers: readonly Answer[], source: Source, paint: Palette): string {
  const alike = new Map<string, Answer[]>();
  for (const answer of answers) {
    const key = keyOf(answer);
    const group = alike.get(key);
    if (group) group.push(answer);
    else alike.set(key, [answer]);
  }
  return [...alike.values()].map(group => groupText(group, source, paint, alike.size === 1)).join('\n');
}

/** What is the same of clusters that are told together: all but their names and places. */
function keyOf({ subject, families, notes }: Answer): string {
  const rule = ({ rule, note, treatment }: Decision): unknown => [rule, note, treatment];
  const parts = families.map(explanations =>
    explanations.map(({ to, decision, passed }) => [to.cidrs().map(formatCidr), rule(decision), passed.count]),
  );
  const asked = families.map(explanations => explanations.at(-1)!.passed.all.map(({ decision }) => rule(decision)));
  return JSON.stringify([subject.as, notes, parts, asked]);
}

/** @param isOnly whether nothing else is told, so that there is room for every rule that did not decide */
function groupText(group: readonly Answer[], source: Source, { bold, dim }: Palette, isOnly: boolean): string {
  const { subject, families, notes } = group[0]!;
  const names = shortList(group.map(answer => answer.subject.name));
  const lines = [`${bold(names)}: packets from ${source.text}, by ${subject.as}`];
  for (const note of notes) lines.push(`  note: ${note}`);
  for (const explanations of families) {
    let before: Asked | undefined;
    for (const { to, decision, passed } of explanations) {
      lines.push('', `  to ${bold(termsText(to))}: ${bold(treatmentWord(decision.treatment))}`);
      lines.push(
        `    they leave with ${sourceText(decision.treatment)}`,
        `    decided by ${decidersText(decidersOf(decision), ruleText)}`,
      );
      lines.push(...(isOnly ? passedLines(passed, before) : countLine(passed)).map(dim));
      before = passed;
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The rules that were asked before. @param before those of the part before, which stand above already */
function passedLines(passed: Asked, before: Asked | undefined): string[] {
  const { all, count, untold } = passed;
  if (untold !== undefined) return untold === '' ? [] : [`    which rules were asked before it ${untold}`];
  const told = before ? sharedCount(passed, before) : 0;
  const shown = all.slice(told, Math.min(count, told + MOST_PASSED));
  const others = count - told - shown.length;
  return [
    ...(told > 0 ? [`    not by the ${told === 1 ? 'rule' : `${told} rules`} that did not decide above`] : []),
    ...shown.map(one => `    not by ${ruleText(one.decision)}: it ${one.why}`),
    ...(others > 0
      ? [`    nor by ${others} more ${others === 1 ? 'rule' : 'rules'}, which "--format json" lists`]
      : []),
  ];
}

/** How many rules two lists begin with alike. */
function sharedCount(one: Asked, other: Asked): number {
  const most = Math.min(one.count, other.count);
  if (one.all === other.all) return most;
  let shared = 0;
  while (shared < most && sameRule(one.all[shared]!.decision, other.all[shared]!.decision)) shared++;
  return shared;
}

function sameRule(a: Decision, b: Decision): boolean {
  return a.rule === b.rule && a.at?.range?.start.offset === b.at?.range?.start.offset;
}

function countLine({ count }: Asked): string[] {
  if (count === 0) return [];
  return [`    asked before: ${count === 1 ? '1 rule' : `${count} rules`}, which "--cluster NAME" lists`];
}

/** An answer for programs, for each family that is asked about. */
export function answerData({ subject, families, notes }: Answer, source: Source): object[] {
  return families.map(explanations => ({
    cluster: subject.name,
    as: subject.as,
    ...(source.address && { address: formatAddress(source.address) }),
    ...(source.pod && { pod: source.pod }),
    notes,
    ...(!explanations.at(-1)!.passed.isOwn && { asked: explanations.at(-1)!.passed.all.map(passedData) }),
    explanations: explanations.map(({ to, decision, passed }) => ({
      to: to.cidrs().map(formatCidr),
      treatment: decision.treatment,
      decidedBy: { ...ruleData(decision), ...rulesData(decidersOf(decision)) },
      ...(passed.isOwn && passed.untold === undefined && { asked: passed.all.map(passedData) }),
      ...(passed.untold === undefined && { askedBefore: passed.count }),
    })),
  }));
}

function passedData({ decision, why }: Passed): object {
  return { ...ruleData(decision), why };
}

/** Several rules that decide, each with its place. */
function rulesData(deciders: readonly Decision[]): object {
  return deciders.length > 1 ? { rules: deciders.map(ruleData) } : {};
}
