import { dirname, join, resolve } from 'node:path';
import { codeOf, OutputError, type OutputFs, uniqueSuffix } from './file-system';
import { type OutputChange, type OutputPlan, wantedFiles } from './plan';

/** Stages, places and deletes; on a failure takes every step back, the last one first. */
export function applyChanges(plan: OutputPlan, staging: string, changes: readonly OutputChange[], fs: OutputFs): void {
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

/**
 * Makes the output folder and what is missing above it, and returns the topmost folder that it made. It makes them one
 * by one: asked for all at once, Node 20 does not come back from a file system such as /proc that takes no folders.
 */
export function makeRoot(root: string, fs: OutputFs): string | undefined {
  if (fs.existsSync(root)) return undefined;
  const above = dirname(root);
  const made = makeRoot(above, fs);
  try {
    fs.mkdirSync(root);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return made;
    if (made !== undefined) removeEmptyFolders(above, dirname(made), fs);
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new OutputError(`"${root}" cannot be made: "${above}" takes no folders`, { cause: error });
  }
  return made ?? root;
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
  const rescue = join(root, `.masq-rescue-${uniqueSuffix()}`);
  fs.renameSync(join(staging, 'old'), rescue);
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new OutputError(`${reason}; not all could be restored: the old files are in "${rescue}"`, { cause });
}

/** Removes a folder and the ones above it, up to but without the last, as long as they are empty. */
export function removeEmptyFolders(folder: string, end: string, fs: OutputFs): void {
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
