import { posix } from 'node:path';

/** A file, a symbolic link or a folder. */
export type Entry =
  | { readonly kind: 'file'; readonly mode: number; readonly bytes: Buffer }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'folder'; readonly mode: number };

/** A tree of files, by absolute paths; all belong to root, and are as old as each other. */
export class Tree {
  private readonly found = new Map<string, Entry>();

  /** Adds a file, and the folders above it. */
  file(path: string, content: Buffer | string, mode = 0o644): void {
    this.add(path, { kind: 'file', mode, bytes: Buffer.from(content) });
  }

  /** Adds a symbolic link, and the folders above it. */
  link(path: string, target: string): void {
    this.add(path, { kind: 'link', target });
  }

  /** Adds a folder, and those above it. */
  folder(path: string): void {
    if (path === '/' || this.found.get(path)?.kind === 'folder') return;
    this.add(path, { kind: 'folder', mode: 0o755 });
  }

  /** What is at a path. */
  at(path: string): Entry | undefined {
    return this.found.get(path);
  }

  /** All of it, sorted by path: folders come before what is in them. */
  get entries(): readonly (readonly [path: string, entry: Entry])[] {
    return [...this.found].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  private add(path: string, entry: Entry): void {
    if (this.found.has(path)) throw new Error(`${path} is twice in the image`);
    this.folder(posix.dirname(path));
    this.found.set(path, entry);
  }
}
