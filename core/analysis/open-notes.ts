import type { Subject } from './subject';

/**
 * What is not known of a node and what is said of it hangs on, each in words.
 * @param remedy what is to be said for the addresses of pods to be known. @default the facts of the intent
 */
export function openNotes(subject: Pick<Subject, 'node' | 'places'>, remedy?: string): readonly string[] {
  return [...sourceNotes(subject, remedy), ...familyNotes(subject)];
}

/** Whether rules ask where packets come from, and nobody knows where pods have their addresses. */
function sourceNotes({ node, places }: Pick<Subject, 'node' | 'places'>, remedy = '--facts with the intent'): string[] {
  const isOpen = node?.asksForSources === true && !places.some(({ name }) => name === 'pods');
  return isOpen ? [`where pods have their addresses is not known, and rules ask for it: say ${remedy}`] : [];
}

/** The files of which nothing says of which family the rules are. */
export function familyNotes({ node }: Pick<Subject, 'node'>): string[] {
  const told = (file: string): string =>
    `nothing in "${file}" says of which family its rules are, and they are taken for IPv4: if they are of IPv6, name the file so, as in "ip6tables.save"`;
  return (node?.filesOfNoFamily ?? []).map(told);
}
