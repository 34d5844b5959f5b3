import { sep } from 'node:path';

/** A file's name with forward slashes, without a leading `./`; on POSIX a backslash is a letter like any other. */
export function slashed(file: string): string {
  const posix = sep === '\\' ? file.replaceAll('\\', '/') : file;
  return posix.replace(/^(\.\/+)+(?=.)/, '');
}

/** A file's name as a URI reference: relative where the name is, `file:` where it is absolute. */
export function toUri(file: string): string {
  const name = slashed(file);
  const drive = /^[A-Za-z]:\//.test(name) && sep === '\\';
  const encoded = name
    .split('/')
    .map((part, index) => (drive && index === 0 ? part : encodeURIComponent(wellFormed(part))))
    .join('/');
  if (drive) return `file:///${encoded}`;
  return name.startsWith('/') ? `file://${encoded}` : encoded;
}

/** A name that is no valid Unicode (half of a surrogate pair) must not stop a report. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
