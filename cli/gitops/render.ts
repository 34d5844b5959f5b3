import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ArgoCdFleet } from '../../constructs/gitops/argocd-fleet';
import { FluxCluster, FluxFleet } from '../../constructs/gitops/flux-fleet';
import { renderChart } from '../../constructs/render';
import { findingsOf } from '../../constructs/validation';
import { GitOpsFault, type GitOpsOptions, type Tool } from './options';

/** The first line of every file that is rendered for a tool; by it masq knows its own files again. */
export function ownHeader(tool: Tool): string {
  return `# Rendered by masq gitops ${tool}: run it again, do not edit.`;
}

/** The files for a tool, by folder: those of the output folder itself under "". */
export function renderGitOps(options: GitOpsOptions): Map<string, Map<string, string>> {
  const { tool, style, clusters, words: _, output: __, project, maxUpdate, exclude, ...rest } = options;
  const { canaries, destinations, source, ...common } = rest;
  if (tool === 'argocd') {
    const fleet = { ...common, clusters, canaries, destinations, project };
    const staged = style === 'applicationset' && { exclude, ...(maxUpdate !== undefined && { maxUpdate }) };
    return new Map([
      [
        '',
        render(
          tool,
          chart =>
            new ArgoCdFleet(chart, 'fleet', {
              ...fleet,
              ...staged,
              style: style === 'applicationset' ? style : 'applications',
            }),
        ),
      ],
    ]);
  }
  if (style === 'hub') {
    const fleet = { ...common, clusters, canaries, destinations, source };
    return new Map([['', render(tool, chart => new FluxFleet(chart, 'fleet', fleet))]]);
  }
  const folders = clusters.map(({ name: cluster }): [string, Map<string, string>] => [
    cluster,
    render(tool, chart => new FluxCluster(chart, 'cluster', { ...common, source, cluster })),
  ]);
  return new Map([['', new Map()], ...folders]);
}

function render(tool: Tool, make: (chart: Chart) => Construct): Map<string, string> {
  const chart = new Chart(new App(), 'gitops');
  make(chart);
  const errors = findingsOf(chart).filter(found => found.severity === 'error');
  if (errors.length > 0) throw new GitOpsFault(errors.map(found => found.message));
  return renderChart(chart, ownHeader(tool));
}
