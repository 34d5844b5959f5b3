import * as nodeFs from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { byteOrder } from './files';

/** What is to be in an output folder. */
export interface OutputPlan {
  /** The output folder. It may not exist yet. */
  readonly root: string;
  /** A folder a cluster: the files in it by their names relative to it, which may contain `/`. */
  readonly folders: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Whether a file with this content was written by masq, so that masq may replace or delete it. */
  readonly owned: (content: string) => boolean;
}

/**
 * A difference between a plan and what is there. `delete`: a file of masq in a planned folder that is no longer
 * rendered. `orphan`: a file of masq anywhere else below the root.
 */
export interface OutputChange {
  readonly kind: 'create' | 'update' | 'delete' | 'orphan';
  /** Relative to the root, with `/`. */
  readonly path: string;
}

/** What output goes through: `node:fs`, or something in its place. */
export type OutputFs = typeof nodeFs;

/** Why nothing was written, in one line. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** The folder that holds a run's files until they are in place. Its presence is the lock. */
const STAGING = '.masq-staging';
/** A run takes seconds: an older staging folder belongs to nobody. */
const ABANDONED_MS = 10 * 60 * 1000;
const WAIT_MS = 30_000;
const POLL_MS = 20;
/** No file of masq is as large; larger ones are not looked into. */
const MAX_OWNED_BYTES = 16 * 1024 * 1024;

/**
 * How an output folder differs from its plan, sorted by path. Only reads.
 * @throws OutputError when the plan cannot be carried out without harm, as {@link commitOutput} says
 */
export function compareOutput(plan: OutputPlan, fs: OutputFs = nodeFs): OutputChange[] {
  const wanted = wantedFiles(plan);
  const changes = [...compareWanted(plan, wanted, fs), ...findUnwanted(plan, wanted, fs)];
  return changes.sort((a, b) => byteOrder(a.path, b.path));
}

/**
 * Carries a plan out: all of it or, when anything fails, none of it. Orphans among the changes are deleted only with
 * `prune`. New files are written and synced beside their places before the first one is renamed into place; what is
 * replaced is kept until the end. Files that are up to date are not touched. Runs on the same root wait for each
 * other, and the differences are found again once it is a run's turn: `changes` says which orphans may go.
 * @throws OutputError, before anything is written, when a file that masq has not written is in the way, when a name or
 *   a symbolic link would lead out of the root, when the root is no folder, or when another run does not end
 */
export function commitOutput(
  plan: OutputPlan,
  changes: readonly OutputChange[],
  { prune }: { readonly prune: boolean },
  fs: OutputFs = nodeFs,
): void {
  compareWanted(plan, wantedFiles(plan), fs);
  if (changes.every(change => change.kind === 'orphan' && !prune)) {
    removeLeftOvers(plan.root, fs);
    return;
  }
  const orphans = new Set(prune ? changes.filter(c => c.kind === 'orphan').map(c => c.path) : []);
  const made = fs.mkdirSync(plan.root, { recursive: true });
  try {
    const staging = takeTurn(plan.root, fs);
    try {
      apply(
        plan,
        staging,
        compareOutput(plan, fs).filter(c => c.kind !== 'orphan' || orphans.has(c.path)),
        fs,
      );
    } finally {
      endTurn(plan.root, fs);
    }
  } catch (error) {
    if (made !== undefined) removeEmptyFolders(plan.root, dirname(made), fs);
    throw error;
  }
}

/** All files of a plan by their path relative to the root. */
function wantedFiles({ folders }: OutputPlan): Map<string, string> {
  const wanted = new Map<string, string>();
  const spellings = new Map<string, string>();
  for (const [folder, files] of folders) {
    refuseName(folder);
    for (const [name, content] of files) {
      refuseName(name);
      const path = `${folder}/${name}`;
      const other = spellings.get(path.toLowerCase());
      if (other !== undefined) throw new OutputError(`"${other}" and "${path}" are one file where case does not count`);
      spellings.set(path.toLowerCase(), path);
      wanted.set(path, content);
    }
  }
  for (const path of wanted.keys()) {
    const above = foldersAbove(path).find(folder => wanted.has(folder));
    if (above !== undefined) throw new OutputError(`"${above}" is to be a file, and a folder for "${path}"`);
  }
  return wanted;
}

