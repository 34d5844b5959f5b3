import type { Platform } from './platform/platform';
import { HEARTBEAT_FILE, readState } from './state';

/** How old a heartbeat may be. In milliseconds: the agent's heart beats every ten seconds. */
const OLD = 60_000;

/** Why no agent lives that uses this folder; undefined when one does. */
export function whyNotAlive(platform: Platform, folder: string): string | undefined {
  const beaten = platform.modified(`${folder}/${HEARTBEAT_FILE}`);
  if (beaten === undefined) return `no agent has run with --state-dir=${folder}`;
  const age = platform.monotonic() - beaten;
  if (age < 0) return 'no agent has run since the machine started';
  return age > OLD ? `the agent did nothing for ${Math.round(age / 1000)} s` : undefined;
}

/** Why the agent that uses this folder is not ready, because it does not live or else; undefined when it is. */
export function whyNotReady(platform: Platform, folder: string): string | undefined {
  const dead = whyNotAlive(platform, folder);
  if (dead !== undefined) return dead;
  const state = readState(platform, folder);
  if (typeof state === 'string') return state;
  return state.ready ? undefined : `${state.verdict}: ${state.message}`;
}
