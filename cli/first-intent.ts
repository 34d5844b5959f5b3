import { posix } from 'node:path';
import type { PLATFORMS } from './choices';

type Platform = (typeof PLATFORMS)[number];

/**
 * A commented first intent for a platform; it validates and renders as it is.
 * @param folder where it is to lie, below the one that has masq installed
 */
export function firstIntent(platform: Platform, name: string, folder = '.'): string {
  const top = posix.relative(folder, '.') || '.';
  return `# yaml-language-server: $schema=${top}/node_modules/cdk8s-masq/schemas/intent.schema.json
# What should happen to the source address of packets that leave the pods of this cluster.
#   masq validate FILE   checks it
#   masq synth FILE      renders the manifests to dist/${name}/
apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata:
  name: ${quotedIfNeeded(name)} # the folder that it renders to
spec:
  platform: ${platform}
${BODIES[platform]}`;
}

/** A cluster's name in YAML: some names are numbers or other words there. */
function quotedIfNeeded(name: string): string {
  return /^(?:\d.*|y|n|yes|no|on|off|true|false|null)$/.test(name) ? `'${name}'` : name;
}

/** The facts of every cluster; IPv6 only where the platform's agent masquerades it. */
const network = (
  dualStack = '',
) => `  # Facts about the cluster. Traffic to these ranges always keeps the pod's address.
${dualStack}  network:
    nodeCIDRs: [10.128.0.0/20] # the nodes' subnets
    podCIDRs: [10.119.128.0/17] # where pods get their addresses
    serviceCIDRs: [10.120.0.0/22]
    # onPremisesCIDRs: [172.20.0.0/16] # networks that the cluster is connected to: collisions are warned about
`;

const NETWORK = network();
const DUAL_STACK_NETWORK = network(
  '  # For dual-stack, each of the three lists gets an IPv6 range beside the IPv4 one.\n',
);

const PRESERVE = `  # Destinations in this list see the pod's address; everything else sees the node's.
  masquerade:
    preserve:
      - rfc1918 # a name of masq's registry: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16
      # - 198.51.100.0/24 # a CIDR
      # - cidr: 100.64.0.0/10 # a range with a hole, rendered as the fewest CIDRs that mean the same
      #   except: [100.64.9.0/24]
      #   reason: shared address space of the on-premises network
    # always: [10.200.0.0/16] # masqueraded even inside a preserved range
`;

const LINK_LOCAL = `    linkLocal: preserve # 169.254.0.0/16; "masquerade" to hide pods from it
`;

const AGENT = `  # agent:
  #   resyncInterval: 60s # how often the agent reads its file again
  #   toPorts: [1024-29999, 32768-65535] # source ports that masqueraded packets get
  #   flavor: masq # masq-agent in ip-masq-agent's place; masq's docs/image.md says how to make the image, which is yours to push
  #   image: registry.example/masq-agent:0.1.0
`;

const EGRESS = `  # Packets of selected pods to selected destinations leave with a fixed address.
  egress:
    floatingIPs: [10.128.15.100, 10.128.15.101] # free addresses in the nodes' subnet, at least two
    policies:
      - name: partners
        from: # any of these rules selects a pod; both selectors of a rule must match
          - namespaceSelector: { matchLabels: { team: payments } }
            podSelector: { matchLabels: { role: frontend } }
        to: [203.0.113.0/24] # never the cluster's own ranges
        sourceIP: 10.128.15.100 # one of the floating IPs, used by no other policy
        reason: the partner allows this address only
`;

const BODIES: Readonly<Record<Platform, string>> = {
  kubernetes: DUAL_STACK_NETWORK + PRESERVE + LINK_LOCAL + AGENT,
  'gke-standard': `  version: 1.29.4-gke.1043000
${DUAL_STACK_NETWORK}    dataplane: v1 # v2 on clusters with Dataplane V2
    # internetRoute: cloud-nat # only if pods' addresses are to reach the internet as they are
${PRESERVE}${LINK_LOCAL}${AGENT}`,
  'gke-autopilot': `  version: 1.29.4-gke.1043000 # EgressNATPolicy needs 1.23.4-gke.1600, or 1.22.7-gke.1500 on 1.22
${NETWORK}${PRESERVE}    # The generated policy "default" preserves eleven ranges. "replace" rewrites it to the list above;
    # "add" keeps it and puts the list beside it.
    defaultPolicy: replace
`,
  'anthos-bare-metal': `  version: 1.16.0 # AnthosNetworkGateway up to 1.9, NetworkGatewayGroup from 1.10 on
${NETWORK}${EGRESS}`,
};
