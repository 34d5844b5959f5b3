import { Checker, type CheckOptions, type Input } from '../core/check/check';
import { type Diagnostic, diagnostic, hasErrors } from '../core/diagnostics';
import { concerns, isOwnFile, readBeside } from './changed';
import { DEFAULT_OUTPUT } from './choices';
import { readElsewhere, tellApart } from './elsewhere';
import { kindOf, STDIN_NAME } from './files';
import type { Findings } from './findings';
import { type Inputs, listInputs, listIntents, missingFile, type ReadInput, readInput } from './inputs';
import type { Invocation } from './masq';
import { idleSettings, intentsAt, loadProject, type Project } from './settings';
import { refuse } from './stdio';

/** What a run of checks found. */
export interface CheckRun extends Findings {
  /** Whether an argument itself leads nowhere: the run then ends as one of wrong usage. */
  readonly misnamed: boolean;
}

/** How a command checks files. */
export interface Checking {
  /** The command, for what it says. */
  readonly command: 'validate' | 'lint';
  /**
   * What it looks for beyond what every check does, when it is given the files that it looks at, which are known only
   * when all of them are read.
   * @default nothing
   */
  readonly further?: (inputs: readonly Input[]) => CheckOptions['further'];
  /** Texts to be taken for those of files. @default none */
  readonly texts?: ReadonlyMap<string, string>;
}

/** Checks the files that a command line names, or else what the settings name; the exit code when it names none. */
export function runChecks({ values, positionals }: Invocation, checking: Checking): CheckRun | number {
  const { command, further, texts = new Map() } = checking;
  const isChange = values.changed === true;
  // A commit may change no file at all.
  const isNamed = positionals.length > 0 || isChange;
  const project = loadProject(values, !isNamed);
  const named = isChange ? positionals.filter(isOwnFile) : positionals;
  const wanted = isNamed ? named : wantedByDefault(project);
  if (wanted.length === 0 && !isChange && !hasErrors(project.faults)) return refuse([missingFile(command, project)]);
  const { here, elsewhere } = isChange ? { here: named, elsewhere: [] } : tellApart(named);
  const far = readElsewhere(elsewhere, revision => intentsAt(project, revision));
  if (far.faults.length > 0) return refuse(far.faults);
  const { files, faults, misnamed } = isNamed ? listInputs(here) : listByDefault(project);
  const inputs: Input[] = [];
  const checker = new Checker({ judgement: project.judgement, further: further?.(inputs) });
  for (const fault of [...project.faults, ...faults]) checker.addDiagnostic(fault);
  const sources = new Map<string, string>(project.text === undefined ? [] : [[project.file!, project.text]]);
  const names: string[] = [];
  const add = (read: ReadInput): void => {
    if (read.ok) {
      const input = { file: read.file, text: texts.get(read.file) ?? read.text };
      inputs.push(input);
      sources.set(input.file, input.text);
      checker.add(input);
      const idle = idleSettings(input.file, project);
      if (idle) checker.addDiagnostic(idle);
    } else checker.addDiagnostic(read.fault);
  };
  for (const file of files) {
    const input = readInput(file);
    if (isChange && !concerns(input)) continue;
    names.push(input.file);
    add(input);
  }
  for (const input of far.inputs) {
    names.push(input.file);
    add({ ok: true, ...input });
  }
  const documents = checker.known;
  if (isChange && checker.hasManifests) for (const input of readBeside(names)) add(input);
  const { diagnostics: all, suppressed } = checker.finish();
  const found = isChange
    ? all.filter(ofChange(new Set([...names, project.file, ...faults.map(({ file }) => file)])))
    : all;
  const isIdle = !isChange && names.length + elsewhere.length > 0 && documents === 0 && !hasErrors(found);
  const diagnostics = isIdle
    ? [...found.filter(({ code }) => code !== 'MQ212'), nothingChecked(names, sources)]
    : found;
  return { diagnostics, suppressed, sources, files: names, documents, misnamed: misnamed || project.misnamed };
}

function wantedByDefault({ settings, here }: Project): readonly string[] {
  return (settings.intents ?? []).map(here);
}

/** What a run that names no file checks: what the settings render, and what was rendered. */
function listByDefault(project: Project): Inputs {
  const { intents, prune = false, output = DEFAULT_OUTPUT } = project.settings;
  if (intents === undefined) return listInputs([]);
  const named = listIntents(project, prune);
  const folder = project.here(output);
  const rendered = kindOf(folder)?.isDirectory() ? [folder] : [];
  const { files, faults } = listInputs([...named.files, ...rendered]);
  // Nothing is rendered yet, or nothing any more.
  const odd = faults.filter(({ code, file }) => code !== 'MQ906' || file !== folder);
  return { files, faults: [...named.faults, ...odd], misnamed: false };
}

/** Tells the findings that a change has to do with: in its files, or in those beside them because of it. */
function ofChange(names: ReadonlySet<string | undefined>): (found: Diagnostic) => boolean {
  const isNamed = (file: string | undefined): boolean => file !== undefined && names.has(file);
  return ({ code, file, related = [] }) =>
    code !== 'MQ212' && (file === undefined || isNamed(file) || related.some(other => isNamed(other.file)));
}

/** A check that looks at nothing must not pass: one finding says so, in place of the notes of the single files. */
function nothingChecked(files: readonly string[], sources: ReadonlyMap<string, string>): Diagnostic {
  const [file, another] = files;
  if (file === undefined)
    return diagnostic('MQ906', {}, { message: `nothing was checked: what is named holds ${NOTHING}` });
  const alone = another === undefined;
  const why = !alone
    ? `none of the ${files.length} files holds a masq intent, an ip-masq-agent file or a manifest that masq knows`
    : sources.get(file)!.trim() === ''
      ? 'it is empty'
      : `it holds ${NOTHING}`;
  const hint = 'a command that failed before the pipe leaves nothing to check; "set -o pipefail" makes it count';
  return diagnostic('MQ906', alone ? { file } : {}, {
    message: `nothing was checked: ${why}`,
    ...(sources.has(STDIN_NAME) && { hint }),
  });
}

const NOTHING = 'no masq intent, no ip-masq-agent file and no manifest that masq knows';
