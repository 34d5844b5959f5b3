import { Construct } from 'constructs';
import type { CommonProps } from '../metadata';
import {
  COMMON,
  checkProps,
  NAMESPACE,
  optional,
  type PropsShape,
  required,
  TEXT,
  TEXT_MAP,
  TEXTS,
  withoutFaulty,
} from '../props';
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
import { FluxKustomization } from './flux-kustomization';
import { FluxSource, sourceFaults } from './flux-source';
import { DURATION, FOLDER, LABEL_NAME, OBJECT_NAME, textFault } from './shapes';

/** Properties of {@link FluxFleet}. */
export interface FluxFleetProps extends CommonProps, FleetProps {
  /**
   * Whether manifests come from a Git repository or from an OCI artifact.
   * @default git
   */
  readonly source?: 'git' | 'oci';

  /**
   * The source's name, and the beginning of every Kustomization's.
   * @default masq
   */
  readonly name?: string;

  /**
   * The namespace in which Flux runs.
   * @default flux-system
   */
  readonly namespace?: string;

  /** The URL of the Git repository, or of the OCI repository. */
  readonly repo: string;

  /**
   * The branch, `refs/tags/` and a tag, or the commit; of an OCI artifact the tag or the digest.
   * @default main for git, latest for oci
   */
  readonly revision?: string;

  /**
   * The folder in the source that holds a folder for each cluster.
   * @default dist
   */
  readonly path?: string;

  /**
   * The Secret with what the repository asks for.
   * @default none: everybody may read the repository
   */
  readonly secret?: string;

  /**
   * The ServiceAccount with whose rights objects are applied.
   * @default that of Flux's controller, or of the kubeconfig
   */
  readonly serviceAccountName?: string;

  /**
   * How long applying and becoming healthy may take.
   * @default 10m0s
   */
  readonly timeout?: string;
}

const SHAPE: PropsShape<FluxFleetProps> = {
  ...COMMON,
  clusters: required(CLUSTERS),
  canaries: optional(TEXTS),
  destinations: optional(TEXT_MAP),
  source: optional({ enum: ['git', 'oci'] }),
  name: optional(LABEL_NAME),
  namespace: optional(NAMESPACE),
  repo: required(TEXT),
  revision: optional(TEXT),
  path: optional(FOLDER),
  secret: optional(OBJECT_NAME),
  serviceAccountName: optional(OBJECT_NAME),
  timeout: optional(DURATION),
};

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
      const secret = destinations[cluster.name] ?? `${cluster.name}-kubeconfig`;
      new FluxKustomization(this, cluster.name, {
        ...kustomizationProps(props, cluster.name, `${name}-${cluster.name}`),
        labels: { ...labels, [CLUSTER_LABEL]: cluster.name, [STAGE_LABEL]: stage },
        ...(stage === 'rest' && { dependsOn: [...new Set(canaries)].sort().map(canary => `${name}-${canary}`) }),
        ...(secret !== IN_CLUSTER && { kubeConfigSecret: secret }),
      });
    }
  }
}

/** Properties of {@link FluxCluster}. */
export interface FluxClusterProps extends Omit<FluxFleetProps, 'clusters' | 'canaries' | 'destinations'> {
  /** The cluster's name, which is its folder's. */
  readonly cluster: string;
}

/** What a Flux that runs in a cluster needs to sync this cluster's folder: a source that has no other one, and a Kustomization. */
export class FluxCluster extends Construct {
  constructor(scope: Construct, id: string, props: FluxClusterProps) {
    super(scope, id);
    const { clusters: _, canaries: __, destinations: ___, ...shape } = SHAPE;
    const { sound, findings } = checkProps<FluxClusterProps>(props, { ...shape, cluster: required(LABEL_NAME) });
    const faults = sourceFaults(sound).map(faultDiagnostic);
    reportFindings(this, () => [...findings, ...faults]);
    if (findings.length + faults.length > 0) return;
    const { cluster, ...rest } = sound as FluxClusterProps;
    const labels = { ...rest.labels, [CLUSTER_LABEL]: cluster };
    new FluxSource(this, 'Source', { ...sourceProps({ ...rest, labels }), cluster });
    new FluxKustomization(this, 'Kustomization', { ...kustomizationProps(rest, cluster, rest.name ?? 'masq'), labels });
  }
}

type Common = Omit<FluxClusterProps, 'cluster'>;

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
  const faults = [...sourceFaults(props), ...fleetFaults(props, props.name ?? 'masq')];
  for (const [cluster, secret] of Object.entries(props.destinations ?? {})) {
    const fault = textFault(secret, OBJECT_NAME);
    if (fault !== undefined) faults.push({ path: ['destinations', cluster], message: fault });
  }
  return faults;
}
