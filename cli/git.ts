import { spawnSync } from 'node:child_process';
import type { Input } from '../core/check/check';

/** A revision, and a path at it, as in `git:main:clusters/`. */
export interface Revision {
  /** What git calls the revision. */
  readonly revision: string;
  /** The path, from here; absent where none is said, as in `git:main`. */
  readonly path?: string;
}

/** What is wanted of a revision. */
export interface Wanted {
  /** What git calls the revision. */
  readonly revision: string;
  /** The paths, from here. */
  readonly paths: readonly string[];
  /** Whether it is fine that there is nothing. @default false */
  readonly mayLack?: boolean;
}

/** Reads the word for a revision and perhaps a path at it; undefined where a word is none. */
export function parseRevision(word: string): Revision | undefined {
  const [, revision, path] = /^git:([^:]+)(?::(.*))?$/s.exec(word) ?? [];
  if (revision === undefined) return undefined;
  return path === undefined ? { revision } : { revision, path: path === '' ? '.' : path };
}

/** What is wrong with a word that begins as one for a revision and is none. */
export function revisionFault(word: string): string | undefined {
  if (!word.startsWith('git:') || parseRevision(word)) return undefined;
  const path = word.slice('git:'.length).replace(/^:+/, '');
  return `no revision is said; write git:REV:PATH, such as git:main:${path === '' ? 'intents/' : path}`;
}

/** The files below paths at a revision, by the names under which `git show` has them; or why there are none. */
export function filesAt(wanted: Wanted, isWanted: (name: string) => boolean): Input[] | string {
  const { revision, paths, mayLack = false } = wanted;
  const named = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (named.fault !== undefined) return named.fault;
  if (named.output.length === 0) return `"${revision}" is no revision of this repository`;
  const commit = named.output.toString().trim();
  const listed = git(['ls-tree', '-r', '-z', commit, '--', ...paths]);
  if (listed.fault !== undefined) return listed.fault;
  const blobs = listed.output
    .toString()
    .split('\0')
    .flatMap(line => {
      const [, id, name] = /^10[0-9]{4} blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
      return id !== undefined && isWanted(name!) ? [{ id, name: name! }] : [];
    });
  if (blobs.length === 0) {
    const submodule = submoduleOf(commit, paths);
    if (submodule !== undefined)
      return `"${submodule}" is a submodule at ${revision}, whose files are in a repository of their own; run masq there`;
    const named = paths.map(path => `"${path}"`).join(', ');
    if (!mayLack && listed.output.length === 0) return `there is no ${named} at ${revision}`;
    if (!mayLack) return `nothing that masq reads is in ${named} at ${revision}`;
  }
  const read = git(['cat-file', '--batch'], blobs.map(({ id }) => `${id}\n`).join(''));
  if (read.fault !== undefined) return read.fault;
  return texts(
    read.output,
    blobs.map(({ name }) => `${revision}:${name}`),
  );
}

/** The submodule that a path is, or lies in; undefined where there is none. */
function submoduleOf(commit: string, paths: readonly string[]): string | undefined {
  const folders = paths.flatMap(path => {
    const parts = path.split('/').filter(part => part !== '' && part !== '.');
    return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
  });
  if (folders.length === 0) return undefined;
  const { output } = git(['ls-tree', '-z', commit, '--', ...new Set(folders)]);
  const [, name] = /(?:^|\0)160000 commit [0-9a-f]+\t([^\0]+)/.exec(output.toString()) ?? [];
  return name;
}

/** Takes what `git cat-file --batch` writes apart: of each file a line that ends with its size, and so many bytes. */
function texts(output: Buffer, names: readonly string[]): Input[] {
  let at = 0;
  return names.map(file => {
    const end = output.indexOf(10, at);
    const size = Number(output.toString('latin1', at, end).split(' ')[2]);
    const text = output.toString('utf8', end + 1, end + 1 + size);
    at = end + 2 + size;
    return { file, text };
  });
}

const MOST_BYTES = 1024 * 1024 * 1024;

function git(args: readonly string[], input = ''): { readonly output: Buffer; readonly fault?: string } {
  const { status, stdout, stderr, error } = spawnSync('git', args, { input, maxBuffer: MOST_BYTES });
  if (error) return { output: Buffer.alloc(0), fault: `git does not run: ${error.message}` };
  if (status !== 0 && stderr.length > 0) return { output: stdout, fault: stderr.toString().trim().split('\n', 1)[0]! };
  return { output: stdout };
}
