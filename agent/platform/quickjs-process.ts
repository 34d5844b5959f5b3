import * as os from 'os';
import * as std from 'std';
import { errorCode } from './errno';
import { OUTPUT_LIMIT, type RunOptions, type RunResult } from './platform';
import { encodeUtf8, PIPE_BYTES, Reader } from './quickjs-text';

const SIGKILL = 9;
/** Where programs are looked for without a PATH, as in the C library. */
const DEFAULT_PATH = '/bin:/usr/bin';

type Ends = [read: number, write: number];

/** Runs a program; see `Platform.run`. */
export function run(command: readonly string[], options: RunOptions): Promise<RunResult> {
  const found = findProgram(command[0] ?? '');
  if ('code' in found) return Promise.resolve({ kind: 'missing', code: found.code });
  const pipes = openPipes(3);
  if (!pipes) return Promise.resolve({ kind: 'missing', code: 'EMFILE' });
  const [stdin, stdout, stderr] = pipes as [Ends, Ends, Ends];
  const streams = { stdin: stdin[0], stdout: stdout[1], stderr: stderr[1] };
  let id: number;
  try {
    id = os.exec(command, { file: found.path, usePath: false, block: false, ...streams });
  } catch {
    for (const end of pipes.flat()) os.close(end);
    return Promise.resolve({ kind: 'missing', code: 'EAGAIN' });
  }
  for (const end of Object.values(streams)) os.close(end);
  return new Promise(resolve => new Child(id, stdin[1], stdout[0], stderr[0], options, resolve));
}

/** A program that runs. */
class Child {
  private readonly input: Input;
  private readonly outputs: readonly [Output, Output];
  private readonly deadline: os.Timer;
  private open = 2;
  private status: number | undefined;

  constructor(
    private readonly id: number,
    stdin: number,
    stdout: number,
    stderr: number,
    { input = '', timeout, limit = OUTPUT_LIMIT }: RunOptions,
    private readonly resolve: (result: RunResult) => void,
  ) {
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
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private written = 0;
  private isOpen = true;

  constructor(
    private readonly descriptor: number,
    text: string,
  ) {
    this.bytes = encodeUtf8(text);
    if (this.bytes.length === 0) this.close();
    else os.setWriteHandler(descriptor, () => this.write());
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    os.setWriteHandler(this.descriptor, null);
    os.close(this.descriptor);
  }

  /** A pipe that can be written to takes so much without waiting. A program that reads no further is no fault. */
  private write(): void {
    const length = Math.min(PIPE_BYTES, this.bytes.length - this.written);
    const count = os.write(this.descriptor, this.bytes.buffer, this.written, length);
    if (count >= 0) this.written += count;
    if (count < 0 || this.written === this.bytes.length) this.close();
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

/** A program's path; the C library would tell after the fork alone that there is none. */
function findProgram(name: string): { readonly path: string } | { readonly code: string } {
  if (name.includes('/')) return candidate(name);
  let code = 'ENOENT';
  for (const folder of name === '' ? [] : (std.getenv('PATH') ?? DEFAULT_PATH).split(':')) {
    const found = candidate(`${folder || '.'}/${name}`);
    if ('path' in found) return found;
    if (found.code === 'EACCES') code = found.code;
  }
  return { code };
}

function candidate(path: string): { readonly path: string } | { readonly code: string } {
  const [status, error] = os.stat(path);
  if (!status) return { code: errorCode(error) };
  const canRun = (status.mode & os.S_IFMT) === os.S_IFREG && (status.mode & 0o111) !== 0;
  return canRun ? { path } : { code: 'EACCES' };
}

function openPipes(count: number): Ends[] | undefined {
  const pipes: Ends[] = [];
  while (pipes.length < count) {
    const pipe = os.pipe();
    if (!pipe) {
      for (const end of pipes.flat()) os.close(end);
      return undefined;
    }
    pipes.push(pipe);
  }
  return pipes;
}
