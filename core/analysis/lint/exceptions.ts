import { type Both, both, FAMILIES, type IntervalSet, setsOf } from '../../address';
import { andList, type Diagnostic, diagnostic, type RuleCode, type ValuePath } from '../../diagnostics';
import { type Entry, unionOfEntries } from '../../intent/entry';
import type { ClusterModel } from '../../intent/model';
import { intentTreatment } from '../../treatment/intent';
import type { TreatmentMap } from '../../treatment/map';
import type { Decision } from '../../treatment/treatment';
import { removal } from './edit';
import { BY_HAND, type FoundAt } from './idle-rules';

/**
 * Exceptions of an intent's list that take nothing out: what they name is preserved, or masqueraded, in any case.
 * @param isIdle whether an entry may go by itself: then it does not stand in for an exception
 */
export function idleExceptions(
  model: ClusterModel,
  foundAt: FoundAt,
  isIdle: (path: ValuePath) => boolean,
): Diagnostic[] {
  const { document, masquerade } = model;
  if (!masquerade) return [];
  const map = intentTreatment(model);
  const kept = both(family => map.base[family].where(({ treatment }) => treatment.kind === 'preserve'));
  const needed = masquerade.always.filter(({ path }) => !isIdle(path));
  const always = both(family => unionOfEntries(needed, family));
  return masquerade.preserve.flatMap(entry =>
    entry.exceptions.flatMap((exception, index) => {
      const at = document.at(exception.path);
      const taken = takenBy(entry, exception);
      const told = foundAt(at);
      const edit = removal(document, [...entry.path, 'except'], index);
      if (told && UNNEEDED.includes(told.code)) return [edit ? { ...told, fix: [edit] } : { hint: BY_HAND, ...told }];
      if (told || FAMILIES.every(family => taken[family].isEmpty())) return [];
      if (isWithin(taken, kept)) return [keptAllTheSame(model, map, entry, exception, taken)];
      if (!isWithin(taken, always)) return [];
      const message = `exception "${exception.text}" changes nothing: "always" masquerades all of it; remove it`;
      return [{ ...diagnostic('MQ702', at, { message }), ...(edit && { fix: [edit] }) }];
    }),
  );
}

/** What every check says of an exception that another one of its list takes out too, or that is outside of its entry. */
const UNNEEDED: readonly RuleCode[] = ['MQ120', 'MQ121', 'MQ123'];

/** What an exception takes out of its entry that no other one of it does. */
function takenBy(entry: Entry, exception: Entry): Both<IntervalSet> {
  const whole = setsOf(entry.cidrs);
  const others = entry.exceptions.filter(other => other !== exception);
  return both(family => whole[family].intersect(exception.sets[family]).subtract(unionOfEntries(others, family)));
}

function isWithin(inner: Both<IntervalSet>, outer: Both<IntervalSet>): boolean {
  return FAMILIES.every(family => outer[family].containsSet(inner[family]));
}

function keptAllTheSame(
  { document }: ClusterModel,
  { asked }: TreatmentMap,
  entry: Entry,
  exception: Entry,
  taken: Both<IntervalSet>,
): Diagnostic {
  const keepers = FAMILIES.flatMap(family =>
    asked[family].layers.filter(({ set, value }) => isListed(value) && set.overlaps(taken[family])),
  ).map(({ value }) => value);
  const who = [...new Set(keepers)].slice(0, 3);
  const message = `"${exception.text}" is taken out of "${entry.text}" and preserved all the same by ${andList(who.map(({ rule }) => rule))}; take it out there too, or remove the exception`;
  const related = who.flatMap(({ at, rule }) => (at ? [{ ...at, message: `${rule} stands here` }] : []));
  return diagnostic('MQ704', document.at(exception.path), { message, related });
}

/** Whether a rule is an entry of the list: the cluster's own ranges are kept whatever it says. */
function isListed({ at }: Decision): boolean {
  return at?.path?.[2] === 'preserve';
}
