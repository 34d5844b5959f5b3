import { namedRange } from '../address';

/** What a comment behind a range says of why it is there: without what masq itself writes there, and what is said to masq. */
export function reasonOf(comment: string | undefined): string | undefined {
  const parts = comment
    ?.replace(TO_MASQ, '')
    .trimEnd()
    .split('; ')
    .filter(part => !ROLES.includes(part) && !namedRange(part));
  return parts?.join('; ') || undefined;
}

/** A comment that takes a rule's findings off the line. */
const TO_MASQ = /(?:^|[ \t#]#)[ \t]*masq-ignore(?![\w-]).*$/;

const ROLES = ['nodes', 'pods', 'services'];
