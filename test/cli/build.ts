import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const SOURCES = ['cli', 'constructs', 'core', 'schemas', 'tools/build.ts', 'package.json', 'tsconfig.json'];
/** The first and the last that a build writes. */
const BUILT = ['lib/core/index.js', 'lib/cli/masq.js'];

/** Builds lib/ before any test begins, unless it is there and newer than everything that it is made from. */
export function setup(): void {
  if (isFresh()) return;
  process.stderr.write('lib/ is missing or old: building it\n');
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, encoding: 'utf8' });
  // Another run may have built it at the same time.
  if (status !== 0 && !isFresh()) throw new Error(`npm run build fails:\n${stdout}${stderr}`);
}

function isFresh(): boolean {
  const built = BUILT.map(file => join(ROOT, file));
  if (!built.every(existsSync)) return false;
  const oldest = Math.min(...built.map(file => statSync(file).mtimeMs));
  return SOURCES.every(source => newest(join(ROOT, source)) <= oldest);
}

function newest(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(...readdirSync(path).map(name => newest(join(path, name))));
}
