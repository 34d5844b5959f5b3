/** The shells that masq completes in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The name of a shell. */
export type Shell = (typeof SHELLS)[number];

/** A word in single quotes for any of the shells. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Words as they are typed to a shell, in quotes where they need them. */
export function commandLine(words: readonly string[]): string {
  return words.map(word => (/^[\w./:@%+=,-]+$/.test(word) ? word : quote(word))).join(' ');
}
