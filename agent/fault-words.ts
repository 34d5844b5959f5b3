const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what stands above it is no folder',
  ENOENT: 'it is not there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EROFS: 'the file system can only be read',
  ELOOP: 'its symbolic links lead in a circle',
  EEXIST: 'something else stands in its place',
  ENXIO: 'it is no file',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOMEM: 'memory is used up',
  EBUSY: 'it is in use',
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EIO: 'the disk or the network behind it fails',
};

/** What the system's name of a fault means, with the name: `it is a folder (EISDIR)`. */
export function faultWords(code: string): string {
  const words = WORDS[code];
  return words === undefined ? code : `${words} (${code})`;
}
