import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ArgoCdFleet, FluxCluster, FluxFleet, renderedClusters } from '../../constructs';
import { renderChart } from '../../constructs/render';
import { ROOT } from '../examples/examples';

/** A repository that nobody has. */
export const REPO = 'https://git.example/network/clusters.git';

/** The clusters of this repo's dist/. */
export const { clusters: CLUSTERS } = renderedClusters(`${ROOT}/dist`);

/** What a construct renders to, by file. */
export function rendered(make: (chart: Chart) => Construct): Map<string, string> {
  const chart = new Chart(new App(), 'chart');
  make(chart);
  const errors = chart.node.findAll().flatMap(node => node.node.validate());
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return renderChart(chart);
}

const TOLD = { clusters: CLUSTERS, labels: { team: 'network' }, annotations: { 'masq/reason': 'a test' } };
const STAGED = { ...TOLD, canaries: ['masq-agent', 'google-config-map'] };
const OCI = { source: 'oci', repo: 'oci://registry.example/network/clusters', path: '.' } as const;

/** Each style of each tool with each option that changes what is rendered. */
const STYLES: Readonly<Record<string, (chart: Chart) => Construct>> = {
  applications: chart =>
    new ArgoCdFleet(chart, 'fleet', {
      ...TOLD,
      repo: 'git@git.example:network/clusters.git',
      revision: 'v1.2',
      destinations: { 'masq-agent': 'https://203.0.113.1:6443' },
    }),
  applicationset: chart =>
    new ArgoCdFleet(chart, 'fleet', {
      ...STAGED,
      repo: REPO,
      name: 'net',
      project: 'network',
      namespace: 'gitops',
      exclude: ['drafts'],
      maxUpdate: 0,
      destinations: { 'masq-agent': 'https://203.0.113.1:6443', 'fleet-ts-batch': 'batch' },
    }),
  'one stage': chart =>
    new ArgoCdFleet(chart, 'fleet', { ...TOLD, repo: REPO, style: 'applicationset', maxUpdate: '25%' }),
  'cluster-scoped objects only': chart =>
    new ArgoCdFleet(chart, 'fleet', {
      clusters: CLUSTERS.filter(({ name }) => name.startsWith('autopilot')),
      repo: REPO,
    }),
  hub: chart =>
    new FluxFleet(chart, 'fleet', {
      ...STAGED,
      repo: REPO,
      revision: 'refs/tags/v1.2',
      secret: 'deploy-key',
      serviceAccountName: 'masq',
      timeout: '1h0m0s',
      destinations: { 'masq-agent': 'in-cluster', 'fleet-ts-batch': 'batch-config' },
    }),
  'hub of an artifact': chart =>
    new FluxFleet(chart, 'fleet', { ...TOLD, ...OCI, revision: `sha256:${'0'.repeat(64)}` }),
  'flux in a cluster': chart => new FluxCluster(chart, 'cluster', { cluster: 'masq-agent', repo: REPO, path: 'a/b' }),
  'flux in a cluster, of an artifact': chart => new FluxCluster(chart, 'cluster', { cluster: 'masq-agent', ...OCI }),
  'flux in a cluster, of a commit': chart =>
    new FluxCluster(chart, 'cluster', {
      cluster: 'masq-agent',
      repo: REPO,
      revision: '0123456789abcdef0123456789abcdef01234567',
    }),
};

/** What all styles render, by style and file. */
export function gitOpsOfAllStyles(): Map<string, string> {
  const files = Object.entries(STYLES).flatMap(([style, make]) =>
    [...rendered(make)].map(([name, text]): [string, string] => [`${style}: ${name}`, text]),
  );
  return new Map(files);
}
