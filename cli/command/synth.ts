import { relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { App } from 'cdk8s';
import { IntentChart } from '../../constructs/cluster-intent';
import { isOrdinary, isRendered, renderChart } from '../../constructs/render';
import { findingsOf } from '../../constructs/validation';
import { Checker } from '../../core/check/check';
import { type Diagnostic, hasErrors, type RuleCode } from '../../core/diagnostics';
import type { ClusterModel } from '../../core/intent/model';
import { Judge, type Suppressed } from '../../core/settings';
import { STDIN } from '../files';
import { fails, writeFindings } from '../findings';
import { planEntries } from '../gitops/entries';
import { type GitOpsPlan, plannedFiles, stalenessOf, summaryOf } from '../gitops/plan';
import { listInputs, listIntents, missingFile, type ReadInput, readInput } from '../inputs';
import { kustomization } from '../kustomization';
import type { Invocation } from '../masq';
import { commitOutput, compareOutput, deletedText, type OutputChange, type OutputPlan } from '../output';
import { renderApp } from '../render-app';
import { loadProject, type Project } from '../settings';
import { refuse, stderr, stdout } from '../stdio';
import { count, orphans, staleness, strangers } from '../synth-findings';
import { type Job, jobOf, remedyOf } from '../synth-job';
import { TargetRun } from '../target/render';
import { progress } from '../terminal';

type Folders = Map<string, Map<string, string>>;

/** Renders a cluster, and says why it cannot be. */
type Renderer = (model: ClusterModel) => readonly Diagnostic[];

/** `masq synth`: renders intents (and cdk8s apps) to a folder for each cluster, or checks what is there. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const project = loadProject(values, positionals.length === 0 && (values.app as string[]).length === 0);
  const job = jobOf(values, positionals, project);
  if (!('intents' in job)) return refuse(job);
  const { output, apps } = job;
  if (job.intents.length + apps.length === 0 && !hasErrors(project.faults))
    return refuse([missingFile('synth', project)]);
  const { files, faults, misnamed } = job.isAll ? listIntents(project, job.prune) : listInputs(job.intents);
  const checker = new Checker({ judgement: project.judgement, keepErrors: true });
  for (const fault of [...project.faults, ...faults, ...job.faults]) checker.addDiagnostic(fault);
  const sources = new Map<string, string>(project.text === undefined ? [] : [[project.file!, project.text]]);
  const folders: Folders = new Map();
  const targets = job.targets.map(target => new TargetRun(target, job.kustomization));
  const roots = [output, ...job.targets.map(target => target.output)];
  const render: Renderer = model => [
    ...(job.isOrdinary ? renderCluster(model, folders) : []),
    ...targets.flatMap(target => target.add(model)),
  ];
  const names: string[] = [];
  const bar = progress(stderr);
  let intents = 0;
  let areRead = !misnamed && !checker.hasErrors;
  files.forEach((file, i) => {
    bar.update(`rendering ${i + 1} of ${files.length}: ${file}`);
    const input = readInput(file);
    const isOutput = input.ok && isRendered(input.text) && roots.some(root => isBelow(file, root));
    if (isOutput && !job.intents.includes(file)) return;
    names.push(input.file);
    const done = renderFile(input, checker, sources, render);
    intents += done.intents;
    areRead &&= done.isRead;
  });
  bar.done();
  const unneeded = areRead ? targets.flatMap(target => target.unneeded()) : [];
  if (unneeded.length > 0) return refuse(unneeded);
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
  const { diagnostics: all, documents, suppressed } = checker.finish();
  const diagnostics = job.isOrdinary ? all : all.filter(({ code }) => !OF_OWN_AGENT.includes(code));
  const left: Suppressed[] = [...suppressed];
  const judge = (made: readonly Diagnostic[]): readonly Diagnostic[] => {
    const judged = new Judge(project.judgement).judge(made, true);
    left.push(...judged.suppressed);
    return judged.diagnostics;
  };
  const ordinary: OutputPlan = { root: output, folders, owned: isOrdinary };
  const plans = [...(job.isOrdinary ? [ordinary] : []), ...targets.map(target => target.plan())];
  if (intents + apps.length === 0 && files.length > 0 && !hasErrors(diagnostics)) return refuse([noIntent(job)]);
  const found: Settled = hasErrors(diagnostics)
    ? { diagnostics, done: [], synced: [] }
    : settle(plans, diagnostics, job, project, judge);
  const compared = values.check && !hasErrors(diagnostics) ? comparedFiles(plans, found.synced) : [];
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
    const told = found.diagnostics.length === 0 ? left.length : 0;
    const rendered = found.done.map((one, i) => summary(one, values, job, i === 0 ? told : 0));
    const lines = found.synced.map(one => summaryOf(one, values.check === true));
    stdout.write([...rendered, ...lines].join(''));
  }
  if (misnamed || project.misnamed) return 2;
  return failed ? 1 : 0;
}

/** Rules about what masq's own agents are given: another data plane has other limits. */
const OF_OWN_AGENT: readonly RuleCode[] = ['MQ122'];

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

/** Renders the intents of one file; says how many there are, and whether they could be read. */
function renderFile(
  input: ReadInput,
  checker: Checker,
  sources: Map<string, string>,
  render: Renderer,
): { readonly intents: number; readonly isRead: boolean } {
  if (!input.ok) {
    checker.addDiagnostic(input.fault);
    return { intents: 0, isRead: false };
  }
  const { clusters, diagnostics } = checker.add(input);
  if (diagnostics.length > 0) sources.set(input.file, input.text);
  const intents = clusters.length;
  if (hasErrors(diagnostics)) return { intents, isRead: false };
  for (const model of clusters) {
    const found = render(model);
    if (found.length > 0) sources.set(input.file, input.text);
    for (const one of found) checker.addDiagnostic(one);
  }
  return { intents, isRead: true };
}

/** Renders one cluster in an app of its own, so that the work is linear in the number of clusters. */
function renderCluster(model: ClusterModel, folders: Folders): readonly Diagnostic[] {
  const chart = new IntentChart(new App(), model.name, { name: model.name, model, diagnostics: [] });
  const diagnostics = findingsOf(chart).filter(found => found.severity === 'error');
  const files = hasErrors(diagnostics) ? new Map<string, string>() : renderChart(chart);
  if (files.size > 0) folders.set(model.name, files);
  return diagnostics;
}

/** A plan, and how its folder differs from it. */
interface Compared {
  readonly plan: OutputPlan;
  readonly changes: readonly OutputChange[];
}

/** What came of the plans, and of those for Argo CD and Flux beside them. */
interface Settled {
  readonly diagnostics: readonly Diagnostic[];
  readonly done: readonly Compared[];
  readonly synced: readonly GitOpsPlan[];
}

/** What the settings make of findings. */
type Judging = (found: readonly Diagnostic[]) => readonly Diagnostic[];

/** Writes the plans, or with `--check` turns every difference into a finding. */
function settle(
  plans: readonly OutputPlan[],
  diagnostics: readonly Diagnostic[],
  job: Job,
  project: Project,
  judge: Judging,
): Settled {
  const { prune, values } = job;
  const compared = plans.map(plan => ({ plan, changes: compareOutput(plan) }));
  const { plans: synced, faults } = job.gitops ? planSynced(compared[0]!, job, project) : { plans: [], faults: [] };
  const beside = [...diagnostics, ...judge([...plans.flatMap(strangers), ...faults])];
  if (values.check) {
    const remedy = remedyOf(job);
    const stale = synced.flatMap(one => stalenessOf(one, remedy));
    const differing = compared.flatMap(({ plan, changes }) => staleness(plan.root, changes, prune, remedy));
    const done = plans.map(plan => ({ plan, changes: [] }));
    return { diagnostics: [...beside, ...judge([...differing, ...stale])], done, synced };
  }
  const left = prune ? [] : compared.flatMap(({ plan, changes }) => orphans(plan.root, changes));
  const found = [...beside, ...judge(left)];
  if (fails(found, values)) return { diagnostics: found, done: [], synced };
  for (const { plan, changes } of compared) commitOutput(plan, changes, { prune });
  for (const { output, changes } of synced) commitOutput(output, changes, { prune: false });
  return { diagnostics: found, done: compared, synced };
}

/** Plans what Argo CD and Flux need for the manifests as they will be. */
function planSynced({ plan, changes }: Compared, { prune }: Job, project: Project): ReturnType<typeof planEntries> {
  const done = changes.filter(change => change.kind !== 'orphan' || prune);
  return planEntries(project, plan, done);
}

/** The files that are rendered, each of which `--check` compares with the one that is there. */
function comparedFiles(plans: readonly OutputPlan[], synced: readonly GitOpsPlan[]): string[] {
  return [...plans, ...synced.map(({ output }) => output)].flatMap(plannedFiles);
}

/** @param left how many findings were left out and are told nowhere else */
function summary({ plan, changes }: Compared, values: Invocation['values'], job: Job, left: number): string {
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
