import type { Platform } from './platform';

/** The exit code of a mistake in the agent itself, as in sysexits.h. */
const EX_SOFTWARE = 70;

/** The exit code of what was refused or failed. */
const FAILED = 1;

/** Ends the process after what should never have been thrown, or after what no program can go on without. */
export function crash(platform: Platform, error: unknown): never {
  if (isLackOfMemory(error)) {
    platform.print('err', 'masq-agent ends: there is not enough memory for what it reads and writes; give it more\n');
    return platform.exit(FAILED);
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const text = stack.includes(String(error)) ? stack : `${String(error)}\n${stack}`;
  platform.print('err', `masq-agent crashed: ${text.trimEnd()}\n`);
  return platform.exit(EX_SOFTWARE);
}

/** Nothing of ours throws what is no error: QuickJS does where it cannot even make one. */
function isLackOfMemory(error: unknown): boolean {
  return !(error instanceof Error) || error.message === 'out of memory';
}

/** Runs a program to its end, and ends the process with its code. */
export function start(platform: Platform, main: (platform: Platform) => Promise<number>): void {
  main(platform).then(
    code => platform.exit(code),
    (error: unknown) => crash(platform, error),
  );
}
