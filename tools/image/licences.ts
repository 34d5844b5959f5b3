import { readFileSync, realpathSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { thirdPartyLicences } from '../licences';
import type { DebianPackage } from './dpkg';
import type { Tree } from './tree';

const COMMON = '/usr/share/common-licenses';

/** Adds the licences of all that is in the image: Debian's packages, the agent, and what is linked into it. */
export function addLicences(tree: Tree, root: string, packages: readonly DebianPackage[], bundled: Bundled): void {
  const known = new Map<string, string>();
  const common = new Set<string>();
  for (const { name } of packages) {
    const path = `/usr/share/doc/${name}`;
    const text = copyright(root, name);
    const same = known.get(text);
    if (same === undefined) tree.file(`${path}/copyright`, text);
    else tree.link(path, same);
    known.set(text, same ?? name);
    for (const [found] of text.matchAll(/\/usr\/share\/common-licenses\/[A-Za-z]+(?:-\d+(?:\.\d+)*)?/g))
      common.add(found);
  }
  for (const path of common) {
    const real = posix.join(COMMON, basename(realpathSync(join(root, path))));
    if (real !== path) tree.link(path, posix.basename(real));
    if (!tree.at(real)) tree.file(real, readFileSync(join(root, real)));
  }
  if (common.size === 0) throw new Error(`no copyright file names ${COMMON}`);
  tree.file('/usr/share/doc/masq-agent/copyright', readFileSync('LICENSE'));
  tree.file('/usr/share/doc/masq-agent/THIRD-PARTY-LICENSES.md', thirdPartyLicences('masq-agent contains', bundled));
}

/** The npm packages that a bundle has code of: their names, and the folders that they are in. */
export type Bundled = ReadonlyMap<string, string>;

/** What Debian says of a package's licences. */
export function copyright(root: string, name: string): string {
  return readFileSync(realpathSync(join(root, 'usr/share/doc', name, 'copyright')), 'utf8');
}

/** The licences that a copyright file names, where it is of the form that machines read. */
export function licenceNames(text: string): readonly string[] {
  if (!text.startsWith('Format:')) return [];
  return [...new Set([...text.matchAll(/^License: *(\S.*)$/gm)].map(([, name]) => name!.trim()))].sort();
}
