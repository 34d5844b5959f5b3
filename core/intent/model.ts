import type { Address } from '../address';
import type { ValuePath } from '../diagnostics';
import type { SourceDocument } from '../source';
import type { Entry } from './entry';
import type { Selector } from './selector';
import type { PlatformVersion } from './version';

/** Where a cluster runs. */
export type Platform = 'gke-standard' | 'gke-autopilot' | 'anthos-bare-metal' | 'kubernetes';

/** One cluster's intent with every address read, every name resolved and every default filled in. */
export interface ClusterModel {
  /** The document that the intent was read from, for the places of findings. */
  readonly document: SourceDocument;
  /** The folder that it renders to. */
  readonly name: string;
  /** Labels that every rendered object gets. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations that every rendered object gets. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Where it runs. */
  readonly platform: Platform;
  /** The platform's version, when it is given and can be read. */
  readonly version?: PlatformVersion;
  /** The cluster's facts. */
  readonly network: NetworkModel;
  /** Absent: masq leaves masquerading to the platform. */
  readonly masquerade?: MasqueradeModel;
  /** How ip-masq-agent runs, where the platform has one. */
  readonly agent: AgentModel;
  /** The egress gateway; absent: none. */
  readonly egress?: EgressModel;
}

/** The cluster's facts. */
export interface NetworkModel {
  readonly dataplane: 'v1' | 'v2';
  readonly nodes: readonly Entry[];
  readonly pods: readonly Entry[];
  readonly services: readonly Entry[];
  readonly nodeIPs: readonly PlacedAddress[];
  readonly onPremises: readonly Entry[];
  readonly internetRoute: 'none' | 'cloud-nat' | 'custom-default-route';
  readonly networkPolicy: boolean;
  readonly disableDefaultSnat: boolean;
  readonly windowsNodePools: boolean;
  readonly nodeImage?: string;
  /** Whether pods have IPv6 addresses, and IPv6 rules are wanted. */
  readonly ipv6: boolean;
}

/** An address with its place. */
export interface PlacedAddress {
  readonly address: Address;
  readonly text: string;
  readonly path: ValuePath;
}

/** Which destinations keep the pod's address. */
export interface MasqueradeModel {
  readonly preserve: readonly Entry[];
  readonly always: readonly Entry[];
  readonly linkLocal: 'preserve' | 'masquerade';
  readonly linkLocalIPv6: 'preserve' | 'masquerade';
  /** gke-autopilot only. */
  readonly defaultPolicy?: 'replace' | 'add';
  readonly policyName: string;
}

/** How the agent runs. */
export interface AgentModel {
  readonly flavor: 'google' | 'upstream';
  readonly daemonSet: 'render' | 'existing';
  readonly image: string;
  readonly namespace: string;
  readonly chain: string;
  readonly resyncInterval: string;
  readonly randomFully: boolean;
  /** The value of `--to-ports`, without which the kernel chooses. */
  readonly toPorts?: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** The egress gateway and its policies. */
export interface EgressModel {
  readonly floatingIPs: readonly PlacedAddress[];
  readonly policies: readonly PolicyModel[];
  readonly clusterName: string;
  readonly namespace: string;
  /** How the feature is switched on; absent where nothing is to be switched. */
  readonly enable?: 'annotation' | 'advancedNetworking';
}

/** One egress policy. */
export interface PolicyModel {
  readonly name: string;
  readonly path: ValuePath;
  readonly from: readonly PodRuleModel[];
  readonly to: readonly Entry[];
  readonly sourceIP?: PlacedAddress;
  readonly reason?: string;
}

/** One rule of a policy: both selectors must match. */
export interface PodRuleModel {
  readonly path: ValuePath;
  readonly namespaces: Selector;
  readonly pods: Selector;
}
