import { type ApiObject, type ApiObjectMetadata, Chart, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { INTERNET_ROUTE } from '../core/manifest/object';

/** What every construct of this package takes for its objects' metadata. */
export interface CommonProps {
  /**
   * Labels that every object gets. `app.kubernetes.io/managed-by` is always `masq`.
   * @default none beside `app.kubernetes.io/managed-by: masq`
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Annotations that every object gets.
   * @default none
   */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Argo CD's sync waves, where the order of applying matters: definitions, configuration, workloads, policies. */
export const WAVES = { definition: -1, configuration: 0, workload: 1, policy: 2 } as const;

/** One step of the order in which objects are applied. */
export type Wave = keyof typeof WAVES;

/**
 * Annotations of objects that are not deleted with the file that they came from, since that would take traffic with them:
 * a definition takes every policy of its kind, a gateway its floating IPs, a Cluster the cluster. Who means it deletes
 * them by hand. Argo CD counts what it leaves for in sync, or a stage that waits for that would wait for ever.
 * Sources: Argo CD's pages "Sync Options" and "Compare Options", Flux's page "Kustomization" (Prune).
 */
export const KEPT = {
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
  'argocd.argoproj.io/sync-options': 'Delete=false,Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
} as const;

/** Metadata with an explicit name, our label, and the sync wave where it is not Argo CD's default. */
export function metadata(
  name: string | undefined,
  namespace: string | undefined,
  wave: Wave,
  common: CommonProps,
): ApiObjectMetadata {
  const annotations = {
    ...(WAVES[wave] !== 0 && { 'argocd.argoproj.io/sync-wave': String(WAVES[wave]) }),
    ...common.annotations,
  };
  return {
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    labels: { ...common.labels, 'app.kubernetes.io/managed-by': 'masq' },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

/** The namespace of the agent's objects: the one given, else the chart's, else that of the system. */
export function namespaceOf(construct: Construct, given: string | undefined): string {
  return given ?? Chart.of(construct).namespace ?? 'kube-system';
}

/** Keeps a chart's namespace away from an object that is in none; cdk8s would give it to every object. */
export function clusterScoped(object: ApiObject): ApiObject {
  if (object.chart.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  return object;
}

/** The annotation that declares a route to the internet, when there is one. */
export function routeAnnotation(route: string | undefined): Record<string, string> {
  return route === undefined ? {} : { [INTERNET_ROUTE]: route };
}
