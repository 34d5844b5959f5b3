import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type CommonProps, KEPT, metadata } from './metadata';
import { COMMON, checkProps, NAMESPACE, optional, type PropsShape, required, SUBDOMAIN, TEXTS } from './props';
import { reportFindings } from './validation';

/** Properties of {@link NetworkGatewayGroup} and {@link AnthosNetworkGateway}. */
export interface NetworkGatewayProps extends CommonProps {
  /** The cluster's namespace, such as `cluster-cluster1`. */
  readonly namespace: string;

  /**
   * The object's name; the documents know no other than the default.
   * @default default
   */
  readonly name?: string;

  /** Addresses in the nodes' subnets that the gateway moves between nodes: IPv4, at least one, better two. */
  readonly floatingIPs: readonly string[];
}

const SHAPE: PropsShape<NetworkGatewayProps> = {
  ...COMMON,
  namespace: required(NAMESPACE),
  name: optional(SUBDOMAIN),
  floatingIPs: required(TEXTS),
};

function gateway(construct: Construct, apiVersion: string, kind: string, props: NetworkGatewayProps): ApiObject {
  const { sound, findings } = checkProps(props, SHAPE);
  reportFindings(construct, () => findings);
  const object = new ApiObject(construct, 'Gateway', {
    apiVersion,
    kind,
    metadata: metadata(sound.name ?? 'default', sound.namespace, 'workload', {
      ...sound,
      annotations: { ...KEPT, ...sound.annotations },
    }),
    spec: { floatingIPs: sound.floatingIPs },
  });
  construct.node.defaultChild = object;
  return object;
}

/** `networking.gke.io/v1alpha1` AnthosNetworkGateway: the gateway's floating IPs on Anthos 1.8 and 1.9 (a preview). Kept by Argo CD and Flux. */
export class AnthosNetworkGateway extends Construct {
  /** The gateway object itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: NetworkGatewayProps) {
    super(scope, id);
    this.apiObject = gateway(this, 'networking.gke.io/v1alpha1', 'AnthosNetworkGateway', props);
  }
}

/** `networking.gke.io/v1` NetworkGatewayGroup: the gateway's floating IPs from Anthos 1.10 on. Kept by Argo CD and Flux. */
export class NetworkGatewayGroup extends Construct {
  /** The gateway object itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: NetworkGatewayProps) {
    super(scope, id);
    this.apiObject = gateway(this, 'networking.gke.io/v1', 'NetworkGatewayGroup', props);
  }
}
