import { k8s } from '../../constructs/k8s';
import { canonicalQuantity } from '../../core/intent/quantity';

/** A rendered object as plain data. */
export type Data = Readonly<Record<string, unknown>>;

/** One way in which an API server or a controller would store something else than what was applied. */
export interface Rule {
  readonly name: string;
  /** Where it is written down. */
  readonly source: string;
  /** The places of an object that break it. */
  readonly broken: (object: Data) => string[];
}

/** Every value of an object with the way to it, lists by `[]`. */
function* walk(value: unknown, path = ''): Generator<readonly [path: string, value: unknown]> {
  yield [path, value];
  if (Array.isArray(value)) for (const item of value) yield* walk(item, `${path}[]`);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* walk(inner, path === '' ? key : `${path}.${key}`);
  }
}

/** The ways to values that a test holds for. */
function places(object: Data, test: (path: string, value: unknown) => boolean): string[] {
  return [...walk(object)].filter(([path, value]) => test(path, value)).map(([path]) => path);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** What selects everything, or exists, when it is empty. */
const MEANT_EMPTY = /(?:^|\.)(?:emptyDir|podSelector|namespaceSelector|subresources\.\w+)$/;

/** Texts that are kept though they are empty: values of maps of texts, and a field without `omitempty`. */
const MEANT_BLANK =
  /(?:WhiteList|Whitelist|Blacklist)\[\]\.group$|\.git\.values\.\w+$|^(?:data|metadata\.(?:labels|annotations))\./;

/** Booleans and numbers without a pointer behind them, which Go leaves out when they are false or 0. */
const PLAIN_ZERO =
  /\.(?:hostNetwork|hostPID|hostIPC|stdin|stdinOnce|tty|readOnly|minReadySeconds|initialDelaySeconds|priority|prune|selfHeal|allowEmpty|recurse|force|suspend|wait|exclude|goTemplate|preserveResourcesOnDeletion)$/;

const SERVER_SET =
  /^(?:status|metadata\.(?:creationTimestamp|deletionTimestamp|generation|managedFields|ownerReferences|resourceVersion|selfLink|uid))$|\.template\.metadata\.creationTimestamp$/;

/** Lists whose items are told apart by some keys; two items with the same ones are refused or merged. */
const KEYED: readonly (readonly [path: RegExp, keys: readonly string[]])[] = [
  [/\.(?:containers|initContainers|volumes|env)$/, ['name']],
  [/\.volumeMounts$/, ['mountPath']],
  [/\.ports$/, ['containerPort', 'protocol']],
  [/^spec\.versions$/, ['name']],
];

const IS_DURATION = /^spec\.(?:interval|retryInterval|timeout)$/;

/** As `time.Duration.String()` writes whole seconds. */
const GO_DURATION = /^(?:\d+h[0-5]?\dm|[1-9]\d?m)?[0-5]?\ds$/;

/** What is asked of every rendered object, whoever stores it. */
export const RULES: readonly Rule[] = [
  {
    name: 'no null',
    source: 'Kubernetes API conventions, "Optional vs. Required": null is dropped or taken for absent',
    broken: object => places(object, (_, value) => value === null),
  },
  {
    name: 'no empty map or list, but where emptiness says something',
    source: 'Kubernetes API conventions: optional fields carry omitempty, so that empty ones are not written back',
    broken: object => places(object, (path, value) => isEmpty(value) && !MEANT_EMPTY.test(path)),
  },
  {
    name: 'no empty text where it would be left out',
    source: 'Kubernetes API conventions: optional fields carry omitempty',
    broken: object => places(object, (path, value) => value === '' && !MEANT_BLANK.test(path)),
  },
  {
    name: 'no false or 0 in a field without a pointer',
    source: 'k8s.io/api/core/v1 types.go, argoproj.io and fluxcd.io types: bool and int32 with omitempty',
    broken: object => places(object, (path, value) => (value === false || value === 0) && PLAIN_ZERO.test(path)),
  },
  {
    name: 'nothing that the server sets',
    source: 'Kubernetes API conventions, "Metadata" and "Spec and Status"',
    broken: object => places(object, path => SERVER_SET.test(path)),
  },
  {
    name: 'quantities in their canonical form',
    source: 'k8s.io/apimachinery/pkg/api/resource, the type Quantity',
    broken: object =>
      places(
        object,
        (path, value) =>
          /\.resources\.(?:requests|limits)\.[\w./-]+$/.test(path) && canonicalQuantity(String(value)) !== value,
      ),
  },
  {
    name: 'ports with their protocol, and in the host network with the host port',
    source:
      'pkg/apis/core/v1/defaults.go: SetDefaults_Container ports, defaultHostNetworkPorts; the protocol is a key of the list',
    broken: object => places(object, (path, value) => /\.ports\[\]$/.test(path) && !isWholePort(object, value as Data)),
  },
  {
    name: 'fieldRef with its apiVersion',
    source: 'SetDefaults_ObjectFieldSelector; the structure is atomic for server-side apply',
    broken: object =>
      places(object, (path, value) => /\.fieldRef$/.test(path) && (value as Data).apiVersion === undefined),
  },
  {
    name: 'no field that is an old name of another',
    source: 'k8s.io/api/core/v1: serviceAccount is set from serviceAccountName',
    broken: object => places(object, path => /\.spec\.serviceAccount$/.test(path)),
  },
  {
    name: 'an image whose pull policy does not depend on its tag',
    source: 'SetDefaults_Container: Always for the tag latest, which no image loaded from an archive gets over',
    broken: object =>
      places(object, (path, value) => /[cC]ontainers\[\]\.image$/.test(path) && isLatest(String(value))),
  },
  {
    name: 'items of lists told apart by their keys',
    source: 'listMapKey in k8s.io/api/core/v1 and apiextensions: duplicates are refused by server-side apply',
    broken: object =>
      places(object, (path, value) => {
        const keys = KEYED.find(([wanted]) => wanted.test(path))?.[1];
        if (keys === undefined || !Array.isArray(value)) return false;
        const ids = value.map(item => keys.map(key => String((item as Data)[key])).join(' '));
        return new Set(ids).size < ids.length;
      }),
  },
  {
    name: 'texts in labels, annotations and data',
    source: 'k8s.io/apimachinery ObjectMeta: maps of strings; another type is refused by strict validation',
    broken: object =>
      places(
        object,
        (path, value) =>
          /(?:^|\.)(?:labels|matchLabels|nodeSelector|annotations)\.[^.]|^data\./.test(path) &&
          typeof value !== 'string' &&
          typeof value !== 'object',
      ),
  },
  {
    name: 'definitions with all that is made up for them',
    source: 'SetDefaults_CustomResourceDefinitionSpec in apiextensions: conversion, singular and listKind',
    broken: object => {
      if (object.kind !== 'CustomResourceDefinition') return [];
      const paths = new Set([...walk(object)].map(([path]) => path));
      return ['spec.conversion.strategy', 'spec.names.singular', 'spec.names.listKind', 'spec.scope']
        .concat(['spec.versions[].served', 'spec.versions[].storage'])
        .filter(path => !paths.has(path));
    },
  },
  {
    name: 'spans as Go writes them',
    source: 'k8s.io/apimachinery metav1.Duration, which writes time.Duration.String(); Flux reads its objects with it',
    broken: object =>
      /fluxcd\.io/.test(String(object.apiVersion))
        ? places(object, (path, value) => IS_DURATION.test(path) && !GO_DURATION.test(String(value)))
        : [],
  },
  {
    name: 'no field of a DaemonSet, ConfigMap or ServiceAccount that Kubernetes does not know',
    source: "Kubernetes' OpenAPI of 1.27, as the L1 classes of cdk8s-plus-27 have it",
    broken: object => {
      const known = KNOWN[`${object.apiVersion} ${object.kind}`];
      if (known === undefined) return [];
      const { apiVersion: _, kind: __, ...props } = object;
      const kept = new Set([...walk(known(wrapped(props) as object))].map(([path]) => path));
      return places(object, path => path !== '' && !kept.has(path));
    },
  },
];

function isWholePort(object: Data, { protocol, containerPort, hostPort }: Data): boolean {
  const inHost = [...walk(object)].some(([path, value]) => path.endsWith('.hostNetwork') && value === true);
  return protocol !== undefined && (!inHost || hostPort === containerPort);
}

function isLatest(image: string): boolean {
  return !image.includes('@') && /(?:^|\/)[^/:]+(?::latest)?$/.test(image);
}

const KNOWN: Readonly<Record<string, (props: object) => unknown>> = {
  'apps/v1 DaemonSet': props => k8s.KubeDaemonSet.manifest(props as k8s.KubeDaemonSetProps),
  'v1 ConfigMap': props => k8s.KubeConfigMap.manifest(props),
  'v1 ServiceAccount': props => k8s.KubeServiceAccount.manifest(props),
};

/** Amounts and shares as the L1 classes take them. */
function wrapped(value: unknown, key = ''): unknown {
  if (/^(?:cpu|memory|maxSurge|maxUnavailable)$/.test(key)) return { value };
  if (Array.isArray(value)) return value.map(item => wrapped(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, wrapped(one, inner)]));
}
