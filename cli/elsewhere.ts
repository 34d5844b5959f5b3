import type { Input } from '../core/check/check';
import { mayConcern } from '../core/check/mentions';
import { contextOf, liveObjects } from './cluster';
import { DOCUMENT_EXTENSIONS } from './files';
import { filesAt, parseRevision, type Revision, revisionFault } from './git';

/** Words of a command line, told apart by where what they name is. */
export interface Words {
  /** Files, folders and the standard input. */
  readonly here: readonly string[];
  /** Paths at revisions, and running clusters. */
  readonly elsewhere: readonly string[];
}

/** Tells words for files from those for `git:REV:PATH` and `cluster:CONTEXT`. */
export function tellApart(words: readonly string[]): Words {
  return { here: words.filter(word => !isElsewhere(word)), elsewhere: words.filter(isElsewhere) };
}

/** Whether a word names what is no file: a path at a revision, or a running cluster. */
export function isElsewhere(word: string): boolean {
  return word.startsWith('git:') || contextOf(word) !== undefined;
}

/** The paths of the intents that settings name, at a revision. */
export type NamedIntents = (revision: string) => readonly string[];

/** What is read of words for what is no file, and why of some nothing can be, each in a line. */
export interface Elsewhere {
  readonly inputs: readonly Input[];
  readonly faults: readonly string[];
}

/**
 * Reads what words for no files name, but for what has nothing to do with masq.
 * @param intents what `git:REV` without a path stands for, by the revision; absent: nothing
 * @param isWanted which of the texts are wanted @default those that may hold what masq knows
 */
export function readElsewhere(
  words: readonly string[],
  intents: NamedIntents | undefined,
  isWanted: (input: Input) => boolean = mayConcern,
): Elsewhere {
  const inputs: Input[] = [];
  const faults: string[] = [];
  for (const word of words) {
    const revision = parseRevision(word);
    const fault = revisionFault(word);
    const read = fault ?? (revision ? filesOf(revision, intents) : liveObjects(contextOf(word) ?? ''));
    if (typeof read === 'string') faults.push(`"${word}": ${read}`);
    else inputs.push(...read.filter(isWanted));
  }
  return { inputs, faults };
}

function filesOf({ revision, path }: Revision, intentsAt: NamedIntents | undefined): readonly Input[] | string {
  if (path !== undefined) return filesAt({ revision, paths: [path] }, isDocument);
  if (!intentsAt) return `no path is said; write git:${revision}:PATH`;
  const intents = intentsAt(revision);
  if (intents.length === 0)
    return `no path is said, and no .masq.yaml that counts here names any; write git:${revision}:PATH`;
  // What the settings name may not have been there then: all of it is new.
  return filesAt({ revision, paths: intents, mayLack: true }, isDocument);
}

function isDocument(name: string): boolean {
  return DOCUMENT_EXTENSIONS.some(extension => name.endsWith(extension));
}
