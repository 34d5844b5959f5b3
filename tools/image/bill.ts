import { npmPackage } from '../licences';
import type { DebianPackage } from './dpkg';
import { type Bundled, copyright, licenceNames } from './licences';
import { sha256 } from './oci';
import type { Tree } from './tree';

/** What a bill of materials is about. */
export interface BillSubject {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly architecture: string;
  /** A Debian system in which the packages are. */
  readonly root: string;
  /** Those that have files in the image, with the paths of these in the image. */
  readonly packages: ReadonlyMap<DebianPackage, readonly string[]>;
  /** Those of which parts are linked into the agent, or into the files of the image at these paths. */
  readonly linked: ReadonlyMap<DebianPackage, readonly string[]>;
  /** The npm packages of which parts are compiled into the agent. */
  readonly bundled: Bundled;
}

/** A component, as CycloneDX has it. */
interface Component {
  readonly 'bom-ref': string;
  readonly [key: string]: unknown;
}

/** The licence of what GCC links into every program, which its copyright file does not tell in a form for machines. */
const LIBGCC = 'GPL-3.0-or-later WITH GCC-exception-3.1';

/** The agent in the image. */
export const AGENT = '/usr/bin/masq-agent';

/** What an image is made of, as CycloneDX 1.6 in JSON. The same image gives the same text. */
export function billOfMaterials(tree: Tree, subject: BillSubject): string {
  const { name, version, description, packages, linked, bundled, architecture } = subject;
  const image = { type: 'container', 'bom-ref': 'image', name, version, description, ...licences(['Apache-2.0']) };
  const parts = [
    ...[...linked].map(([found, paths]) => debian(tree, subject, found, paths, 'linked-')),
    ...[...bundled.values()].map(npm),
  ];
  const agent: Component = {
    type: 'application',
    'bom-ref': 'masq-agent',
    name: 'masq-agent',
    version,
    ...licences(['Apache-2.0']),
    components: [...parts, file(tree, AGENT)],
  };
  const system = [...packages].map(([found, paths]) => debian(tree, subject, found, paths));
  return `${JSON.stringify({
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: image, properties: [{ name: 'architecture', value: architecture }] },
    components: [agent, ...system],
    dependencies: [
      { ref: 'image', dependsOn: refs([agent, ...system]) },
      { ref: 'masq-agent', dependsOn: refs(parts) },
    ],
  })}\n`;
}

function refs(components: readonly Component[]): string[] {
  return components.map(component => component['bom-ref']);
}

function debian(
  tree: Tree,
  { root }: BillSubject,
  found: DebianPackage,
  paths: readonly string[],
  prefix = '',
): Component {
  const { name, version, architecture, source, homepage } = found;
  const encoded = encodeURIComponent(version);
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encoded}?arch=${architecture}&distro=trixie`;
  const names = name.startsWith('libgcc-') ? [LIBGCC] : licenceNames(copyright(root, name));
  return {
    type: 'library',
    'bom-ref': `${prefix}${name}`,
    supplier: { name: 'Debian' },
    name,
    version,
    ...licences(names.length > 0 ? names : [`see /usr/share/doc/${name}/copyright`]),
    purl,
    ...(homepage !== undefined && { externalReferences: [{ type: 'website', url: homepage }] }),
    properties: [{ name: 'debian:source', value: `${source.name} ${source.version}` }],
    ...(paths.length > 0 && { components: paths.map(path => file(tree, path)) }),
  };
}

function npm(folder: string): Component {
  const { name, version, license } = npmPackage(folder);
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { type: 'library', 'bom-ref': purl, name, version, ...licences([license]), purl };
}

function file(tree: Tree, path: string): Component {
  const entry = tree.at(path);
  if (entry?.kind !== 'file') throw new Error(`${path} is no file of the image`);
  return {
    type: 'file',
    'bom-ref': path,
    name: path,
    hashes: [{ alg: 'SHA-256', content: sha256(entry.bytes) }],
  };
}

/** Debian's names of licences are not always SPDX's. */
function licences(names: readonly string[]): object {
  return { licenses: names.map(name => ({ license: name === 'Apache-2.0' ? { id: name } : { name } })) };
}
