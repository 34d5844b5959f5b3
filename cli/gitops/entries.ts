import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { clustersIn, isManifest, type ManifestFolders, readFolders } from '../../constructs/gitops/rendered-clusters';
import { type Diagnostic, diagnostic } from '../../core/diagnostics';
import { type Command, parseCommandLine } from '../args';
import { DEFAULT_OUTPUT, GITOPS_TOOLS } from '../choices';
import { kindOf } from '../files';
import type { OutputChange, OutputPlan } from '../output';
import type { Project } from '../settings';
import { GITOPS } from './command';
import { GitOpsFault, readOptions, toolFault } from './options';
import { type GitOpsPlan, planGitOps } from './plan';

/** What the entries of the settings ask for, and what is wrong with them. */
export interface PlannedEntries {
  readonly plans: readonly GitOpsPlan[];
  readonly faults: readonly Diagnostic[];
}

/** What an entry may say: where the manifests are and how a run goes is said elsewhere. */
const ENTRY: Command = {
  ...GITOPS,
  options: GITOPS.options.filter(({ name }) => !['dist', 'check', 'format', 'quiet', 'color'].includes(name)),
};

/** Plans what the settings name for Argo CD and Flux, for the manifests as they will be once `dist` is carried out. */
export function planEntries(
  { settings, here, at }: Project,
  dist: OutputPlan,
  changes: readonly OutputChange[],
): PlannedEntries {
  const { gitops: entries = [], output = DEFAULT_OUTPUT } = settings;
  const faults: Diagnostic[] = [];
  const plans: GitOpsPlan[] = [];
  const folders = foldersAfter(dist, changes);
  entries.forEach((entry, index) => {
    const refuse = (message: string): void => {
      faults.push(diagnostic('MQ223', at(['gitops', index]), { message: `gitops "${entry}": ${message}` }));
    };
    try {
      if (folders.size === 0) throw new GitOpsFault([NO_CLUSTER]);
      const plan = planGitOps(readEntry(entry, output, dist.root, folders, here));
      if (plans.some(other => clash(other, plan)))
        refuse(`another entry writes to ${plan.output.root}/ too; give it another --output`);
      else plans.push(plan);
    } catch (error) {
      if (!(error instanceof GitOpsFault)) throw error;
      error.faults.forEach(refuse);
    }
  });
  return { plans, faults };
}

const NO_CLUSTER =
  'no cluster is rendered any more; remove the entry, and delete its files when nothing is synced from them';

function readEntry(
  entry: string,
  path: string,
  dist: string,
  folders: ManifestFolders,
  here: (path: string) => string,
) {
  const parsed = parseCommandLine(ENTRY, entry.trim().split(/\s+/));
  if (!parsed.ok) throw new GitOpsFault([parsed.message]);
  const { values, positionals } = parsed;
  if (values.help) throw new GitOpsFault(['--help is for the command line']);
  const tool = GITOPS_TOOLS.find(name => name === positionals[0]);
  if (tool === undefined) throw new GitOpsFault([toolFault(positionals[0]!)]);
  const output = here(String(values.output ?? `gitops/${tool}`));
  return readOptions(tool, { ...values, dist, output, path: values.path ?? path }, () => clustersIn(dist, folders));
}

/** Whether each of two plans would take the other's files for left over. */
function clash(one: GitOpsPlan, other: GitOpsPlan): boolean {
  const [a, b] = [`${one.output.root}/`, `${other.output.root}/`];
  return one.options.tool === other.options.tool && (a.startsWith(b) || b.startsWith(a));
}

/** The folders of an output folder as they are once its plan is carried out. */
function foldersAfter({ root, folders: planned }: OutputPlan, changes: readonly OutputChange[]): ManifestFolders {
  const folders = kindOf(root)?.isDirectory() ? readFolders(root) : new Map<string, Map<string, string>>();
  const gone = new Set(changes.filter(({ kind }) => kind === 'delete' || kind === 'orphan').map(({ path }) => path));
  for (const [folder, files] of folders) {
    if (filesBelow(join(root, folder)).every(name => gone.has(`${folder}/${name}`))) folders.delete(folder);
    else for (const name of files.keys()) if (gone.has(`${folder}/${name}`)) files.delete(name);
  }
  for (const [folder, files] of planned) {
    const applied = [...files].filter(([name]) => isManifest(name));
    folders.set(folder, new Map([...(folders.get(folder) ?? []), ...applied]));
  }
  return folders;
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter(entry => !entry.isDirectory()).map(entry => join(entry.parentPath, entry.name));
  return names.map(name =>
    name
      .slice(folder.length + 1)
      .split(sep)
      .join('/'),
  );
}
