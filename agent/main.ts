import { check, cleanup, dryRun, healthz, status } from './commands';
import { HELP } from './help';
import { parseOptions } from './options';
import type { Platform } from './platform/platform';
import { run } from './run';
import { serve } from './serve';
import { version } from './version';

/** Does what the command line asks. Answers the exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export async function main(platform: Platform): Promise<number> {
  const parsed = parseOptions(platform.args);
  if (!parsed.ok) {
    platform.print('err', `masq-agent: ${parsed.message}\n`);
    return 2;
  }
  const { options } = parsed;
  switch (options.command) {
    case 'help':
      platform.print('out', HELP);
      return 0;
    case 'version':
      platform.print('out', `masq-agent ${version}\n`);
      return 0;
    case 'check':
      return check(platform, options);
    case 'status':
      return status(platform, options);
    case 'healthz':
      return healthz(platform, options);
    case 'serve':
      return serve(platform, options);
    case 'cleanup':
      return cleanup(platform);
    case 'run':
      return options.dryRun ? dryRun(platform, options) : run(platform, options);
  }
}
