import { relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { App } from 'cdk8s';
import { IntentChart } from '../../constructs/cluster-intent';
import { isRendered, renderChart } from '../../constructs/render';
import { findingsOf } from '../../constructs/validation';
import { Checker } from '../../core/check/check';
import { type Diagnostic, diagnostic, hasErrors } from '../../core/diagnostics';
import type { ClusterModel } from '../../core/intent/model';
import { Judge, type Suppressed } from '../../core/settings';
import { STDIN } from '../files';
import { fails, writeFindings } from '../findings';
import { planEntries } from '../gitops/entries';
import { type GitOpsPlan, plannedFiles, stalenessOf, summaryOf } from '../gitops/plan';
import { listInputs, listIntents, missingFile, type ReadInput, readInput } from '../inputs';
import { kustomization } from '../kustomization';
import type { Invocation } from '../masq';
import {
  commitOutput,
  compareOutput,
  deletedText,
  foreignManifests,
  type OutputChange,
  type OutputPlan,
  staleText,
} from '../output';
import { renderApp } from '../render-app';
import { loadProject, type Project } from '../settings';
import { refuse, stderr, stdout } from '../stdio';
import { type Job, jobOf, remedyOf } from '../synth-job';
import { progress } from '../terminal';

type Folders = Map<string, Map<string, string>>;

/** `masq synth`: renders intents (and cdk8s apps) to a folder for each cluster, or checks what is there. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const project = loadProject(values, positionals.length === 0 && (values.app as string[]).length === 0);
  const job = jobOf(values, positionals, project);
  const { output, apps } = job;
  if (job.intents.length + apps.length === 0 && !hasErrors(project.faults))
    return refuse([missingFile('synth', project)]);
  const { files, faults, misnamed } = job.isAll ? listIntents(project, job.prune) : listInputs(job.intents);
  const checker = new Checker({ judgement: project.judgement, keepErrors: true });
  for (const fault of [...project.faults, ...faults]) checker.addDiagnostic(fault);
  const sources = new Map<string, string>(project.text === undefined ? [] : [[project.file!, project.text]]);
  const folders: Folders = new Map();
  const names: string[] = [];
  const bar = progress(stderr);
  let intents = 0;
  files.forEach((file, i) => {
    bar.update(`rendering ${i + 1} of ${files.length}: ${file}`);
    const input = readInput(file);
    if (input.ok && isRendered(input.text) && isBelow(file, output) && !job.intents.includes(file)) return;
    names.push(input.file);
    intents += renderFile(input, checker, sources, folders);
  });
  bar.done();
  const unsound = misnamed || checker.hasErrors;
  for (const app of unsound ? [] : apps) {
    const rendered = renderApp(app, job.cwd);
    for (const found of rendered.findings) checker.addDiagnostic(found);
    const other = addFolders(folders, rendered.folders);
    if (other !== undefined)
      return refuse([`"${other}" is rendered by an intent and by the app "${app}", and not to the same; rename one`]);
  }
  if (job.kustomization)
    for (const rendered of folders.values()) rendered.set('kustomization.yaml', kustomization(rendered));
  const { diagnostics, documents, suppressed } = checker.finish();
  const left: Suppressed[] = [...suppressed];
  const judge = (made: readonly Diagnostic[]): readonly Diagnostic[] => {
    const judged = new Judge(project.judgement).judge(made, true);
    left.push(...judged.suppressed);
    return judged.diagnostics;
  };
  const plan: OutputPlan = { root: output, folders, owned: isRendered };
  if (intents + apps.length === 0 && files.length > 0 && !hasErrors(diagnostics)) return refuse([noIntent(job)]);
  const found: Settled = hasErrors(diagnostics)
    ? { diagnostics, changes: [], synced: [] }
    : settle(plan, diagnostics, job, project, judge);
  const compared = values.check && !hasErrors(diagnostics) ? comparedFiles(plan, found.synced) : [];
  const machine = values.format !== 'text';
  if (machine || found.diagnostics.length > 0) {
    await writeFindings(
      {
        diagnostics: found.diagnostics,
        suppressed: left,
        sources,
        files: [...names, ...compared],
        documents: documents + compared.length,
      },
      values,
      machine ? stdout : stderr,
    );
  }
  const failed = fails(found.diagnostics, values);
  if (!failed && !machine && !values.quiet) {
    const lines = found.synced.map(one => summaryOf(one, values.check === true));
    const told = found.diagnostics.length === 0 ? left.length : 0;
    stdout.write([summary(plan, found.changes, values, job, told), ...lines].join(''));
  }
  if (misnamed || project.misnamed) return 2;
  return failed ? 1 : 0;
}

/** What a run over files without any intent is told: to delete all that was rendered for that is too much of a guess. */
function noIntent({ intents, isAll, prune }: Job): string {
  const where = intents.join(', ');
  const gone =
    isAll && prune ? `, and if the last one is gone for good, delete ${where}: what was rendered goes then` : '';
  return `no ClusterIntent is in ${where}; "masq init" writes a first one${gone}`;
}

/** Whether a file lies below a folder: what was rendered to it before is no input. */
function isBelow(file: string, folder: string): boolean {
  return file !== STDIN && relative(folder, file).split(sep)[0] !== '..';
}

/** Adds what an app renders; returns the folder that is rendered already, and to something else. */
function addFolders(folders: Folders, more: Folders): string | undefined {
  for (const [folder, files] of more) {
    const present = folders.get(folder);
    if (present && !isDeepStrictEqual(present, files)) return folder;
    folders.set(folder, files);
  }
  return undefined;
}

/** Renders the intents of one file, and says how many there are. */
function renderFile(input: ReadInput, checker: Checker, sources: Map<string, string>, folders: Folders): number {
  if (!input.ok) {
    checker.addDiagnostic(input.fault);
    return 0;
  }
  const { clusters, diagnostics } = checker.add(input);
  if (diagnostics.length > 0) sources.set(input.file, input.text);
  if (hasErrors(diagnostics)) return clusters.length;
  for (const model of clusters) {
    const rendered = renderCluster(model);
    for (const found of rendered.diagnostics) checker.addDiagnostic(found);
    if (rendered.files.size > 0) folders.set(model.name, rendered.files);
  }
  return clusters.length;
}

/** Renders one cluster in an app of its own, so that the work is linear in the number of clusters. */
function renderCluster(model: ClusterModel): { files: Map<string, string>; diagnostics: readonly Diagnostic[] } {
  const chart = new IntentChart(new App(), model.name, { name: model.name, model, diagnostics: [] });
  const diagnostics = findingsOf(chart).filter(found => found.severity === 'error');
  return { files: hasErrors(diagnostics) ? new Map() : renderChart(chart), diagnostics };
}

/** What came of a plan, and of those for Argo CD and Flux beside it. */
interface Settled {
  readonly diagnostics: readonly Diagnostic[];
  readonly changes: readonly OutputChange[];
  readonly synced: readonly GitOpsPlan[];
}

/** What the settings make of findings. */
type Judging = (found: readonly Diagnostic[]) => readonly Diagnostic[];

/** Writes the plan, or with `--check` turns every difference into a finding. */
function settle(
  plan: OutputPlan,
  diagnostics: readonly Diagnostic[],
  job: Job,
  project: Project,
  judge: Judging,
): Settled {
  const { prune, values } = job;
  const changes = compareOutput(plan);
  const done = changes.filter(change => change.kind !== 'orphan' || prune);
  const { plans: synced, faults } = job.gitops ? planEntries(project, plan, done) : { plans: [], faults: [] };
  const beside = [...diagnostics, ...judge([...strangers(plan), ...faults])];
  if (values.check) {
    const remedy = remedyOf(job);
    const stale = synced.flatMap(one => stalenessOf(one, remedy));
    const differing = judge([...staleness(plan.root, changes, prune, remedy), ...stale]);
    return { diagnostics: [...beside, ...differing], changes: [], synced };
  }
  const found = [...beside, ...judge(prune ? [] : orphans(plan.root, changes))];
  if (fails(found, values)) return { diagnostics: found, changes: [], synced };
  commitOutput(plan, changes, { prune });
  for (const { output, changes } of synced) commitOutput(output, changes, { prune: false });
  return { diagnostics: found, changes, synced };
}

/** The files that are rendered, each of which `--check` compares with the one that is there. */
function comparedFiles(plan: OutputPlan, synced: readonly GitOpsPlan[]): string[] {
  return [plan, ...synced.map(({ output }) => output)].flatMap(plannedFiles);
}

function staleness(root: string, changes: readonly OutputChange[], prune: boolean, remedy: string): Diagnostic[] {
  const says = {
    create: 'it is missing',
    update: 'it is not what the intent renders to',
    delete: 'it is rendered no more',
    orphan: 'it belongs to no given intent',
  };
  const stale = changes.filter(change => change.kind !== 'orphan' || prune);
  const found = stale.map(change => {
    const message = staleText(change, says[change.kind], remedy);
    return diagnostic('MQ903', { file: `${root}/${change.path}` }, { message });
  });
  return prune ? found : [...found, ...orphans(root, changes)];
}

/** Manifests beside the rendered ones that masq has not written. */
function strangers(plan: OutputPlan): Diagnostic[] {
  const message =
    'not written by masq, but applied with the folder: masq has not compared it with the intent; move it away unless it is meant to be here';
  return foreignManifests(plan).map(path => diagnostic('MQ907', { file: `${plan.root}/${path}` }, { message }));
}

/** Folders that were rendered for intents which are not among the given ones. */
function orphans(root: string, changes: readonly OutputChange[]): Diagnostic[] {
  const folders = new Map<string, number>();
  for (const { kind, path } of changes) {
    const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : '.';
    if (kind === 'orphan') folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [...folders].map(([folder, files]) => {
    const message = `${count(files, 'file')} rendered by masq, but for no given intent; delete with --prune`;
    return diagnostic('MQ905', { file: `${root}/${folder}` }, { message });
  });
}

/** @param left how many findings were left out and are told nowhere else */
function summary(
  plan: OutputPlan,
  changes: readonly OutputChange[],
  values: Invocation['values'],
  job: Job,
  left: number,
): string {
  const objects = [...plan.folders.values()].reduce((sum, files) => sum + files.size, 0);
  const what = `${count(plan.folders.size, 'cluster')}, ${count(objects, 'file')} in ${plan.root}/`;
  const told = left === 0 ? '' : `; ${count(left, 'finding')} left out as told`;
  if (values.check) return `up to date: ${what}${told}\n`;
  const done = changes.filter(change => change.kind !== 'orphan' || job.prune);
  const parts = [
    [done.filter(c => c.kind === 'create').length, 'written'],
    [done.filter(c => c.kind === 'update').length, 'updated'],
    [done.filter(c => c.kind === 'delete' || c.kind === 'orphan').length, 'deleted'],
  ].filter(([n]) => n !== 0);
  const how = parts.length === 0 ? 'nothing to change' : parts.map(([n, word]) => `${n} ${word}`).join(', ');
  return `rendered ${what}: ${how}${told}
${deletedText(plan.root, done)}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
