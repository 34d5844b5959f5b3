import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { fnv1a } from './digest';
import { killAll, run } from './node-process';
import { serve } from './node-server';
import type { IoFault, Platform, ReadFile, RunOptions, RunResult, ServeOptions, Signal } from './platform';
import { crash } from './start';

/** The longest time that Node's timers take; beyond it they call at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** How often a pipe that takes nothing is tried, and the milliseconds between. */
const WRITE_TRIES = 100;
const WRITE_PAUSE = 10;
/** Milliseconds until standard input is asked again, where it does not wait by itself. */
const INPUT_PAUSE = 10;
/** How much of a file is read at once. */
const CHUNK = 64 * 1024;

class NodePlatform implements Platform {
  readonly args = process.argv.slice(2);
  readonly pid = process.pid;

  constructor() {
    process.on('unhandledRejection', error => crash(this, error));
  }

  env(name: string): string | undefined {
    return process.env[name];
  }

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return Number(process.hrtime.bigint() / 1000n) / 1000;
  }

  readFile(path: string, limit: number): ReadFile {
    return textOf(limit, most => {
      const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        return readUpTo(descriptor, most);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  readInput(limit: number): ReadFile {
    return textOf(limit, most => readUpTo(0, most, () => pause(INPUT_PAUSE)));
  }

  fileStamp(path: string): string | undefined {
    try {
      const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
      return `${realpathSync(path)} ${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
    } catch {
      return undefined;
    }
  }

  writeFile(path: string, text: string, mode = 0o644): IoFault | undefined {
    const aside = `${path}.new`;
    const fault = attempt(() => {
      rmSync(aside, { force: true });
      const descriptor = openSync(aside, 'wx', mode);
      try {
        writeAll(descriptor, Buffer.from(text));
      } finally {
        closeSync(descriptor);
      }
      renameSync(aside, path);
    });
    if (fault) attempt(() => unlinkSync(aside));
    return fault;
  }

  touch(path: string, time: number): IoFault | undefined {
    return attempt(() => utimesSync(path, time / 1000, time / 1000));
  }

  modified(path: string): number | undefined {
    const status = statSync(path, { throwIfNoEntry: false });
    return status && Math.round(status.mtimeMs);
  }

  removeFile(path: string): IoFault | undefined {
    const fault = attempt(() => {
      if (lstatSync(path).isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
      unlinkSync(path);
    });
    return fault?.code === 'ENOENT' ? undefined : fault;
  }

  makeFolder(path: string): IoFault | undefined {
    // Node's own way of making those above never ends in /proc.
    const make = (): IoFault | undefined => attempt(() => mkdirSync(path));
    const parent = path.lastIndexOf('/');
    let fault = make();
    if (fault?.code === 'ENOENT' && parent > 0) fault = this.makeFolder(path.slice(0, parent)) ?? make();
    return fault?.code === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory() ? undefined : fault;
  }

  run(command: readonly string[], options: RunOptions): Promise<RunResult> {
    return run(command, options);
  }

  serve(options: ServeOptions, answer: (written: string) => string | undefined): Promise<IoFault | undefined> {
    return serve(options, answer, call => guard(this, call));
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = setTimeout(() => guard(this, call), Math.min(milliseconds, LONGEST_TIMER));
    return () => clearTimeout(timer);
  }

  onSignal(signal: Signal, call: () => void): void {
    process.removeAllListeners(`SIG${signal}`);
    process.on(`SIG${signal}`, () => guard(this, call));
  }

  /** Node has nothing that ends a busy process. */
  endWithin(): void {}

  print(to: 'out' | 'err', text: string): void {
    attempt(() => writeAll(to === 'out' ? 1 : 2, Buffer.from(text)));
  }

  digest(text: string): string {
    return fnv1a(Buffer.from(text));
  }

  releaseMemory(): void {}

  exit(code: number): never {
    killAll();
    return process.exit(code);
  }
}

/** The machine as Node gives it. */
export const node: Platform = new NodePlatform();

function guard(platform: Platform, call: () => void): void {
  try {
    call();
  } catch (error) {
    crash(platform, error);
  }
}

/** What the system says against something; undefined when it was done. Anything else that is thrown is a mistake. */
function attempt(act: () => void): IoFault | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
    if (code === undefined) throw error;
    return { code };
  }
}

/** What was read, as text, unless it is more than the limit. */
function textOf(limit: number, read: (most: number) => Buffer): ReadFile {
  let bytes: Buffer = Buffer.alloc(0);
  const fault = attempt(() => {
    bytes = read(limit + 1);
  });
  if (fault) return { ok: false, fault };
  if (bytes.length > limit) return { ok: false, fault: { code: 'EFBIG' } };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { ok: false, fault: { code: 'EILSEQ' } };
  }
}

/** Reads to the end. Where there is nothing to be read at the moment, it waits, or else that is a fault. */
function readUpTo(descriptor: number, most: number, wait?: () => void): Buffer {
  const chunks: Buffer[] = [];
  for (let left = most; left > 0; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK, left));
    let count = 0;
    const fault = attempt(() => {
      count = readSync(descriptor, chunk);
    });
    if (fault?.code === 'EAGAIN' && wait) {
      wait();
      continue;
    }
    if (fault) throw Object.assign(new Error(fault.code), fault);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    left -= count;
  }
  return Buffer.concat(chunks);
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Writes to the end. A pipe that takes nothing for a second, because of whom it is shared with, is given up. */
function writeAll(descriptor: number, bytes: Buffer): void {
  let tries = 0;
  for (let at = 0; at < bytes.length; ) {
    const fault = attempt(() => {
      at += writeSync(descriptor, bytes, at);
    });
    if (!fault) continue;
    if (fault.code !== 'EAGAIN' || ++tries > WRITE_TRIES) throw Object.assign(new Error(fault.code), fault);
    pause(WRITE_PAUSE);
  }
}
