import type { RuleCode } from '../rules';
import { type ExampleFacts, type Explanation, intent, prose, SOURCES } from './explanation';

interface Policy {
  readonly name?: string;
  readonly user?: string;
  readonly to?: string;
  readonly sourceIP?: string;
  /** The rule as a whole, in place of the usual selectors. */
  readonly from?: string;
}

function policy({ name = 'partners', user = 'alice', to = '8.8.8.0/24', sourceIP = '192.168.1.100', from }: Policy) {
  const rule =
    from ?? `{namespaceSelector: {matchLabels: {user: ${user}}}, podSelector: {matchLabels: {role: frontend}}}`;
  return `    - name: ${name}
      from:
        - ${rule}
      to: [${to}]
      sourceIP: ${sourceIP}`;
}

/** An intent with a gateway: its floating IPs, its policies, and what differs from the usual. */
function gateway(
  floatingIPs: string,
  policies: readonly Policy[],
  facts: ExampleFacts = {},
  settings: readonly string[] = [],
): string {
  const lines = [
    'egress:',
    `  floatingIPs: [${floatingIPs}]`,
    ...settings.map(line => `  ${line}`),
    ...(policies.length === 0 ? [] : ['  policies:', ...policies.map(policy)]),
  ];
  return intent('anthos-bare-metal', lines.join('\n'), facts);
}

const TWO = '192.168.1.100, 192.168.1.101';

