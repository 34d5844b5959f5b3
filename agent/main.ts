import { parseOptions } from './options';
import type { Platform } from './platform/platform';
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
    case 'help': {
      const { commandHelp, helpText } = await import('./help.js');
      platform.print('out', options.topic ? commandHelp(options.topic) : helpText());
      return 0;
    }
    case 'version':
      platform.print('out', `masq-agent ${version}\n`);
      return 0;
    case 'serve':
      return (await import('./serve.js')).serve(platform, options);
    case 'run':
      return options.dryRun
        ? (await import('./commands.js')).dryRun(platform, options)
        : (await import('./run.js')).run(platform, options);
    default:
      return (await import('./commands.js'))[options.command](platform, options);
  }
}
