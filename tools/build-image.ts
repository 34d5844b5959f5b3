import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES, isArchitecture, ownArchitecture } from './agent/executable';
import { type ImageOptions, imageConfig, imageFiles } from './image/image';
import { ociArchive } from './image/oci';
import type { Tree } from './image/tree';
import { put } from './put';

/**
 * Builds the agent's image: build/masq-agent.oci.tar, an archive that container tools load, and its bill of materials
 * beside it. With `--arch` that of another machine, build/masq-agent-ARCH.oci.tar; with `--tree` its files alone, in
 * a folder.
 */
async function main(): Promise<number> {
  const {
    arch = ownArchitecture(),
    revision,
    source,
    tree: folder,
  } = parseArgs({
    options: {
      arch: { type: 'string' },
      revision: { type: 'string' },
      source: { type: 'string' },
      tree: { type: 'string' },
    },
  }).values;
  if (!isArchitecture(arch)) {
    process.stderr.write(`"${arch}" is no architecture of the agent; write ${ARCHITECTURES.join(' or ')}\n`);
    return 2;
  }
  const { tree, bill } = await imageFiles(arch);
  if (folder !== undefined) {
    unpack(tree, folder);
    return 0;
  }
  const options: ImageOptions = {
    architecture: arch,
    created: Number(process.env.SOURCE_DATE_EPOCH ?? 0),
    ...(revision !== undefined && { revision }),
    ...(source !== undefined && { source }),
  };
  const name = `build/masq-agent${arch === ownArchitecture() ? '' : `-${arch}`}`;
  put(`${name}.cdx.json`, bill);
  put(`${name}.oci.tar`, ociArchive(tree, imageConfig(options)));
  return 0;
}

function unpack(tree: Tree, folder: string): void {
  for (const [path, entry] of tree.entries) {
    const inside = join(folder, path);
    if (entry.kind === 'folder') mkdirSync(inside, { recursive: true, mode: entry.mode });
    else if (entry.kind === 'link') symlinkSync(entry.target, inside);
    else writeFileSync(inside, entry.bytes, { mode: entry.mode });
  }
}

main().then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
