/**
 * The words of a line of iptables-save: separated by blanks, or in double quotes with `\` before a quote or another `\`.
 * Undefined when a quote is never closed.
 */
export function iptablesWords(line: string): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < line.length; ) {
    if (line[at] === ' ') at++;
    else if (line[at] === '"') {
      const end = closingQuote(line, at + 1);
      if (end < 0) return undefined;
      words.push(unescaped(line.slice(at + 1, end)));
      at = end + 1;
    } else {
      const blank = line.indexOf(' ', at);
      const end = blank < 0 ? line.length : blank;
      words.push(line.slice(at, end));
      at = end;
    }
  }
  return words;
}

/** Whether a line has a quote that is never closed. */
export function isOpen(line: string): boolean {
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) {
    at = closingQuote(line, at + 1);
    if (at < 0) return true;
  }
  return false;
}

/** Where the quote is that no `\` stands before; -1 if nowhere. */
function closingQuote(line: string, start: number): number {
  let end = line.indexOf('"', start);
  while (end >= 0 && isEscaped(line, start, end)) end = line.indexOf('"', end + 1);
  return end;
}

function isEscaped(line: string, start: number, at: number): boolean {
  let from = at;
  while (from > start && line[from - 1] === '\\') from--;
  return (at - from) % 2 === 1;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, '$1') : text;
}
