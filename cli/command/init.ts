import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suggest } from '../../core/diagnostics';
import { PLATFORMS } from '../commands';
import { kindOf } from '../files';
import { firstIntent } from '../first-intent';
import type { Invocation } from '../masq';
import { refuse, stdout } from '../stdio';
import { describeError } from '../system-error';

/** `masq init`: writes a commented first intent for a platform. */
export function run({ values, positionals }: Invocation): number {
  const platform = PLATFORMS.find(p => p === positionals[0]);
  if (!platform) {
    const near = suggest(positionals[0]!, PLATFORMS);
    return refuse([
      `"${positionals[0]}" is no platform; ${near ? `did you mean "${near}"?` : `there are ${PLATFORMS.join(', ')}`}`,
    ]);
  }
  const name = String(values.name);
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    return refuse([`"${name}" is no name for a cluster; write lower-case letters, digits and dashes, at most 63`]);
  }
  const text = firstIntent(platform, name);
  const output = String(values.output);
  if (output === '-') {
    stdout.write(text);
    return 0;
  }
  try {
    const fault = faultOf(output, values.force === true);
    if (fault !== undefined) return refuse([fault]);
    write(output, text);
  } catch (error) {
    return refuse([`"${output}" cannot be written: ${describeError(error)}`]);
  }
  stdout.write(`wrote ${output}; change the addresses to yours, then run: masq synth ${output}\n`);
  return 0;
}

/** Why a file must not be written, in a line that quotes it. */
function faultOf(output: string, force: boolean): string | undefined {
  const folder = kindOf(dirname(output));
  if (!folder) return `"${output}" cannot be written: the folder does not exist`;
  if (!folder.isDirectory()) return `"${output}" cannot be written: "${dirname(output)}" is no folder`;
  const there = kindOf(output);
  if (there?.isDirectory()) return `"${output}" is a folder; name a file in it with -o`;
  if (there && !force) return `"${output}" is there already; name another file with -o, or overwrite it with --force`;
  return undefined;
}

/** Beside its place first, so that a file which is there stays whole until the new one is. */
function write(file: string, text: string): void {
  const staged = join(dirname(file), `.masq-${process.pid}`);
  try {
    writeFileSync(staged, text);
    renameSync(staged, file);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}
