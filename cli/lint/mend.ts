import { withEdits } from '../../core/analysis/lint/edit';
import { meansTheSame } from '../../core/analysis/lint/proof';
import type { Diagnostic, Edit } from '../../core/diagnostics';
import type { CheckRun } from '../check-run';

/** What became of files of which findings were mended. */
export interface Mended {
  /** The last run, over the texts as they are to be. */
  readonly run: CheckRun;
  /** The new texts by the files' names, of those that change. */
  readonly texts: ReadonlyMap<string, string>;
  /** The texts that these files had. */
  readonly originals: ReadonlyMap<string, string>;
  /** How many findings were mended. */
  readonly made: number;
  /** What could be mended but for what keeps it from being proved, such as an error in its file. */
  readonly left: readonly Diagnostic[];
}

/** No file has as many findings one below the other. */
const MOST_ROUNDS = 100;

/**
 * Mends what findings say how to mend, again and again until nothing is left of it. Each new text is read and proved to
 * mean what the old one meant; what cannot be proved is not made.
 * @param check checks the files, with some texts in place of theirs
 * @param first what it found in the files as they are, where that is known already
 */
export function mend(
  check: (texts: ReadonlyMap<string, string>) => CheckRun | number,
  first?: CheckRun,
): Mended | number {
  const texts = new Map<string, string>();
  const originals = new Map<string, string>();
  const unproved = new Set<string>();
  let made = 0;
  for (let round = 0; ; round++) {
    const run = (round === 0 && first) || check(texts);
    if (typeof run === 'number') return run;
    const fixes = fixesOf(run, unproved);
    if (fixes.size === 0 || round === MOST_ROUNDS)
      return { run, texts, originals, made, left: run.diagnostics.filter(({ fix }) => fix) };
    for (const [file, groups] of fixes) {
      const text = run.sources.get(file)!;
      const changed = changedText(file, text, groups) ?? changedText(file, text, groups.slice(0, 1));
      if (changed) {
        if (!texts.has(file)) originals.set(file, text);
        texts.set(file, changed.text);
        made += changed.made;
      } else unproved.add(keyOf(file, groups[0]!));
    }
  }
}

/** How to mend what was found, file by file; not what could not be proved before. */
function fixesOf({ diagnostics }: CheckRun, unproved: ReadonlySet<string>): Map<string, (readonly Edit[])[]> {
  const fixes = new Map<string, (readonly Edit[])[]>();
  for (const { file, fix } of diagnostics) {
    if (file === undefined || !fix || unproved.has(keyOf(file, fix))) continue;
    const own = fixes.get(file);
    if (own) own.push(fix);
    else fixes.set(file, [fix]);
  }
  return fixes;
}

function keyOf(file: string, edits: readonly Edit[]): string {
  return JSON.stringify([file, edits]);
}

/** A file's text with edits made, when it means the same as before. */
function changedText(file: string, text: string, groups: readonly (readonly Edit[])[]) {
  const changed = withEdits(text, groups);
  return meansTheSame({ file, text }, { file, text: changed.text }) ? changed : undefined;
}
