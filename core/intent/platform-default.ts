import { type Cidr, cidr, namedRange, setsOf } from '../address';
import type { NetworkModel, Platform } from './model';
import { atLeast, type PlatformVersion } from './version';

function registered(name: string): readonly Cidr[] {
  return namedRange(name)!.cidrs.map(cidr);
}

/**
 * What a platform preserves when nobody gives a list. On GKE before 1.14 it depends on the node image.
 * Source: GKE's page on the IP masquerade agent, "default non-masquerade destinations", of 2019 and of today.
 */
export function platformDefault(
  platform: Platform,
  version: PlatformVersion | undefined,
  network: NetworkModel,
): readonly Cidr[] | undefined | 'needs-image' {
  if (platform === 'kubernetes') return registered('ip-masq-agent-default');
  if (platform === 'anthos-bare-metal') return [];
  if (platform === 'gke-autopilot') return registered('gke-default-non-masquerade');
  const { nodeImage } = network;
  return gkeDefault({
    ...(version && { version }),
    ...(nodeImage !== undefined && { nodeImage }),
    reservedRangesFlag: gkeDeploysAgent(network),
  });
}

/** What decides GKE's default non-masquerade destinations. */
export interface GkeDefaultFacts {
  /** The cluster's version. @default the newest */
  readonly version?: PlatformVersion;
  /** The nodes' image type, such as `cos_containerd`; needed before 1.14 only. */
  readonly nodeImage?: string;
  /** Whether ip-masq-agent runs with `--nomasq-all-reserved-ranges`; it matters before 1.14 only. */
  readonly reservedRangesFlag: boolean;
}

/** GKE's default non-masquerade destinations: eleven ranges, and before 1.14 three or one. */
export function gkeDefault(facts: GkeDefaultFacts): readonly Cidr[] | 'needs-image' {
  const { version, nodeImage, reservedRangesFlag } = facts;
  if (!version || hasElevenDefaults(version)) return registered('gke-default-non-masquerade');
  if (reservedRangesFlag) return registered('rfc1918');
  if (nodeImage === undefined) return 'needs-image';
  return nodeImage === 'cos_containerd' ? registered('rfc1918') : [cidr('10.0.0.0/8')];
}

/** From 1.14.1-gke.14 and 1.14.2-gke.1 on, the eleven ranges hold for every node image. */
function hasElevenDefaults(version: PlatformVersion): boolean {
  if (version.major === 1 && version.minor === 14 && version.patch === 1) return version.gke >= 14;
  return atLeast(version, 1, 14, 2, 1);
}

/**
 * Whether GKE deploys ip-masq-agent by itself: the default SNAT is not switched off, and either network policy is
 * enforced without Dataplane V2 or some pod range lies outside 10.0.0.0/8.
 * Source: GKE's page on the IP masquerade agent, "when ip-masq-agent is deployed automatically".
 */
export function gkeDeploysAgent(network: NetworkModel): boolean {
  if (network.disableDefaultSnat) return false;
  const ten = setsOf([cidr('10.0.0.0/8')])[4];
  const outside = network.pods.some(entry => !entry.sets[4].isEmpty() && !ten.containsSet(entry.sets[4]));
  return outside || (network.networkPolicy && network.dataplane === 'v1');
}
