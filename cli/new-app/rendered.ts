import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';

/** What calls of masq render in a folder with these files: the new files by their paths. */
export function renderedFiles(
  files: ReadonlyMap<string, string>,
  calls: readonly (readonly string[])[],
): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'masq-init-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    for (const call of calls) masq(folder, call);
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
    const made = paths.filter(path => !files.has(path)).sort();
    return new Map(made.map(path => [path, readFileSync(join(folder, path), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs this very masq: commands share no code that is loaded for one of them alone. */
function masq(cwd: string, args: readonly string[]): void {
  const { error, status, stderr } = spawnSync(process.execPath, [process.argv[1]!, ...args], { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`"masq ${args.join(' ')}" fails on a new app:\n${stderr}`);
}
