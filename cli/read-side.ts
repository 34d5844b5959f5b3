import { resolve } from 'node:path';
import type { AgentFlags } from '../core/agentfile/flags';
import type { FleetComparison } from '../core/analysis/fleet';
import { nodeSubject } from '../core/analysis/node-subject';
import { type ReadSubjects, type Subject, SubjectReader } from '../core/analysis/subject';
import type { Input } from '../core/check/check';
import { mayDecide } from '../core/check/mentions';
import type { InterfaceName } from '../core/dataplane/interfaces';
import { type Diagnostic, hasErrors } from '../core/diagnostics';
import { isDump } from '../core/dump/part';
import { dumpOf, namesDump, readDump } from './dumps';
import { type NamedIntents, readElsewhere, tellApart } from './elsewhere';
import { listInputs, readInput } from './inputs';

/** A side of a question, read. */
export interface ReadSide extends ReadSubjects {
  /** The texts that findings are about. */
  readonly sources: ReadonlyMap<string, string>;
  /** Why the side cannot be read at all, each in a line. */
  readonly faults: readonly string[];
}

/** The files that words for a side name. */
export interface OpenedSide {
  /** Those that are read as documents. */
  readonly inputs: readonly Input[];
  /** Whether each file was named, and none found in a folder or elsewhere. */
  readonly areNamed: boolean;
  /** The nodes whose dumps are named, or are among the files. */
  readonly nodes: Pick<ReadSide, 'subjects' | 'faults'>;
  /** Those that cannot be read. */
  readonly found: readonly Diagnostic[];
  /** Words that name nothing. */
  readonly faults: readonly string[];
  /** The texts that findings are about. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Reads a side by itself. */
export function readSide(opened: OpenedSide, flags: AgentFlags | undefined): ReadSide {
  const reader = new SubjectReader(flags, folderName, opened.areNamed);
  const subjects = opened.inputs.flatMap(input => reader.add(input));
  return closeSide(opened, subjects, reader.finish());
}

/**
 * Reads two sides at once, file by file in turns. Clusters of which both sides are there are compared at once and
 * forgotten; the sides hold the others.
 */
export function readInTurns(
  opened: readonly OpenedSide[],
  flags: AgentFlags | undefined,
  fleet: FleetComparison,
): ReadSide[] {
  const readers = opened.map(({ areNamed }) => new SubjectReader(flags, folderName, areNamed));
  const most = Math.max(...opened.map(({ inputs }) => inputs.length));
  for (let i = 0; i < most; i++) {
    for (const side of [0, 1] as const) {
      const input = opened[side]!.inputs[i];
      if (input) for (const subject of readers[side]!.add(input)) fleet.add(side, subject);
    }
  }
  return ([0, 1] as const).map(side => closeSide(opened[side]!, fleet.withdraw(side), readers[side]!.finish()));
}

/** A folder's path with its name at the end: that of `..` is only known from where it is. */
function folderName(folder: string): string {
  return /(?:^|\/)\.{1,2}$/.test(folder) ? resolve(folder) : folder;
}

/** Puts together what was read of a side: with errors that is nothing. */
function closeSide(opened: OpenedSide, intents: readonly Subject[], rest: ReadSubjects): ReadSide {
  const { nodes, found, faults, sources } = opened;
  const subjects = hasErrors(rest.diagnostics) ? [] : [...intents, ...rest.subjects].sort(byName);
  return {
    ...rest,
    subjects: [...subjects, ...nodes.subjects],
    diagnostics: [...found, ...rest.diagnostics],
    sources,
    faults: [...faults, ...nodes.faults, ...rest.refusals],
  };
}

function byName(a: Subject, b: Subject): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/**
 * Reads the files that words for a side name: files and folders, `-` for the standard input, `git:REV:PATH` for a path
 * at a revision, `cluster:` for a cluster's objects, and dumps of nodes' rules. In folders, files that have nothing to do
 * with masq are passed over.
 * @param intents what `git:REV` without a path stands for, by the revision
 * @param out the interfaces by which packets of pods leave nodes, as far as somebody says
 */
export function openSide(words: readonly string[], intents: NamedIntents, out?: readonly InterfaceName[]): OpenedSide {
  const { here, elsewhere } = tellApart(words);
  const { inputs: read, faults } = readElsewhere(elsewhere, intents, mayDecide);
  const inputs = [...read];
  const found: Diagnostic[] = [];
  const dumps = here.filter(namesDump);
  const paths = here.filter(word => !namesDump(word));
  const listed = listInputs(paths);
  found.push(...listed.faults);
  for (const file of listed.files) {
    const input = readInput(file);
    if (!input.ok) found.push(input.fault);
    else if (paths.includes(file) || mayDecide(input)) inputs.push(input);
  }
  const nodes = nodesOf(
    dumps,
    inputs.filter(({ text }) => isDump(text)),
    out,
  );
  const sources = new Map(inputs.map(({ file, text }) => [file, text]));
  const areNamed = elsewhere.length === 0 && listed.files.every(file => paths.includes(file));
  return { inputs: inputs.filter(({ text }) => !isDump(text)), areNamed, nodes, found, faults, sources };
}

/** The nodes whose dumps words name, and those whose dumps are among other files. */
function nodesOf(
  words: readonly string[],
  inputs: readonly Input[],
  out: readonly InterfaceName[] | undefined,
): Pick<ReadSide, 'subjects' | 'faults'> {
  const read = [...words.map(word => readDump(word, out)), ...inputs.map(input => dumpOf(input, out))];
  return {
    subjects: read.flatMap(one => (one.ok ? [nodeSubject(one.node.name, one.node.rules)] : [])),
    faults: read.flatMap(one => (one.ok ? [] : one.faults)),
  };
}