function refuseName(name: string): void {
  const bad = (part: string): boolean => part === '' || part === '.' || part === '..' || part.startsWith(STAGING);
  if (/[\\\0]/.test(name) || /^[A-Za-z]:/.test(name) || name.split('/').some(bad)) {
    throw new OutputError(`${JSON.stringify(name)} is not a name inside the output folder`);
  }
}

/** `a/b` and `a` for `a/b/c`: the nearest one first. */
function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.push(path.slice(0, at));
  return folders;
}

function compareWanted(plan: OutputPlan, wanted: ReadonlyMap<string, string>, fs: OutputFs): OutputChange[] {
  refuseObstacles(plan, wanted, fs);
  const changes: OutputChange[] = [];
  const foreign: string[] = [];
  for (const [path, content] of wanted) {
    const present = readIfThere(join(plan.root, path), fs);
    if (present?.equals(Buffer.from(content))) continue;
    if (present !== undefined && !plan.owned(present.toString('utf8'))) foreign.push(path);
    changes.push({ kind: present === undefined ? 'create' : 'update', path });
  }
  if (foreign.length === 0) return changes;
  const names = foreign.sort(byteOrder).map(path => `"${join(plan.root, path)}"`);
  throw new OutputError(
    `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} in the way and not written by masq; ` +
      `move ${names.length === 1 ? 'it' : 'them'} away or render into another folder`,
  );
}

/** Everything on the way to a planned file must be a real folder, and its place free or a regular file. */
function refuseObstacles({ root, folders }: OutputPlan, wanted: ReadonlyMap<string, string>, fs: OutputFs): void {
  refuseRoot(root, fs);
  const needed = new Set([...folders.keys(), ...wanted.keys()].flatMap(foldersAbove).concat([...folders.keys()]));
  for (const path of [...needed].sort(byteOrder)) refuseObstacle(join(root, path), 'folder', fs);
  for (const path of wanted.keys()) refuseObstacle(join(root, path), 'file', fs);
}

function refuseRoot(root: string, fs: OutputFs): void {
  try {
    if (!fs.statSync(root).isDirectory()) throw new OutputError(`"${root}" is not a folder`);
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') throw new OutputError(`a part of the path "${root}" is not a folder`);
    if (codeOf(error) !== 'ENOENT') throw error;
    if (fs.lstatSync(root, { throwIfNoEntry: false }) === undefined) return;
    throw new OutputError(`"${root}" is a symbolic link that leads nowhere`);
  }
}

function refuseObstacle(path: string, wanted: 'file' | 'folder', fs: OutputFs): void {
  const kind = fs.lstatSync(path, { throwIfNoEntry: false });
  if (kind === undefined || (wanted === 'file' ? kind.isFile() : kind.isDirectory())) return;
  if (kind.isSymbolicLink())
    throw new OutputError(`"${path}" is a symbolic link; masq writes only where none leads away`);
  const found = kind.isDirectory() ? 'a folder' : kind.isFile() ? 'a file' : 'neither a file nor a folder';
  throw new OutputError(`"${path}" is ${found}, but is to be a ${wanted}`);
}

/** The files of masq below the root that the plan does not render. Links, dot-folders and `node_modules` stay out. */
function findUnwanted(plan: OutputPlan, wanted: ReadonlyMap<string, string>, fs: OutputFs): OutputChange[] {
  const changes: OutputChange[] = [];
  const visit = (folder: string, planned: boolean): void => {
    for (const entry of whenReadable(() => fs.readdirSync(join(plan.root, folder), { withFileTypes: true })) ?? []) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') {
        visit(path, planned || plan.folders.has(path));
      } else if (entry.isFile() && !wanted.has(path) && isOwned(plan, path, fs)) {
        changes.push({ kind: planned ? 'delete' : 'orphan', path });
      }
    }
  };
  visit('', false);
  return changes;
}

function isOwned({ root, owned }: OutputPlan, path: string, fs: OutputFs): boolean {
  const content = whenReadable(() => {
    const file = join(root, path);
    return fs.statSync(file).size > MAX_OWNED_BYTES ? undefined : fs.readFileSync(file, 'utf8');
  });
  return content !== undefined && owned(content);
}

