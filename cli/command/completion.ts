import { COMMANDS } from '../commands';
import { renderCompletion, SHELLS } from '../completion';
import type { Invocation } from '../masq';

/** `masq completion`: prints the completion script of a shell. */
export function run({ positionals }: Invocation): number {
  const shell = SHELLS.find(s => s === positionals[0]);
  if (!shell) {
    process.stderr.write(`masq: no completion for "${positionals[0]}"; there is one for ${SHELLS.join(', ')}\n`);
    return 2;
  }
  process.stdout.write(renderCompletion(shell, COMMANDS));
  return 0;
}
