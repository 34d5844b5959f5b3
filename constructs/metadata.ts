import type { ApiObjectMetadata } from 'cdk8s';
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

/** Metadata with an explicit name, our label, and the sync wave where it is not Argo CD's default. */
export function metadata(
  name: string,
  namespace: string | undefined,
  wave: Wave,
  common: CommonProps,
): ApiObjectMetadata {
  const annotations = {
    ...(WAVES[wave] !== 0 && { 'argocd.argoproj.io/sync-wave': String(WAVES[wave]) }),
    ...common.annotations,
  };
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    labels: { ...common.labels, 'app.kubernetes.io/managed-by': 'masq' },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

/** The annotation that declares a route to the internet, when there is one. */
export function routeAnnotation(route: string | undefined): Record<string, string> {
  return route === undefined ? {} : { [INTERNET_ROUTE]: route };
}
