import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that was built. */
export interface Output {
  readonly path: string;
  readonly content: Buffer | string;
  /** @default 0o644 */
  readonly mode?: number;
}

/** Writes what was built: all of it aside first, so that nobody finds half of it, or one file without the others. */
export function put(outputs: readonly Output[]): void {
  const aside = (path: string): string => `${path}.${process.pid}`;
  try {
    for (const { path, content, mode = 0o644 } of outputs) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(aside(path), content, { mode });
    }
    for (const { path } of outputs) renameSync(aside(path), path);
  } finally {
    for (const { path } of outputs) rmSync(aside(path), { force: true });
  }
  for (const { path, content } of outputs) process.stdout.write(`${path}: ${Buffer.byteLength(content)} bytes\n`);
}
