import { type Diagnostic, diagnostic } from '../../core/diagnostics';
import { compareOutput, deletedText, type OutputChange, type OutputPlan, staleText } from '../output';
import type { GitOpsOptions } from './options';
import { isOwn, renderGitOps } from './render';

/** What is to be in the folder of a tool, and how that differs from what is there. */
export interface GitOpsPlan {
  readonly options: GitOpsOptions;
  readonly output: OutputPlan;
  readonly changes: readonly OutputChange[];
}

/**
 * Renders what a tool needs, and compares it with what is there.
 * @throws GitOpsFault when it cannot be rendered
 */
export function planGitOps(options: GitOpsOptions): GitOpsPlan {
  const owned = (text: string, path: string): boolean => isOwn(options.tool, text, path);
  const output = { root: options.output, ...renderGitOps(options), owned };
  return { options, output, changes: compareOutput(output).filter(change => change.kind !== 'orphan') };
}

const SAYS = {
  create: 'it is missing',
  update: 'it is not what the rendered clusters need',
  delete: 'no rendered cluster needs it any more',
};

/** Every difference as a finding that names the command which takes it away. */
export function stalenessOf({ output, changes }: GitOpsPlan, remedy: string): Diagnostic[] {
  return changes.map(change => {
    const message = staleText(change, SAYS[change.kind as keyof typeof SAYS], remedy);
    return diagnostic('MQ903', { file: `${output.root}/${change.path}` }, { message });
  });
}

/** The files of a plan, each by its path. */
export function plannedFiles({ root, folders, files = new Map() }: OutputPlan): string[] {
  const inner = [...folders].flatMap(([folder, rendered]) => [...rendered.keys()].map(name => `${folder}/${name}`));
  return [...files.keys(), ...inner].map(path => `${root}/${path}`);
}

/** What was done, or with `--check` found, in a line. */
export function summaryOf({ options, output, changes }: GitOpsPlan, check: boolean): string {
  const files = plannedFiles(output).length;
  const what = `${count(options.clusters.length, 'cluster')}, ${count(files, 'file')} in ${output.root}/`;
  if (check) return `up to date: ${what}\n`;
  const kinds = { create: 'written', update: 'updated', delete: 'deleted' };
  const parts = Object.entries(kinds).flatMap(([kind, word]) => {
    const n = changes.filter(change => change.kind === kind).length;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  const how = parts.length === 0 ? 'nothing to change' : parts.join(', ');
  const deleted = deletedText(output.root, changes);
  return `rendered ${what}: ${how}\n${deleted}${options.style === 'applicationset' ? PROGRESSIVE : ''}`;
}

/** What makes stages count is no part of the files, and nothing tells when it is missing. */
const PROGRESSIVE =
  'note: the ApplicationSet controller must run with --enable-progressive-syncs; without it all clusters change at once\n';

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
