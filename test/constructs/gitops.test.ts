import { App, Chart } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  ArgoCdApplication,
  ArgoCdApplicationSet,
  ArgoCdFleet,
  type ArgoCdFleetProps,
  ArgoCdProject,
  FluxCluster,
  FluxFleet,
  FluxKustomization,
  FluxSource,
  findingsOf,
  MasqApp,
  renderedClusters,
} from '../../constructs';
import { ROOT, withFolder } from '../examples/examples';
import { errorsOf } from './synth';

const repo = 'https://git.example/network/clusters.git';
const kind = { group: '', kind: 'ConfigMap', namespaced: true };
const cluster = (name: string) => ({ name, kinds: [kind], namespaces: ['kube-system'] });
const clusters = [cluster('prod'), cluster('staging')];

/** What is wrong, in the words that a program is told, without places in the program. */
function faults(make: (chart: Chart) => unknown): string[] {
  const chart = new Chart(new App(), 'chart');
  make(chart);
  return findingsOf(chart).map(({ code, path, message }) => `${code} ${path?.join('.')} ${message}`);
}

test('a fleet in an app is written to a folder of its own, and is sound', () => {
  withFolder(outdir => {
    const app = new MasqApp({ outdir });
    const chart = new Chart(app, 'argocd');
    const fleet = new ArgoCdFleet(chart, 'fleet', { clusters, repo });
    expect(errorsOf(app)).toEqual([]);
    expect(fleet.style).toBe('applications');
  });
});

test.each<[Partial<ArgoCdFleetProps>, string]>([
  [{}, 'applications'],
  [{ canaries: [] }, 'applications'],
  [{ canaries: ['prod'] }, 'applicationset'],
  [{ style: 'applicationset' }, 'applicationset'],
])('the style of a fleet with %j is %s', (props, style) => {
  expect(new ArgoCdFleet(new Chart(new App(), 'c'), 'f', { clusters, repo, ...props }).style).toBe(style);
});

test.each(['prod', 'https://203.0.113.1:6443/x', 'gke_net_eu_prod', 'arn:aws:eks:eu-west-1:111122223333:cluster/prod'])(
  'a cluster may be at %s',
  place => {
    const made = faults(chart => new ArgoCdFleet(chart, 'fleet', { clusters, repo, destinations: { prod: place } }));
    expect(made).toEqual([]);
  },
);

test('the project of a fleet goes by its name, unless it has one', () => {
  const projects = [{ name: 'net' }, { name: 'net', project: 'shared' }].map(props => {
    const chart = new Chart(new App(), 'chart');
    new ArgoCdFleet(chart, 'fleet', { clusters, repo, ...props });
    const [project, application] = chart.toJson() as { metadata: { name: string }; spec: { project: string } }[];
    return [project!.metadata.name, application!.metadata.name, application!.spec.project];
  });
  expect(projects).toEqual([
    ['net', 'net-prod', 'net'],
    ['shared', 'net-prod', 'shared'],
  ]);
});

describe('what is wrong is found, all of it, and then nothing is rendered', () => {
  test.each<[string, (chart: Chart) => unknown, string[]]>([
    [
      'in a fleet of Argo CD',
      chart =>
        new ArgoCdFleet(chart, 'f', {
          clusters,
          repo,
          canaries: ['stagin'],
          destinations: { prod: 'ftp://x' },
          maxUpdate: '0%',
        }),
      [
        'MQ206 props.canaries.0 "stagin" is no rendered cluster; did you mean "staging"?',
        'MQ206 props.destinations.prod "ftp://x" is not allowed; write the URL of an API server such as "https://203.0.113.1:6443", or the name of a cluster',
        'MQ206 props.maxUpdate "0%" is not allowed; write a number such as 1, a share such as "25%", or 0 to wait for a hand',
      ],
    ],
    [
      'in one without clusters',
      chart => new ArgoCdFleet(chart, 'f', { clusters: [], repo }),
      ['MQ206 props.clusters props.clusters is empty; at least 1 is needed'],
    ],
    [
      'in a fleet of Flux',
      chart =>
        new FluxFleet(chart, 'f', { clusters, source: 'oci', repo, canaries: ['prod', 'staging'], timeout: '10m' }),
      [
        'MQ206 props.timeout props.timeout "10m" is not allowed; write a span as Go writes it, such as "30s", "10m0s" or "1h0m0s"',
        `MQ206 props.repo "${repo}" is not allowed; write the URL of an OCI repository without a tag, such as "oci://ghcr.io/org/manifests"`,
        'MQ206 props.canaries every cluster is a canary; leave at least one for the rest',
      ],
    ],
    [
      'in a cluster of Flux',
      chart => new FluxCluster(chart, 'c', { cluster: 'Prod', repo }),
      [`MQ206 props.cluster props.cluster "Prod" is not allowed; write "prod"`],
    ],
  ])('%s', (_, make, wanted) => {
    expect(faults(make)).toEqual(wanted);
    const chart = new Chart(new App(), 'chart');
    make(chart);
    expect(chart.apiObjects).toEqual([]);
    expect(() => chart.toJson()).toThrow('Validation failed');
  });

  test.each<[string, (chart: Chart) => unknown, string]>([
    ['a project', c => new ArgoCdProject(c, 'x', { repo, destinations: [], kinds: [kind] }), 'props.destinations'],
    [
      'an Application',
      c => new ArgoCdApplication(c, 'x', { name: 'x', repo, path: '/dist', destination: 'x' }),
      'props.path',
    ],
    ['an ApplicationSet', c => new ArgoCdApplicationSet(c, 'x', { repo, maxUpdate: -1 }), 'props.maxUpdate'],
    [
      'where an ApplicationSet writes to',
      c => new ArgoCdApplicationSet(c, 'x', { repo, destinations: { prod: '' } }),
      'props.destinations.prod',
    ],
    ['a source', c => new FluxSource(c, 'x', { repo, revision: '-x' }), 'props.revision'],
    ['a Kustomization', c => new FluxKustomization(c, 'x', { name: 'X', path: 'dist' }), 'props.name'],
  ])('in %s', (_, make, path) => {
    expect(faults(make).map(line => line.split(' ')[1])).toEqual([path]);
  });
});

test('what is rendered is read by folder: kinds, namespaces, and folders of others', () => {
  const { clusters: found, others, faults: wrong } = renderedClusters(`${ROOT}/dist`);
  expect(wrong).toEqual([]);
  expect(others).toEqual([]);
  expect(found.find(({ name }) => name === 'anthos-gateway')).toEqual({
    name: 'anthos-gateway',
    kinds: [
      { group: 'networking.gke.io', kind: 'AnthosNetworkGateway', namespaced: true },
      { group: 'networking.gke.io', kind: 'EgressNATPolicy', namespaced: false },
    ],
    // The Cluster of its patch is none of its objects.
    namespaces: ['cluster-cluster1'],
  });
  expect(renderedClusters(`${ROOT}/docs`)).toMatchObject({
    clusters: [],
    others: expect.arrayContaining(['platforms']),
  });
});
