import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

/**
 * Loads a CommonJS bundle with the code that V8 compiled the last time, kept in the user's cache folder: starting is
 * most of what a check of one file takes. Whatever is wrong with the cache, the bundle is loaded without it, and
 * `NODE_DISABLE_COMPILE_CACHE` switches it off. (Node's own cache, from 22.1 on, keeps no functions that ran lazily.)
 */
export function requireCached(file: string): unknown {
  const source = readFileSync(file, 'utf8');
  const place = cachePlace(file);
  const key = place && cacheKey(file);
  const cachedData = place && key && readCache(place, key);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  if (place && key && (!cachedData || script.cachedDataRejected)) {
    process.once('exit', () => writeCache(place, key, script));
  }
  const module = { exports: {} };
  const run = script.runInThisContext() as (...names: unknown[]) => void;
  run.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}

function cachePlace(file: string): string | undefined {
  const { HOME, XDG_CACHE_HOME, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (NODE_DISABLE_COMPILE_CACHE) return undefined;
  const base = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'));
  return base ? join(base, 'masq', `${basename(file, '.js')}-${process.version}-${process.arch}.v8`) : undefined;
}

/** Says which bundle the compiled code is of. */
function cacheKey(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}\n`;
}

/** A cache is a digest of the rest, the key, and the code. V8 runs damaged code, if need be for ever. */
function readCache(place: string, key: string): Buffer | undefined {
  try {
    const bytes = readFileSync(place);
    const code = DIGEST_BYTES + Buffer.byteLength(key);
    if (bytes.toString('utf8', DIGEST_BYTES, code) !== key) return undefined;
    return digest(bytes.subarray(DIGEST_BYTES)).equals(bytes.subarray(0, DIGEST_BYTES))
      ? bytes.subarray(code)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Written aside and renamed, so that no run ever reads half of it. A home that does not exist is not made. */
function writeCache(place: string, key: string, script: Script): void {
  const staged = `${place}.${process.pid}`;
  const folder = dirname(place);
  try {
    for (const part of [dirname(folder), folder]) if (!existsSync(part)) mkdirSync(part, { mode: 0o700 });
    const bytes = Buffer.concat([Buffer.from(key), script.createCachedData()]);
    writeFileSync(staged, Buffer.concat([digest(bytes), bytes]), { mode: 0o600 });
    renameSync(staged, place);
  } catch {
    // A cache that cannot be written only costs time.
  }
}

const DIGEST_BYTES = 20;

function digest(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}
