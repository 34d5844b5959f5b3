import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { type Architecture, GNU } from '../agent/executable';
import { wordsOf } from '../agent/words';
import type { Tree } from './tree';

/** What `$LOADER` stands for; programs name it with this path. */
const LOADER: Readonly<Record<Architecture, string>> = {
  amd64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
};

/** A file of the image that is from Debian. */
export interface DebianFile {
  readonly path: string;
  /** Where it is in Debian, behind all links. */
  readonly origin: string;
}

/** Puts what image/contents says into a tree. The answer is the files that it took. */
export function copyContents(tree: Tree, root: string, architecture: Architecture): readonly DebianFile[] {
  const copier = new Copier(tree, realpathSync(resolve(root)));
  for (const [pattern, ...names] of wordsOf('image/contents')) {
    const path = pattern!.replace('$LIB', `/usr/lib/${GNU[architecture]}`).replace('$LOADER', LOADER[architecture]);
    if (path.startsWith('!')) {
      copier.leave(path.slice(1));
      continue;
    }
    copier.copy(path);
    for (const name of names) tree.link(posix.join(posix.dirname(path), name), posix.basename(path));
  }
  return copier.files;
}

class Copier {
  readonly files: DebianFile[] = [];
  private readonly left = new Set<string>();

  constructor(
    private readonly tree: Tree,
    private readonly root: string,
  ) {}

  /** Leaves a file out, whatever comes later. */
  leave(path: string): void {
    if (!existsSync(join(this.root, path))) throw new Error(`image/contents: there is no ${path} to leave out`);
    this.left.add(path);
  }

  copy(pattern: string): void {
    const folder = posix.dirname(pattern);
    const [start, end] = posix.basename(pattern).split('*') as [string, string | undefined];
    const names = end === undefined ? [start] : readdirSync(join(this.root, folder));
    const wanted = names.filter(name => end === undefined || (name.startsWith(start) && name.endsWith(end)));
    if (wanted.length === 0) throw new Error(`image/contents: there is no ${pattern} in ${this.root}`);
    for (const name of wanted) this.take(posix.join(folder, name), end !== undefined);
  }

  /** Names of one file stay links when the pattern takes all of them, else the file is taken by the wanted name. */
  private take(path: string, keepLinks: boolean): void {
    const inside = join(this.root, path);
    if (this.tree.at(path) || this.left.has(path)) return;
    if (!existsSync(inside)) throw new Error(`image/contents: there is no ${path} in ${this.root}`);
    if (keepLinks && lstatSync(inside).isSymbolicLink()) {
      this.tree.link(path, readlinkSync(inside));
      return;
    }
    const real = realpathSync(inside);
    if (!real.startsWith(this.root)) throw new Error(`image/contents: ${path} leads out of ${this.root}`);
    this.tree.file(path, readFileSync(real), statSync(real).mode & 0o777);
    this.files.push({ path, origin: real.slice(this.root.length).replace(/^\/*/, '/') });
  }
}
