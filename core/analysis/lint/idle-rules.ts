import { andList, type Diagnostic, diagnostic, type Location, type Related } from '../../diagnostics';
import { type Decision, sameTreatment, treatmentText } from '../../treatment/treatment';
import { type SuperfluousRule, superfluousRules } from '../superfluous';
import { removal } from './edit';
import type { Listing, RangeList } from './listing';

/** What is said of a list's ranges: by lint itself, and of those that were told to go already, how. */
export interface IdleRules {
  /** The ranges that may go. */
  readonly rules: readonly SuperfluousRule[];
  /** The findings on them. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What others have found at the place of a range: the finding that says that it can go, or has to change. */
export type FoundAt = (place: Location) => Diagnostic | undefined;

/** How many places explain a finding. */
const MOST_PLACES = 3;

/**
 * The ranges of a document's lists without which everything is treated the same. Where others have found something at one
 * already, it is told by them alone, and all that is added is how to take it out.
 */
export function idleRules(listing: Listing, foundAt: FoundAt): IdleRules {
  const items = itemsOf(listing);
  const itemOf = ({ at }: Decision): Item | undefined => items.get(JSON.stringify(at?.path));
  const rules = superfluousRules(listing.asked, {
    mayGo: rule => itemOf(rule) !== undefined && !isOfAnother(foundAt(rule.at!)),
    isFirst: rule => foundAt(rule.at!) !== undefined,
  });
  const idle = new Map(rules.map(({ rule }) => [JSON.stringify(rule.at?.path), rule]));
  const spared = new Set(listing.lists.map(list => lastOne(list, idle)));
  const diagnostics = rules.map(found => {
    const { list, index, text, reason } = itemOf(found.rule)!;
    const told = foundAt(found.rule.at!);
    const doubt = !told && isDoubtful(found);
    const edit =
      spared.has(found.rule) || doubt || reason !== undefined ? undefined : removal(listing.document, list.path, index);
    const fix = edit && { fix: [edit] };
    const isForYou = told?.hint === undefined && !spared.has(found.rule);
    const hint = reason === undefined ? BY_HAND : WITH_REASON;
    if (told) return { ...told, ...(fix ?? (isForYou && { hint })) };
    const said = {
      message: messageOf(text, found),
      related: placesOf(found),
      ...(found.isNever && !doubt && { severity: 'note' as const }),
      ...(!fix && !doubt && { hint }),
    };
    return { ...diagnostic(found.isNever ? 'MQ701' : 'MQ702', found.rule.at!, said), ...fix };
  });
  return { rules, diagnostics };
}

/** Whether what decides in a rule's place does something else, so that one of the two was not meant. */
function isDoubtful({ rule, instead }: SuperfluousRule): boolean {
  return instead.some(({ treatment }) => !sameTreatment(treatment, rule.treatment));
}

/** Why --fix leaves an entry alone. */
export const BY_HAND =
  '"masq lint --fix" leaves this to you: a comment, an anchor or the way that the list is written is in the way';

/** Why --fix leaves an entry alone of which somebody says why it is there. */
export const WITH_REASON = '"masq lint --fix" leaves this to you: the entry has a reason, which would be lost with it';

/** A range's place in its list. */
interface Item {
  readonly list: RangeList;
  readonly index: number;
  readonly text: string;
  /** Why it is there, where its list says so. */
  readonly reason: string | undefined;
}

function itemsOf({ lists }: Listing): Map<string, Item> {
  return new Map(
    lists.flatMap(list =>
      list.ranges.map(({ path, text, reason }, index) => [JSON.stringify(path), { list, index, text, reason }]),
    ),
  );
}

/** Whether a finding says something else than that a range can go: then it is not for lint to take it out. */
function isOfAnother(found: Diagnostic | undefined): boolean {
  return found !== undefined && !['MQ120', 'MQ121', 'MQ123'].includes(found.code);
}

/** The first range of a list of which every single one may go: it stays, since an empty list may mean something else. */
function lastOne({ ranges }: RangeList, idle: ReadonlyMap<string, Decision>): Decision | undefined {
  const all = ranges.map(({ path }) => idle.get(JSON.stringify(path)));
  return all.includes(undefined) ? undefined : all[0];
}

function messageOf(text: string, found: SuperfluousRule): string {
  const { isNever, instead, rule } = found;
  const names = instead.slice(0, MOST_PLACES).map(one => one.rule);
  const more = instead.length - names.length;
  const who = andList(more > 0 ? [...names, `${more} more`] : names);
  if (isNever) {
    const holds = instead.length > 1 ? 'hold all of it together' : 'holds all of it';
    const advice = isDoubtful(found) ? 'remove it, or narrow what is not meant' : 'remove it';
    return `"${text}" never decides: ${who}, asked before it, ${holds}; ${advice}`;
  }
  return `"${text}" changes nothing: without it, packets there are ${treatmentText(rule.treatment)} by ${who}; remove it`;
}

function placesOf({ instead }: SuperfluousRule): Related[] {
  return instead
    .slice(0, MOST_PLACES)
    .flatMap(({ at, rule }) => (at ? [{ ...at, message: `${rule} stands here` }] : []));
}
