import type { Cidr } from '../address';
import type { Labels } from '../intent/selector';

/** The data planes, other than an agent of its own, that masq renders intents for. */
export const TARGETS = ['cilium', 'calico', 'aws', 'azure', 'antrea'] as const;

/** One of {@link TARGETS}. */
export type TargetName = (typeof TARGETS)[number];

/** What a target has to know of a cluster that its intent does not say. */
export interface TargetFacts {
  /** The ranges of the VPC or the VNet; aws and azure. */
  readonly vpc: readonly VpcRange[];
  /** Which nodes hold egress addresses; cilium and antrea. */
  readonly gateways: readonly GatewayNodes[];
  /** The names of the IPPools that pods get their addresses from; calico. */
  readonly pools: readonly PoolName[];
}

/** A range of the network that a cluster's machines are in. */
export interface VpcRange {
  /** The cluster; absent: every one. */
  readonly cluster?: string;
  /** The range. */
  readonly cidr: Cidr;
}

/** The nodes that hold an egress address. */
export interface GatewayNodes {
  /** The address in its usual form; absent: every one that is not named. */
  readonly ip?: string;
  /** The labels of these nodes. */
  readonly labels: Labels;
}

/** The IPPool of a range that pods get their addresses from. */
export interface PoolName {
  /** Its name. */
  readonly name: string;
  /** Its range. */
  readonly cidr: Cidr;
}

/** Nothing but what the intents say. */
export const NO_FACTS: TargetFacts = { vpc: [], gateways: [], pools: [] };
