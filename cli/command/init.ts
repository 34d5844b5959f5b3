import { dirname } from 'node:path';
import { orList } from '../../core/diagnostics';
import { FIRST_INTENT, PLATFORMS } from '../choices';
import { firstIntent } from '../first-intent';
import type { Invocation } from '../masq';
import { makeApp } from '../new-app';
import { type Platform, wrongName, wrongPlatform } from '../new-app/options';
import { writeNewFile } from '../new-file';
import { refuse, stdout } from '../stdio';

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
  const fault = writeNewFile(output, text, { force: values.force === true, makesFolder: true });
  if (fault !== undefined) return refuse([fault]);
  stdout.write(`wrote ${output}; change the addresses to yours, then run: masq synth ${output}\n`);
  return 0;
}
