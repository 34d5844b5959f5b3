import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { committed, ROOT, readFiles } from '../examples/examples';
import { gitOpsOfAllStyles } from '../gitops/styles';
import { type Data, RULES } from './rules';

const files = new Map([
  ...[...committed()].map(([path, text]) => [`dist/${path}`, text] as const),
  ...['argocd', 'flux'].flatMap(tool =>
    [...readFiles(`${ROOT}/examples/gitops/${tool}`)].map(([path, text]) => [`${tool}/${path}`, text] as const),
  ),
  ...gitOpsOfAllStyles(),
]);

test('there is something to ask', () => {
  const kinds = new Set([...files.values()].map(text => (parse(text) as Data).kind));
  expect([...kinds].sort()).toEqual([
    'AnthosNetworkGateway',
    'AppProject',
    'Application',
    'ApplicationSet',
    'Cluster',
    'ConfigMap',
    'CustomResourceDefinition',
    'DaemonSet',
    'EgressNATPolicy',
    'GitRepository',
    'Kustomization',
    'NetworkGatewayGroup',
    'OCIRepository',
    'ServiceAccount',
  ]);
});

describe('an API server stores what is rendered as it is', () => {
  test.each(RULES)('$name', ({ broken }) => {
    const found = [...files].flatMap(([path, text]) => broken(parse(text) as Data).map(place => `${path} ${place}`));
    expect(found).toEqual([]);
  });
});

/** A pod's spec in a DaemonSet. */
function pod(spec: object): Data {
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' }, spec: { template: { spec } } };
}

function container(more: object): Data {
  return pod({ hostNetwork: true, containers: [{ name: 'a', image: 'registry.example/a:1', ...more }] });
}

const CONTAINER = 'spec.template.spec.containers[]';
const CRD = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** An object that breaks each rule, and where. */
const BREAKS: Readonly<Record<string, readonly (readonly [object: Data, place: string])[]>> = {
  'no null': [[{ metadata: { labels: null } }, 'metadata.labels']],
  'no empty map or list, but where emptiness says something': [
    [container({ args: [] }), `${CONTAINER}.args`],
    [{ metadata: { annotations: {} } }, 'metadata.annotations'],
  ],
  'no empty text where it would be left out': [[{ spec: { destination: { server: '' } } }, 'spec.destination.server']],
  'no false or 0 in a field without a pointer': [
    [
      container({ volumeMounts: [{ name: 'a', mountPath: '/a', readOnly: false }] }),
      `${CONTAINER}.volumeMounts[].readOnly`,
    ],
    [{ spec: { syncPolicy: { automated: { prune: false } } } }, 'spec.syncPolicy.automated.prune'],
  ],
  'nothing that the server sets': [
    [{ metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } }, 'metadata.creationTimestamp'],
    [{ status: { conditions: ['x'] } }, 'status'],
  ],
  'quantities in their canonical form': [
    [container({ resources: { limits: { memory: '1024Mi' } } }), `${CONTAINER}.resources.limits.memory`],
    [container({ resources: { requests: { cpu: 1 } } }), `${CONTAINER}.resources.requests.cpu`],
  ],
  'ports with their protocol, and in the host network with the host port': [
    [container({ ports: [{ containerPort: 9797, hostPort: 9797 }] }), `${CONTAINER}.ports[]`],
    [container({ ports: [{ containerPort: 9797, protocol: 'TCP' }] }), `${CONTAINER}.ports[]`],
  ],
  'fieldRef with its apiVersion': [
    [
      container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }] }),
      `${CONTAINER}.env[].valueFrom.fieldRef`,
    ],
  ],
  'no field that is an old name of another': [[pod({ serviceAccount: 'a' }), 'spec.template.spec.serviceAccount']],
  'an image whose pull policy does not depend on its tag': [
    [container({ image: 'registry.example:5000/a' }), `${CONTAINER}.image`],
    [container({ image: 'registry.example/a:latest' }), `${CONTAINER}.image`],
  ],
  'items of lists told apart by their keys': [
    [pod({ volumes: [{ name: 'a' }, { name: 'a' }] }), 'spec.template.spec.volumes'],
  ],
  'texts in labels, annotations and data': [
    [{ metadata: { annotations: { a: true } } }, 'metadata.annotations.a'],
    [{ data: { a: 1 } }, 'data.a'],
  ],
  'definitions with all that is made up for them': [
    [
      {
        ...CRD,
        spec: {
          scope: 'Cluster',
          conversion: { strategy: 'None' },
          names: { singular: 'a' },
          versions: [{ served: true, storage: true }],
        },
      },
      'spec.names.listKind',
    ],
  ],
  'spans as Go writes them': [
    [{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', spec: { interval: '10m' } }, 'spec.interval'],
    [{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', spec: { timeout: '90s' } }, 'spec.timeout'],
  ],
  'no field of a DaemonSet, ConfigMap or ServiceAccount that Kubernetes does not know': [
    [container({ imagePullPolicies: 'Always' }), `${CONTAINER}.imagePullPolicies`],
  ],
};

describe('each rule finds what breaks it', () => {
  test('and is tried', () => expect(Object.keys(BREAKS).sort()).toEqual(RULES.map(({ name }) => name).sort()));

  test.each(RULES)('$name', ({ name, broken }) => {
    for (const [object, place] of BREAKS[name]!) expect(broken(object), place).toEqual([place]);
  });
});
