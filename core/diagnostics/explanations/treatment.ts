import type { RuleCode } from '../rules';
import { block, configMap, daemonSet, type Explanation, intent, prose, SOURCES } from './explanation';

/** MQ3xx: what happens to a cluster's packets. */
export const TREATMENT = {
  MQ301: {
    meaning: prose(`
      An entry would masquerade packets to nodes, pods or Services of the cluster itself. The receiver would then see the
      sender's node instead of the pod, which breaks NetworkPolicies that select pods and every log of who called. Google
      asks that the list hold at least the node and pod ranges; masq preserves them in any case and refuses the
      contradiction.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve: [rfc1918]
        always: [10.244.9.0/24]
    `,
    ),
    fix: "Narrow the entry so that it leaves the cluster's own ranges out, or correct the ranges under spec.network.",
    source: SOURCES.standard,
  },
  MQ302: {
    meaning: prose(`
      Masquerading 169.254.0.0/16 takes two steps: masqLinkLocal must be true, and no entry of the list may contain the
      range. With only one of them the range is preserved all the same, and packets to link-local addresses keep the
      pod's source.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 169.254.0.0/16
      masqLinkLocal: true
    `),
    fix: 'Take the range out of the list (in an intent: write "except: [link-local]"), or drop masqLinkLocal.',
    source: SOURCES.gke,
  },
  MQ303: {
    meaning: prose(`
      Pod addresses are preserved to the internet. They are internal and cannot be routed there, so no reply comes back
      and connections hang, unless something behind the nodes translates them: Cloud NAT over the pods' secondary ranges
      with a default internet route, or a custom default route to a NAT VM or load balancer.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve: [any-ipv4]
    `,
    ),
    fix: 'Preserve less, or declare the route: "internetRoute: cloud-nat" or "custom-default-route" under spec.network.',
    source: SOURCES.gke,
  },
  MQ304: {
    meaning: prose(`
      Pods have addresses outside of RFC 1918 (IPv6: of RFC 4193) and keep them towards destinations all around their own
      range, or have addresses that are in use on premises and keep them towards hosts there. Such a host may have the very
      address of a pod, or a route of its own for it: replies go there and never come back. All entries are judged
      together, less what "always" takes out. Masquerading such traffic to the node's RFC 1918 address is why people use the agent here.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve: [shared-address-space]
    `,
      { pods: '100.64.0.0/16' },
    ),
    fix: 'Preserve only what is inside the cluster, or except the ranges that are in use elsewhere.',
    source: SOURCES.gke,
  },
  MQ305: {
    meaning: prose(`
      A node range overlaps a range in use on premises. Masqueraded packets leave with the node's address, which the far
      side takes for one of its own: replies can go in circles between the two networks. Google warns of a traffic
      loop.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918]}', {
      network: 'onPremisesCIDRs: [192.168.0.0/16]',
    }),
    fix: 'Use a node range that is free on premises, or correct onPremisesCIDRs.',
    source: SOURCES.gke,
  },
  MQ306: {
    meaning: prose(`
      Node, pod and service ranges overlap. The same address would be a node and a pod: routing inside the cluster
      becomes ambiguous, and no list of destinations can put it right.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918]}', { services: '10.244.128.0/20' }),
    fix: 'Correct the ranges to those that the cluster really has; they are always apart.',
    source: 'Kubernetes: cluster networking',
  },
  MQ307: {
    meaning: prose(`
      The list is empty. To the agent that means: masquerade everything but link-local, traffic between pods and from
      pods to nodes too, so that receivers see nodes only. It is honoured, since it can be meant; most often a template
      rendered no entry.`),
    example: block(`
      nonMasqueradeCIDRs: []
    `),
    fix: prose(`
      Write the list, at the least the node and pod ranges. If all of it is meant, keep [] and silence the rule. In an
      intent the cluster's own ranges stay preserved even so, and with "defaultPolicy: add" the ranges of the generated
      policy too.`),
    source: SOURCES.upstream,
  },
  MQ308: {
    meaning: prose(`
      An entry is of an address family that the pods do not have. No packet matches it; IPv6 rules are written only when
      a pod range is IPv6.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918, unique-local]}'),
    fix: 'Add the IPv6 range to podCIDRs if pods have IPv6 addresses; otherwise remove the entry.',
    source: SOURCES.upstream,
  },
  MQ309: {
    meaning: prose(`
      The agent runs with --enable-ipv6, and its list has no IPv6 range. It then writes IPv6 rules that preserve
      link-local alone: every IPv6 packet between pods is masqueraded to its node.`),
    example: `${configMap('nonMasqueradeCIDRs: [10.0.0.0/8]')}---\n${daemonSet({ args: '--enable-ipv6' })}`,
    fix: "List the pods' and nodes' IPv6 ranges, or remove the flag. An intent with an IPv6 pod range does both.",
    source: SOURCES.upstream,
  },
  MQ310: {
    meaning: prose(`
      No list is given, so the agent falls back to a built-in one: three RFC 1918 ranges, or eleven with
      --nomasq-all-reserved-ranges. Which of the two depends on a flag elsewhere; a list in the file replaces them whole.
      Pod and node ranges outside of the built-in list are masqueraded.`),
    example: block(`
      masqLinkLocal: false
      resyncInterval: 60s
    `),
    fix: 'Write nonMasqueradeCIDRs. In an intent "preserve: [platform-default]" writes the built-in list out.',
    source: `${SOURCES.guide}; ${SOURCES.upstream}`,
  },
  MQ311: {
    meaning: prose(`
      The resync interval is zero, negative or below 100ms. ip-masq-agent then spins: it rewrites all rules without a
      pause and takes a third of a core on every node.`),
    example: block(`
      nonMasqueradeCIDRs: [10.0.0.0/8]
      resyncInterval: 1ms
    `),
    fix: 'Write 60s, the default, or any interval of at least 100ms.',
    source: SOURCES.upstream,
  },
  MQ312: {
    meaning: prose(`
      A range of source ports is malformed, out of 1 to 65535, or runs backwards. The agent exits on a text that is no
      number; numbers out of range pass its check and fail in iptables, which leaves the chain empty: every packet
      leaves with the pod's address.`),
    example: intent(
      'kubernetes',
      `
      masquerade: {preserve: [rfc1918]}
      agent:
        toPorts: [1024-70000]
    `,
    ),
    fix: 'Write ranges such as 1024-29999 and 32768-65535, the lower port first.',
    source: SOURCES.upstream,
  },
  MQ313: {
    meaning: prose(`
      The chain's name is one that iptables does not take (over 28 characters, odd signs, or that of a target such
      as MARK), or belongs to somebody else. The agent flushes its chain at each sync: with KUBE-POSTROUTING it takes over kube-proxy's rules. A name that
      is too long fails at every sync, and no rule is written.`),
    example: intent(
      'kubernetes',
      `
      masquerade: {preserve: [rfc1918]}
      agent:
        chain: KUBE-POSTROUTING
    `,
    ),
    fix: 'Leave the key out: IP-MASQ-AGENT is the default, and IP-MASQ on GKE.',
    source: SOURCES.upstream,
  },
  MQ314: {
    meaning: prose(`
      The intent has neither masquerade nor egress, so no object is needed and none is rendered. Packets are treated as
      the platform treats them by itself.`),
    example: intent('kubernetes', ''),
    fix: 'Add spec.masquerade or spec.egress, or leave the intent out.',
    source: SOURCES.masq,
  },
  MQ315: {
    meaning: prose(`
      The cluster declares no service ranges. Packets to a Service are normally rewritten to a pod before masquerading is
      decided; where they are not, masq cannot make sure that they keep their source.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918]}', { services: '' }),
    fix: 'Name the range under spec.network.serviceCIDRs, or write "serviceCIDRs: []" if none of it is routed.',
    source: SOURCES.masq,
  },
  MQ316: {
    meaning: prose(`
      The address of a node lies in none of the node ranges. masq keeps the source of packets to those ranges only; packets
      to this node can be masqueraded, which breaks NetworkPolicies and the logs of what runs there.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918]}', { network: 'nodeIPs: [172.20.4.1]' }),
    fix: "Add the node's subnet to nodeCIDRs, or correct the address.",
    source: SOURCES.masq,
  },
  MQ317: {
    meaning: prose(`
      A service range overlaps a range in use on premises. Packets to such an address are taken for a Service's on the
      node itself, and never leave it for the host on premises. No list of destinations can put it right.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918]}', { network: 'onPremisesCIDRs: [10.96.4.0/24]' }),
    fix: 'Use a service range that is free on premises, or correct onPremisesCIDRs.',
    source: 'Kubernetes: cluster networking',
  },
  MQ318: {
    meaning: prose(`
      A node, pod or service range holds addresses that no host can have: loopback, link-local, multicast, broadcast or
      0.0.0.0/8. The kernel and routers drop packets with such a source or destination, or never send them out. The range
      is a slip, and would be preserved.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918]}', { pods: '169.254.0.0/17' }),
    fix: 'Write the range that the cluster really has. Class E (240.0.0.0/4) is allowed.',
    source: 'RFC 1122, RFC 3927, RFC 5771, RFC 919, RFC 4291',
  },
  MQ319: {
    meaning: prose(`
      The intent says how the agent is to run, and gives no list of destinations. Without spec.masquerade no agent is
      rendered: masquerading stays as the platform does it, and what is said of the agent has no effect.`),
    example: intent('kubernetes', 'agent: {resyncInterval: 30s}'),
    fix: 'Write the list, with "preserve: [platform-default]" for what the platform preserves by itself, or remove agent.',
    source: SOURCES.masq,
  },
  MQ320: {
    meaning: prose(`
      A range in use on premises lies inside a pod range. In the cluster its addresses are pods': packets to them never
      leave for the hosts on premises that have them too. No list of destinations can put it right. Where the range on
      premises is the wider one, masquerading to the rest of it does help, and nothing is said.`),
    example: intent('kubernetes', 'masquerade: {preserve: [172.16.0.0/12]}', {
      network: 'onPremisesCIDRs: [10.244.7.0/24]',
    }),
    fix: 'Use a pod range that is free on premises, or correct onPremisesCIDRs.',
    source: 'Kubernetes: cluster networking',
  },
  MQ321: {
    meaning: prose(`
      The intent asks for masq-agent and names no image of it. Google and kubernetes-sigs publish images of ip-masq-agent;
      nobody publishes one of masq-agent, and a name that masq made up could become somebody else's in a public registry,
      whose program would then run with NET_ADMIN on every node.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918]}\nagent: {flavor: masq}'),
    fix: prose(`
      Build the image with "npm run image" in masq's repository, push it to a registry of yours, and write
      "image: registry.example/masq-agent@sha256:…" with the digest that the registry tells.`),
    source: SOURCES.masq,
  },
  MQ322: {
    meaning: prose(`
      The key is a setting of masq-agent, and another agent is to run: ip-masq-agent has one backend, one format of its
      log, and no metrics. It would have no effect. An image that is called masq-agent is a warning: the DaemonSet of the
      other flavors has no folder for its state and asks it nothing.`),
    example: intent('kubernetes', 'masquerade: {preserve: [rfc1918]}\nagent: {logFormat: json}'),
    fix: 'Remove the key, or write "flavor: masq" and the image.',
    source: `${SOURCES.upstream}; ${SOURCES.masq}`,
  },
  MQ323: {
    meaning: prose(`
      The same pod runs on every node, and its metrics container listens on this address. On a node that does not have it
      the container cannot start: the pod stays unready, and a rolling update stops there. The rules are not affected.
      It is an error when the address is one that no node can have, such as a multicast group.`),
    example: intent(
      'kubernetes',
      `
      masquerade: {preserve: [rfc1918]}
      agent:
        flavor: masq
        image: registry.example/masq-agent:0.1.0
        metrics: {address: 192.168.1.11}
    `,
    ),
    fix: prose(`
      Write 127.0.0.1 for the node alone or 0.0.0.0 for all of its addresses, or remove the key: the default is each
      node's own address.`),
    source: SOURCES.lab,
  },
  MQ324: {
    meaning: prose(`
      The pods are in the host network, so the port is one of the node, and a program of Kubernetes listens on it by
      default. Where that program runs, the metrics container cannot start: the pod stays unready, and a rolling update
      stops there; or it is there first, and the other program cannot start. The kubelet's port is an error, since every
      node has a kubelet that listens at all of its addresses. The others are warnings: some listen at 127.0.0.1 alone,
      and some on nodes of the control plane alone, where the agent runs too.`),
    example: intent(
      'kubernetes',
      `
      masquerade: {preserve: [rfc1918]}
      agent:
        flavor: masq
        image: registry.example/masq-agent:0.1.0
        metrics: {port: 10256}
    `,
    ),
    fix: 'Write a port that is free on every node, or remove the key: the default is 9797.',
    source: 'Kubernetes: ports and protocols; kube-proxy and kubelet command-line references',
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;
