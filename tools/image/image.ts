import manifest from '../../package.json';
import { bundleParts } from '../agent/bundle';
import { type Architecture, agentSystem, executable, GNU, linkedLibraries } from '../agent/executable';
import { AGENT, billOfMaterials } from './bill';
import { copyContents } from './contents';
import { type DebianPackage, Dpkg } from './dpkg';
import { smallMathLibrary } from './libm';
import { addLicences } from './licences';
import type { ImageConfig } from './oci';
import { Tree } from './tree';

/** The program that the agent is made of. */
const ENTRY = 'agent/entry-quickjs.ts';
const DESCRIPTION = 'Enforces an ip-masq-agent file on a node, and proves from the kernel that it holds';

/** What an image is told of itself, beside what it has from this folder. */
export interface ImageOptions {
  readonly architecture: Architecture;
  /** The commit that it is made of. */
  readonly revision?: string;
  /** Where its source is to be found. */
  readonly source?: string;
  /** When it was made, in seconds since 1970. @default 0 */
  readonly created?: number;
}

/** An image's files, and what they are made of. */
export interface ImageFiles {
  readonly tree: Tree;
  /** The bill of materials, which is among the files too. */
  readonly bill: string;
}

/** What the image is besides its files. */
export function imageConfig({ architecture, revision, source, created = 0 }: ImageOptions): ImageConfig {
  return {
    name: `masq-agent:${manifest.version}`,
    architecture,
    entrypoint: [AGENT],
    environment: { PATH: '/usr/sbin:/usr/bin' },
    labels: {
      'org.opencontainers.image.title': 'masq-agent',
      'org.opencontainers.image.description': DESCRIPTION,
      'org.opencontainers.image.version': manifest.version,
      'org.opencontainers.image.licenses': manifest.license,
      ...(revision !== undefined && { 'org.opencontainers.image.revision': revision }),
      ...(source !== undefined && { 'org.opencontainers.image.source': source }),
    },
    created,
  };
}

/** The agent, what it needs of Debian, the licences of all that and a bill of materials. */
export async function imageFiles(architecture: Architecture): Promise<ImageFiles> {
  const { folder: root } = agentSystem(architecture);
  const dpkg = new Dpkg(root);
  const tree = new Tree();
  // What is mounted there by those who run it; a read-only image cannot make it.
  for (const path of ['/etc/config', '/proc', '/run', '/sys', '/dev']) tree.folder(path);
  tree.file(AGENT, await executable(ENTRY, architecture), 0o755);
  const packages = new Map<DebianPackage, string[]>();
  for (const { path, origin } of copyContents(tree, root, architecture)) {
    const owner = dpkg.owner(origin);
    packages.set(owner, [...(packages.get(owner) ?? []), path]);
  }
  const libm = `/usr/lib/${GNU[architecture]}/libm.so.6`;
  tree.file(libm, smallMathLibrary(agentSystem(architecture), architecture));
  const linked = new Map<DebianPackage, string[]>();
  for (const path of linkedLibraries(architecture)) {
    linked.set(dpkg.owner(path), path.endsWith('/libc.a') ? [libm] : []);
  }
  const { packages: bundled } = await bundleParts(ENTRY);
  // Of libgcc nothing is asked: GCC's Runtime Library Exception.
  const licensed = [...linked.keys()].filter(({ name }) => !name.startsWith('libgcc-'));
  addLicences(tree, root, [...packages.keys(), ...licensed], bundled);
  // Where scanners look for what an image without dpkg has.
  for (const { name, stanza } of packages.keys()) tree.file(`/var/lib/dpkg/status.d/${name}`, `${stanza}\n`);
  const { version } = manifest;
  const subject = { name: 'masq-agent', version, description: DESCRIPTION, architecture, root };
  const bill = billOfMaterials(tree, { ...subject, packages, linked, bundled });
  tree.file('/usr/share/sbom/masq-agent.cdx.json', bill);
  return { tree, bill };
}
