import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { list, record } from '../../core/manifest/object';
import { parseSource } from '../../core/source';
import { isRendered } from '../render';

/** A kind of which a cluster's folder has objects. */
export interface RenderedKind {
  /** The API group; empty for Kubernetes' oldest kinds, such as ConfigMap. */
  readonly group: string;
  /** The kind, such as `DaemonSet`. */
  readonly kind: string;
  /** Whether its objects are in a namespace. */
  readonly namespaced: boolean;
}

/** A cluster's folder of rendered manifests. */
export interface RenderedCluster {
  /** The folder's name, which is the cluster's. */
  readonly name: string;
  /** The kinds of the objects in it. */
  readonly kinds: readonly RenderedKind[];
  /** The namespaces that its objects are in. */
  readonly namespaces: readonly string[];
}

/** What a folder of rendered manifests has in it. */
export interface RenderedFolders {
  /** The folders with a file that masq rendered, sorted by name. */
  readonly clusters: readonly RenderedCluster[];
  /** The other folders, sorted by name. */
  readonly others: readonly string[];
  /** Why what a cluster's folder holds cannot be told, each in a line that quotes the file. */
  readonly faults: readonly string[];
}

/** Kinds that are in no namespace. Source: `kubectl api-resources --namespaced=false`, and masq's own definitions. */
const CLUSTER_SCOPED = new Set([
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'cilium.io/CiliumEgressGatewayPolicy',
  'crd.antrea.io/Egress',
  'crd.antrea.io/ExternalIPPool',
  'networking.gke.io/EgressNATPolicy',
  'networking.k8s.io/IngressClass',
  'node.k8s.io/RuntimeClass',
  'projectcalico.org/FelixConfiguration',
  'projectcalico.org/IPPool',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/StorageClass',
]);

/**
 * Reads the folders that `masq synth` or a {@link MasqApp} has rendered: a folder a cluster, and of each what an Argo CD
 * project has to allow. Folders below a cluster's, such as `patches`, are left out, as they are when it is applied.
 * @param dist the folder that holds a folder for each cluster
 * @throws the system's error when the folder cannot be read
 */
export function renderedClusters(dist: string): RenderedFolders {
  return clustersIn(dist, readFolders(dist));
}

/** Files from which something is applied, by the names of their folders and their own. */
export type ManifestFolders = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** As {@link renderedClusters}, of folders that need not be on the disk; `dist` is for messages. */
export function clustersIn(dist: string, folders: ManifestFolders): RenderedFolders {
  const clusters: RenderedCluster[] = [];
  const others: string[] = [];
  const faults: string[] = [];
  for (const name of [...folders.keys()].sort()) {
    const files = folders.get(name)!;
    if (![...files.values()].some(isRendered)) others.push(name);
    else clusters.push(readCluster(join(dist, name), name, files, faults));
  }
  return { clusters, others, faults };
}

/** The folders of a folder, with the files in each from which something is applied. */
export function readFolders(dist: string): Map<string, Map<string, string>> {
  const isOne = (entry: Dirent): boolean =>
    entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules';
  return new Map(
    sorted(dist)
      .filter(isOne)
      .map(({ name }) => [name, manifests(join(dist, name))]),
  );
}

/** Whether a file is one from which something is applied. */
export function isManifest(name: string): boolean {
  return /^[^/]+\.(?:ya?ml|json)$/.test(name);
}

function manifests(folder: string): Map<string, string> {
  const names = sorted(folder).filter(entry => entry.isFile() && isManifest(entry.name));
  return new Map(names.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function sorted(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readCluster(
  folder: string,
  name: string,
  files: ReadonlyMap<string, string>,
  faults: string[],
): RenderedCluster {
  const kinds = new Map<string, RenderedKind>();
  const namespaces = new Set<string>();
  for (const [own, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = join(folder, own);
    if (/^kustomization\.ya?ml$/.test(own)) {
      if (!isRendered(text)) faults.push(`"${file}" was not written by masq: what it builds cannot be told; remove it`);
      continue;
    }
    const { documents, diagnostics } = parseSource(file, text);
    const broken = diagnostics.find(found => found.severity === 'error');
    if (broken) faults.push(`"${file}" cannot be read: ${broken.message}`);
    for (const object of documents.flatMap(({ value }) => objectsOf(value))) {
      const { kind, namespace, id, title } = identify(object);
      const namespaced = !CLUSTER_SCOPED.has(id);
      if (namespaced && namespace === undefined)
        faults.push(`"${file}" has ${title} without a namespace; write it there`);
      kinds.set(id, { group: id.slice(0, id.indexOf('/')), kind, namespaced });
      if (namespaced && namespace !== undefined) namespaces.add(namespace);
    }
  }
  const ids = [...kinds.keys()].sort();
  return { name, kinds: ids.map(id => kinds.get(id)!), namespaces: [...namespaces].sort() };
}

/** An object, or those that a list of them holds. */
function objectsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  const object = record(value);
  const isList = String(object.kind).endsWith('List') && Array.isArray(object.items);
  if (isList) return list(object.items).flatMap(objectsOf);
  return typeof object.kind === 'string' ? [object] : [];
}

function identify(object: Readonly<Record<string, unknown>>) {
  const { name, namespace } = record(object.metadata);
  const apiVersion = String(object.apiVersion);
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const kind = String(object.kind);
  return {
    kind,
    id: `${group}/${kind}`,
    title: `${kind} "${String(name)}"`,
    namespace: typeof namespace === 'string' ? namespace : undefined,
  };
}
