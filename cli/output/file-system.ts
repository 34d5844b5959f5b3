import type * as nodeFs from 'node:fs';

/** What output goes through: `node:fs`, or something in its place. */
export type OutputFs = typeof nodeFs;

/** Why nothing was written, in one line. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** A file's bytes; undefined where there is no file. */
export function readIfThere(file: string, fs: OutputFs): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What cannot be read, or has just gone, is not a file of masq. */
export function whenReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** The system's name for what went wrong, such as `ENOENT`; empty for errors of other kinds. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Eight letters and digits that no other run has come up with. */
export function uniqueSuffix(): string {
  return Math.random().toString(36).slice(2, 10);
}
