import type { Flavor } from './model';

/** Google's image of its current DaemonSet, by digest. Source: cloud.google.com, "ip-masq-agent in Standard clusters". */
export const GOOGLE_IMAGE =
  'gke.gcr.io/ip-masq-agent:v2.11.0-gke.23@sha256:f50757332ee45c0fb9f5856552a3ed16548c1de3c33c4e520a02d22e30af96ae';

/**
 * The image of kubernetes-sigs/ip-masq-agent. The first that has every flag and key that masq renders: `--to-ports` and
 * `--random-fully` came with v2.12.0, `cidrLimit` with v2.9.0. Source: the release notes of that repository.
 */
export const UPSTREAM_IMAGE = 'registry.k8s.io/networking/ip-masq-agent:v2.12.0';

/** The image that a flavor of the agent runs unless one is named; nobody publishes an image of masq-agent. */
export function defaultImage(flavor: Flavor): string | undefined {
  return { google: GOOGLE_IMAGE, upstream: UPSTREAM_IMAGE, masq: undefined }[flavor];
}
