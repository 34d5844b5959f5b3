import type { OutputChange } from './plan';

/** So many names are told, and how many more there are. */
const MOST = 20;

/** The files that changes delete, a line each. */
export function deletedText(root: string, changes: readonly OutputChange[]): string {
  const gone = changes.filter(({ kind }) => kind === 'delete' || kind === 'orphan');
  const lines = gone.slice(0, MOST).map(({ path }) => `  deleted ${root}/${path}\n`);
  const more = gone.length > MOST ? `  and ${gone.length - MOST} more\n` : '';
  return `${lines.join('')}${more}`;
}
