import type { RuleCode } from '../rules';
import { block, configMap, type Explanation, prose } from './explanation';

/** MQ8xx: what `masq import` says of what it reads. */
export const IMPORTS = {
  MQ801: {
    meaning: prose(`
      What is imported says something for which an intent has no word, and which changes no packet: an option of the log, a
      label, a key that the agent passes over. The intent is without it. What masq renders runs the agent in its own way.`),
    example: block(`
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: azure-ip-masq-agent-config, namespace: kube-system}
      data:
        ip-masq-agent: |
          nonMasqueradeCIDRs: [10.0.0.0/8]
          masqueradeAll: false
    `),
    fix: 'Nothing, if it is not missed; else write what the intent has for it, or keep it beside what masq renders.',
    source: 'masq itself',
  },
  MQ802: {
    meaning: prose(`
      What is imported is another data plane's, which reads it in another way than ip-masq-agent would: Cilium takes host
      bits off a CIDR, Azure's agent puts several files together, neither knows resyncInterval. The intent has what that data plane
      makes of it.`),
    example: block(`
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: azure-ip-masq-agent-config, namespace: kube-system}
      data:
        ip-masq-agent: |
          nonMasqueradeCIDRs: [10.0.0.0/8]
          resyncInterval: 60s
    `),
    fix: 'Look whether the intent has what you mean, and not only what was made of it.',
    source: 'Azure/ip-masq-agent-v2, cilium/cilium, aws/amazon-vpc-cni-k8s, projectcalico/calico',
  },
  MQ803: {
    meaning: prose(`
      What is imported treats packets by something that an intent does not know: the address of the pod, the node that it
      runs on, the interface that the packet leaves by. An intent would mean something else for some packets, so none is written.`),
    example: block(`
      apiVersion: projectcalico.org/v3
      kind: IPPool
      metadata: {name: internal}
      spec: {cidr: 10.244.0.0/17, natOutgoing: false}
      ---
      apiVersion: projectcalico.org/v3
      kind: IPPool
      metadata: {name: outgoing}
      spec: {cidr: 10.244.128.0/17, natOutgoing: true}
    `),
    fix: 'Change it so that the message no longer holds and import it then, or leave these pods to the data plane that they have.',
    source: 'masq itself',
  },
  MQ804: {
    meaning: prose(`
      What is imported masquerades packets to nodes, pods or Services of the cluster itself, of which masq was told with
      options. What masq renders never does: NetworkPolicies that select pods would see the sender's node, and Google asks that the list
      hold at least the node and pod ranges. So the intent would not mean the same.`),
    example: configMap('nonMasqueradeCIDRs: [10.119.128.0/17]'),
    fix: 'If the option is right, give --preserve-cluster too: the intent preserves these ranges, and all else stays as it is.',
    source: 'Google: ip-masq-agent in Standard clusters',
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;
