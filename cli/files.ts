import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, parse, sep } from 'node:path';
import { orList, type RuleCode, suggest } from '../core/diagnostics';
import { describeError } from './system-error';

/** What stands for the standard input on a command line. */
export const STDIN = '-';

/** What the standard input is called where others have the name of their file. */
export const STDIN_NAME = '<stdin>';

/** The endings of the files that are looked for in folders. */
export const DOCUMENT_EXTENSIONS: readonly string[] = ['.yaml', '.yml', '.json'];

/** An argument that leads to no file, or what has a file's name in a folder and cannot be read. */
export interface FileFault {
  /** The argument, or the path in the folder. */
  readonly arg: string;
  /** The rule that it breaks: a file cannot be read, or a folder has nothing to check. */
  readonly code: RuleCode & ('MQ904' | 'MQ906');
  /** One line that quotes the argument. */
  readonly message: string;
}

/**
 * The files that arguments stand for, in the order given, each once. A folder stands for the files below it that end
 * in one of the extensions, sorted by the bytes of their names; `node_modules`, folders that begin with a dot and
 * circles of symbolic links are left out. A path that does not exist is a fault, and so is a folder without any file:
 * a check that looks at nothing must not pass.
 */
export function expandFiles(
  args: readonly string[],
  ext: readonly string[] = DOCUMENT_EXTENSIONS,
): { files: string[]; faults: FileFault[] } {
  const files: string[] = [];
  const faults: FileFault[] = [];
  const seen = new Set<string>();
  const add = (file: string, identity: string): void => {
    if (!seen.has(identity)) files.push(file);
    seen.add(identity);
  };
  for (const arg of args) {
    if (arg === STDIN) {
      add(STDIN, STDIN);
      continue;
    }
    try {
      if (!statSync(arg).isDirectory()) {
        add(arg, identityOf(arg));
        continue;
      }
      const { found, odd } = walk(arg, ext);
      for (const file of found.sort(byteOrder)) add(file, identityOf(file));
      faults.push(...odd);
      if (found.length + odd.length === 0)
        faults.push({ arg, code: 'MQ906', message: `"${arg}" has no ${orList(ext)} file in it` });
    } catch (error) {
      faults.push({ arg, code: 'MQ904', message: describeFault(arg, error) });
    }
  }
  return { files, faults };
}

/** Compares two texts by their UTF-8 bytes, as `LC_ALL=C sort` does. */
export function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Pipes such as bash's `<(...)` may have no real path; they are themselves. */
function identityOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** Whether an argument is a pipe with a name: reading it waits for somebody who writes to it, perhaps without end. */
export function isNamedPipe(arg: string): boolean {
  return arg !== STDIN && hasRealPath(arg) && kindOf(arg)?.isFIFO() === true;
}

/** Asks the system: node stops at a pipe, and takes `/proc/self/fd/63` for the path of one that has no name. */
function hasRealPath(file: string): boolean {
  try {
    return realpathSync.native(file) !== '';
  } catch {
    return false;
  }
}

/** The files below a folder, and what is called like one and is none: it must not be passed over in silence. */
function walk(root: string, ext: readonly string[]): { found: string[]; odd: FileFault[] } {
  const found: string[] = [];
  const odd: FileFault[] = [];
  const visited = new Set<string>();
  const visit = (folder: string): void => {
    const identity = realpathSync(folder);
    if (visited.has(identity)) return;
    visited.add(identity);
    for (const name of readdirSync(folder).sort(byteOrder)) {
      const path = sep === '/' ? join(folder, name) : join(folder, name).replaceAll(sep, '/');
      const kind = kindOf(path);
      if (kind?.isDirectory()) {
        if (name !== 'node_modules' && !name.startsWith('.')) visit(path);
      } else if (ext.some(ending => name.toLowerCase().endsWith(ending))) {
        if (kind?.isFile()) found.push(path);
        // Editors lock files with links that lead nowhere.
        else if (!name.startsWith('.'))
          odd.push({ arg: path, code: 'MQ904', message: `"${path}" ${oddity(name, kind)}` });
      }
    }
  };
  visit(root);
  return { found, odd };
}

/** Why what has a file's name is not read. */
function oddity(name: string, kind: Stats | undefined): string {
  if (kind === undefined && name.includes('\ufffd')) return 'has a name that is not UTF-8; rename it';
  if (kind === undefined) return 'is a symbolic link that leads nowhere; correct it, or delete it';
  return kind.isFIFO() ? 'is a pipe; name it itself to have it read' : 'is no file that can be read';
}

/** What a name leads to; nothing where there is nothing, or where a link leads to itself. */
export function kindOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Whether a name is a symbolic link's, wherever that leads. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** The folder that a pattern for a shell begins with; undefined where a path is none. */
export function folderOfPattern(path: string): string | undefined {
  return /[*?[{]/.test(path) ? dirname(path.replace(/[*?[{].*$/s, '.')) : undefined;
}

function describeFault(arg: string, error: unknown): string {
  if (arg === '') return 'an argument is empty; a file or a folder is wanted';
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return `"${path ?? arg}" cannot be read: ${describeError(error)}`;
  const folder = folderOfPattern(arg);
  if (folder !== undefined)
    return `"${arg}" does not exist: the shell did not expand it; write it without quotes, or name the folder "${folder}"`;
  if (isLink(arg)) return `"${arg}" is a symbolic link that leads nowhere; correct it, or delete it`;
  const near = nearestPath(arg);
  return `"${arg}" does not exist${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

/** What a path that does not exist was meant as: its first wrong part is mended, and the rest kept where it then exists. */
export function nearestPath(arg: string): string | undefined {
  const { root } = parse(arg);
  const parts = arg
    .slice(root.length)
    .split(sep === '\\' ? /[/\\]/ : '/')
    .filter(part => part !== '');
  let base = root;
  for (const [index, part] of parts.entries()) {
    const path = base + part;
    if (kindOf(path)?.isDirectory()) {
      base = `${path}/`;
      continue;
    }
    const name = suggest(part, entriesOf(base === '' ? '.' : base));
    if (name === undefined) return undefined;
    const whole = [base + name, ...parts.slice(index + 1)].join('/');
    return kindOf(whole) ? whole : base + name;
  }
  return undefined;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort(byteOrder);
  } catch {
    return [];
  }
}
