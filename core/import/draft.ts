import type { Diagnostic, Location } from '../diagnostics';
import type { KeptRange, OwnRanges } from '../dialect/reading';
import type { NetworkModel, Platform } from '../intent/model';
import type { Agent, EgressPolicy } from '../schema/generated/types-intent';
import type { TreatmentMap } from '../treatment/map';

/** What is imported, in the words of an intent, as far as the cluster's facts are not needed for it. */
export interface Draft {
  /** What was read, in a few words. */
  readonly as: string;
  /** Where it runs, when that can be told. */
  readonly platform?: Platform;
  /** Facts that stand in what is imported. */
  readonly found: FoundFacts;
  /** Destinations to which pods keep their address; absent: nothing says, and the platform does as it does. */
  readonly kept?: readonly KeptRange[];
  /** How the agent runs, as far as that differs from how masq has it run on a platform. */
  agent(platform: Platform): Agent;
  /** What is said of Autopilot's generated policy. */
  readonly autopilot?: { readonly defaultPolicy: 'replace' | 'add'; readonly policyName?: string };
  /** The egress gateway. */
  readonly egress?: DraftEgress;
  /** Whether only the facts can say if the agent writes IPv6 rules. */
  readonly ipv6Unknown: boolean;
  /** Whether it is told by an option what the agent is started with: no DaemonSet says so. @default false */
  readonly takesFlags?: boolean;
  /** What the VPC's ranges are needed for, where what is kept hangs on them. */
  readonly needsVpc?: string;
  /** Whether what goes to nodes is kept by the addresses that they have, and not by the ranges that these are in. */
  readonly nodesByAddress?: boolean;
  /** Where the list of destinations is written. */
  readonly at: Location;
  /** The map that what is imported denotes, on a cluster with these ranges. */
  map(own: OwnRanges): TreatmentMap;
}

/** Facts that stand in what is imported. */
export interface FoundFacts {
  readonly name?: string;
  readonly version?: string;
  readonly podCIDRs?: readonly string[];
  readonly serviceCIDRs?: readonly string[];
  readonly nodeIPs?: readonly string[];
  readonly internetRoute?: Exclude<NetworkModel['internetRoute'], 'none'>;
}

/** The egress gateway, but for the policies' destinations, of which the cluster's own ranges are no part. */
export interface DraftEgress {
  readonly floatingIPs: readonly { readonly text: string; readonly at?: Location }[];
  /** The gateway object's namespace, when there is one. */
  readonly namespace?: string;
  readonly policies: readonly DraftPolicy[];
}

/** A policy of the egress gateway, and where it is written. */
export interface DraftPolicy extends Omit<EgressPolicy, 'to'> {
  readonly to: Destinations;
  readonly at?: Location;
}

/** A policy's destinations, by what they come to once the cluster's own are taken out. */
export type Destinations = (own: OwnRanges) => EgressPolicy['to'];

/** A draft, or nothing where there is an error. */
export interface Drafted {
  readonly draft?: Draft;
  readonly diagnostics: readonly Diagnostic[];
}
