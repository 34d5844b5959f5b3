import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { isMatch, scan } from 'picomatch/posix';
import { normalPattern } from '../core/settings';
import { kindOf } from './files';

/** Whether a file, as seen from here, is one of those that a pattern stands for which counts from a folder. */
export function isMeant(root: string, pattern: string, file: string): boolean {
  return isMatch(slashes(relative(root, resolve(file))), meant(pattern), { dot: true });
}

/** Whether what a pattern begins with is there, before its first `*`. */
export function hasBeginning(root: string, pattern: string): boolean {
  return existsSync(join(root, scan(normalPattern(pattern)).base));
}

/**
 * Whether a pattern stands for a file that is there. It may mean one that masq looks at in no search, behind links, in
 * folders that begin with a dot or in `node_modules`: then it counts as one that does.
 */
export function hasFile(root: string, pattern: string): boolean {
  if (!hasBeginning(root, pattern)) return false;
  const normal = normalPattern(pattern);
  const { base, isGlob, glob } = scan(normal);
  if (!isGlob || /(?:^|[/{(,|])[.[]|node_modules/.test(glob)) return true;
  for (const file of filesBelow(join(root, base))) {
    if (file === undefined || isMeant(root, pattern, file)) return true;
  }
  return false;
}

/** The files below a folder; undefined for what cannot be looked into, or may lead back. */
function* filesBelow(folder: string): Iterable<string | undefined> {
  for (const entry of readable(folder) ?? [undefined]) {
    if (entry === undefined) return yield undefined;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) yield* filesBelow(path);
    } else yield entry.isSymbolicLink() && kindOf(path)?.isDirectory() ? undefined : path;
  }
}

function readable(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

/** What a pattern stands for: what is called so, and all below a folder of the name. */
function meant(pattern: string): string[] {
  const normal = normalPattern(pattern);
  return scan(normal).isGlob ? [normal] : [normal, `${normal}/**`];
}

/** A path with the separators of patterns. */
export function slashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
