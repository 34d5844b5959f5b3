import type { KubeObject } from '../artefact/kube-object';
import type { ClusterModel } from '../intent/model';

/** One file of a target. */
export interface TargetFile {
  /** Its name in the cluster's folder. Those in a folder below it are not applied with the others. */
  readonly path: string;
  /** What stands in it. */
  readonly value: KubeObject;
}

/** An object that is applied with its folder; its name begins with a number, in whose order objects are applied. */
export function objectFile(order: number, object: NamedObject): TargetFile {
  return { path: `${order}-${fileName(object)}`, value: { ...object } };
}

/** The part of an object that is there already, which is to be changed as it says: a strategic merge patch. */
export function patchFile(object: NamedObject): TargetFile {
  return { path: `patches/${fileName(object)}`, value: { ...object } };
}

/** What the installation of a data plane is to be told: values of its Helm chart, or of its add-on. */
export function valuesFile(name: string, value: KubeObject): TargetFile {
  return { path: `values/${name}.yaml`, value };
}

/** The least that an object has. */
export interface NamedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [key: string]: unknown;
}

/** An object's metadata. */
export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: object;
  readonly annotations?: object;
}

/** Metadata of an object that masq owns. */
export function metadataOf(
  { labels, annotations }: ClusterModel,
  name: string,
  more: { readonly namespace?: string; readonly labels?: object; readonly annotations?: object } = {},
): ObjectMetadata {
  const all = { ...annotations, ...more.annotations };
  return {
    ...(Object.keys(all).length > 0 && { annotations: all }),
    labels: { ...labels, ...more.labels, 'app.kubernetes.io/managed-by': 'masq' },
    name,
    ...(more.namespace !== undefined && { namespace: more.namespace }),
  };
}

function fileName({ kind, metadata }: NamedObject): string {
  return `${`${kind}-${metadata.name}`.toLowerCase().replace(/[^a-z0-9.-]/g, '-')}.yaml`;
}
