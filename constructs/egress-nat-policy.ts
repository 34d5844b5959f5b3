import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { LabelSelector } from '../core/schema/generated/types-intent';
import { type CommonProps, clusterScoped, metadata, routeAnnotation } from './metadata';
import {
  COMMON,
  checkProps,
  INTERNET_ROUTE,
  optional,
  POD_RULES,
  type PropsShape,
  required,
  SUBDOMAIN,
  TEXT,
  TEXTS,
} from './props';
import { reportFindings } from './validation';

/** Properties of {@link EgressNATPolicyV1}. */
export interface EgressNATPolicyV1Props extends CommonProps {
  /**
   * The policy's name. `default` rewrites the policy that GKE generates; names of GKE-managed policies
   * (`gke-<8 hex digits>-<n>`) are refused.
   */
  readonly name: string;

  /** Destinations to which pods keep their address, as IPv4 CIDRs. */
  readonly destinations: readonly string[];

  /**
   * What carries packets with a pod's address to the internet, when the list preserves it there; it is rendered as
   * the annotation `masq/internet-route`.
   * @default none: preserving the internet is warned about
   */
  readonly internetRoute?: 'cloud-nat' | 'custom-default-route';
}

const V1: PropsShape<EgressNATPolicyV1Props> = {
  ...COMMON,
  name: required(SUBDOMAIN),
  destinations: required(TEXTS),
  internetRoute: optional(INTERNET_ROUTE),
};

/**
 * `networking.gke.io/v1` EgressNATPolicy, which configures masquerading on GKE Autopilot: cluster-scoped, action NoSNAT.
 * Needs GKE 1.23.4-gke.1600 (on 1.22: 1.22.7-gke.1500) and Dataplane V2. Source: Google's page on the egress NAT policy.
 */
export class EgressNATPolicyV1 extends Construct {
  /** The policy itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: EgressNATPolicyV1Props) {
    super(scope, id);
    const { sound, findings } = checkProps(props, V1);
    const object = {
      apiVersion: 'networking.gke.io/v1',
      kind: 'EgressNATPolicy',
      metadata: metadata(sound.name, undefined, 'policy', {
        ...sound,
        annotations: { ...routeAnnotation(sound.internetRoute), ...sound.annotations },
      }),
      spec: { action: 'NoSNAT', destinations: sound.destinations?.map(cidr => ({ cidr })) },
    };
    this.apiObject = this.node.defaultChild = clusterScoped(new ApiObject(this, 'Policy', object));
    reportFindings(this, () => findings);
  }
}

/** Which pods a rule of {@link EgressNATPolicyV1Alpha1} selects: both selectors must match; `{}` matches everything. */
export interface EgressRule {
  /** Which namespaces, by their labels. */
  readonly namespaceSelector: LabelSelector;
  /** Which pods, by their labels. */
  readonly podSelector: LabelSelector;
}

/** Properties of {@link EgressNATPolicyV1Alpha1}. */
export interface EgressNATPolicyV1Alpha1Props extends CommonProps {
  /** The policy's name. */
  readonly name: string;

  /** Which pods: any of the rules. At least one. */
  readonly egress: readonly EgressRule[];

  /** Which destinations, as IPv4 CIDRs. At least one. */
  readonly destinationCIDRs: readonly string[];

  /** The floating IP that the packets leave with, used by no other policy. */
  readonly egressSourceIP: string;
}

const V1_ALPHA1: PropsShape<EgressNATPolicyV1Alpha1Props> = {
  ...COMMON,
  name: required(SUBDOMAIN),
  egress: required(POD_RULES),
  destinationCIDRs: required(TEXTS),
  egressSourceIP: required(TEXT),
};

/**
 * `networking.gke.io/v1alpha1` EgressNATPolicy, which steers packets through the egress NAT gateway of Anthos on bare
 * metal. Source: Google's page on the egress NAT gateway.
 */
export class EgressNATPolicyV1Alpha1 extends Construct {
  /** The policy itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: EgressNATPolicyV1Alpha1Props) {
    super(scope, id);
    const { sound, findings } = checkProps(props, V1_ALPHA1);
    const object = {
      apiVersion: 'networking.gke.io/v1alpha1',
      kind: 'EgressNATPolicy',
      metadata: metadata(sound.name, undefined, 'policy', sound),
      spec: {
        egress: sound.egress,
        destinationCIDRs: sound.destinationCIDRs,
        egressSourceIP: sound.egressSourceIP,
      },
    };
    this.apiObject = this.node.defaultChild = clusterScoped(new ApiObject(this, 'Policy', object));
    reportFindings(this, () => findings);
  }
}
