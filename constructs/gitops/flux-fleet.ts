import { Construct } from 'constructs';
import { checkProps, optional, type PropsShape, required, TEXT_MAP, TEXTS, withoutFaulty } from '../props';
import { reportFindings } from '../validation';
import {
  below,
  CLUSTER_LABEL,
  CLUSTERS,
  type FleetFault,
  type FleetProps,
  faultDiagnostic,
  fleetFaults,
  STAGE_LABEL,
  stageOf,
} from './fleet';
import { FluxKustomization, type FluxKustomizationProps, KUSTOMIZATION_SHAPE } from './flux-kustomization';
import { FLUX_SOURCE_SHAPE, FluxSource, type FluxSourceProps, sourceFaults } from './flux-source';
import { LABEL_NAME, OBJECT_NAME, textFault } from './shapes';

/** Properties of {@link FluxFleet}. */
export interface FluxFleetProps
  extends Omit<FluxSourceProps, 'cluster'>,
    Pick<FluxKustomizationProps, 'serviceAccountName' | 'timeout'>,
    FleetProps {
  /**
   * The source's name, and the beginning of every Kustomization's.
   * @default masq
   */
  readonly name?: string;
}

/** Properties of {@link FluxCluster}. */
export interface FluxClusterProps extends Omit<FluxFleetProps, 'clusters' | 'canaries' | 'destinations'> {
  /** The cluster's name, which is its folder's. */
  readonly cluster: string;
}

/** What is said alike of a fleet and of one cluster. */
type Common = Omit<FluxClusterProps, 'cluster'>;

const { cluster: _cluster, ...SOURCE_SHAPE } = FLUX_SOURCE_SHAPE;

const COMMON_SHAPE: PropsShape<Common> = {
  ...SOURCE_SHAPE,
  serviceAccountName: KUSTOMIZATION_SHAPE.serviceAccountName,
  timeout: KUSTOMIZATION_SHAPE.timeout,
};

const SHAPE: PropsShape<FluxFleetProps> = {
  ...COMMON_SHAPE,
  clusters: required(CLUSTERS),
  canaries: optional(TEXTS),
  destinations: optional(TEXT_MAP),
};

const CLUSTER_SHAPE: PropsShape<FluxClusterProps> = { ...COMMON_SHAPE, cluster: required(LABEL_NAME) };

/** The destination that is the cluster in which Flux runs, and needs no kubeconfig. */
export const IN_CLUSTER = 'in-cluster';

/**
 * What a Flux in one cluster needs to sync the folders of all of them: one source, and a Kustomization for each, with the
 * kubeconfig of the Secret that `destinations` names, or else of `<cluster>-kubeconfig`. The rest waits until all
 * canaries are ready with the revision that it is about to apply.
 */
export class FluxFleet extends Construct {
  constructor(scope: Construct, id: string, props: FluxFleetProps) {
    super(scope, id);
    const checked = checkProps(props, SHAPE);
    const { sound, findings } = checked;
    const faults = fluxFaults(withoutFaulty(checked)).map(faultDiagnostic);
    reportFindings(this, () => [...findings, ...faults]);
    if (findings.length + faults.length === 0) this.render(sound as FluxFleetProps);
  }

  private render(props: FluxFleetProps): void {
    const { clusters, canaries = [], destinations = {}, name = 'masq', labels } = props;
    new FluxSource(this, 'Source', sourceProps(props));
    for (const cluster of clusters) {
      const stage = stageOf(cluster.name, canaries);
      const secret = destinations[cluster.name] ?? kubeConfigOf(cluster.name);
      new FluxKustomization(this, cluster.name, {
        ...kustomizationProps(props, cluster.name, `${name}-${cluster.name}`),
        labels: { ...labels, [CLUSTER_LABEL]: cluster.name, [STAGE_LABEL]: stage },
        ...(stage === 'rest' && { dependsOn: [...new Set(canaries)].sort().map(canary => `${name}-${canary}`) }),
        ...(secret !== IN_CLUSTER && { kubeConfigSecret: secret }),
      });
    }
  }
}

/** What a Flux that runs in a cluster needs to sync this cluster's folder: a source that has no other one, and a Kustomization. */
export class FluxCluster extends Construct {
  constructor(scope: Construct, id: string, props: FluxClusterProps) {
    super(scope, id);
    const { sound, findings } = checkProps(props, CLUSTER_SHAPE);
    const faults = sourceFaults(sound).map(faultDiagnostic);
    reportFindings(this, () => [...findings, ...faults]);
    if (findings.length + faults.length > 0) return;
    const { cluster, ...rest } = sound as FluxClusterProps;
    const labels = { ...rest.labels, [CLUSTER_LABEL]: cluster };
    new FluxSource(this, 'Source', { ...sourceProps({ ...rest, labels }), cluster });
    new FluxKustomization(this, 'Kustomization', { ...kustomizationProps(rest, cluster, rest.name ?? 'masq'), labels });
  }
}

/** What sources and Kustomizations are told alike, as far as it was said. */
function common({ source, namespace, annotations }: Common) {
  return {
    ...(source !== undefined && { source }),
    ...(namespace !== undefined && { namespace }),
    ...(annotations !== undefined && { annotations }),
  };
}

function sourceProps(props: Common) {
  const { name, repo, revision, path, secret, labels } = props;
  return {
    ...common(props),
    repo,
    ...(name !== undefined && { name }),
    ...(revision !== undefined && { revision }),
    ...(path !== undefined && { path }),
    ...(secret !== undefined && { secret }),
    ...(labels !== undefined && { labels }),
  };
}

function kustomizationProps(props: Common, cluster: string, name: string) {
  const { serviceAccountName, timeout } = props;
  return {
    ...common(props),
    name,
    sourceName: props.name ?? 'masq',
    path: below(props.path ?? 'dist', cluster),
    ...(serviceAccountName !== undefined && { serviceAccountName }),
    ...(timeout !== undefined && { timeout }),
  };
}

/** What is wrong with props that do not fit each other, or the clusters. */
export function fluxFaults(props: Partial<FluxFleetProps>): FleetFault[] {
  const faults = [...sourceFaults(props), ...fleetFaults(props, props.name ?? 'masq', kubeConfigOf)];
  for (const [cluster, secret] of Object.entries(props.destinations ?? {})) {
    const fault = textFault(secret, OBJECT_NAME);
    if (fault !== undefined) faults.push({ path: ['destinations', cluster], message: fault });
  }
  return faults;
}

/** The Secret with a cluster's kubeconfig, of which nothing is said. */
function kubeConfigOf(cluster: string): string {
  return `${cluster}-kubeconfig`;
}
