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
  const name = `${basename(file, '.js')}-${process.version}-${process.arch}-${brief(file)}.v8`;
  return base ? join(base, 'masq', name) : undefined;
}

/** A few letters for a path: each masq of a machine keeps its own code. Should two share them, the key tells them apart. */
function brief(path: string): string {
  let sum = 0;
  for (let n = 0; n < path.length; n++) sum = (Math.imul(sum, 31) + path.charCodeAt(n)) | 0;
  return (sum >>> 0).toString(36);
}

/** Says which bundle the compiled code is of. */
function cacheKey(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}\n`;
}

/**
 * A cache is the key and the code, and the code again: V8 runs damaged code, if need be for ever. Comparing two copies
 * takes no time, while a digest takes as long as all the rest: most of it to load `node:crypto`.
 */
function readCache(place: string, key: string): Buffer | undefined {
  try {
    const bytes = readFileSync(place);
    const start = Buffer.byteLength(key);
    if (bytes.toString('utf8', 0, start) !== key) return undefined;
    const end = (start + bytes.length) >> 1;
    const code = bytes.subarray(start, end);
    return code.length > 0 && code.equals(bytes.subarray(end)) ? code : undefined;
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
    const code = script.createCachedData();
    writeFileSync(staged, Buffer.concat([Buffer.from(key), code, code]), { mode: 0o600 });
    renameSync(staged, place);
  } catch {
    // A cache that cannot be written only costs time.
  }
}
