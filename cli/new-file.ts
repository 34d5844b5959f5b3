import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kindOf } from './files';
import { describeError } from './system-error';

/** Writes a file that is not there yet, or with `force` in place of the one that is; else says why not, in a line that quotes it. */
export function writeNewFile(output: string, text: string, force: boolean): string | undefined {
  try {
    const fault = faultOf(output, force);
    if (fault === undefined) write(output, text);
    return fault;
  } catch (error) {
    return `"${output}" cannot be written: ${describeError(error)}`;
  }
}

/** Why a file must not be written, in a line that quotes it. */
function faultOf(output: string, force: boolean): string | undefined {
  const folder = kindOf(dirname(output));
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
