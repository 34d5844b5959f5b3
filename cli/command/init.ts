import { existsSync, renameSync, writeFileSync } from 'node:fs';
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
  if (existsSync(output) && !values.force)
    return refuse(`"${output}" is there already; name another file with -o, or overwrite it with --force`);
  const staged = `${output}.masq-${process.pid}`;
  writeFileSync(staged, text);
  renameSync(staged, output);
  stdout.write(`wrote ${output}; change the addresses to yours, then run: masq synth ${output}\n`);
  return 0;
}

function refuse(message: string): number {
  stderr.write(`masq: ${message}\n`);
  return 2;
}
