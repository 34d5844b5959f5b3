import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { CustomResourceDefinition } from 'kubernetes-models/apiextensions.k8s.io/v1';
import { DaemonSet } from 'kubernetes-models/apps/v1';
import { ConfigMap, ServiceAccount } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { CRDS } from '../../core/schema/generated/crds';
import { committed, type KubeObject, ROOT } from './examples';

interface Model {
  validate(): void;
}

/** Kubernetes' own kinds, by what its API server would take. */
const MODELS: Readonly<Record<string, new (data: never) => Model>> = {
  'apiextensions.k8s.io/v1 CustomResourceDefinition': CustomResourceDefinition,
  'apps/v1 DaemonSet': DaemonSet,
  'v1 ConfigMap': ConfigMap,
  'v1 ServiceAccount': ServiceAccount,
};

const CUSTOM = [
  'networking.gke.io/v1 EgressNATPolicy',
  'networking.gke.io/v1 NetworkGatewayGroup',
  'networking.gke.io/v1alpha1 AnthosNetworkGateway',
  'networking.gke.io/v1alpha1 EgressNATPolicy',
];

const ajv = new Ajv2020({ allErrors: true, strict: true });

function schemaOf({ apiVersion, kind }: KubeObject): object {
  const [group, version] = apiVersion.split('/');
  const path = join(ROOT, 'schemas/json', group!, `${kind.toLowerCase()}_${version}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as object;
}

function typeOf({ apiVersion, kind }: KubeObject): string {
  return `${apiVersion} ${kind}`;
}

const files = [...committed()];
const objects = files.map(([path, text]) => ({ path, object: parse(text) as KubeObject }));
const ofModel = objects.filter(({ object }) => Object.hasOwn(MODELS, typeOf(object)));
const ofSchema = objects.filter(({ object }) => CUSTOM.includes(typeOf(object)));
const patches = objects.filter(({ path }) => path.includes('/patches/'));

test('every object is checked by one of these, and every kind is there', () => {
  expect(ofModel.length + ofSchema.length + patches.length).toBe(objects.length);
  const types = new Set(objects.map(({ object }) => typeOf(object)));
  expect([...types].sort()).toEqual([...Object.keys(MODELS), ...CUSTOM, 'baremetal.cluster.gke.io/v1 Cluster'].sort());
});

test('a file holds one object and begins with the line that says whose it is', () => {
  for (const [path, text] of files) {
    expect(parseAllDocuments(text), path).toHaveLength(1);
    expect(text.split('\n', 1)[0], path).toBe('# Rendered by masq: change the intent and render again, do not edit.');
  }
});

describe('Kubernetes would take', () => {
  test.each(ofModel)('$path', ({ object }) => {
    const Model = MODELS[typeOf(object)]!;
    expect(() => new Model(object as never).validate()).not.toThrow();
  });

  test.each(ofSchema)('$path', ({ object }) => {
    const validate = ajv.compile(schemaOf(object));
    validate(object);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('the models and schemas do refuse', () => {
    const daemonSet = objects.find(({ object }) => object.kind === 'DaemonSet')!.object as unknown as { spec: object };
    const broken = { ...daemonSet, spec: { ...daemonSet.spec, selector: undefined } };
    expect(() => new DaemonSet(broken as never).validate()).toThrow('selector');
    const policy = ofSchema.find(({ object }) => object.kind === 'EgressNATPolicy')!.object;
    expect(ajv.compile(schemaOf(policy))({ ...policy, spec: {} })).toBe(false);
  });
});

/** Every map in some data, with the way to it. */
function mapsIn(data: unknown, way = ''): [way: string, map: Readonly<Record<string, unknown>>][] {
  if (typeof data !== 'object' || data === null) return [];
  const below = Object.entries(data).flatMap(([key, value]) =>
    mapsIn(value, `${way}.${Array.isArray(data) ? '*' : key}`),
  );
  return Array.isArray(data) ? below : [[way, data as Readonly<Record<string, unknown>>], ...below];
}

/** What the API server adds to parts of a DaemonSet that it tells apart or compares whole, by the way to the part. */
const FILLED_IN: Readonly<Record<string, readonly string[]>> = {
  'containers.*.ports.*': ['hostPort', 'protocol'],
  'valueFrom.fieldRef': ['apiVersion'],
  livenessProbe: ['failureThreshold', 'periodSeconds', 'successThreshold', 'timeoutSeconds'],
  readinessProbe: ['failureThreshold', 'periodSeconds', 'successThreshold', 'timeoutSeconds'],
  'volumes.*.hostPath': ['type'],
  'spec.updateStrategy': ['type'],
  'updateStrategy.rollingUpdate': ['maxSurge', 'maxUnavailable'],
};

/** Quantities as the API server writes them: no fraction, no zeros that a larger unit says. */
const CANONICAL = /^(?:0|[1-9]\d*(?:m|[kMGTPE]i?)?)$/;

describe('what is applied is what is stored', () => {
  const daemonSets = objects.filter(({ object }) => object.kind === 'DaemonSet');

  test('all that would be filled in is met', () => {
    const ways = daemonSets.flatMap(({ object }) => mapsIn(object).map(([way]) => way));
    for (const end of Object.keys(FILLED_IN)) expect(ways.some(way => way.endsWith(`.${end}`))).toBe(true);
  });

  test.each(daemonSets)('$path', ({ object }) => {
    for (const [way, map] of mapsIn(object)) {
      expect(Object.keys(map), `${way} is not empty`).not.toEqual([]);
      const end = Object.keys(FILLED_IN).find(one => way.endsWith(`.${one}`));
      expect(Object.keys(map), way).toEqual(expect.arrayContaining([...(end === undefined ? [] : FILLED_IN[end]!)]));
      if (/resources\.\w+$/.test(way)) for (const quantity of Object.values(map)) expect(quantity).toMatch(CANONICAL);
    }
  });
});

test('definitions are the ones of schemas/crds', () => {
  const found = objects.filter(({ object }) => object.kind === 'CustomResourceDefinition');
  const known: unknown[] = Object.values(CRDS).map(({ metadata, spec }) => ({ name: metadata.name, spec }));
  expect(found).not.toEqual([]);
  for (const { object } of found) {
    const { metadata, spec } = object as KubeObject & { spec: unknown };
    expect(known).toContainEqual({ name: metadata.name, spec });
  }
});

test('patches of the Cluster object touch the switch and nothing else, and forbid pruning', () => {
  expect(patches.map(({ path }) => path)).toEqual([
    'anthos-gateway-1-10/patches/cluster-cluster1.yaml',
    'anthos-gateway/patches/cluster-cluster1.yaml',
  ]);
  const [current, preview] = patches.map(({ object }) => object as KubeObject & { spec?: unknown });
  const identity = { name: 'cluster1', namespace: 'cluster-cluster1' };
  const kept = {
    'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
    'argocd.argoproj.io/sync-options': 'Delete=false,Prune=false,ServerSideApply=true',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  };
  const head = { apiVersion: 'baremetal.cluster.gke.io/v1', kind: 'Cluster' };
  expect(current).toEqual({
    ...head,
    metadata: { ...identity, annotations: kept },
    spec: { clusterNetwork: { advancedNetworking: true } },
  });
  const enable = { 'baremetal.cluster.gke.io/enable-anthos-network-gateway': 'true' };
  expect(preview).toEqual({ ...head, metadata: { ...identity, annotations: { ...kept, ...enable } } });
});
