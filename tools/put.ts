import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes what was built: aside first, so that nobody finds half of it. */
export function put(path: string, content: Buffer | string, mode = 0o644): void {
  const aside = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(aside, content, { mode });
    renameSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
  process.stdout.write(`${path}: ${Buffer.byteLength(content)} bytes\n`);
}
