import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type Diagnostic, diagnostic, type Location, type ValuePath } from '../core/diagnostics';
import { isSettingsFile, type Judgement, readSettings, SETTINGS_FILE, type Settings } from '../core/settings';
import { SourceText } from '../core/source';
import { kindOf, STDIN } from './files';
import { filesAt } from './git';
import { readInput } from './inputs';
import type { Invocation } from './masq';
import { hasBeginning, hasFile, isMeant, slashes } from './patterns';

/** A repository's settings, as far as there are any, seen from the folder that masq runs in. */
export interface Project {
  /** The file, as findings name it; undefined where there is none. */
  readonly file?: string;
  /** Its text, when it could be read. */
  readonly text?: string;
  /** What it says; nothing when it is refused. */
  readonly settings: Settings;
  /** What is wrong with it. */
  readonly faults: readonly Diagnostic[];
  /** What is to be made of findings. */
  readonly judgement: Judgement;
  /** The folder that its paths count from. */
  readonly root: string;
  /** A path of the settings as seen from here. */
  readonly here: (path: string) => string;
  /** Where something stands in the file. */
  readonly at: (path: ValuePath) => Location;
  /** Whether the command line names a file of settings that does not exist. */
  readonly misnamed: boolean;
}

/** What one may take for the file's name. */
const MISNAMED = '.masq.yml';

/** What is to be said of a file of settings that is checked in a run which has others, or none. */
export function idleSettings(file: string, project: Project): Diagnostic | undefined {
  if (!isSettingsFile(file) || (project.file !== undefined && resolve(project.file) === resolve(file)))
    return undefined;
  const has = project.file === undefined ? 'none' : `those of "${project.file}"`;
  const message = `these settings do not count in this run, which has ${has}; run masq in their folder, or name the file with --config`;
  return diagnostic('MQ222', { file }, { message });
}

/**
 * Reads the settings: of the file that `--config` names, else of the nearest `.masq.yaml`, here or in a folder above up
 * to the repository's top.
 * @param isWhole whether the run is over all that the settings name, and not over files of which many depend
 */
export function loadProject(values: Invocation['values'], isWhole: boolean): Project {
  const named = values.config as string | undefined;
  const file = named ?? nearest();
  const root = file === undefined ? '.' : dirname(file);
  const base = {
    root,
    here: (path: string): string => seenFrom(root, path),
    at: (): Location => ({ ...(file !== undefined && { file }) }),
    settings: { rules: [] },
    faults: [],
    judgement: { rules: [], matches: () => false },
    misnamed: named !== undefined && kindOf(named) === undefined,
  };
  if (file === undefined) return base;
  if (named === undefined && basename(file) === MISNAMED) {
    const message = `"${file}" is not read; rename it to "${SETTINGS_FILE}"`;
    return { ...base, file, faults: [diagnostic('MQ904', { file }, { message })] };
  }
  const input = readInput(file);
  if (!input.ok) return { ...base, file, faults: [input.fault] };
  const isThere = (pattern: string): boolean => (isWhole ? hasFile : hasBeginning)(root, pattern);
  const { settings, document, diagnostics } = readSettings(new SourceText(file, input.text), isThere);
  const matches = (pattern: string, name: string): boolean => isMeant(root, pattern, name);
  return {
    ...base,
    file,
    text: input.text,
    faults: diagnostics,
    ...(document && { at: (path: ValuePath) => document.at(path) }),
    ...(settings && { settings, judgement: { rules: settings.rules, matches } }),
  };
}

/**
 * The intents that settings named at a revision, seen from here: by the file of settings as it was then, or as it is now
 * where there was none.
 */
export function intentsAt({ file, settings, here }: Project, revision: string): readonly string[] {
  const then = file === undefined ? [] : filesAt({ revision, paths: [file], mayLack: true }, isSettingsFile);
  const [old] = typeof then === 'string' ? [] : then;
  const read = old && readSettings(new SourceText(old.file, old.text), () => true).settings;
  return ((read ?? settings).intents ?? []).map(here);
}

/** The nearest file of settings, as a path from here. The folder with `.git` is the last that is looked at. */
function nearest(): string | undefined {
  for (let folder = resolve('.'); ; folder = dirname(folder)) {
    const file = [SETTINGS_FILE, MISNAMED].map(name => join(folder, name)).find(name => kindOf(name)?.isFile());
    if (file !== undefined) return slashes(relative('.', file));
    if (kindOf(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/** A path that counts from a folder, as seen from here. One that a dash is called like is no standard input. */
function seenFrom(root: string, path: string): string {
  const seen = isAbsolute(path) ? slashes(path) : slashes(join(root, path));
  return seen === STDIN ? `./${STDIN}` : seen;
}
