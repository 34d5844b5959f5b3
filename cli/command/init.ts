import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { orList } from '../../core/diagnostics';
import { FIRST_INTENT, PLATFORMS } from '../choices';
import { kindOf } from '../files';
import { firstIntent } from '../first-intent';
import type { Invocation } from '../masq';
import { makeApp } from '../new-app';
import { type Platform, wrongName, wrongPlatform } from '../new-app/options';
import { refuse, stdout } from '../stdio';
import { describeError } from '../system-error';

/** `masq init`: writes a commented first intent for a platform, or with `--app` a whole repository. */
export function run(invocation: Invocation): number {
  return invocation.values.app === true ? makeApp(invocation) : writeIntent(invocation);
}

function writeIntent({ values, positionals }: Invocation): number {
  const [platform, surplus] = positionals;
  const alien = ['language', 'ci', 'gitops', 'repo'].find(option => values[option] !== undefined);
  if (alien !== undefined) return refuse([`option --${alien} goes with --app alone`]);
  if (platform === undefined)
    return refuse([`PLATFORM is missing: ${orList(PLATFORMS)}; or --app for a whole repository`]);
  if (surplus !== undefined)
    return refuse([`unexpected argument "${surplus}"; masq init takes one PLATFORM, and several with --app`]);
  const name = String(values.name);
  const wrong = wrongPlatform(platform) ?? wrongName(name);
  if (wrong !== undefined) return refuse([wrong]);
  const output = (values.output as string | undefined) ?? FIRST_INTENT;
  const text = firstIntent(platform as Platform, name, dirname(output));
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
