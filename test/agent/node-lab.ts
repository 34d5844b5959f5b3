import { type ChildProcessWithoutNullStreams, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAMILIES, type Family } from '../../core/address';

/** Which of iptables' two kernel interfaces a node uses. */
export const FLAVOURS = ['nft', 'legacy'] as const;
export type Flavour = (typeof FLAVOURS)[number];

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
/** Namespaces of one's own; a user who is not root becomes root in them. */
const isRoot = process.getuid?.() === 0;
const UNSHARE = ['unshare', isRoot ? '-nm' : '-Urnm'];
const ENTER = isRoot ? ['-n', '-m'] : ['-U', '--preserve-credentials', '-n', '-m'];

/** Programs of one node that run beside the test. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it wrote to standard error so far. */
  log(): string;
  /** Its exit code, or the signal's name, once it has ended. */
  readonly ended: Promise<number | string>;
}

/** How an agent is run on a node. */
export interface AgentRun {
  /** A folder that is looked into for programs before the others. */
  readonly path?: string;
  /** Folders that are looked into for programs, and no others. */
  readonly onlyPath?: string;
  /** What is put before the agent's own command, such as `setpriv`. */
  readonly wrapper?: readonly string[];
  /** What it reads from standard input. */
  readonly input?: string;
}

/** A node: a network of its own, a file system with an empty /run, and a folder for the test's files. */
export class TestNode {
  readonly folder = mkdtempSync(join(tmpdir(), 'masq-node-'));
  private readonly running: ChildProcessWithoutNullStreams[] = [];

  private constructor(
    private readonly holder: ChildProcessWithoutNullStreams,
    readonly flavour: Flavour,
  ) {}

  /** Starts a node whose kubelet uses this flavour of iptables. */
  static async start(flavour: Flavour = 'nft'): Promise<TestNode> {
    const hint = `iptables-${flavour} -t mangle -N KUBE-IPTABLES-HINT`;
    const script = `mount -t tmpfs tmpfs /run && ip link set lo up && ${hint} && echo ready && exec cat >&2`;
    const holder = spawn(UNSHARE[0]!, [...UNSHARE.slice(1), 'sh', '-ec', script], { env: { PATH } });
    await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
    if (holder.exitCode !== null) throw new Error(`no namespaces: ${holder.stderr.read()}`);
    return new TestNode(holder, flavour);
  }

  /** Ends all that runs on the node, and removes its files. */
  async stop(): Promise<void> {
    for (const child of this.running) child.kill('SIGKILL');
    this.holder.kill('SIGKILL');
    await once(this.holder, 'close');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The agent's file. */
  get config(): string {
    return join(this.folder, 'ip-masq-agent');
  }

  /** Writes the agent's file, all at once, as kubelet does: half a file may be a valid one. */
  configure(text: string): void {
    const whole = `${this.config}.new`;
    writeFileSync(whole, text);
    renameSync(whole, this.config);
  }

  /** Runs a shell script on the node; fails as it fails. */
  sh(script: string, input = ''): string {
    const [program, ...args] = this.entered(['sh', '-ec', script]);
    const { status, stdout, stderr } = spawnSync(program!, args, {
      input,
      env: { PATH },
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`${script}\n${stderr}`);
    return stdout;
  }

  /** Runs the agent to its end. */
  agent(program: readonly string[], args: readonly string[] = [], run: AgentRun = {}): SpawnSyncReturns<string> {
    const [first, ...rest] = this.agentCommand(program, args, run);
    const { input = '' } = run;
    return spawnSync(first!, rest, { env: { PATH }, cwd: this.folder, encoding: 'utf8', timeout: 60_000, input });
  }

  /** `masq-agent --once`. */
  once(program: readonly string[], args: readonly string[] = [], run: AgentRun = {}): SpawnSyncReturns<string> {
    return this.agent(program, ['--once', ...args], run);
  }

  /** Starts the agent beside the test. */
  start(program: readonly string[], args: readonly string[] = [], run: AgentRun = {}): Running {
    return this.spawn(this.agentCommand(program, args, run));
  }

  /** Starts another program beside the test. */
  run(command: readonly string[]): Running {
    return this.spawn(this.entered(command));
  }

  private spawn([first, ...rest]: readonly string[]): Running {
    const child = spawn(first!, rest, { env: { PATH }, cwd: this.folder });
    this.running.push(child);
    let log = '';
    child.stderr.setEncoding('utf8').on('data', text => {
      log += text;
    });
    const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
    return { child, ended, log: () => log };
  }

  /** The state that the agent published. */
  state(): { readonly pid: number; readonly verdict: string; readonly ready: boolean; readonly message: string } & {
    readonly counts: Readonly<Record<string, number>>;
    readonly config: { readonly source: string; readonly findings: readonly string[] };
  } {
    return JSON.parse(this.sh('cat /run/masq-agent/state.json'));
  }

  /** The nat table of a family: its own chains and its rules, without counters. */
  rules(family: Family = 4): string[] {
    return ownLines(this.sh(`${family === 4 ? 'iptables' : 'ip6tables'}-${this.flavour}-save -t nat`));
  }

  /** {@link rules} of both families. */
  allRules(): string[] {
    return FAMILIES.flatMap(family => this.rules(family));
  }

  private agentCommand(program: readonly string[], args: readonly string[], run: AgentRun): string[] {
    const { wrapper = [], path, onlyPath = path === undefined ? PATH : `${path}:${PATH}` } = run;
    const isRun = args.every(arg => arg.startsWith('-'));
    const config = isRun ? [`--config=${this.config}`] : [];
    return this.entered([...wrapper, 'env', `PATH=${onlyPath}`, ...program, ...config, ...args]);
  }

  private entered(command: readonly string[]): string[] {
    return ['nsenter', '-t', String(this.holder.pid), ...ENTER, `--wd=${this.folder}`, ...command];
  }
}

/** The lines of a dump that are not the kernel's own: chains and rules, without counters. */
export function ownLines(dump: string): string[] {
  return dump
    .split('\n')
    .map(line => line.replace(/ \[\d+:\d+\]$/, ''))
    .filter(line => /^(?:-A |:\S+ -$)/.test(line));
}

/** Waits until a test holds; says what it waited for when it never does. */
export async function until(what: string, holds: () => boolean, milliseconds = 15_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** The text of a file, undefined where there is none. */
export function textIf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
