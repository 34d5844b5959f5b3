import type { Entry, Tree } from './tree';

const BLOCK = 512;
const TYPES: Readonly<Record<Entry['kind'], string>> = { file: '0', link: '2', folder: '5' };

/** A tree as a tar archive (POSIX's ustar). The same tree gives the same bytes. */
export function tar(tree: Tree): Buffer {
  const blocks = tree.entries.flatMap(([path, entry]) => [header(path, entry), ...content(entry)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function content(entry: Entry): Buffer[] {
  if (entry.kind !== 'file') return [];
  return [entry.bytes, Buffer.alloc(-entry.bytes.length & (BLOCK - 1))];
}

function header(path: string, entry: Entry): Buffer {
  const block = Buffer.alloc(BLOCK);
  const text = (value: string, offset: number, room: number): void => {
    if (Buffer.byteLength(value) > room) throw new Error(`"${value}" has no room in a tar archive`);
    block.write(value, offset);
  };
  const number = (value: number, offset: number, room: number): void => {
    text(value.toString(8).padStart(room - 1, '0'), offset, room);
  };
  text(`${path.slice(1)}${entry.kind === 'folder' ? '/' : ''}`, 0, 100);
  number(entry.kind === 'link' ? 0o777 : entry.mode, 100, 8);
  number(0, 108, 8);
  number(0, 116, 8);
  number(entry.kind === 'file' ? entry.bytes.length : 0, 124, 12);
  number(0, 136, 12);
  text(TYPES[entry.kind], 156, 1);
  text(entry.kind === 'link' ? entry.target : '', 157, 100);
  text('ustar\x0000', 257, 8);
  // The sum is taken while its own place holds blanks.
  text(' '.repeat(8), 148, 8);
  number(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}
