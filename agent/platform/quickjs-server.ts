import * as native from 'native';
import * as os from 'os';
import { EAGAIN, errorCode } from './errno';
import type { IoFault, ServeOptions } from './platform';

/** Calls something, and ends the process when it throws. */
type Guard = (call: () => void) => void;
type Answer = (written: string) => string | undefined;

/** Answers whoever connects; see `Platform.serve`. */
export function serve(options: ServeOptions, answer: Answer, guard: Guard): IoFault | undefined {
  const listener = native.listen(options.address, options.port);
  if (listener < 0) return { code: errorCode(listener) };
  new Listener(listener, options, answer, guard).listen();
  return undefined;
}

/** Takes connections. When there are as many as there may be, the one ends that has asked for nothing for longest. */
class Listener {
  private readonly open = new Set<Connection>();

  constructor(
    private readonly listener: number,
    private readonly options: ServeOptions,
    private readonly answer: Answer,
    private readonly guard: Guard,
  ) {}

  listen(): void {
    os.setReadHandler(this.listener, () => this.guard(() => this.accept()));
  }

  private accept(): void {
    const descriptor = native.accept(this.listener);
    // Who connected may have gone since.
    if (descriptor < 0) return;
    const connection = new Connection(descriptor, this.options, this.answer, this.guard, () => {
      this.open.delete(connection);
      this.listen();
    });
    this.open.add(connection);
    if (this.open.size < this.options.connections) return;
    const silent = [...this.open].find(other => other !== connection && other.isSilent());
    if (silent) silent.close();
    else if (this.open.size >= this.options.connections) os.setReadHandler(this.listener, null);
  }
}

/** One that asks. */
class Connection {
  private readonly buffer = new Uint8Array(1024);
  private readonly deadline: os.Timer;
  private written = '';
  private sent = 0;
  private isOpen = true;
  private isAnswered = false;

  constructor(
    private readonly descriptor: number,
    private readonly options: ServeOptions,
    private readonly answer: Answer,
    private readonly guard: Guard,
    private readonly closed: () => void,
  ) {
    this.deadline = os.setTimeout(() => this.close(), options.timeout);
    os.setReadHandler(descriptor, () => guard(() => this.read()));
  }

  /** Whether it has not asked yet; what it may have written is read first. */
  isSilent(): boolean {
    if (this.isOpen && !this.isAnswered) this.read();
    return this.isOpen && !this.isAnswered;
  }

  private read(): void {
    const count = os.read(this.descriptor, this.buffer.buffer, 0, this.buffer.length);
    if (count === EAGAIN) return;
    this.written += String.fromCharCode(...this.buffer.subarray(0, Math.max(count, 0)));
    if (count <= 0 || this.written.length > this.options.limit) {
      this.close();
      return;
    }
    const answer = this.answer(this.written);
    if (answer === undefined) return;
    this.isAnswered = true;
    os.setReadHandler(this.descriptor, null);
    os.setWriteHandler(this.descriptor, () => this.guard(() => this.write(answer)));
  }

  /** Writes as much as is taken; what is left goes when the other end has read. */
  private write(answer: string): void {
    const count = native.write(this.descriptor, answer, this.sent);
    if (count > 0) this.sent += count;
    else if (count !== EAGAIN) this.close();
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    os.clearTimeout(this.deadline);
    os.setReadHandler(this.descriptor, null);
    os.setWriteHandler(this.descriptor, null);
    os.close(this.descriptor);
    this.closed();
  }
}
