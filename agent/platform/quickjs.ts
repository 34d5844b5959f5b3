import * as native from 'native';
import * as os from 'os';
import * as std from 'std';
import { EAGAIN, errorCode } from './errno';
import {
  type IoFault,
  NO_HOME,
  type Platform,
  type ReadFile,
  type RunOptions,
  type RunResult,
  type ServeOptions,
  type Signal,
} from './platform';
import { killAll, run } from './quickjs-process';
import { serve } from './quickjs-server';
import { Reader } from './quickjs-text';
import { crash } from './start';

/** Names that the module lacks; the numbers are those of amd64 and arm64. */
const O_NONBLOCK = 0o4000;
const SIGNALS: Readonly<Record<Signal, number>> = { HUP: 1, INT: os.SIGINT, TERM: os.SIGTERM };
const EEXIST = -17;
const ENOENT = -2;
/** How often a pipe that takes nothing is tried, and the milliseconds between. */
const WRITE_TRIES = 100;
const WRITE_PAUSE = 10;
/** Milliseconds until standard input is asked again, where it does not wait by itself. */
const INPUT_PAUSE = 10;

class QuickJsPlatform implements Platform {
  readonly args = scriptArgs.slice(1);
  readonly pid = os.getpid();

  constructor() {
    // A call that does nothing instead of the ignored signal, which the programs that are run would inherit.
    os.signal(os.SIGPIPE, () => {});
    // Programs that are run are given it.
    std.setenv('HOME', NO_HOME);
  }

  env(name: string): string | undefined {
    return std.getenv(name);
  }

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return os.now();
  }

  readFile(path: string, limit: number): ReadFile {
    const descriptor = os.open(path, os.O_RDONLY | O_NONBLOCK);
    if (descriptor < 0) return { ok: false, fault: fault(descriptor) };
    const read = readAll(descriptor, limit);
    os.close(descriptor);
    return read;
  }

  readInput(limit: number): ReadFile {
    return readAll(0, limit, () => os.sleep(INPUT_PAUSE));
  }

  fileStamp(path: string): string | undefined {
    const [target] = os.realpath(path);
    const [status] = os.stat(path);
    return status ? `${target} ${status.dev} ${status.ino} ${status.size} ${status.mtime} ${status.ctime}` : undefined;
  }

  writeFile(path: string, text: string, mode = 0o644): IoFault | undefined {
    const aside = `${path}.new`;
    os.remove(aside);
    const descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode);
    if (descriptor < 0) return fault(descriptor);
    const written = writeAll(descriptor, text);
    const closed = os.close(descriptor);
    const error = Math.min(written, closed) < 0 ? Math.min(written, closed) : os.rename(aside, path);
    if (error >= 0) return undefined;
    os.remove(aside);
    return fault(error);
  }

  touch(path: string, time: number): IoFault | undefined {
    const error = os.utimes(path, time, time);
    return error < 0 ? fault(error) : undefined;
  }

  modified(path: string): number | undefined {
    return os.stat(path)[0]?.mtime;
  }

  removeFile(path: string): IoFault | undefined {
    if (isFolder(os.lstat(path)[0])) return { code: 'EISDIR' };
    const error = os.remove(path);
    return error >= 0 || error === ENOENT ? undefined : fault(error);
  }

  makeFolder(path: string): IoFault | undefined {
    const make = (): number => os.mkdir(path, 0o777);
    const parent = path.lastIndexOf('/');
    let error = make();
    if (error === ENOENT && parent > 0) {
      const above = this.makeFolder(path.slice(0, parent));
      if (above) return above;
      error = make();
    }
    if (error >= 0 || (error === EEXIST && isFolder(os.stat(path)[0]))) return undefined;
    return fault(error);
  }

  run(command: readonly string[], options: RunOptions): Promise<RunResult> {
    return run(command, options);
  }

  serve(options: ServeOptions, answer: (written: string) => string | undefined): Promise<IoFault | undefined> {
    return Promise.resolve(serve(options, answer, call => guard(this, call)));
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = os.setTimeout(() => guard(this, call), milliseconds);
    return () => os.clearTimeout(timer);
  }

  onSignal(signal: Signal, call: () => void): void {
    os.signal(SIGNALS[signal], () => guard(this, call));
  }

  endWithin(milliseconds: number, code: number): void {
    native.endWithin(milliseconds, code);
  }

  print(to: 'out' | 'err', text: string): void {
    writeAll(to === 'out' ? 1 : 2, text);
  }

  digest(text: string): string {
    return native.digest(text.toWellFormed());
  }

  releaseMemory(): void {
    native.release();
  }

  exit(code: number): never {
    killAll();
    return std.exit(code);
  }
}

/** The machine as QuickJS gives it. */
export const quickjs: Platform = new QuickJsPlatform();

/** QuickJS goes on after a call that throws. */
function guard(platform: Platform, call: () => void): void {
  try {
    call();
  } catch (error) {
    crash(platform, error);
  }
}

/** Reads to the end. Where there is nothing to be read at the moment, it waits, or else that is a fault. */
function readAll(descriptor: number, limit: number, wait?: () => void): ReadFile {
  const reader = new Reader();
  let count: number;
  do {
    count = reader.read(descriptor);
    if (count === EAGAIN) wait?.();
  } while ((count > 0 && reader.bytes <= limit) || (wait && count === EAGAIN));
  if (count < 0) return { ok: false, fault: fault(count) };
  if (reader.bytes > limit) return { ok: false, fault: { code: 'EFBIG' } };
  const { text, valid } = reader.end();
  return valid ? { ok: true, text } : { ok: false, fault: { code: 'EILSEQ' } };
}

/** Writes to the end. A pipe that takes nothing for a second, because of whom it is shared with, is given up. */
function writeAll(descriptor: number, text: string): number {
  const whole = text.toWellFormed();
  let tries = 0;
  for (let at = 0; ; ) {
    const count = native.write(descriptor, whole, at);
    if (count === 0) return 0;
    if (count > 0) at += count;
    else if (count !== EAGAIN || ++tries > WRITE_TRIES) return count;
    else os.sleep(WRITE_PAUSE);
  }
}

function isFolder(status: os.Status | null): boolean {
  return status !== null && (status.mode & os.S_IFMT) === os.S_IFDIR;
}

function fault(error: number): IoFault {
  return { code: errorCode(error) };
}
