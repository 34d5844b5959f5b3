import { spawnSync } from 'node:child_process';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Whether programs of Prometheus are here. In CI they have to be. */
export function hasPrograms(...names: readonly string[]): boolean {
  const missing = names.filter(name => spawnSync('sh', ['-c', `command -v ${name}`], { env: { PATH } }).status !== 0);
  if (missing.length === 0) return true;
  const why = `no ${missing.join(', no ')}: what the agent tells Prometheus is not tested with the real one`;
  if (process.env.CI) throw new Error(why);
  console.warn(`SKIPPED: ${why}; Debian has them in the package "prometheus"`);
  return false;
}

/** What a run of promtool said. */
export interface Said {
  readonly status: number | null;
  /** Both of its outputs. */
  readonly text: string;
}

/** Runs promtool, without a network. */
export function promtool(args: readonly string[], input = ''): Said {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8', env: { PATH } });
  return { status, text: stdout + stderr };
}
