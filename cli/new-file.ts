import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kindOf } from './files';
import { describeError } from './system-error';

/** How a new file is written. */
export interface Writing {
  /** Whether one that is there may be written over. */
  readonly force: boolean;
  /** Whether the folder is made where there is none: a name with a slip in it makes one that nobody looks for. @default false */
  readonly makesFolder?: boolean;
}

/** Writes a file that is not there yet, or with `force` in place of the one that is; else says why not, in a line that quotes it. */
export function writeNewFile(output: string, text: string, writing: Writing): string | undefined {
  try {
    const fault = faultOf(output, writing);
    if (fault === undefined) write(output, text);
    return fault;
  } catch (error) {
    return `"${output}" cannot be written: ${describeError(error)}`;
  }
}

/** Why a file must not be written, in a line that quotes it. */
function faultOf(output: string, { force, makesFolder = false }: Writing): string | undefined {
  const folder = kindOf(dirname(output));
  if (!folder && !makesFolder)
    return `"${output}" cannot be written: there is no folder "${dirname(output)}"; make it first`;
  if (folder && !folder.isDirectory()) return `"${output}" cannot be written: "${dirname(output)}" is no folder`;
  const there = kindOf(output);
  if (there?.isDirectory()) return `"${output}" is a folder; name a file in it with -o`;
  if (there && !force) return `"${output}" is there already; name another file with -o, or overwrite it with --force`;
  return undefined;
}

/** Beside its place first, so that a file which is there stays whole until the new one is. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const staged = join(dirname(file), `.masq-${process.pid}`);
  try {
    writeFileSync(staged, text);
    renameSync(staged, file);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}
