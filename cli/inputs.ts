import { type Diagnostic, diagnostic } from '../core/diagnostics';
import { SETTINGS_FILE } from '../core/settings';
import { FIRST_INTENT } from './choices';
import {
  expandFiles,
  type FileFault,
  folderOfPattern,
  isLink,
  isNamedPipe,
  kindOf,
  nearestPath,
  STDIN,
  STDIN_NAME,
} from './files';
import { readText } from './read-text';
import type { Project } from './settings';
import { stderr } from './stdio';

/** What one argument's file turned out to be: its text, or why it cannot be read. */
export type ReadInput =
  | { readonly ok: true; readonly file: string; readonly text: string }
  | { readonly ok: false; readonly file: string; readonly fault: Diagnostic };

/** What the arguments of a run stand for. */
export interface Inputs {
  /** The files that arguments name, folders searched. */
  readonly files: readonly string[];
  /** What is wrong with the arguments, and with what is in folders. */
  readonly faults: readonly Diagnostic[];
  /** Whether an argument itself leads nowhere: the run then ends as one of wrong usage. */
  readonly misnamed: boolean;
}

/** Finds the files that arguments stand for. Says which will be waited for. */
export function listInputs(args: readonly string[]): Inputs {
  const { files, faults } = find(args);
  return { files, faults: faults.map(asFinding), misnamed: faults.some(({ arg }) => args.includes(arg)) };
}

/**
 * Finds the files of the intents that the settings name; what is wrong with an entry is said where it stands.
 * @param prunes whether what is rendered no more is deleted: then the last intent of an entry may be gone
 */
export function listIntents({ settings: { intents = [] }, here, at }: Project, prunes: boolean): Inputs {
  const paths = intents.map(here);
  const { files, faults } = find(paths);
  const found = faults.map(fault => {
    const index = paths.indexOf(fault.arg);
    if (index < 0) return asFinding(fault);
    const place = at(['intents', index]);
    const message = entryFault(fault, intents[index]!);
    if (!isGone(fault)) return diagnostic(fault.code, place, { message });
    if (!prunes) return diagnostic(fault.code, place, { message, hint: LAST_INTENT });
    const meaning = 'it counts as one without intents, since what is rendered no more is to be deleted';
    return diagnostic('MQ906', place, { message: `${message}; ${meaning}`, severity: 'note' });
  });
  return { files, faults: found, misnamed: false };
}

const LAST_INTENT =
  'if its last intent is gone for good, "prune: true" in the settings has "masq synth" delete what was rendered for it';

function find(args: readonly string[]): ReturnType<typeof expandFiles> {
  for (const pipe of args.filter(isNamedPipe)) stderr.write(`masq: "${pipe}" is a pipe; waiting until it is written\n`);
  return expandFiles(args);
}

function asFinding({ arg, code, message }: FileFault): Diagnostic {
  return diagnostic(code, arg === '' ? {} : { file: arg }, { message });
}

/** What is wrong with an entry of the settings: no shell has seen it. */
function entryFault({ message }: FileFault, entry: string): string {
  const folder = folderOfPattern(entry);
  if (folder === undefined) return message;
  return `"${entry}" does not exist: patterns are not taken here; name the folder "${folder}"`;
}

/** Whether an argument's last file was deleted, and with it the folder as git has it: not one that is called wrongly. */
function isGone({ arg, code }: FileFault): boolean {
  if (code === 'MQ906') return true;
  return isNothing(arg) && folderOfPattern(arg) === undefined && nearestPath(arg) === undefined;
}

/** Whether there is nothing of a name. What may not be looked at may well be something. */
function isNothing(path: string): boolean {
  try {
    return kindOf(path) === undefined && !isLink(path);
  } catch {
    return false;
  }
}

/** What a run without files is told; the file that `masq init` writes is named, but never taken unasked. */
export function missingFile(command: string, { file }: Project): string {
  const wanted =
    command === 'synth' ? 'name at least one FILE or folder, or an app with --app' : 'name at least one FILE or folder';
  if (kindOf(FIRST_INTENT)?.isFile()) return `${wanted}; "${FIRST_INTENT}" is here: masq ${command} ${FIRST_INTENT}`;
  const entry = `"intents: [intents]"`;
  return file === undefined
    ? `${wanted}, or name them once and for all in ${SETTINGS_FILE}, such as ${entry}`
    : `${wanted}; "${file}" names none: write ${entry} there to have them taken`;
}

/** Reads a file, or the standard input, one at a time so that no more than one is held. */
export function readInput(file: string): ReadInput {
  const name = file === STDIN ? STDIN_NAME : file;
  const read = readText(file);
  if (read.ok) return { ok: true, file: name, text: read.text };
  const { code, message, range } = read;
  return { ok: false, file: name, fault: diagnostic(code, { file: name, ...(range && { range }) }, { message }) };
}
