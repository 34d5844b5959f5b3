import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ArgoCdFleet } from '../../constructs/gitops/argocd-fleet';
import { FluxCluster, FluxFleet } from '../../constructs/gitops/flux-fleet';
import { renderChart } from '../../constructs/render';
import { findingsOf } from '../../constructs/validation';
import { GitOpsFault, type GitOpsOptions, type Tool } from './options';

/** The first line of every file that is rendered for a tool, all clusters or one; by it masq knows its own files again. */
export function ownHeader(tool: Tool, cluster?: string): string {
  const whom = cluster === undefined ? tool : `${tool} for ${cluster}`;
  return `# Rendered by masq gitops ${whom}: run it again, do not edit.`;
}

/** Whether a file below an output folder was rendered there, and not in a folder that it is the output folder of. */
export function isOwn(tool: Tool, text: string, path: string): boolean {
  const [cluster, name, ...deeper] = path.split('/');
  if (deeper.length > 0) return false;
  return text.startsWith(`${name === undefined ? ownHeader(tool) : ownHeader(tool, cluster)}\n`);
}

/** The files for a tool: those of the output folder itself, and those of folders in it. */
export interface GitOpsFiles {
  readonly files: ReadonlyMap<string, string>;
  readonly folders: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

type Files = Map<string, string>;

/** Renders what a tool needs. */
export function renderGitOps(options: GitOpsOptions): GitOpsFiles {
  const { tool, style, clusters } = options;
  if (style !== 'per-cluster') {
    return {
      files: render(ownHeader(tool), chart => (tool === 'argocd' ? argoCd : fluxHub)(chart, options)),
      folders: new Map(),
    };
  }
  const folders = clusters.map(({ name: cluster }): [string, Files] => {
    const props = { ...common(options), source: options.source, cluster };
    return [cluster, render(ownHeader(tool, cluster), chart => new FluxCluster(chart, 'cluster', props))];
  });
  return { files: new Map(), folders: new Map(folders) };
}

function argoCd(chart: Chart, options: GitOpsOptions): Construct {
  const { clusters, canaries, destinations, project, exclude, maxUpdate } = options;
  const staged = options.style === 'applicationset';
  return new ArgoCdFleet(chart, 'fleet', {
    ...common(options),
    ...{ clusters, canaries, destinations, project },
    ...(staged && { exclude, ...(maxUpdate !== undefined && { maxUpdate }) }),
    style: staged ? 'applicationset' : 'applications',
  });
}

function fluxHub(chart: Chart, options: GitOpsOptions): Construct {
  const { clusters, canaries, destinations, source } = options;
  return new FluxFleet(chart, 'fleet', { ...common(options), clusters, canaries, destinations, source });
}

/** What all of them are told, as far as it was said. */
function common({ repo, path, name, revision, namespace, secret, serviceAccountName, timeout }: GitOpsOptions) {
  return {
    ...{ repo, path, name },
    ...(revision !== undefined && { revision }),
    ...(namespace !== undefined && { namespace }),
    ...(secret !== undefined && { secret }),
    ...(serviceAccountName !== undefined && { serviceAccountName }),
    ...(timeout !== undefined && { timeout }),
  };
}

function render(header: string, make: (chart: Chart) => Construct): Files {
  const chart = new Chart(new App(), 'gitops');
  make(chart);
  const errors = findingsOf(chart).filter(found => found.severity === 'error');
  if (errors.length > 0) throw new GitOpsFault(errors.map(found => found.message));
  return renderChart(chart, header);
}