/** What cannot be read, or has just gone, is not a file of masq. */
function whenReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function readIfThere(file: string, fs: OutputFs): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Stages, places and deletes; on a failure takes every step back, the last one first. */
function apply(plan: OutputPlan, staging: string, changes: readonly OutputChange[], fs: OutputFs): void {
  const steps = changes.map((change, index) => ({
    ...change,
    target: join(plan.root, change.path),
    fresh: join(staging, 'new', String(index)),
    kept: join(staging, 'old', String(index)),
  }));
  const written = steps.filter(step => step.kind === 'create' || step.kind === 'update');
  const deleted = steps.filter(step => step.kind === 'delete' || step.kind === 'orphan');
  const wanted = wantedFiles(plan);
  for (const { path, target, fresh } of written) {
    writeDurably(fresh, wanted.get(path)!, fs.statSync(target, { throwIfNoEntry: false })?.mode, fs);
  }
  const undo: (() => void)[] = [];
  try {
    for (const { kind, target, fresh, kept } of written) {
      if (kind === 'update') keepCopy(target, kept, fs);
      else makeFolders(dirname(target), undo, fs);
      fs.renameSync(fresh, target);
      undo.push(kind === 'update' ? () => fs.renameSync(kept, target) : () => fs.rmSync(target));
    }
    for (const { target, kept } of deleted) {
      fs.renameSync(target, kept);
      undo.push(() => fs.renameSync(kept, target));
    }
  } catch (error) {
    takeBack(undo, plan.root, staging, error, fs);
    throw error;
  }
  for (const { target } of deleted) removeEmptyFolders(dirname(target), plan.root, fs);
  for (const folder of new Set(steps.map(step => dirname(step.target)))) syncFolder(folder, fs);
}

function writeDurably(file: string, content: string, mode: number | undefined, fs: OutputFs): void {
  const descriptor = fs.openSync(file, 'wx');
  try {
    fs.writeFileSync(descriptor, content);
    if (mode !== undefined) fs.fchmodSync(descriptor, mode & 0o777);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A second link keeps the old file itself, with its times; where links are not to be had, a copy its content. */
function keepCopy(file: string, kept: string, fs: OutputFs): void {
  try {
    fs.linkSync(file, kept);
  } catch {
    fs.copyFileSync(file, kept, fs.constants.COPYFILE_EXCL);
  }
}

function makeFolders(folder: string, undo: (() => void)[], fs: OutputFs): void {
  const first = fs.mkdirSync(folder, { recursive: true });
  if (first !== undefined) undo.push(() => removeEmptyFolders(folder, dirname(first), fs));
}

/** Takes the steps back. What cannot be put back is never lost: it stays in a folder that the error names. */
function takeBack(undo: readonly (() => void)[], root: string, staging: string, cause: unknown, fs: OutputFs): void {
  let failed = false;
  for (const step of undo.toReversed()) {
    try {
      step();
    } catch {
      failed = true;
    }
  }
  if (!failed) return;
  const rescue = join(root, `.masq-rescue-${unique()}`);
  fs.renameSync(join(staging, 'old'), rescue);
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new OutputError(`${reason}; not all could be restored: the old files are in "${rescue}"`, { cause });
}

/** Removes a folder and the ones above it, up to but without the last, as long as they are empty. */
function removeEmptyFolders(folder: string, end: string, fs: OutputFs): void {
  const last = resolve(end);
  try {
    for (let at = resolve(folder); at !== last && at !== dirname(at); at = dirname(at)) fs.rmdirSync(at);
  } catch {
    // One that is not empty, or already gone, ends it.
  }
}

/** Makes renames durable where the system can; some cannot open a folder. */
function syncFolder(folder: string, fs: OutputFs): void {
  try {
    const descriptor = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    // Best effort: the content itself is synced.
  }
}

/**
 * Waits until no other run writes to the root, and takes the lock: a folder that is complete, its owner's name
 * included, is renamed to the lock's name, which fails as long as there is one.
 */
function takeTurn(root: string, fs: OutputFs): string {
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
function endTurn(root: string, fs: OutputFs): void {
  try {
    const away = uniqueStaging(root);
    fs.renameSync(join(root, STAGING), away);
    fs.rmSync(away, { recursive: true, force: true });
  } catch {
    // The work itself is done or taken back: this must not hide how it ended.
  }
}

function uniqueStaging(root: string): string {
  return join(root, `${STAGING}-${process.pid}-${unique()}`);
}

function unique(): string {
  return Math.random().toString(36).slice(2, 10);
}

/** Clears away the staging folders of killed runs. Every file outside of them is whole, the old one or the new. */
function removeLeftOvers(root: string, fs: OutputFs): void {
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

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
