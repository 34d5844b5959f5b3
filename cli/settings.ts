import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isMatch, scan } from 'picomatch/posix';
import type { Diagnostic } from '../core/diagnostics';
import { type Judgement, normalPattern, readSettings, SETTINGS_FILE, type Settings } from '../core/settings';
import { SourceText } from '../core/source';
import { kindOf } from './files';
import { readInput } from './inputs';
import type { Invocation } from './masq';

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
}

/**
 * Reads the settings: of the file that `--config` names, else of the nearest `.masq.yaml`, here or in a folder above up
 * to the repository's top.
 */
export function loadProject(values: Invocation['values']): Project {
  const named = values.config as string | undefined;
  const file = named ?? nearest();
  const root = file === undefined ? '.' : dirname(file);
  const here = (path: string): string => slashes(join(root, path));
  const base = { root, here, settings: { rules: [] }, faults: [], judgement: { rules: [], matches: () => false } };
  if (file === undefined) return base;
  const input = readInput(file);
  if (!input.ok) return { ...base, file, faults: [input.fault] };
  const isThere = (pattern: string): boolean => existsSync(join(root, scan(normalPattern(pattern)).base));
  const { settings, diagnostics } = readSettings(new SourceText(file, input.text), isThere);
  const matches = (pattern: string, name: string): boolean =>
    isMatch(slashes(relative(root, resolve(name))), meant(pattern), { dot: true });
  return {
    ...base,
    file,
    text: input.text,
    faults: diagnostics,
    ...(settings && { settings, judgement: { rules: settings.rules, matches } }),
  };
}

/** The nearest file of settings, as a path from here. The folder with `.git` is the last that is looked at. */
function nearest(): string | undefined {
  for (let folder = resolve('.'); ; folder = dirname(folder)) {
    const file = join(folder, SETTINGS_FILE);
    if (kindOf(file)?.isFile()) return slashes(relative('.', file));
    if (kindOf(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/** What a pattern stands for: what is called so, and all below a folder of the name. */
function meant(pattern: string): string[] {
  const normal = normalPattern(pattern);
  return scan(normal).isGlob ? [normal] : [normal, `${normal}/**`];
}

function slashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
