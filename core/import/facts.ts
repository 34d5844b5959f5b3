import { type Both, type Cidr, formatCidr, parseCidr, setsOf } from '../address';
import type { AgentFlags } from '../agentfile/flags';
import type { OwnRanges } from '../dialect/reading';
import type { NetworkModel, Platform } from '../intent/model';
import type { Draft } from './draft';

/** What is known of a cluster beside what is imported: what its own objects mostly do not say, and an intent has to. */
export interface ImportFacts {
  /** The cluster's name. @default that of its Cluster object, else my-cluster */
  readonly name?: string;
  /** Where it runs. @default what is imported shows */
  readonly platform?: Platform;
  /** The platform's version. @default that of its Cluster object */
  readonly version?: string;
  /** The nodes' subnets. */
  readonly nodeCIDRs?: readonly string[];
  /** The pods' ranges. @default those of what is imported */
  readonly podCIDRs?: readonly string[];
  /** The Services' ranges. @default those of what is imported */
  readonly serviceCIDRs?: readonly string[];
  /** The ranges of AWS's VPC. */
  readonly vpcCIDRs?: readonly string[];
  /** GKE's dataplane. @default v1 */
  readonly dataplane?: NetworkModel['dataplane'];
  /** What carries pods' addresses to the internet. @default what the objects that masq rendered say */
  readonly internetRoute?: 'cloud-nat' | 'custom-default-route';
  /** What the agent is started with that reads a file of which no DaemonSet is imported. @default its own defaults */
  readonly flags?: AgentFlags;
  /** Whether the cluster's own ranges are to be preserved even where what is imported masquerades them. @default false */
  readonly preserveCluster?: boolean;
}

/** The option of the command line for each list of ranges. */
const OPTIONS = {
  nodeCIDRs: '--node-cidr',
  podCIDRs: '--pod-cidr',
  serviceCIDRs: '--service-cidr',
  vpcCIDRs: '--vpc-cidr',
} as const;

/** What is wrong with ranges that were given, each in a line. */
export function factFaults(facts: ImportFacts): string[] {
  return Object.entries(OPTIONS).flatMap(([key, option]) => {
    const seen = new Set<string>();
    return (facts[key as keyof typeof OPTIONS] ?? []).flatMap(text => {
      const parsed = parseCidr(text);
      if (!parsed.ok) return [`${option}: ${parsed.fault.message}`];
      const range = formatCidr(parsed.value);
      if (seen.has(range)) return [`${option}: "${text}" is given twice; give it once`];
      seen.add(range);
      return [];
    });
  });
}

/** The facts of a cluster, as told and as found. */
export interface ClusterFacts {
  readonly nodes: readonly string[];
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly vpc: readonly string[];
}

/** Puts together what was told and what was found; what was told counts. */
export function clusterFacts(facts: ImportFacts, found: Draft['found']): ClusterFacts {
  return {
    nodes: facts.nodeCIDRs ?? [],
    pods: facts.podCIDRs ?? found.podCIDRs ?? [],
    services: facts.serviceCIDRs ?? found.serviceCIDRs ?? [],
    vpc: facts.vpcCIDRs ?? [],
  };
}

/** The addresses of facts that are true. */
export function ownRanges({ nodes, pods, services, vpc }: ClusterFacts): OwnRanges {
  return { nodes: addresses(nodes), pods: addresses(pods), services: addresses(services), vpc: addresses(vpc) };
}

function addresses(texts: readonly string[]): Both<ReturnType<typeof setsOf>[4]> {
  const cidrs: Cidr[] = texts.flatMap(text => {
    const parsed = parseCidr(text);
    return parsed.ok ? [parsed.value] : [];
  });
  return setsOf(cidrs);
}
