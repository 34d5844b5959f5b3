import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, OutputError, type OutputFs, readIfThere, uniqueSuffix, whenReadable } from './file-system';

/** The folder that holds a run's files until they are in place. Its presence is the lock. */
export const STAGING = '.masq-staging';

/** A run takes seconds: an older staging folder belongs to nobody. */
const ABANDONED_MS = 10 * 60 * 1000;
/** How long a run waits for its turn. */
const WAIT_MS = 30_000;
/** How long it sleeps before it looks again. */
const POLL_MS = 20;

/**
 * Waits until no other run writes to the root, and takes the lock: a folder that is complete, its owner's name
 * included, is renamed to the lock's name, which fails as long as there is one.
 */
export function takeTurn(root: string, fs: OutputFs): string {
  const own = uniqueStaging(root);
  const lock = join(root, STAGING);
  try {
    fs.mkdirSync(own);
    fs.writeFileSync(join(own, 'owner'), JSON.stringify({ pid: process.pid, host: hostname() }));
    fs.mkdirSync(join(own, 'new'));
    fs.mkdirSync(join(own, 'old'));
    for (const end = Date.now() + WAIT_MS; ; sleep(POLL_MS)) {
      removeLeftOvers(root, fs);
      try {
        fs.renameSync(own, lock);
        return lock;
      } catch (error) {
        if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error)) && !fs.existsSync(lock)) throw error;
      }
      if (Date.now() > end) throw new OutputError(`another masq is writing to "${root}" and does not end`);
    }
  } catch (error) {
    fs.rmSync(own, { recursive: true, force: true });
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error;
    throw new OutputError(`"${root}" cannot be written to: permission denied`, { cause: error });
  }
}

/** Gives the lock back in one step, then clears away; what cannot be cleared now is a left-over of the next run. */
export function endTurn(root: string, fs: OutputFs): void {
  try {
    const away = uniqueStaging(root);
    fs.renameSync(join(root, STAGING), away);
    fs.rmSync(away, { recursive: true, force: true });
  } catch {
    // The work itself is done or taken back: this must not hide how it ended.
  }
}

function uniqueStaging(root: string): string {
  return join(root, `${STAGING}-${process.pid}-${uniqueSuffix()}`);
}

/** Clears away the staging folders of killed runs. Every file outside of them is whole, the old one or the new. */
export function removeLeftOvers(root: string, fs: OutputFs): void {
  const names = whenReadable(() => fs.readdirSync(root)) ?? [];
  for (const name of names.filter(entry => entry.startsWith(STAGING))) {
    const folder = join(root, name);
    const owner = deadOwner(folder, fs);
    if (owner === undefined) continue;
    const away = uniqueStaging(root);
    try {
      fs.renameSync(folder, away);
    } catch {
      continue;
    }
    // Another run may have cleared it away and taken the lock since it was looked at.
    if (ownerOf(away, fs) === owner) fs.rmSync(away, { recursive: true, force: true });
    else fs.renameSync(away, folder);
  }
}

/** Who a folder belonged to when its run has certainly ended. */
function deadOwner(folder: string, fs: OutputFs): string | undefined {
  const kind = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (kind === undefined || !kind.isDirectory()) return undefined;
  const owner = ownerOf(folder, fs);
  if (Date.now() - kind.mtimeMs > ABANDONED_MS) return owner;
  const [, pid, host] = /^\{"pid":(\d+),"host":"(.*)"\}$/.exec(owner) ?? [];
  return pid !== undefined && host === hostname() && !isRunning(Number(pid)) ? owner : undefined;
}

function ownerOf(folder: string, fs: OutputFs): string {
  return readIfThere(join(folder, 'owner'), fs)?.toString('utf8') ?? '';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
