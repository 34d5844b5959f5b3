import { type Family, IntervalSet, type Partition } from '../address';
import { type Decision, sameTreatment, type Treatment } from '../treatment/treatment';
import { setsByLabel } from './diff';

/** Destinations of which it cannot be told whether anything changes, and why: a side says nothing, or both hang on the same rules. */
export interface Untold {
  /** The destinations. */
  readonly to: IntervalSet;
  /** The sides in which nothing is about them, such as dumps without IPv6. */
  readonly unread: readonly ('before' | 'after')[];
  /** The rules that both sides hang on, where both were read. */
  readonly rules: readonly string[];
}

/** Whether nothing can be compared: neither of two decisions can be told, for the same rules, or one was never read. */
export function isUntold({ treatment: a }: Decision, { treatment: b }: Decision): boolean {
  if (isUnread(a) || isUnread(b)) return true;
  return a.kind === 'unknown' && b.kind === 'unknown' && a.rules.join('\n') === b.rules.join('\n');
}

function isUnread(treatment: Treatment): boolean {
  return treatment.kind === 'unknown' && treatment.rules.length === 0;
}

/** What cannot be compared of two maps' partitions, for each reason there is, in the order of the addresses. */
export function untoldOf(family: Family, before: Partition<Decision>, after: Partition<Decision>): Untold[] {
  const found = before.zip(after, (left, right) =>
    isUntold(left, right) && !sameTreatment(left.treatment, right.treatment) ? whyOf(left, right) : undefined,
  );
  const groups = new Map<string, Untold>();
  for (const [why, set] of setsByLabel(family, found)) {
    const key = JSON.stringify(why);
    const same = groups.get(key);
    groups.set(key, { ...why, to: same ? IntervalSet.unionOf(family, [same.to, set]) : set });
  }
  return [...groups.values()];
}

function whyOf({ treatment: before }: Decision, { treatment: after }: Decision): Omit<Untold, 'to'> {
  const unread = [...(isUnread(before) ? (['before'] as const) : []), ...(isUnread(after) ? (['after'] as const) : [])];
  return { unread, rules: unread.length === 0 && before.kind === 'unknown' ? before.rules : [] };
}

/** The same for the same destinations and the same reason. */
export function untoldKey({ to, unread, rules }: Untold): string {
  return JSON.stringify([to.family, to.bounds.join(), unread, rules]);
}
