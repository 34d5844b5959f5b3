import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package that is installed in a Debian system. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** The source package, and its version. */
  readonly source: { readonly name: string; readonly version: string };
  readonly homepage?: string;
  /** What dpkg knows of it, as it writes it. */
  readonly stanza: string;
}

/** What dpkg knows of a Debian system. */
export class Dpkg {
  private readonly packages = new Map<string, DebianPackage>();
  /** The package of each file. */
  private readonly owners = new Map<string, DebianPackage>();

  constructor(private readonly root: string) {
    for (const stanza of this.read('status').split('\n\n')) {
      const found = packageOf(stanza);
      if (found) this.packages.set(`${found.name}:${found.architecture}`, found);
    }
    for (const file of readdirSync(join(root, INFO)).filter(name => name.endsWith('.list'))) this.own(file);
  }

  /** The package that a file is of. */
  owner(path: string): DebianPackage {
    // The same folder by two names: /lib is a link to /usr/lib.
    const found = this.owners.get(path) ?? this.owners.get(path.replace(/^\/usr/, ''));
    if (!found) throw new Error(`no package has ${path}`);
    return found;
  }

  private own(list: string): void {
    const name = list.slice(0, -'.list'.length);
    const found = this.packages.get(name) ?? this.only(name);
    if (!found) return;
    for (const path of this.read(`info/${list}`).split('\n')) this.owners.set(path, found);
  }

  /** Packages of which one architecture alone can be installed have lists without its name. */
  private only(name: string): DebianPackage | undefined {
    return [...this.packages.values()].find(found => found.name === name);
  }

  private read(name: string): string {
    return readFileSync(join(this.root, 'var/lib/dpkg', name), 'utf8');
  }
}

const INFO = 'var/lib/dpkg/info';

function packageOf(stanza: string): DebianPackage | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
  const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
  if (name === undefined || version === undefined || architecture === undefined) return undefined;
  const [, source = name, sourceVersion = version] = /^(\S+)(?: \((.+)\))?$/.exec(field('Source') ?? '') ?? [];
  const homepage = field('Homepage');
  return {
    name,
    version,
    architecture,
    source: { name: source, version: sourceVersion },
    ...(homepage !== undefined && { homepage }),
    stanza,
  };
}
