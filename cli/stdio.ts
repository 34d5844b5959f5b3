import { fstatSync, writeSync } from 'node:fs';
import type { TerminalStream } from './terminal';

/**
 * Standard output and error, written to at once and without Node's stream machinery, which takes longer to load than
 * a file takes to check. Who closed the other end has seen enough.
 */
class Output implements TerminalStream {
  constructor(private readonly descriptor: number) {}

  /** Whether a person is looking. */
  get isTTY(): boolean {
    try {
      return fstatSync(this.descriptor).isCharacterDevice();
    } catch {
      return false;
    }
  }

  /** The terminal's width, as the shell says. */
  get columns(): number {
    return Number(process.env.COLUMNS) || 80;
  }

  /** Writes all of a text. */
  write(text: string): boolean {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.descriptor, bytes, at);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EPIPE') return false;
        if (code !== 'EAGAIN') throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
    return true;
  }
}

/** Where results go. */
export const stdout = new Output(1);

/** Where everything goes that is not a result. */
export const stderr = new Output(2);

/** Tells why a run cannot begin, a line each, and returns the exit code for wrong usage. */
export function refuse(messages: readonly string[]): number {
  stderr.write(messages.map(message => `masq: ${message}\n`).join(''));
  return 2;
}
