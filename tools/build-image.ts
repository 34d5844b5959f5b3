import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { architectureOf, optionsOf, runBuild, UsageFault } from './agent/command';
import { ownArchitecture } from './agent/executable';
import { imageConfig, imageFiles } from './image/image';
import { ociArchive } from './image/oci';
import type { Tree } from './image/tree';
import { put } from './put';

/**
 * Builds the agent's image: build/masq-agent.oci.tar, an archive that container tools load, and its bill of materials
 * beside it. With `--arch` that of another machine, build/masq-agent-ARCH.oci.tar; with `--tree` its files alone, in
 * a folder.
 */
async function main(): Promise<void> {
  const { arch, revision, source, tree: folder } = optionsOf(['arch', 'revision', 'source', 'tree']);
  const architecture = architectureOf(arch);
  const created = createdAt(process.env.SOURCE_DATE_EPOCH);
  if (folder !== undefined) checkFree(folder);
  const { tree, bill } = await imageFiles(architecture);
  if (folder !== undefined) {
    unpack(tree, resolve(folder));
    return;
  }
  const config = imageConfig({
    architecture,
    created,
    ...(revision !== undefined && { revision }),
    ...(source !== undefined && { source }),
  });
  const name = `build/masq-agent${architecture === ownArchitecture() ? '' : `-${architecture}`}`;
  put([
    { path: `${name}.cdx.json`, content: bill },
    { path: `${name}.oci.tar`, content: ociArchive(tree, config) },
  ]);
}

/** The last second that a date of JavaScript can be of, which is more than an image's may. */
const LAST_SECOND = 8_640_000_000_000;

function createdAt(seconds = '0'): number {
  if (/^\d+$/.test(seconds) && Number(seconds) <= LAST_SECOND) return Number(seconds);
  throw new UsageFault(`SOURCE_DATE_EPOCH is "${seconds}"; write seconds since 1970, such as 1767225600`);
}

/** What stands in a folder already is nobody's to mix with, or to remove. */
function checkFree(folder: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new UsageFault(`"${folder}" is no folder to write to (${(error as NodeJS.ErrnoException).code})`);
  }
  if (names.length > 0) throw new UsageFault(`"${folder}" is not empty; remove it, or name another folder`);
}

/** Writes a tree into a folder, aside first: it is whole when it is there. */
function unpack(tree: Tree, folder: string): void {
  const aside = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(aside);
    for (const [path, entry] of tree.entries) {
      const inside = join(aside, path);
      if (entry.kind === 'folder') mkdirSync(inside, { mode: entry.mode });
      else if (entry.kind === 'link') symlinkSync(entry.target, inside);
      else writeFileSync(inside, entry.bytes, { mode: entry.mode });
    }
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  process.stdout.write(`${folder}: ${tree.entries.length} files and folders\n`);
}

runBuild(main);
