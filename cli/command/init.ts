import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { suggest } from '../../core/diagnostics';
import { PLATFORMS } from '../commands';
import { firstIntent } from '../first-intent';
import type { Invocation } from '../masq';
import { stderr, stdout } from '../stdio';

/** `masq init`: writes a commented first intent for a platform. */
export function run({ values, positionals }: Invocation): number {
  const platform = PLATFORMS.find(p => p === positionals[0]);
  if (!platform) {
    const near = suggest(positionals[0]!, PLATFORMS);
    return refuse(
      `"${positionals[0]}" is no platform; ${near ? `did you mean "${near}"?` : `there are ${PLATFORMS.join(', ')}`}`,
    );
  }
  const name = String(values.name);
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    return refuse(`"${name}" is no name for a cluster; write lower-case letters, digits and dashes, at most 63`);
  }
  const text = firstIntent(platform, name);
  const output = String(values.output);
  if (output === '-') {
    stdout.write(text);
    return 0;
  }
  const there = statSync(output, { throwIfNoEntry: false });
  if (there?.isDirectory()) return refuse(`"${output}" is a folder; name a file in it with -o`);
  if (there && !values.force)
    return refuse(`"${output}" is there already; name another file with -o, or overwrite it with --force`);
  if (!existsSync(dirname(output))) return refuse(`"${output}" cannot be written: the folder does not exist`);
  write(output, text);
  stdout.write(`wrote ${output}; change the addresses to yours, then run: masq synth ${output}\n`);
  return 0;
}

/** Beside its place first, so that a file which is there stays whole until the new one is. */
function write(file: string, text: string): void {
  const staged = `${file}.masq-${process.pid}`;
  try {
    writeFileSync(staged, text);
    renameSync(staged, file);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}

function refuse(message: string): number {
  stderr.write(`masq: ${message}\n`);
  return 2;
}