/** MQ5xx: the egress NAT gateway. */
export const GATEWAY = {
  MQ501: {
    meaning: prose(`
      A policy's source IP is not among the gateway's floating IPs, so no node holds it. The gateway does not serve the
      policy, and an event UnknownEgressIP on it says so; the packets do not leave with the address that was asked for.`),
    example: gateway(TWO, [{ sourceIP: '192.168.1.200' }]),
    fix: 'Add the address to floatingIPs, or use one that stands there.',
    source: SOURCES.gateway,
  },
  MQ502: {
    meaning: prose(`
      Two policies use the same source IP. Each policy needs one of its own; Google asks for it and does not document what
      happens otherwise.`),
    example: gateway(TWO, [{}, { name: 'billing', user: 'paul', to: '203.0.113.0/24' }]),
    fix: 'Give each policy a floating IP of its own, or merge the two into one policy with several rules.',
    source: SOURCES.gateway,
  },
  MQ503: {
    meaning: prose(`
      A floating IP lies in no node subnet. It is given only to a node whose subnet contains it, and must be in the nodes'
      L2 domain: no node could hold this one, and policies that use it are not served.`),
    example: gateway('192.168.1.100, 192.168.2.100', []),
    fix: "Choose an address of a node subnet, or correct nodeCIDRs to the nodes' real subnets.",
    source: SOURCES.gateway,
  },
  MQ504: {
    meaning: prose(`
      A floating IP is the network or the broadcast address of its subnet. No host may use it as a source: routers and
      hosts drop such packets.`),
    example: gateway('192.168.1.100, 192.168.1.255', []),
    fix: 'Choose an address between the two.',
    source: 'RFC 1122, section 3.2.1.3',
  },
  MQ505: {
    meaning: prose(`
      A floating IP is the address of a node. Two machines would answer for it, and when the gateway moves or releases the
      floating IP, the node can lose its own address and drop off the network.`),
    example: gateway(TWO, [], { network: 'nodeIPs: [192.168.1.100]' }),
    fix: 'Choose an address that nothing else uses.',
    source: `other gateways' incidents; ${SOURCES.lab}`,
  },
  MQ506: {
    meaning: prose(`
      There is only one floating IP in an L2 domain. It works, but when the node that holds it fails, all traffic through
      the gateway stops until another node has taken the address over. Google recommends at least two.`),
    example: gateway('192.168.1.100', []),
    fix: 'Add a second address of the same subnet.',
    source: SOURCES.gateway,
  },
  MQ507: {
    meaning: prose(`
      The egress NAT gateway handles IPv4 only. An IPv6 floating IP or destination would not be served.`),
    example: gateway(`${TWO}, 2001:db8::100`, []),
    fix: 'Use IPv4 addresses, and leave IPv6 out of the policy.',
    source: SOURCES.gateway,
  },
  MQ508: {
    meaning: prose(`
      Two policies select the same pod and the same destination, with different source IPs. Which address the packet leaves
      with is not documented; other gateways pick one silently. masq decides it exactly, by the selectors and the ranges,
      and names a pod and a destination that both claim.`),
    example: gateway(TWO, [{}, { name: 'billing', to: '8.8.8.8/32', sourceIP: '192.168.1.101' }]),
    fix: 'Make the policies disjoint: except the destination in one of them, or narrow its selectors.',
    source: 'other gateways, compared; Google does not document it',
  },
  MQ509: {
    meaning: prose(`
      A destination contains addresses of the cluster itself. Packets between its own pods, nodes and Services would be
      steered to the gateway node and leave with the floating IP: DNS and the API server too, if they are in the range.`),
    example: gateway(TWO, [{ to: '10.0.0.0/8' }]),
    fix: 'Except the cluster ranges: "{cidr: 10.0.0.0/8, except: [10.10.0.0/16, 10.96.0.0/12]}".',
    source: "other gateways' incidents; the gateway's path in the document above",
  },
  MQ510: {
    meaning: prose(`
      Both selectors of a rule are empty, so it selects every pod of the cluster, those of kube-system and of namespaces to
      come too. All their packets to the destinations go through one gateway node.`),
    example: gateway(TWO, [{ from: '{namespaceSelector: {}, podSelector: {}}' }]),
    fix: 'Name labels of the namespaces or pods. If every pod is meant, silence the rule.',
    source: SOURCES.gateway,
  },
  MQ511: {
    meaning: prose(`
      The egress NAT gateway exists from version 1.8.0 on. In an older cluster the kinds are unknown and the objects cannot
      be applied.`),
    example: gateway(TWO, [], { version: '1.7.3' }),
    fix: 'Create the cluster with 1.10 or later, where the gateway is no preview any more.',
    source: SOURCES.gateway,
  },
  MQ512: {
    meaning: prose(`
      masq's version table marks 1.8.3 as a patch release in which the egress NAT gateway does not work: selected packets
      are not steered to a gateway. Google's how-to page does not mention it.`),
    example: gateway(TWO, [], { version: '1.8.3' }),
    fix: 'Use another patch release, better 1.10 or later.',
    source: "masq's version table; not in Google's page on the egress NAT gateway",
  },
  MQ513: {
    meaning: prose(`
      On 1.8 and 1.9 the gateway is a preview with the kind AnthosNetworkGateway. Google says that a cluster that uses the
      preview cannot be upgraded: to leave the version, the cluster has to be created anew.`),
    example: gateway(TWO, [], { version: '1.9.2' }),
    fix: 'Create the cluster with 1.10 or later; if the preview is meant, plan for a new cluster.',
    source: SOURCES.gateway,
  },
  MQ514: {
    meaning: prose(`
      The gateway is switched on in the Cluster object: by the annotation
      baremetal.cluster.gke.io/enable-anthos-network-gateway on 1.8 and 1.9, by clusterNetwork.advancedNetworking from 1.10
      on. The other way has no effect: the gateway objects are applied, and nothing acts on them.`),
    example: gateway(TWO, [], {}, ['gateway: {enable: annotation}']),
    fix: 'Remove the key: the version decides.',
    source: SOURCES.gateway,
  },
  MQ515: {
    meaning: prose(`
      From 1.10 on Google speaks of a v1 EgressNATPolicy for bare metal. The documents that masq builds on show the fields
      of v1alpha1 only, so v1alpha1 is rendered. A cluster that no longer serves it refuses the objects when they are
      applied. It is a note and no warning, since nothing that an intent says could avoid it: with "--fail-on warning" every
      intent for these versions would fail.`),
    example: gateway(TWO, [{}]),
    fix: 'Ask the cluster: "kubectl api-resources --api-group=networking.gke.io". Compare before you apply.',
    source: `${SOURCES.gateway}; the v1 fields are not in it`,
  },
  MQ516: {
    meaning: prose(`
      A floating IP is listed twice. It can be held by one node only, so the second entry gives no further safety. Gateways
      of different namespaces are of different clusters, which may be in networks of their own: a note only.`),
    example: gateway('192.168.1.100, 192.168.1.100', []),
    fix: 'Remove one of the two, or correct it to the second address that was meant.',
    source: SOURCES.masq,
  },
  MQ517: {
    meaning: prose(`
      Two policies have the same name. In Google's examples an EgressNATPolicy has no namespace, so the second would overwrite
      the first, and the packets of the first would leave with their node's address.`),
    example: gateway(TWO, [{}, { user: 'paul', to: '203.0.113.0/24', sourceIP: '192.168.1.101' }]),
    fix: 'Rename one of the two.',
    source: 'Kubernetes API conventions',
  },
  MQ518: {
    meaning: prose(`
      A label, the key of an annotation or a label selector is one that Kubernetes does not take: a malformed key or
      value, In or NotIn without values, Exists with values. The API server refuses the object, or, where the definition does not check it, the rule selects no
      pod and the packets leave with their node's address.`),
    example: gateway(TWO, [
      {
        from: '{namespaceSelector: {}, podSelector: {matchExpressions: [{key: role, operator: In}]}}',
      },
    ]),
    fix: 'Correct the key or value that the message quotes. In selectors, In and NotIn need at least one value, Exists and DoesNotExist take none.',
    source: 'Kubernetes: labels and selectors',
  },
  MQ519: {
    meaning: prose(`
      The requirements of a selector contradict each other, so that no labels meet them all. The rule selects no pod: the
      packets that were meant leave with their node's address.`),
    example: gateway(TWO, [
      {
        from: '{namespaceSelector: {}, podSelector: {matchLabels: {role: db}, matchExpressions: [{key: role, operator: NotIn, values: [db]}]}}',
      },
    ]),
    fix: 'Drop one of the requirements, or write two rules: a pod is selected when any of them matches.',
    source: 'Kubernetes: labels and selectors',
  },
  MQ520: {
    meaning: prose(`
      A destination of an egress policy is nothing but loopback, link-local or multicast addresses, the broadcast address
      or 0.0.0.0/8. The gateway is another node than the pod's, and no router passes on packets to such addresses: they
      are lost on the way. 169.254.169.254, the metadata server of a cloud VM, is one of them.`),
    example: gateway(TWO, [{ to: '169.254.169.254/32' }]),
    fix: 'Remove the destination: pods reach such addresses from their own node, or not at all.',
    source: 'RFC 1122, RFC 3927, RFC 5771, RFC 919',
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;
