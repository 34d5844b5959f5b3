/** What the system answers when a file, a folder or a disk is not as a run needs it, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'it would be too large',
  EIO: 'the disk does not answer as it should',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  ENOTEMPTY: 'the folder is not empty',
  EPERM: 'permission denied',
  EROFS: 'its file system is read-only',
  ETXTBSY: 'it is a program that runs',
  EXDEV: 'it lies on another file system',
};

/** What the system is asked for that only reads. */
const READS: readonly string[] = ['access', 'lstat', 'opendir', 'read', 'readlink', 'realpath', 'scandir', 'stat'];

/** What the system says of a file, in words. */
export function describeError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}

/** Whether a file that the user named, or a disk, is the reason; a file that is missing from masq itself never is. */
export function isOfTheSystem({ code, path, syscall }: NodeJS.ErrnoException): boolean {
  return syscall !== undefined && Object.hasOwn(REASONS, code ?? '') && !path?.startsWith(__dirname);
}

/** An error of the system as a whole sentence that names the path. */
export function systemErrorText(error: NodeJS.ErrnoException & { readonly dest?: string }): string {
  const { path, dest = path, syscall = '' } = error;
  const done = READS.includes(syscall) ? 'read' : syscall === 'open' ? 'opened' : 'written';
  return `${dest === undefined ? 'a file' : `"${dest}"`} cannot be ${done}: ${describeError(error)}`;
}
