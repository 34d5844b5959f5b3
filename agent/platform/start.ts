import type { Platform } from './platform';

/** The exit code of a mistake in the agent itself, as in sysexits.h. */
const EX_SOFTWARE = 70;

/** Ends the process after what should never have been thrown. */
export function crash(platform: Platform, error: unknown): never {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const text = stack.includes(String(error)) ? stack : `${String(error)}\n${stack}`;
  platform.print('err', `masq-agent crashed: ${text.trimEnd()}\n`);
  return platform.exit(EX_SOFTWARE);
}

/** Runs a program to its end, and ends the process with its code. */
export function start(platform: Platform, main: (platform: Platform) => Promise<number>): void {
  main(platform).then(
    code => platform.exit(code),
    (error: unknown) => crash(platform, error),
  );
}
