import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { byteOrder } from '../files';
import { codeOf, OutputError, type OutputFs, readIfThere, whenReadable } from './file-system';
import { foldersAbove, type OutputChange, type OutputPlan, wantedFiles } from './plan';

/** No file of masq is as large; larger ones are not looked into. */
const MAX_OWNED_BYTES = 16 * 1024 * 1024;

/** What a text that is a manifest has in it, in YAML or JSON. */
const MANIFEST = [/\bapiVersion["']?\s*:/, /\bkind["']?\s*:/];

/**
 * How an output folder differs from its plan, sorted by path. Only reads.
 * @throws OutputError when the plan cannot be carried out without harm, as `commitOutput` says
 */
export function compareOutput(plan: OutputPlan, fs: OutputFs = nodeFs): OutputChange[] {
  const wanted = wantedFiles(plan);
  const changes = [...compareWanted(plan, wanted, fs), ...findUnwanted(plan, wanted, fs)];
  return changes.sort((a, b) => byteOrder(a.path, b.path));
}

/** How the planned files differ from what is in their places; throws as {@link compareOutput} does. */
export function compareWanted(plan: OutputPlan, wanted: ReadonlyMap<string, string>, fs: OutputFs): OutputChange[] {
  refuseObstacles(plan, wanted, fs);
  const changes: OutputChange[] = [];
  const foreign: string[] = [];
  for (const [path, content] of wanted) {
    const present = readIfThere(join(plan.root, path), fs);
    if (present?.equals(Buffer.from(content))) continue;
    const text = present?.toString('utf8');
    if (text !== undefined && !plan.owned(text, path)) foreign.push(path);
    const isLineEnds = text?.replaceAll('\r\n', '\n') === content;
    changes.push({ kind: text === undefined ? 'create' : 'update', path, ...(isLineEnds && { isLineEnds }) });
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
    // Another run may just have made it.
    if (!fs.lstatSync(root, { throwIfNoEntry: false })?.isSymbolicLink()) return;
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
  visit('', plan.files !== undefined);
  return changes;
}

function isOwned({ root, owned }: OutputPlan, path: string, fs: OutputFs): boolean {
  const content = readSmall(join(root, path), fs);
  return content !== undefined && owned(content, path);
}

function readSmall(file: string, fs: OutputFs): string | undefined {
  return whenReadable(() => (fs.statSync(file).size > MAX_OWNED_BYTES ? undefined : fs.readFileSync(file, 'utf8')));
}

/**
 * Manifests of others in the planned folders, sorted: what applies a folder applies them too. A kustomization is none:
 * it says what is applied.
 */
export function foreignManifests({ root, folders, owned }: OutputPlan, fs: OutputFs = nodeFs): string[] {
  const isForeign = (path: string): boolean => {
    if (!/\.(?:ya?ml|json)$/i.test(path) || /(?:^|\/)kustomization\.ya?ml$/.test(path)) return false;
    const content = readSmall(join(root, path), fs);
    return content !== undefined && !owned(content, path) && MANIFEST.every(key => key.test(content));
  };
  const named = [...folders].flatMap(([folder, files]) => {
    const there = whenReadable(() => fs.readdirSync(join(root, folder), { withFileTypes: true })) ?? [];
    const others = there.filter(entry => entry.isFile() && !files.has(entry.name));
    return others.map(entry => `${folder}/${entry.name}`).filter(isForeign);
  });
  return named.sort(byteOrder);
}
