import type { Platform, Signal } from '../../agent/platform/platform';

/** The methods that answer at once, or run a program. */
const CALLS = [
  'env',
  'readFile',
  'fileStamp',
  'digest',
  'writeFile',
  'touch',
  'modified',
  'removeFile',
  'makeFolder',
  'run',
] as const;

type Probe = (platform: Platform, args: readonly string[]) => Promise<unknown>;

/** What tests ask of a platform, as small programs. */
const PROBES: Readonly<Record<string, Probe>> = {
  args: async (_, args) => args,
  clocks: async platform => {
    const [now, monotonic] = [platform.now(), platform.monotonic()];
    await pause(platform, 20);
    return { now, monotonic, passed: platform.monotonic() - monotonic };
  },
  /** Calls in their order: each argument is a method's name and its arguments, as JSON. */
  calls: async (platform, args) => {
    const answers: unknown[] = [];
    for (const text of args) {
      const [name, ...rest] = JSON.parse(text) as [(typeof CALLS)[number], ...never[]];
      if (!CALLS.includes(name)) throw new Error(`no call ${name}`);
      const method = platform[name].bind(platform) as (...args: unknown[]) => unknown;
      answers.push((await method(...rest)) ?? null);
    }
    return answers;
  },
  /** Many programs at once. */
  together: async (platform, args) =>
    Promise.all(args.map(arg => platform.run(['sh', '-c', arg], { input: arg, timeout: 10_000 }))),
  /** Standard input, as far as it is no longer than the limit. */
  input: async (platform, [limit = '']) => platform.readInput(Number(limit)),
  /** The lengths alone of a large input that comes back. */
  echo: async (platform, [length = '']) => {
    const input = 'wörd € 😀 '.repeat(Number(length));
    const result = await platform.run(['sh', '-c', 'cat; echo done >&2'], { input, timeout: 20_000 });
    return { same: result.kind === 'exited' && result.out === input, err: result.kind === 'exited' && result.err };
  },
  /** How many descriptors are open before and after programs that ended in every way. */
  descriptors: async platform => {
    // Its input ends when the ends that are the program's own have been closed.
    const script = 'cat && ls /proc/$PPID/fd';
    const count = async (): Promise<unknown> => platform.run(['sh', '-c', script], { timeout: 10_000 });
    await count();
    const before = await count();
    for (let n = 0; n < 5; n++) {
      await platform.run(['cat'], { input: 'x', timeout: 10_000 });
      await platform.run(['no-such-program'], { timeout: 10_000 });
      await platform.run(['true'], { input: 'x'.repeat(200_000), timeout: 10_000 });
      await platform.run(['sleep', '60'], { input: 'x'.repeat(200_000), timeout: 10 });
      await platform.run(['sh', '-c', 'yes'], { timeout: 10_000, limit: 1000 });
      platform.readFile('/etc/passwd', 10);
      platform.readFile('/etc', 10);
      platform.writeFile('/proc/no-such-file', 'x');
    }
    await pause(platform, 100);
    return { before, after: await count() };
  },
  timers: async platform => {
    const order: string[] = [];
    const cancel = platform.after(5, () => order.push('cancelled'));
    platform.after(30, () => order.push('late'));
    platform.after(0, () => order.push('early'));
    cancel();
    await pause(platform, 60);
    cancel();
    return order;
  },
  /** Signals that the process sends itself, by way of a program: the last call for each counts. */
  signals: async platform => {
    const seen: Signal[] = [];
    platform.onSignal('TERM', () => platform.exit(9));
    for (const signal of ['TERM', 'INT', 'HUP'] as const) platform.onSignal(signal, () => seen.push(signal));
    for (const signal of ['HUP', 'TERM', 'INT', 'TERM']) {
      await platform.run(['sh', '-c', `kill -${signal} $PPID`], { timeout: 10_000 });
      await pause(platform, 20);
    }
    return seen;
  },
  /** Ends at a signal though a program runs, as a container is ended. */
  ended: async platform => {
    platform.onSignal('TERM', () => platform.exit(3));
    await platform.run(['sh', '-c', 'kill -TERM $PPID; exec sleep 60'], { timeout: 60_000 });
    return 'was not ended';
  },
  /** Ends while a program runs, which goes on to make a file if it can. */
  deserts: async platform => {
    const [, path = ''] = platform.args;
    platform.after(100, () => platform.exit(3));
    await platform.run(['sh', '-c', `sleep 1; touch '${path}'`], { timeout: 60_000 });
    return 'was not ended';
  },
  /** Ends at a signal though it is busy for ever. */
  busy: async platform => {
    platform.onSignal('TERM', () => platform.exit(3));
    platform.endWithin(50, 4);
    await platform.run(['sh', '-c', '(sleep 0.2; kill -TERM $PPID) >/dev/null 2>&1 &'], { timeout: 10_000 });
    for (;;);
  },
  /** Leaves a program behind that ends later. */
  orphan: async platform => {
    await platform.run(['sh', '-c', 'sleep 0.1 >/dev/null 2>&1 &'], { timeout: 10_000 });
    await pause(platform, 300);
    return platform.run(['sh', '-c', 'grep -l "^State:.Z" /proc/[0-9]*/status'], { timeout: 10_000 });
  },
  print: async (platform, [to, length = '']) => {
    platform.print(to as 'out' | 'err', 'ü'.repeat(Number(length)));
    return platform.exit(4);
  },
  exit: async platform => {
    platform.after(10_000, () => {});
    platform.after(10, () => platform.exit(5));
    return pause(platform, 10_000);
  },
  crash: async () => {
    throw new Error('böom');
  },
  /** A rejection that nobody waits for. */
  'crash-aside': async platform => {
    void Promise.resolve().then(() => {
      throw new Error('böom');
    });
    return pause(platform, 10_000);
  },
  /** Rejections that are caught: before anyone could wait, some steps later, and all at once. */
  caught: async platform => {
    const fail = async (name: string): Promise<never> => {
      throw new Error(name);
    };
    const seen: string[] = [];
    const see = (error: unknown): void => void seen.push((error as Error).message);
    await fail('at once').catch(see);
    try {
      await fail('awaited');
    } catch (error) {
      see(error);
    }
    const later = fail('later');
    for (let n = 0; n < 5; n++) await Promise.resolve();
    await later.catch(see);
    await Promise.all([fail('first'), fail('second')]).catch(see);
    await pause(platform, 10);
    return seen;
  },
  'crash-later': async platform => {
    platform.after(10, () => {
      throw new Error('böom');
    });
    return pause(platform, 10_000);
  },
};

function pause(platform: Platform, milliseconds: number): Promise<void> {
  return new Promise(resolve => platform.after(milliseconds, resolve));
}

/** Runs the probe that the first argument names, and prints its answer as JSON. */
export async function main(platform: Platform): Promise<number> {
  const [name = '', ...args] = platform.args;
  const probe = PROBES[name];
  if (!probe) throw new Error(`no probe ${name}`);
  platform.print('out', `${JSON.stringify(await probe(platform, args))}\n`);
  return 0;
}
