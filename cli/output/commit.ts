import * as nodeFs from 'node:fs';
import { dirname } from 'node:path';
import { compareOutput, compareWanted } from './compare';
import type { OutputFs } from './file-system';
import { endTurn, removeLeftOvers, takeTurn } from './lock';
import { type OutputChange, type OutputPlan, wantedFiles } from './plan';
import { applyChanges, makeRoot, removeEmptyFolders } from './transaction';

/**
 * Carries a plan out: all of it or, when anything fails, none of it. Orphans among the changes are deleted only with
 * `prune`. New files are written and synced beside their places before the first one is renamed into place; what is
 * replaced is kept until the end. Files that are up to date are not touched. Runs on the same root wait for each
 * other, and the differences are found again once it is a run's turn: `changes` says which orphans may go.
 * @throws OutputError, before anything is written, when a file that masq has not written is in the way, when a name or
 *   a symbolic link would lead out of the root, when the root is no folder, or when another run does not end
 */
export function commitOutput(
  plan: OutputPlan,
  changes: readonly OutputChange[],
  { prune }: { readonly prune: boolean },
  fs: OutputFs = nodeFs,
): void {
  compareWanted(plan, wantedFiles(plan), fs);
  if (changes.every(change => change.kind === 'orphan' && !prune)) {
    removeLeftOvers(plan.root, fs);
    return;
  }
  const orphans = new Set(prune ? changes.filter(c => c.kind === 'orphan').map(c => c.path) : []);
  inTurn(plan, fs, staging => {
    const due = compareOutput(plan, fs).filter(c => c.kind !== 'orphan' || orphans.has(c.path));
    applyChanges(plan, staging, due, fs);
  });
}

/**
 * Writes the planned files, all of them or none, and deletes nothing. `owned` says which files may be replaced.
 * @throws OutputError as {@link commitOutput} does
 */
export function addOutput(plan: OutputPlan, fs: OutputFs = nodeFs): void {
  compareWanted(plan, wantedFiles(plan), fs);
  inTurn(plan, fs, staging => applyChanges(plan, staging, compareWanted(plan, wantedFiles(plan), fs), fs));
}

/** Works on an output folder, which is made if need be, while no other run does; gives it the folder for new files. */
function inTurn({ root }: OutputPlan, fs: OutputFs, work: (staging: string) => void): void {
  const made = makeRoot(root, fs);
  try {
    const staging = takeTurn(root, fs);
    try {
      work(staging);
    } finally {
      endTurn(root, fs);
    }
  } catch (error) {
    if (made !== undefined) removeEmptyFolders(root, dirname(made), fs);
    throw error;
  }
}
