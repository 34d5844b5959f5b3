import type { AgentFlags } from '../core/agentfile/flags';
import { type ReadSubjects, readSubjects } from '../core/analysis/subject';
import type { Input } from '../core/check/check';
import { mayConcern } from '../core/check/mentions';
import type { Diagnostic } from '../core/diagnostics';
import { DOCUMENT_EXTENSIONS } from './files';
import { filesAt, parseRevision } from './git';
import { listInputs, readInput } from './inputs';

/** A side of a question, read. */
export interface ReadSide extends ReadSubjects {
  /** The texts that findings are about. */
  readonly sources: ReadonlyMap<string, string>;
  /** Why the side cannot be read at all, each in a line. */
  readonly faults: readonly string[];
}

/**
 * Reads what words for a side name: files and folders, `-` for the standard input, and `git:REV:PATH` for a path at a
 * revision. In folders, files that have nothing to do with masq are passed over.
 */
export function readSide(words: readonly string[], flags?: AgentFlags): ReadSide {
  const inputs: Input[] = [];
  const faults: string[] = [];
  const found: Diagnostic[] = [];
  const paths = words.filter(word => parseRevision(word) === undefined);
  for (const word of words) {
    const revision = parseRevision(word);
    const files = revision ? filesAt(revision, isDocument) : [];
    if (typeof files === 'string') faults.push(`"${word}": ${files}`);
    else inputs.push(...files.filter(mayConcern));
  }
  const listed = listInputs(paths);
  found.push(...listed.faults);
  for (const file of listed.files) {
    const input = readInput(file);
    if (!input.ok) found.push(input.fault);
    else if (paths.includes(file) || mayConcern(input)) inputs.push(input);
  }
  const read = readSubjects(inputs, flags);
  const sources = new Map(inputs.map(({ file, text }) => [file, text]));
  return { ...read, diagnostics: [...found, ...read.diagnostics], sources, faults: [...faults, ...read.refusals] };
}

function isDocument(name: string): boolean {
  return DOCUMENT_EXTENSIONS.some(extension => name.endsWith(extension));
}
