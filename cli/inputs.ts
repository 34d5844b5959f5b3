import { type Diagnostic, diagnostic } from '../core/diagnostics';
import { FIRST_INTENT } from './choices';
import { expandFiles, isNamedPipe, kindOf, readText, STDIN, STDIN_NAME } from './files';
import { stderr } from './stdio';

/** What one argument's file turned out to be: its text, or why it cannot be read. */
export type ReadInput =
  | { readonly ok: true; readonly file: string; readonly text: string }
  | { readonly ok: false; readonly file: string; readonly fault: Diagnostic };

/** What the arguments of a run stand for. */
export interface Inputs {
  /** The files that arguments name, folders searched. */
  readonly files: readonly string[];
  /** What is wrong with the arguments, and with what is in folders. */
  readonly faults: readonly Diagnostic[];
  /** Whether an argument itself leads nowhere: the run then ends as one of wrong usage. */
  readonly misnamed: boolean;
}

/** Finds the files that arguments stand for. Says which will be waited for. */
export function listInputs(args: readonly string[]): Inputs {
  const { files, faults } = expandFiles(args);
  for (const pipe of args.filter(isNamedPipe)) stderr.write(`masq: "${pipe}" is a pipe; waiting until it is written\n`);
  return {
    files,
    faults: faults.map(({ arg, code, message }) => diagnostic(code, arg === '' ? {} : { file: arg }, { message })),
    misnamed: faults.some(({ arg }) => args.includes(arg)),
  };
}

/** What a run without files is told; the file that `masq init` writes is named, but never taken unasked. */
export function missingFile(command: string, wanted: string): string {
  const there = kindOf(FIRST_INTENT)?.isFile() === true;
  return there ? `${wanted}; "${FIRST_INTENT}" is here: masq ${command} ${FIRST_INTENT}` : wanted;
}

/** Reads a file, or the standard input, one at a time so that no more than one is held. */
export function readInput(file: string): ReadInput {
  const name = file === STDIN ? STDIN_NAME : file;
  const read = readText(file);
  if (read.ok) return { ok: true, file: name, text: read.text };
  const { code, message, range } = read;
  return { ok: false, file: name, fault: diagnostic(code, { file: name, ...(range && { range }) }, { message }) };
}
