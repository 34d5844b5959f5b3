/**
 * The words of a line of iptables-save: separated by blanks, or in double quotes with `\` before a quote or another `\`.
 * Undefined when a quote is never closed.
 */
export function iptablesWords(line: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') at++;
    else if (line[at] === '"') {
      const quoted = quotedWord(line, at + 1);
      if (!quoted) return undefined;
      words.push(quoted.word);
      at = quoted.end;
    } else {
      let end = at;
      while (end < line.length && line[end] !== ' ' && line[end] !== '\t') end++;
      words.push(line.slice(at, end));
      at = end;
    }
  }
  return words;
}

function quotedWord(line: string, start: number): { readonly word: string; readonly end: number } | undefined {
  let word = '';
  for (let at = start; at < line.length; at++) {
    if (line[at] === '"') return { word, end: at + 1 };
    if (line[at] === '\\' && at + 1 < line.length) at++;
    word += line[at];
  }
  return undefined;
}

/** A word as iptables-save writes it. */
export function iptablesWord(word: string): string {
  return /^[^\s"'\\]+$/.test(word) ? word : `"${word.replace(/["'\\]/g, '\\$&')}"`;
}
