/** What the names of a running cluster's objects begin with, behind which its context stands. */
export const LIVE = 'cluster:';

/** Whether a folder is a running cluster's: what is not there does not exist. */
export function isLive(folder: string): boolean {
  return folder.startsWith(LIVE);
}
