import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, parse, sep } from 'node:path';
import { orList, type RuleCode, suggest } from '../core/diagnostics';

/** What stands for the standard input on a command line. */
export const STDIN = '-';

/** The endings of the files that are looked for in folders. */
export const DOCUMENT_EXTENSIONS: readonly string[] = ['.yaml', '.yml', '.json'];

/** An argument that leads to no file. */
export interface FileFault {
  readonly arg: string;
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
      const found = walk(arg, ext).sort(byteOrder);
      for (const file of found) add(file, identityOf(file));
      if (found.length === 0) faults.push({ arg, message: `"${arg}" has no ${orList(ext)} file in it` });
    } catch (error) {
      faults.push({ arg, message: describeFault(arg, error) });
    }
  }
  return { files, faults };
}

/** Compares two texts by their UTF-8 bytes, as `LC_ALL=C sort` does. */
export function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Pipes such as bash's `<(...)` have no real path; they are themselves. */
function identityOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function walk(root: string, ext: readonly string[]): string[] {
  const files: string[] = [];
  const visited = new Set<string>();
  const visit = (folder: string): void => {
    const identity = realpathSync(folder);
    if (visited.has(identity)) return;
    visited.add(identity);
    for (const name of readdirSync(folder).sort(byteOrder)) {
      const path = join(folder, name);
      const kind = kindOf(path);
      if (kind?.isDirectory()) {
        if (name !== 'node_modules' && !name.startsWith('.')) visit(path);
      } else if (kind?.isFile() && ext.some(ending => name.toLowerCase().endsWith(ending))) {
        files.push(sep === '/' ? path : path.replaceAll(sep, '/'));
      }
    }
  };
  visit(root);
  return files;
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

function describeFault(arg: string, error: unknown): string {
  if (arg === '') return 'an argument is empty; a file or a folder is wanted';
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return `"${path ?? arg}" cannot be read: ${describeError(error)}`;
  const near = nearestPath(arg);
  return `"${arg}" does not exist${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

/** Mends the first part of a path that does not exist; what follows it is kept only where it then exists. */
function nearestPath(arg: string): string | undefined {
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

/** The largest text that is read when nobody says otherwise: 16 MiB. */
export const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/** A file's text, or why there is none: the rule it breaks, and one line that quotes the file. */
export type ReadText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: RuleCode & ('MQ209' | 'MQ217' | 'MQ904'); readonly message: string };

/**
 * Reads a file, or the standard input for `-`, as UTF-8. A byte order mark is dropped, so that columns are the ones an
 * editor shows. Never holds more than the bound in memory, whatever the size that the file claims to have.
 */
export function readText(file: string, maxBytes: number = DEFAULT_MAX_BYTES): ReadText {
  const shown = file === STDIN ? 'standard input' : `"${file}"`;
  let bytes: Buffer | undefined;
  try {
    bytes = readBytes(file, maxBytes);
  } catch (error) {
    return { ok: false, code: 'MQ904', message: `${shown} cannot be read: ${describeError(error)}` };
  }
  if (bytes === undefined) {
    return { ok: false, code: 'MQ209', message: `${shown} is larger than ${describeSize(maxBytes)}` };
  }
  if (looksUtf16(bytes)) {
    return { ok: false, code: 'MQ217', message: `${shown} is UTF-16 text; save it as UTF-8` };
  }
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, code: 'MQ217', message: `${shown} is not UTF-8 text: ${describeBadByte(bytes)}` };
  }
}

function readBytes(file: string, maxBytes: number): Buffer | undefined {
  const descriptor = file === STDIN ? 0 : openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size > maxBytes) return undefined;
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(Math.min(Math.max(size + 1 - total, 65536), maxBytes + 1 - total));
      const count = readSome(descriptor, chunk);
      if (count === 0) return Buffer.concat(chunks, total);
      total += count;
      if (total > maxBytes) return undefined;
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    if (descriptor !== 0) closeSync(descriptor);
  }
}

/** A terminal or a pipe that another process made non-blocking answers EAGAIN; Windows ends a pipe with EOF. */
function readSome(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** By its mark, or by a first character that would be NUL in UTF-8. */
function looksUtf16([first, second]: Buffer): boolean {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return second !== undefined && (first === 0) !== (second === 0);
}

/** Names the byte where the text stops being UTF-8: behind the last whole character of the longest good beginning. */
function describeBadByte(bytes: Buffer): string {
  const decodes = (length: number, stream: boolean): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream });
      return true;
    } catch {
      return false;
    }
  };
  if (decodes(bytes.length, true)) return 'it ends in the middle of a character';
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(middle, true)) good = middle;
    else bad = middle;
  }
  while (!decodes(good, false)) good--;
  const line = bytes.subarray(0, good).reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
  const byte = bytes[good]!.toString(16).toUpperCase().padStart(2, '0');
  return `line ${line} has the byte 0x${byte} where no character allows it; save it as UTF-8`;
}

function describeSize(bytes: number): string {
  if (bytes >= 1024 * 1024 && bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'the disk is full',
  EROFS: 'its file system is read-only',
};

/** What the system says of a file, in words. */
export function describeError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}
