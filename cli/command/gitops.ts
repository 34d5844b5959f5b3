import { type Diagnostic, diagnostic, orList, suggest } from '../../core/diagnostics';
import { GITOPS_TOOLS } from '../choices';
import { writeFindings } from '../findings';
import { GitOpsFault, type GitOpsOptions, readOptions } from '../gitops/options';
import { ownHeader, renderGitOps } from '../gitops/render';
import type { Invocation } from '../masq';
import { commitOutput, compareOutput, type OutputChange, type OutputPlan } from '../output';
import { commandLine } from '../shells';
import { refuse, stdout } from '../stdio';

/** `masq gitops`: renders what Argo CD or Flux needs to sync what is rendered, or checks what is there. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const tool = GITOPS_TOOLS.find(name => name === positionals[0]);
  if (tool === undefined) {
    const near = suggest(positionals[0]!, GITOPS_TOOLS);
    const advice = near ? `did you mean "${near}"?` : `write ${orList(GITOPS_TOOLS)}`;
    return refuse([`"${positionals[0]}" is no tool that masq renders for; ${advice}`]);
  }
  try {
    const options = readOptions(tool, values);
    const owned = (text: string): boolean => text.startsWith(ownHeader(tool));
    const plan = { root: options.output, ...renderGitOps(options), owned };
    return await settle(plan, options, values);
  } catch (error) {
    if (error instanceof GitOpsFault) return refuse(error.faults);
    throw error;
  }
}

async function settle(plan: OutputPlan, options: GitOpsOptions, values: Invocation['values']): Promise<number> {
  const changes = compareOutput(plan).filter(change => change.kind !== 'orphan');
  const machine = values.format !== 'text';
  const stale = values.check ? staleness(plan.root, changes, options) : [];
  if (machine || stale.length > 0) {
    const files = renderedFiles(plan);
    await writeFindings({ diagnostics: stale, sources: new Map(), files, documents: files.length }, values);
  }
  if (stale.length > 0) return 1;
  if (!values.check) commitOutput(plan, changes, { prune: false });
  if (!machine && !values.quiet) stdout.write(summary(plan, changes, options, values.check === true));
  return 0;
}

const SAYS = {
  create: 'it is missing',
  update: 'it is not what the rendered clusters need',
  delete: 'no rendered cluster needs it any more',
};

function staleness(root: string, changes: readonly OutputChange[], { words }: GitOpsOptions): Diagnostic[] {
  const remedy = commandLine(['masq', 'gitops', ...words]);
  return changes.map(({ kind, path }) => {
    const message = `not up to date: ${SAYS[kind as keyof typeof SAYS]}; run "${remedy}" and commit the result`;
    return diagnostic('MQ903', { file: `${root}/${path}` }, { message });
  });
}

function renderedFiles({ root, folders, files = new Map() }: OutputPlan): string[] {
  const inner = [...folders].flatMap(([folder, rendered]) => [...rendered.keys()].map(name => `${folder}/${name}`));
  return [...files.keys(), ...inner].map(path => `${root}/${path}`);
}

function summary(plan: OutputPlan, changes: readonly OutputChange[], options: GitOpsOptions, check: boolean): string {
  const files = renderedFiles(plan).length;
  const what = `${count(options.clusters.length, 'cluster')}, ${count(files, 'file')} in ${plan.root}/`;
  if (check) return `up to date: ${what}\n`;
  const kinds = { create: 'written', update: 'updated', delete: 'deleted' };
  const parts = Object.entries(kinds).flatMap(([kind, word]) => {
    const n = changes.filter(change => change.kind === kind).length;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  const how = parts.length === 0 ? 'nothing to change' : parts.join(', ');
  return `rendered ${what}: ${how}\n${options.style === 'applicationset' ? PROGRESSIVE : ''}`;
}

/** What makes stages count is no part of the files, and nothing tells when it is missing. */
const PROGRESSIVE =
  'note: the ApplicationSet controller must run with --enable-progressive-syncs; without it all clusters change at once\n';

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
