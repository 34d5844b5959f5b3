import * as native from 'native';
import * as os from 'os';
import { EAGAIN, errorCode } from './errno';
import { OUTPUT_LIMIT, type RunOptions, type RunResult } from './platform';
import { Reader } from './quickjs-text';

const SIGKILL = 9;

/** Runs a program; see `Platform.run`. */
export function run(command: readonly string[], options: RunOptions): Promise<RunResult> {
  const { input = '' } = options;
  const started = native.spawn(command, input.length);
  if (typeof started === 'number') return Promise.resolve({ kind: 'missing', code: errorCode(started) });
  return new Promise(resolve => new Child(started, options, resolve));
}

/** A program that runs. */
class Child {
  private readonly input: Input;
  private readonly outputs: readonly [Output, Output];
  private readonly deadline: os.Timer;
  private open = 2;
  private status: number | undefined;
  private readonly id: number;

  constructor(
    [id, stdin, stdout, stderr]: native.Spawned,
    { input = '', timeout, limit = OUTPUT_LIMIT }: RunOptions,
    private readonly resolve: (result: RunResult) => void,
  ) {
    this.id = id;
    this.deadline = os.setTimeout(() => this.kill('timeout'), timeout);
    this.input = new Input(stdin, input);
    const end = (): void => this.closed();
    const excess = (): void => this.kill('too-much');
    this.outputs = [new Output(stdout, limit, end, excess), new Output(stderr, limit, end, excess)];
    children.add(id, status => this.ended(status));
  }

  private closed(): void {
    this.open--;
    if (this.open > 0) return;
    children.await(this.id);
    this.settle();
  }

  private ended(status: number): void {
    this.status = status;
    this.settle();
  }

  private settle(): void {
    if (this.status === undefined || this.open > 0) return;
    const [out, err] = this.outputs.map(output => output.text) as [string, string];
    const signal = this.status & 0x7f;
    this.finish(
      signal === 0
        ? { kind: 'exited', code: (this.status >> 8) & 0xff, out, err }
        : { kind: 'signalled', signal, out, err },
    );
  }

  private kill(kind: 'timeout' | 'too-much'): void {
    if (this.status === undefined) {
      os.kill(this.id, SIGKILL);
      children.await(this.id);
    }
    this.finish({ kind });
  }

  private finish(result: RunResult): void {
    os.clearTimeout(this.deadline);
    this.input.close();
    for (const output of this.outputs) output.close();
    this.resolve(result);
  }
}

/** What a program reads, written as fast as it reads. */
class Input {
  private written = 0;
  private isOpen = true;

  constructor(
    private readonly descriptor: number,
    text: string,
  ) {
    if (text === '') this.close();
    else {
      const whole = text.toWellFormed();
      os.setWriteHandler(descriptor, () => this.write(whole));
    }
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    os.setWriteHandler(this.descriptor, null);
    os.close(this.descriptor);
  }

  /** A program that reads no further is no fault. */
  private write(text: string): void {
    const count = native.write(this.descriptor, text, this.written);
    if (count > 0) this.written += count;
    else if (count !== EAGAIN) this.close();
  }
}

/** What a program writes. */
class Output {
  private readonly reader = new Reader();
  private isOpen = true;

  constructor(
    private readonly descriptor: number,
    private readonly limit: number,
    private readonly end: () => void,
    private readonly excess: () => void,
  ) {
    os.setReadHandler(descriptor, () => this.read());
  }

  get text(): string {
    return this.reader.end().text;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    os.setReadHandler(this.descriptor, null);
    os.close(this.descriptor);
  }

  private read(): void {
    const count = this.reader.read(this.descriptor);
    if (this.reader.bytes > this.limit) this.excess();
    else if (count <= 0) {
      this.close();
      this.end();
    }
  }
}

/** The programs that run, and what is called when each has ended. */
class Children {
  private readonly running = new Map<number, (status: number) => void>();
  private isListening = false;

  add(id: number, ended: (status: number) => void): void {
    if (!this.isListening) os.signal(os.SIGCHLD, () => this.reap());
    this.isListening = true;
    this.running.set(id, ended);
  }

  /** Ends every program that runs. */
  kill(): void {
    for (const id of this.running.keys()) os.kill(id, SIGKILL);
  }

  /** Waits for a program that is about to end, also when its signal came just before the runtime began to sleep. */
  await(id: number, milliseconds = 2): void {
    this.reap();
    if (this.running.has(id)) os.setTimeout(() => this.await(id, Math.min(milliseconds * 2, 64)), milliseconds);
  }

  /** Takes note of every program that has ended: of a container's first process, those that others left behind too. */
  private reap(): void {
    for (;;) {
      const [id, status] = os.waitpid(-1, os.WNOHANG);
      if (id <= 0) return;
      const ended = this.running.get(id);
      this.running.delete(id);
      ended?.(status);
    }
  }
}

const children = new Children();

/** Ends every program that was started by {@link run} and still runs. */
export function killAll(): void {
  children.kill();
}
