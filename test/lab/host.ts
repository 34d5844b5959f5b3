import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Protocols by which hosts can ask each other. */
export const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;

/** One of {@link PROTOCOLS}. */
export type Protocol = (typeof PROTOCOLS)[number];

/** What a host asks of another: which source do you see? */
export interface Question {
  /** How it is asked. */
  readonly protocol: Protocol;
  /** The address that is asked; link-local ones of IPv6 with their interface, as in `fe80::1%eth0`. */
  readonly to: string;
  /** The address that asks, when the kernel is not to choose it. */
  readonly from?: string;
}

/** One end of a flow. With ICMP the identifier of an echo request stands for the port. */
export interface End {
  /** The address, as Python writes it. */
  readonly address: string;
  /** The port, or the identifier. */
  readonly port: number;
}

/** What came of a question. */
export type Answer =
  | {
      /** The source that the host that was asked saw. */
      readonly seen: End;
      /** The source that the host that asked used. */
      readonly own: End;
      readonly fault?: undefined;
    }
  | {
      /** Why there was no answer. */
      readonly fault: string;
    };

/** The user namespace that a lab's hosts are in; its process holds it. */
export type UserNamespace = ChildProcess;

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * A network namespace. It belongs to a process of its own and has no name, so nothing is left of it when that process
 * ends, which it does at the latest with this one.
 */
export class Host {
  private readonly lines: AsyncIterator<string>;

  protected constructor(
    /** What people call it; it is no name of the machine's. */
    readonly name: string,
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly user: UserNamespace | undefined,
  ) {
    this.lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** Starts a host's process in a network namespace of its own, within a user namespace when one is given. */
  protected static start(user: UserNamespace | undefined): ChildProcessWithoutNullStreams {
    const words = [...entering(user), 'unshare', '-n', 'python3', '-IS', join(__dirname, 'host.py')];
    return spawn(words[0]!, words.slice(1), { env: { PATH }, stdio: 'pipe' });
  }

  /** Waits until it answers others, and its loopback is up. */
  protected async begin(): Promise<this> {
    const failed: string[] = [];
    this.process.stderr.on('data', text => failed.push(String(text)));
    const line = await this.lines.next();
    if (line.done) throw new Error(`${this.name} did not start: ${failed.join('')}`);
    this.ip('link set lo up');
    return this;
  }

  /** The process that holds the namespace: `/proc/PID/ns/net` is the namespace. */
  get pid(): number {
    return this.process.pid!;
  }

  /** Runs a program in the namespace to its end, and answers what it printed; fails as it fails. */
  exec(command: readonly string[], { input = '' }: { readonly input?: string } = {}): string {
    const words = this.within(command);
    const options = { env: { PATH }, input, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
    const { status, stdout, stderr, error } = spawnSync(words[0]!, words.slice(1), options);
    if (error || status !== 0) {
      throw new Error(`${this.name}: ${command.join(' ')} ended with ${status}: ${error ?? `${stdout}${stderr}`}`);
    }
    return stdout;
  }

  /** Starts a program in the namespace that goes on; who starts it ends it. */
  spawn(command: readonly string[]): ChildProcessWithoutNullStreams {
    const words = this.within(command);
    return spawn(words[0]!, words.slice(1), { env: { PATH }, stdio: 'pipe' });
  }

  /** Runs commands of `ip`, one a text, without the word `ip`. */
  ip(...commands: readonly string[]): void {
    this.exec(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n` });
  }

  /** Asks other hosts which source they see; the answers are in the order of the questions. */
  async ask(questions: readonly Question[]): Promise<Answer[]> {
    this.process.stdin.write(`${JSON.stringify(questions)}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error(`${this.name} has ended`);
    return JSON.parse(line.value) as Answer[];
  }

  /** Ends it, its network namespace, and every link into it. */
  async close(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }

  private within(command: readonly string[]): string[] {
    return [...entering(this.user), 'nsenter', `--net=/proc/${this.pid}/ns/net`, '--', ...command];
  }
}

/** Words before a command that lead into a user namespace. */
function entering(user: UserNamespace | undefined): string[] {
  return user ? ['nsenter', `--user=/proc/${user.pid}/ns/user`, '--preserve-credentials', '--'] : [];
}
