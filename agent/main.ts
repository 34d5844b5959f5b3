import { version } from '../package.json';
import type { Platform } from './platform/platform';

const USAGE = 'usage: masq-agent version';

/** Runs the agent. The answer is its exit code. */
export async function main(platform: Platform): Promise<number> {
  const [command, ...rest] = platform.args;
  if (command === 'version' && rest.length === 0) {
    platform.print('out', `masq-agent ${version}\n`);
    return 0;
  }
  const fault = command === undefined ? 'no command was given' : `"${platform.args.join(' ')}" is no command`;
  platform.print('err', `masq-agent: ${fault}; ${USAGE}\n`);
  return 2;
}
