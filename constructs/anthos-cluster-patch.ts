import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type CommonProps, KEPT } from './metadata';
import { COMMON, checkProps, NAMESPACE, optional, type PropsShape, required, SUBDOMAIN } from './props';
import { reportFindings } from './validation';

/** Properties of {@link AnthosClusterPatch}. */
export interface AnthosClusterPatchProps extends CommonProps {
  /** The Cluster object's name. */
  readonly name: string;

  /**
   * The Cluster object's namespace.
   * @default `cluster-` and the name
   */
  readonly namespace?: string;

  /**
   * How the gateway is switched on: `annotation` on Anthos 1.8 and 1.9, `advancedNetworking` from 1.10 on.
   * @default advancedNetworking
   */
  readonly enable?: 'annotation' | 'advancedNetworking';
}

const SHAPE: PropsShape<AnthosClusterPatchProps> = {
  ...COMMON,
  name: required(SUBDOMAIN),
  namespace: optional(NAMESPACE),
  enable: optional({ enum: ['annotation', 'advancedNetworking'] }),
};

/**
 * The part of a `baremetal.cluster.gke.io/v1` Cluster that switches the egress NAT gateway on, to be merged into the
 * Cluster object that exists (`kubectl apply --server-side`, `kubectl patch`, or into bmctl's file before creation).
 * It forbids Argo CD and Flux to prune it, or to delete it with what applied it, since that would delete the cluster.
 */
export class AnthosClusterPatch extends Construct {
  /** The partial Cluster object. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: AnthosClusterPatchProps) {
    super(scope, id);
    const { sound, findings } = checkProps(props, SHAPE);
    const annotation = (sound.enable ?? 'advancedNetworking') === 'annotation';
    this.apiObject = new ApiObject(this, 'Cluster', {
      apiVersion: 'baremetal.cluster.gke.io/v1',
      kind: 'Cluster',
      metadata: {
        ...(sound.name !== undefined && { name: sound.name, namespace: `cluster-${sound.name}` }),
        ...(sound.namespace !== undefined && { namespace: sound.namespace }),
        ...(sound.labels && { labels: { ...sound.labels } }),
        annotations: {
          ...KEPT,
          'argocd.argoproj.io/sync-options': `${KEPT['argocd.argoproj.io/sync-options']},ServerSideApply=true`,
          ...(annotation && { 'baremetal.cluster.gke.io/enable-anthos-network-gateway': 'true' }),
          ...sound.annotations,
        },
      },
      ...(!annotation && { spec: { clusterNetwork: { advancedNetworking: true } } }),
    });
    this.node.defaultChild = this.apiObject;
    reportFindings(this, () => findings);
  }
}
