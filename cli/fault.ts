import { version } from './version';

/** What the system answers when a file, a folder or a disk is not as a run needs it. */
const SYSTEM_FAULTS: readonly string[] = [
  'EACCES',
  'EBUSY',
  'EDQUOT',
  'EEXIST',
  'EFBIG',
  'EIO',
  'EISDIR',
  'ELOOP',
  'EMFILE',
  'ENAMETOOLONG',
  'ENFILE',
  'ENOENT',
  'ENOSPC',
  'ENOTDIR',
  'ENOTEMPTY',
  'EPERM',
  'EROFS',
  'ETXTBSY',
  'EXDEV',
];

/**
 * Says what ended a run: of the files that it was about in one line; of anything else, which is a fault of masq itself,
 * with the stack and how to report it.
 */
export function faultText(thrown: unknown): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'OutputError' || isOfTheSystem(error)) return error.message.replace(/\s*\n\s*/g, ' ');
  const frames = /\n\s+at [\s\S]*/.exec(error.stack ?? '')?.[0] ?? '';
  const report = `This is a fault of masq, not of your files. Please report it with all of the above: masq ${version}, Node ${process.version}.`;
  return `internal fault MQ902: ${error.message}${frames}\n${report}`;
}

/** Whether a file that the user named, or a disk, is the reason; a file that is missing from masq itself never is. */
function isOfTheSystem(error: NodeJS.ErrnoException): boolean {
  const { code, path, syscall } = error;
  return syscall !== undefined && SYSTEM_FAULTS.includes(code ?? '') && !path?.startsWith(__dirname);
}
