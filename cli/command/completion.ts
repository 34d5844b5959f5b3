import { COMMANDS } from '../commands';
import { renderCompletion } from '../completion';
import type { Invocation } from '../masq';
import { SHELLS } from '../shells';
import { refuse, stdout } from '../stdio';

/** `masq completion`: prints the completion script of a shell. */
export function run({ positionals }: Invocation): number {
  const shell = SHELLS.find(s => s === positionals[0]);
  if (!shell) {
    return refuse([`no completion for "${positionals[0]}"; there is one for ${SHELLS.join(', ')}`]);
  }
  stdout.write(renderCompletion(shell, COMMANDS));
  return 0;
}
