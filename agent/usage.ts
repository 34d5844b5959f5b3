import type { Platform } from './platform/platform';

/** What the process has used so far, as the kernel tells; what it does not tell is absent. */
export interface Usage {
  /** Seconds of processor time of the agent itself. */
  readonly ownSeconds?: number;
  /** Seconds of processor time of the tools that it ran, `iptables-save` and the like. */
  readonly toolSeconds?: number;
  /** Bytes of memory that are the agent's now. */
  readonly residentBytes?: number;
}

/** What /proc counts processor time in, on every architecture of Linux that the agent runs on. */
const TICKS_PER_SECOND = 100;

/** Asks the kernel what this process has used. Source: proc(5). */
export function readUsage(platform: Platform): Usage {
  return { ...processorTime(textOf(platform, '/proc/self/stat')), ...memory(textOf(platform, '/proc/self/status')) };
}

function textOf(platform: Platform, path: string): string {
  const read = platform.readFile(path, 2 ** 16);
  return read.ok ? read.text : '';
}

/** Fields 14 to 17; the second one is a name in parentheses, which may hold anything. */
function processorTime(stat: string): Usage {
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  const [user, system, toolUser, toolSystem] = ticks;
  if (ticks.length < 4 || ticks.some(Number.isNaN)) return {};
  return {
    ownSeconds: (user! + system!) / TICKS_PER_SECOND,
    toolSeconds: (toolUser! + toolSystem!) / TICKS_PER_SECOND,
  };
}

function memory(status: string): Usage {
  const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? {} : { residentBytes: Number(kibibytes) * 1024 };
}
