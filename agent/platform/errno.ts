/** Linux's names of error numbers, the same on amd64 and arm64. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  4: 'EINTR',
  5: 'EIO',
  6: 'ENXIO',
  7: 'E2BIG',
  8: 'ENOEXEC',
  9: 'EBADF',
  11: 'EAGAIN',
  12: 'ENOMEM',
  13: 'EACCES',
  16: 'EBUSY',
  17: 'EEXIST',
  18: 'EXDEV',
  20: 'ENOTDIR',
  21: 'EISDIR',
  22: 'EINVAL',
  23: 'ENFILE',
  24: 'EMFILE',
  26: 'ETXTBSY',
  27: 'EFBIG',
  28: 'ENOSPC',
  30: 'EROFS',
  31: 'EMLINK',
  32: 'EPIPE',
  36: 'ENAMETOOLONG',
  39: 'ENOTEMPTY',
  40: 'ELOOP',
  98: 'EADDRINUSE',
  99: 'EADDRNOTAVAIL',
  116: 'ESTALE',
  122: 'EDQUOT',
};

/** What the native calls answer when something takes nothing at the moment. */
export const EAGAIN = -11;

/** The name of an error's number, of either sign. */
export function errorCode(number: number): string {
  return NAMES[Math.abs(number)] ?? `E${Math.abs(number)}`;
}
