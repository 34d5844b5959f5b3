import type { RuleCode } from '../rules';
import { type Explanation, intent, prose, SOURCES } from './explanation';

const LIST = 'masquerade: {preserve: [rfc1918]}';

/** MQ4xx: what a platform is and can. */
export const PLATFORMS = {
  MQ401: {
    meaning: prose(`
      On GKE the agent's chain must be IP-MASQ. With any other name GKE's own rules stay beside it and are not replaced:
      they go on deciding for packets that the list was to preserve or to masquerade.`),
    example: intent(
      'gke-standard',
      `
      ${LIST}
      agent:
        chain: IP-MASQ-AGENT
    `,
    ),
    fix: 'Write "chain: IP-MASQ", or remove the key: it is the default on GKE.',
    source: SOURCES.standard,
  },
  MQ402: {
    meaning: prose(`
      With GKE Dataplane V2 the agent must run with --random-fully=false. Google says so and documents neither the reason
      nor what happens otherwise.`),
    example: intent(
      'gke-standard',
      `
      ${LIST}
      agent:
        randomFully: true
    `,
      { network: 'dataplane: v2' },
    ),
    fix: 'Write "randomFully: false", or remove the key: it is the default on GKE.',
    source: SOURCES.standard,
  },
  MQ403: {
    meaning: prose(`
      The cluster was created with --disable-default-snat, which has no effect where ip-masq-agent runs: the list decides,
      and packets outside of it are masqueraded. Pod addresses are then kept towards the list only, not everywhere.`),
    example: intent('gke-standard', LIST, { network: 'disableDefaultSnat: true' }),
    fix: 'Put into the list whatever should be preserved, and do not count on the flag. Remove the key to silence this.',
    source: SOURCES.gke,
  },
  MQ404: {
    meaning: prose(`
      The cluster has Windows Server node pools, where Google does not support IP masquerading. Pods there are not
      touched by anything that masq renders; the DaemonSet is kept to Linux nodes.`),
    example: intent('gke-standard', LIST, { network: 'windowsNodePools: true' }),
    fix: 'Nothing here can change it. Keep pods that depend on the treatment on Linux nodes.',
    source: SOURCES.gke,
  },
  MQ405: {
    meaning: prose(`
      EgressNATPolicy exists on Autopilot from GKE 1.23.4-gke.1600 on, and on 1.22 from 1.22.7-gke.1500. In an older
      cluster the API server does not know the kind, and the objects cannot be applied.`),
    example: intent(
      'gke-autopilot',
      `
      masquerade:
        preserve: [rfc1918]
        defaultPolicy: replace
    `,
      { version: '1.22.6-gke.300' },
    ),
    fix: 'Upgrade the cluster, then write its version.',
    source: SOURCES.gke,
  },
  MQ406: {
    meaning: prose(`
      EgressNATPolicy works on clusters that were created with GKE Dataplane V2 only. On others the policies have no
      documented effect.`),
    example: intent(
      'gke-autopilot',
      `
      masquerade:
        preserve: [rfc1918]
        defaultPolicy: replace
    `,
      { network: 'dataplane: v1' },
    ),
    fix: 'Write "dataplane: v2" if the cluster was created with it; otherwise it needs a new cluster.',
    source: SOURCES.gke,
  },
  MQ407: {
    meaning: prose(`
      Autopilot always preserves pod addresses towards 169.254.0.0/16, and an EgressNATPolicy can only add destinations to
      preserve. Masquerading link-local cannot be had there.`),
    example: intent(
      'gke-autopilot',
      `
      masquerade:
        preserve: [rfc1918]
        defaultPolicy: replace
        linkLocal: masquerade
    `,
    ),
    fix: 'Write "linkLocal: preserve", or remove the key.',
    source: SOURCES.gke,
  },
  MQ408: {
    meaning: prose(`
      GKE generates an EgressNATPolicy named default with eleven ranges. Whether a policy of your own adds to it or
      replaces it Google does not document, so the intent has to say what it wants: with the wrong guess, packets to the
      eleven ranges are treated the other way.`),
    example: intent('gke-autopilot', LIST),
    fix: prose(`
      Write "defaultPolicy: replace" to rewrite the policy default to your list, or "defaultPolicy: add" to keep the
      eleven ranges beside it.`),
    source: `${SOURCES.gke}; how policies combine is not documented`,
  },
  MQ409: {
    meaning: prose(`
      Google does not document whether a custom EgressNATPolicy adds to the generated one or replaces it. The rendered
      policy therefore repeats the eleven default ranges: packets are treated alike in both cases, and masq proves it for
      both readings.`),
    example: intent(
      'gke-autopilot',
      `
      masquerade:
        preserve: [203.0.112.0/22]
        defaultPolicy: add
    `,
    ),
    fix: 'Nothing has to be done. Write "defaultPolicy: replace" if the eleven ranges should not be preserved.',
    source: `${SOURCES.gke}; how policies combine is not documented`,
  },
  MQ410: {
    meaning: prose(`
      Policies named gke-, eight hexadecimal digits and a number are managed by GKE: they hold the cluster's node, pod and
      service ranges and cannot be edited. What is applied under such a name is refused or overwritten.`),
    example: intent(
      'gke-autopilot',
      `
      masquerade:
        preserve: [rfc1918]
        defaultPolicy: add
        policyName: gke-bbfa6c0e-1
    `,
    ),
    fix: 'Choose another name, or leave the key out: the default is masq.',
    source: SOURCES.gke,
  },
  MQ411: {
    meaning: prose(`
      The platform has no way to say this: a gateway on GKE, an agent's flags where Google runs the agent, a list of
      preserved destinations on Anthos bare metal. masq renders nothing rather than something wider or narrower. An
      IPv6 destination in an EgressNATPolicy of any origin is a warning: Google documents the kind for IPv4 only.`),
    example: intent(
      'gke-standard',
      `
      ${LIST}
      egress:
        floatingIPs: [10.128.0.100, 10.128.0.101]
    `,
    ),
    fix: 'Remove the key; the message names the reason, and what the platform offers instead where there is something.',
    source: "the platform's documents, named with each platform under docs/platforms",
  },
  MQ412: {
    meaning: prose(`
      The version cannot be read. It decides which kinds and defaults exist, so a wrong guess would render objects that the
      cluster does not know.`),
    example: intent('gke-standard', LIST, { version: 'latest' }),
    fix: 'Write the version as the platform prints it: 1.29.4-gke.1043000 on GKE, 1.10.2 on Anthos.',
    source: SOURCES.masq,
  },
  MQ413: {
    meaning: prose(`
      GKE deploys ip-masq-agent by itself when network policy is enforced without Dataplane V2, or when a pod range lies
      outside of 10.0.0.0/8, unless the default SNAT is disabled. A second DaemonSet of the same name would fight with
      GKE's reconciliation.`),
    example: intent(
      'gke-standard',
      `
      ${LIST}
      agent:
        daemonSet: render
    `,
      { pods: '100.64.0.0/16' },
    ),
    fix: 'Write "daemonSet: existing", or remove the key: masq then renders the ConfigMap alone.',
    source: SOURCES.gke,
  },
  MQ414: {
    meaning: prose(`
      Before 1.14.1-gke.14 and 1.14.2-gke.1 the default destinations depended on the node image and on the agent's flag:
      three ranges for cos_containerd or with --nomasq-all-reserved-ranges, 10.0.0.0/8 alone for other images. masq does
      not guess between them.`),
    example: intent(
      'gke-standard',
      `
      masquerade:
        preserve: [platform-default]
    `,
      { version: '1.13.7-gke.8' },
    ),
    fix: 'Name the image under spec.network.nodeImage, or write the ranges instead of platform-default.',
    source: SOURCES.gke2019,
  },
  MQ415: {
    meaning: prose(`
      "masq synth --target" renders an intent for another data plane only where that one can be told exactly what the
      intent says. This it cannot be told: Calico has no pool for link-local, AWS's CNI has no port ranges, Antrea has no
      list. masq renders nothing rather than something wider or narrower.`),
    example: `# masq synth --target calico
${intent('kubernetes', LIST)}`,
    fix: 'Write what the message names instead, where there is something; else render for a data plane that can.',
    source: 'the documents of each data plane, named in docs/targets.md',
  },
  MQ416: {
    meaning: prose(`
      A data plane does something by itself that depends on a fact which the intent does not hold: AWS's CNI never
      translates packets to the VPC's ranges, Cilium chooses its gateway by the labels of nodes. Without the fact nobody
      can tell whether what is rendered means what the intent says.`),
    example: `# masq synth --target aws
${intent('kubernetes', LIST)}`,
    fix: 'Give the option that the message names, or add the fact to the intent.',
    source: 'the documents of each data plane, named in docs/targets.md',
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;
