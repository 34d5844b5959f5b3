import { readFileSync } from 'node:fs';

/** The words of each line of a file that says something; what is behind a # is a comment. */
export function wordsOf(file: string): readonly (readonly string[])[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')
    .map(line => line.split(/\s+/));
}
