import type { Fault } from './backend';
import { faultWords } from './fault-words';
import type { Platform } from './platform/platform';

/** How long a tool may take. It waits up to five seconds for the lock that iptables' legacy flavour has. */
export const TIMEOUT = 15_000;

/** How the tools say that they may not. */
const NO_RIGHT = /permission denied|operation not permitted|must be root/i;

/** What a tool printed, or why it did not do what it was asked. */
export type ToolAnswer = { readonly out: string } | Fault;

/** Runs a tool that reads or writes rules. */
export async function runTool(platform: Platform, command: readonly string[], input?: string): Promise<ToolAnswer> {
  const result = await platform.run(command, { timeout: TIMEOUT, ...(input !== undefined && { input }) });
  const call = command.join(' ');
  switch (result.kind) {
    case 'exited': {
      if (result.code === 0) return { out: result.out };
      const said = result.err.trim().split('\n').slice(0, 3).join('; ');
      const hint = NO_RIGHT.test(said) ? '; changing rules takes the capability NET_ADMIN' : '';
      return { why: `"${call}" ended with ${result.code}${said === '' ? '' : `: ${said}`}${hint}` };
    }
    case 'signalled':
      return { why: `"${call}" was ended by signal ${result.signal}` };
    case 'timeout':
      return { why: `"${call}" did not end within ${TIMEOUT / 1000} s and was killed` };
    case 'too-much':
      return { why: `"${call}" printed more than is read` };
    case 'missing':
      return { why: missingText(command[0] ?? '', result.code), isMissing: true };
  }
}

function missingText(name: string, code: string): string {
  if (code === 'ENOENT') return `there is no "${name}" on PATH; the agent needs it for this backend`;
  return `"${name}" cannot be run: ${faultWords(code)}`;
}
