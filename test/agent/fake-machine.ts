import { fnv1a } from '../../agent/platform/digest';
import type { IoFault, Platform, ReadFile, RunOptions, RunResult, Signal } from '../../agent/platform/platform';
import { bundle } from '../../tools/agent/bundle';

/** What a program of the machine does; one that never answers hangs until it is killed. */
export type FakeProgram = (
  args: readonly string[],
  input: string,
) => { readonly code?: number; readonly out?: string; readonly err?: string } | 'hangs' | 'missing';

interface Timer {
  readonly due: number;
  readonly call: () => void;
}

/** Thrown where a real process would end. */
export class Exited extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** A machine whose clocks go on only when a test lets them: hours pass at once, and the time of day can jump. */
export class FakeMachine implements Platform {
  args: readonly string[] = [];
  readonly pid = 1;
  /** What was printed to standard error, by lines. */
  readonly log: string[] = [];
  /** What was printed to standard output. */
  out = '';
  readonly programs = new Map<string, FakeProgram>();
  /** How often each program was run. */
  readonly runs = new Map<string, number>();
  private readonly files = new Map<string, { readonly text: string; changed: number }>();
  private timers: Timer[] = [];
  private readonly handlers = new Map<Signal, () => void>();
  private stamps = 0;

  constructor(
    private wall = Date.parse('2026-01-01T00:00:00Z'),
    private uptime = 1_000_000,
  ) {}

  /** Sets the time of day forward, or back. */
  jump(milliseconds: number): void {
    this.wall += milliseconds;
  }

  /** The machine starts anew: every program has ended, files are there. */
  restart(): void {
    this.uptime = 0;
    this.timers = [];
    this.handlers.clear();
  }

  /** Lets time pass, and everything happen that was to happen until then. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.uptime + milliseconds;
    await settled();
    for (;;) {
      const next = this.timers.reduce<Timer | undefined>((a, b) => (a && a.due <= b.due ? a : b), undefined);
      if (!next || next.due > end) break;
      this.timers = this.timers.filter(timer => timer !== next);
      this.advance(next.due);
      next.call();
      await settled();
    }
    this.advance(end);
  }

  signal(signal: Signal): void {
    this.handlers.get(signal)?.();
  }

  env(): string | undefined {
    return undefined;
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.uptime;
  }

  readFile(path: string): ReadFile {
    const file = this.files.get(path);
    return file ? { ok: true, text: file.text } : { ok: false, fault: { code: 'ENOENT' } };
  }

  readInput(): ReadFile {
    return { ok: true, text: '' };
  }

  fileStamp(path: string): string | undefined {
    return this.files.has(path) ? `${this.files.get(path)!.changed}` : undefined;
  }

  writeFile(path: string, text: string): IoFault | undefined {
    this.files.set(path, { text, changed: this.wall + ++this.stamps / 1000 });
    return undefined;
  }

  touch(path: string, time: number): IoFault | undefined {
    const file = this.files.get(path);
    if (!file) return { code: 'ENOENT' };
    file.changed = time;
    return undefined;
  }

  modified(path: string): number | undefined {
    return this.files.get(path)?.changed;
  }

  removeFile(path: string): IoFault | undefined {
    this.files.delete(path);
    return undefined;
  }

  makeFolder(): IoFault | undefined {
    return undefined;
  }

  run([name = '', ...args]: readonly string[], { input = '', timeout }: RunOptions): Promise<RunResult> {
    this.runs.set(name, (this.runs.get(name) ?? 0) + 1);
    const answer = this.programs.get(name)?.(args, input) ?? 'missing';
    if (answer === 'missing') return Promise.resolve({ kind: 'missing', code: 'ENOENT' });
    if (answer === 'hangs') {
      return new Promise(resolve => this.after(timeout, () => resolve({ kind: 'timeout' })));
    }
    const { code = 0, out = '', err = '' } = answer;
    return Promise.resolve({ kind: 'exited', code, out, err });
  }

  serve(): Promise<IoFault> {
    return Promise.resolve({ code: 'EADDRNOTAVAIL' });
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = { due: this.uptime + milliseconds, call };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter(one => one !== timer);
    };
  }

  endWithin(): void {}

  onSignal(signal: Signal, call: () => void): void {
    this.handlers.set(signal, call);
  }

  digest(text: string): string {
    return fnv1a(Buffer.from(text));
  }

  releaseMemory(): void {}

  print(to: 'out' | 'err', text: string): void {
    if (to === 'out') this.out += text;
    else this.log.push(...text.split('\n').filter(line => line !== ''));
  }

  exit(code: number): never {
    throw new Exited(code);
  }

  private advance(to: number): void {
    this.wall += to - this.uptime;
    this.uptime = to;
  }
}

/** Every promise that is kept already has been waited for. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** The nat table of a machine whose kubelet uses legacy iptables: just what the agent asks of it. */
export class FakeNat {
  /** How often it was read. */
  looks = 0;
  private chains = new Map<string, string[]>([['POSTROUTING', []]]);

  constructor(machine: FakeMachine) {
    machine.writeFile('/proc/net/ip_tables_names', 'nat\nmangle\n');
    machine.writeFile('/proc/net/ip6_tables_names', '');
    machine.programs.set('iptables-legacy-save', args => {
      if (!args.includes('nat')) return { out: '*mangle\n:KUBE-IPTABLES-HINT - [0:0]\nCOMMIT\n' };
      this.looks++;
      return { out: this.text() };
    });
    machine.programs.set('iptables-legacy-restore', (_, input) => {
      this.restore(input);
      return {};
    });
    for (const name of ['iptables-nft-save', 'ip6tables-nft-save']) machine.programs.set(name, () => ({}));
    // An answer for each of the commands that it is given.
    const nothing = '{"nftables": []}\n';
    machine.programs.set('nft', args => ({ out: nothing.repeat(args.join(' ').split(';').length) }));
  }

  /** The rules of a chain. */
  rules(chain: string): readonly string[] {
    return this.chains.get(chain) ?? [];
  }

  /** Empties a chain, as somebody else might. */
  flush(chain: string): void {
    this.chains.set(chain, []);
  }

  /** Puts a rule before the others of a chain. */
  insert(chain: string, rule: string): void {
    this.chains.get(chain)!.unshift(rule);
  }

  private text(): string {
    const heads = [...this.chains.keys()].map(name => `:${name} ${name === 'POSTROUTING' ? 'ACCEPT' : '-'} [0:0]`);
    const rules = [...this.chains].flatMap(([name, list]) => list.map(rule => `-A ${name} ${rule}`));
    return `*nat\n${[...heads, ...rules].join('\n')}\nCOMMIT\n`;
  }

  private restore(input: string): void {
    for (const line of input.split('\n')) {
      const [, head] = /^:(\S+) /.exec(line) ?? [];
      if (head !== undefined) this.chains.set(head, []);
      const [, chain, rule] = /^-A (\S+) (.*)$/.exec(line) ?? [];
      if (chain !== undefined) this.chains.get(chain)!.push(rule!);
    }
  }
}

/**
 * The agent's program for a fake machine. As one bundle it loads its parts at once, where a test's own imports would
 * take time that no clock of the machine knows of.
 */
export async function loadMain(): Promise<(platform: Platform) => Promise<number>> {
  const module: { exports: { main?: (platform: Platform) => Promise<number> } } = { exports: {} };
  new Function('module', 'exports', await bundle('agent/main.ts'))(module, module.exports);
  return module.exports.main!;
}
