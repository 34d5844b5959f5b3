/** A line of a page that stands for any lines, and a sign that stands for any text of one. */
const ANYTHING = '…';

/** Whether what was said is what the page shows. */
export function agrees(shown: string, said: string): boolean {
  return pattern(shown).test(trimmed(said));
}

function pattern(shown: string): RegExp {
  const parts = trimmed(shown)
    .slice(0, -1)
    .split('\n')
    .map(line => (line.trim() === ANYTHING ? '(?:.*\\n)*?' : `${line.split(ANYTHING).map(escaped).join('.*')}\\n`));
  return new RegExp(`^${parts.join('')}$`);
}

/** Without spaces at the ends of lines, which pages do not have, and without empty lines around it. */
export function trimmed(text: string): string {
  return `${text.replace(/[ \t]+$/gm, '').replace(/^\n+|\n+$/g, '')}\n`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
