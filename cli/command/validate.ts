import { runChecks } from '../check-run';
import { fails, writeFindings } from '../findings';
import type { Invocation } from '../masq';

/** `masq validate`: checks files and writes what it found. */
export async function run(invocation: Invocation): Promise<number> {
  const found = runChecks(invocation, { command: 'validate' });
  if (typeof found === 'number') return found;
  await writeFindings(found, invocation.values);
  if (found.misnamed) return 2;
  return fails(found.diagnostics, invocation.values) ? 1 : 0;
}
