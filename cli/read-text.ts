import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { RuleCode, SourceRange } from '../core/diagnostics';
import { SourceText } from '../core/source';
import { STDIN, STDIN_NAME } from './files';
import { commandLine } from './shells';
import { describeError } from './system-error';

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
  const packer = packerOf(bytes);
  if (packer)
    return { ok: false, code: 'MQ217', message: `${shown} is packed by ${packer[0]}; ${unpacking(file, packer[1])}` };
  const wide = wideEncoding(bytes);
  if (wide) return { ok: false, code: 'MQ217', message: `${shown} is ${wide} text; save it as UTF-8` };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const { words, range } = badByte(file, bytes);
    return { ok: false, code: 'MQ217', message: `${shown} is not UTF-8 text: ${words}`, range };
  }
}

/** The byte order mark of UTF-8, as a text has it. */
const MARK = '\uFEFF';

/** A text in place of that of a file, with the byte order mark that the file begins with, if it does. */
export function markedAs(file: string, text: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const first = Buffer.alloc(3);
    readSync(descriptor, first, 0, 3, 0);
    return first.equals(Buffer.from(MARK)) ? MARK + text : text;
  } finally {
    closeSync(descriptor);
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

/** The first bytes of what programs pack, and what shows it unpacked. */
const PACKERS: readonly (readonly [magic: readonly number[], name: string, command: string])[] = [
  [[0x1f, 0x8b], 'gzip', 'gunzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd', 'unzstd'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz', 'unxz'],
];

/** What packed a file, and the command that undoes it; undefined for what is no packed file. */
function packerOf(bytes: Buffer): readonly [name: string, command: string] | undefined {
  const found = PACKERS.find(([magic]) => magic.every((byte, i) => bytes[i] === byte));
  return found && [found[1], found[2]];
}

function unpacking(file: string, command: string): string {
  return `unpack it first: ${commandLine([command, '-c', ...(file === STDIN ? [] : [file])])}`;
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
