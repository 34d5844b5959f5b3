import { namedRange } from '../address';
import type { Location } from '../diagnostics';

/** The comment behind a value, in its line: what somebody wrote on why it is there. */
export function commentBehind(text: string | undefined, { range }: Location): string | undefined {
  if (text === undefined || range === undefined) return undefined;
  const { offset } = range.end;
  const end = text.indexOf('\n', offset);
  const rest = text.slice(offset, end < 0 ? undefined : end);
  const comment = /^["']?[ \t]*,?[ \t]+#+[ \t]*(.*?)[ \t\r]*$/.exec(rest)?.[1];
  return comment === undefined ? undefined : withoutNames(comment);
}

/** A comment without what masq itself writes there of an intent: the roles of ranges, and their names. */
function withoutNames(comment: string): string | undefined {
  const parts = comment.split('; ').filter(part => !ROLES.includes(part) && !namedRange(part));
  return parts.join('; ') || undefined;
}

const ROLES = ['nodes', 'pods', 'services'];
