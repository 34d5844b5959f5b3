import type { Address } from '../address';
import type { ValuePath } from '../diagnostics';
import type { AgentResources } from '../schema/generated/types-intent';
import type { SourceDocument } from '../source';
import type { Entry } from './entry';
import type { PodSelector } from './selector';
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
  /** GKE's dataplane: `v2` is Dataplane V2. */
  readonly dataplane: 'v1' | 'v2';
  /** The nodes' subnets. */
  readonly nodes: readonly Entry[];
  /** The ranges that pod addresses come from. */
  readonly pods: readonly Entry[];
  /** The ranges that service addresses come from. */
  readonly services: readonly Entry[];
  /** The nodes' own addresses, as far as they are declared. */
  readonly nodeIPs: readonly PlacedAddress[];
  /** Ranges on the other side of a VPN or an interconnect. */
  readonly onPremises: readonly Entry[];
  /** How packets that keep a pod address get to the internet and back. */
  readonly internetRoute: 'none' | 'cloud-nat' | 'custom-default-route';
  /** Whether network policies are enforced. */
  readonly networkPolicy: boolean;
  /** Whether GKE's default SNAT is switched off. */
  readonly disableDefaultSnat: boolean;
  /** Whether there are Windows node pools, where masquerading is not supported. */
  readonly windowsNodePools: boolean;
  /** The nodes' image type, which decides GKE's default destinations before 1.14. */
  readonly nodeImage?: string;
  /** Whether pods have IPv6 addresses, and IPv6 rules are wanted. */
  readonly ipv6: boolean;
}

/** An address with its place. */
export interface PlacedAddress {
  /** The address, read. */
  readonly address: Address;
  /** The address as written. */
  readonly text: string;
  /** Where it stands in its document. */
  readonly path: ValuePath;
}

/** Which destinations keep the pod's address. */
export interface MasqueradeModel {
  /** Destinations to which pods keep their address. */
  readonly preserve: readonly Entry[];
  /** Destinations that are masqueraded even inside of a preserved one. */
  readonly always: readonly Entry[];
  /** What happens to packets to 169.254.0.0/16 (RFC 3927). */
  readonly linkLocal: 'preserve' | 'masquerade';
  /** What happens to packets to fe80::/10 (RFC 4291). */
  readonly linkLocalIPv6: 'preserve' | 'masquerade';
  /** What becomes of the generated policy `default`; gke-autopilot only. */
  readonly defaultPolicy?: 'replace' | 'add';
  /** The name of gke-autopilot's EgressNATPolicy. */
  readonly policyName: string;
}

/** Whose agent runs: Google's build of ip-masq-agent, that of kubernetes-sigs, or masq-agent. */
export type Flavor = 'google' | 'upstream' | 'masq';

/** How the agent runs. */
export interface AgentModel {
  /** Whose agent runs. */
  readonly flavor: Flavor;
  /** Whether masq renders the DaemonSet, or somebody else runs the agent. */
  readonly daemonSet: 'render' | 'existing';
  /** The container image; empty where the flavor has none and none is named, which is an error. */
  readonly image: string;
  /** The namespace of all objects of the agent. */
  readonly namespace: string;
  /** The chain of the nat table that the agent owns. */
  readonly chain: string;
  /** How often the agent reads its file: a Go duration. */
  readonly resyncInterval: string;
  /** Whether source ports are fully randomised. */
  readonly randomFully: boolean;
  /** The value of `--to-ports`, without which the kernel chooses. */
  readonly toPorts?: string;
  /** Labels of the nodes that run the agent; empty: every node. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Through which tool masq-agent writes its rules. */
  readonly backend: 'auto' | 'iptables' | 'nftables';
  /** How masq-agent writes its log. */
  readonly logFormat: 'text' | 'json';
  /** Where masq-agent's metrics are served; absent: nowhere. */
  readonly metrics?: MetricsModel;
  /** The pods' priority class. */
  readonly priorityClassName?: string;
  /** What the container requests and may use at most, as Kubernetes quantities. */
  readonly resources?: AgentResources;
}

/** Where masq-agent's metrics are served. */
export interface MetricsModel {
  /** The TCP port of the node. */
  readonly port: number;
  /** The address that is listened on; absent: the node's own. */
  readonly address?: string;
}

/** The egress gateway and its policies. */
export interface EgressModel {
  /** The addresses that the gateway moves between nodes. */
  readonly floatingIPs: readonly PlacedAddress[];
  /** The egress policies, as listed. */
  readonly policies: readonly PolicyModel[];
  /** The Cluster object's name; the intent's own unless it gives another. */
  readonly clusterName: string;
  /** The gateway objects' namespace; on anthos-bare-metal the Cluster object's too. */
  readonly namespace: string;
  /** How the feature is switched on; absent where nothing is to be switched. */
  readonly enable?: 'annotation' | 'advancedNetworking';
}

/** One egress policy. */
export interface PolicyModel {
  /** The policy's name. */
  readonly name: string;
  /** Where the policy stands in its document. */
  readonly path: ValuePath;
  /** Which pods: any of the rules. Empty only where it could not be read. */
  readonly from: readonly PodRuleModel[];
  /** Which destinations. */
  readonly to: readonly Entry[];
  /** The floating IP that the packets leave with; absent when it could not be read. */
  readonly sourceIP?: PlacedAddress;
  /** Why the policy is there, in the words of the intent. */
  readonly reason?: string;
}

/** One rule of a policy: both selectors must match. */
export interface PodRuleModel extends PodSelector {
  /** Where the rule stands in its document. */
  readonly path: ValuePath;
}
