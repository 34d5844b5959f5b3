import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join, parse, sep } from 'node:path';
import { orList, type RuleCode, type SourceRange, suggest } from '../core/diagnostics';
import { SourceText } from '../core/source';
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

/** The largest text that is read when nobody says otherwise: 16 MiB. */
export const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/** Why a file has no text: the rule it breaks, one line that quotes the file, and the place where it cannot be read. */
export interface ReadFault {
  readonly ok: false;
  readonly code: RuleCode & ('MQ209' | 'MQ217' | 'MQ904');
  readonly message: string;
  readonly range?: SourceRange;
}

/** A file's text, or why there is none. */
export type ReadText = { readonly ok: true; readonly text: string } | ReadFault;

/**
 * Reads a file, or the standard input for `-`, as UTF-8. A byte order mark is dropped, so that columns are the ones an
 * editor shows. Never holds more than the bound in memory, whatever the size that the file claims to have.
 */
export function readText(file: string, maxBytes: number = DEFAULT_MAX_BYTES): ReadText {
  const shown = file === STDIN ? STDIN_NAME : `"${file}"`;
  let bytes: Buffer | undefined;
  try {
    bytes = readBytes(file, maxBytes);
  } catch (error) {
    return { ok: false, code: 'MQ904', message: `${shown} cannot be read: ${describeError(error)}` };
  }
  if (bytes === undefined) {
    const most = `${describeSize(maxBytes)}, the most that masq reads`;
    return {
      ok: false,
      code: 'MQ209',
      message: `${shown} is larger than ${most}; split it, or name the file you mean`,
    };
  }
  const wide = wideEncoding(bytes);
  if (wide) return { ok: false, code: 'MQ217', message: `${shown} is ${wide} text; save it as UTF-8` };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const { words, range } = badByte(file, bytes);
    return { ok: false, code: 'MQ217', message: `${shown} is not UTF-8 text: ${words}`, range };
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

/** How much of a file is held at once where nobody needs the whole, and how much of that again beside what follows. */
const PIECE = 1024 * 1024;
const OVERLAP = 128;

/** The words of a file that may be no text and of any size, piece by piece: what of it is ASCII, be it UTF-16 or UTF-32. */
export function* roughText(file: string): Iterable<string> {
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.allocUnsafe(PIECE);
    let before = '';
    for (let count = readSome(descriptor, chunk); count > 0; count = readSome(descriptor, chunk)) {
      const piece = before + chunk.toString('latin1', 0, count).replaceAll('\0', '');
      yield piece;
      before = piece.slice(-OVERLAP);
    }
  } finally {
    closeSync(descriptor);
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

/** The encoding with more than a byte for each sign that a text has: by its mark, or by the NULs of its first sign. */
function wideEncoding([a, b, c, d]: Buffer): 'UTF-16' | 'UTF-32' | undefined {
  const marked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  const littleEnd = a !== 0 && (b === 0 || marked) && c === 0 && d === 0;
  const bigEnd = a === 0 && b === 0 && ((c === 0 && d !== 0) || (c === 0xfe && d === 0xff));
  if (d !== undefined && (littleEnd || bigEnd)) return 'UTF-32';
  return marked || (b !== undefined && (a === 0) !== (b === 0)) ? 'UTF-16' : undefined;
}

/** What is wrong with bytes that are no UTF-8, and the place behind the last whole character of their good beginning. */
function badByte(file: string, bytes: Buffer): { readonly words: string; readonly range: SourceRange } {
  const good = goodBytes(bytes);
  let whole = good;
  while (!decodes(bytes.subarray(0, whole), false)) whole--;
  const source = new SourceText(file, new TextDecoder().decode(bytes.subarray(0, whole)));
  const range = source.range(source.text.length, source.text.length);
  if (good === bytes.length) return { words: 'it ends in the middle of a character; restore what was cut off', range };
  const byte = bytes[whole]!.toString(16).toUpperCase().padStart(2, '0');
  return { words: `the byte 0x${byte} stands where no character allows it; save it as UTF-8`, range };
}

/** How many bytes may be the beginning of an UTF-8 text. */
function goodBytes(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  return good;
}

function decodes(bytes: Buffer, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

function describeSize(bytes: number): string {
  if (bytes >= 1024 * 1024 && bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}
