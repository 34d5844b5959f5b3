import type { Location } from '../diagnostics';

/** The comment behind a value, in its line: what somebody wrote on why it is there. */
export function commentBehind(text: string | undefined, { range }: Location): string | undefined {
  if (text === undefined || range === undefined) return undefined;
  const { offset } = range.end;
  const end = text.indexOf('\n', offset);
  const rest = text.slice(offset, end < 0 ? undefined : end);
  const comment = /^["']?[ \t]*,?[ \t]+#+[ \t]*(.*?)[ \t\r]*$/.exec(rest)?.[1];
  return comment === '' ? undefined : comment;
}
