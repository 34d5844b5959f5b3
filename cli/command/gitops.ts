import { GITOPS_TOOLS } from '../choices';
import { writeFindings } from '../findings';
import { GitOpsFault, readOptions, toolFault } from '../gitops/options';
import { type GitOpsPlan, planGitOps, plannedFiles, stalenessOf, summaryOf } from '../gitops/plan';
import type { Invocation } from '../masq';
import { commitOutput } from '../output';
import { commandLine } from '../shells';
import { refuse, stdout } from '../stdio';

/** `masq gitops`: renders what Argo CD or Flux needs to sync what is rendered, or checks what is there. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const tool = GITOPS_TOOLS.find(name => name === positionals[0]);
  if (tool === undefined) return refuse([toolFault(positionals[0]!)]);
  try {
    return await settle(planGitOps(readOptions(tool, values)), values);
  } catch (error) {
    if (error instanceof GitOpsFault) return refuse(error.faults);
    throw error;
  }
}

async function settle(plan: GitOpsPlan, values: Invocation['values']): Promise<number> {
  const machine = values.format !== 'text';
  const stale = values.check ? stalenessOf(plan, commandLine(['masq', 'gitops', ...plan.options.words])) : [];
  if (machine || stale.length > 0) {
    const files = plannedFiles(plan.output);
    await writeFindings({ diagnostics: stale, sources: new Map(), files, documents: files.length }, values);
  }
  if (stale.length > 0) return 1;
  if (!values.check) commitOutput(plan.output, plan.changes, { prune: false });
  if (!machine && !values.quiet) stdout.write(summaryOf(plan, values.check === true));
  return 0;
}
