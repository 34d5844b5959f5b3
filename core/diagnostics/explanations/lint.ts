import type { RuleCode } from '../rules';
import { block, configMap, daemonSet, type Explanation, intent, prose, SOURCES } from './explanation';

/** MQ7xx: what `masq lint` alone looks for. */
export const LINT = {
  MQ701: {
    meaning: prose(`
      The first rule that holds an address decides, and this one is never the first: those that are asked before it hold
      all of its addresses, alone or together. Whoever changes it will wonder why nothing changes. Where the others do the
      same with packets, as link-local and a cluster's own ranges are preserved in any case, it is a note; where one of
      them does something else, one of the two was not meant.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 169.254.0.0/16
    `),
    fix: 'Remove it, or take what it holds out of the others. Where they do the same, "masq lint --fix" removes it.',
    source: SOURCES.upstream,
  },
  MQ702: {
    meaning: prose(`
      Without this rule every address of both families is treated as with it: what would decide in its place does the
      same. masq compares the whole address spaces, not samples. Of rules that stand for each other only so many are
      named that all of them can go together.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve:
          - {cidr: 172.16.0.0/12, except: [172.20.0.0/16]}
        always: [172.20.0.0/15]
    `,
    ),
    fix: 'Remove it; "masq lint --fix" does, where no comment is in the way.',
    source: SOURCES.masq,
  },
  MQ703: {
    meaning: prose(`
      Ranges of one list make up a shorter one exactly, not an address more or less. One line says the same, is one rule
      less on every node, and counts once towards the 64 entries that ip-masq-agent takes. Entries of an intent with
      different reasons are left apart.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/9
        - 172.16.0.0/12
        - 10.128.0.0/9
    `),
    fix: 'Write the one range in their place; "masq lint --fix" does, unless a comment says something of one of them.',
    source: SOURCES.masq,
  },
  MQ704: {
    meaning: prose(`
      An exception takes a range out of its entry, so that packets to it are masqueraded; but another entry of the list
      preserves all of that range, and they are not. One of the two says what was not meant, so that masq changes
      neither.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve:
          - {cidr: 10.0.0.0/8, except: [10.100.10.0/24]}
          - 10.100.0.0/16
    `,
    ),
    fix: 'Take the range out of the other entry too, list it under "always", or remove the exception.',
    source: SOURCES.masq,
  },
  MQ705: {
    meaning: prose(`
      The list of nonMasqueradeCIDRs should hold at least the cluster's node and pod ranges, and part of one is missing.
      Packets between pods of that part leave with a node's address: NetworkPolicies that select pods do not match, and
      logs name nodes. The ranges are taken from objects in the same folder (of kubeadm, Calico and Anthos, and Nodes),
      from the intent that has the folder's name, and from the options --pod-cidr and --node-cidr.`),
    example: `${configMap('nonMasqueradeCIDRs: [10.244.0.0/17]')}---\n${block(`
      apiVersion: kubeadm.k8s.io/v1beta3
      kind: ClusterConfiguration
      networking:
        podSubnet: 10.244.0.0/16
    `)}`,
    fix: 'Add what is missing to the list, or correct the range where it is declared.',
    source: SOURCES.standard,
  },
  MQ706: {
    meaning: prose(`
      Azure's ip-masq-agent-v2 reads every file of its folder whose name begins with ip-masq, and merges them: the lists
      are put together, and masqLinkLocal counts as true when any file says so. What one of them says then has no effect,
      and nothing on the node tells so. A list that changes nothing beside the others is a note.`),
    example: [
      configMap(
        'masqLinkLocal: false\n        nonMasqueradeCIDRs: [10.1.0.0/16]',
        'ip-masq-agent-config',
        'ip-masq-agent',
      ),
      configMap(
        'masqLinkLocal: true\n        nonMasqueradeCIDRs: [10.0.0.0/8]',
        'ip-masq-agent-config-reconciled',
        'ip-masq-agent-reconciled',
      ),
    ].join('---\n'),
    fix: 'Say the same in each file, or say it in one of them only.',
    source: 'Azure/ip-masq-agent-v2, its README and its program',
  },
  MQ707: {
    meaning: prose(`
      ip-masq-agent reads one file, and merges nothing. A second ConfigMap with a file for it lies beside the one that the
      DaemonSet mounts: what it says is enforced nowhere.`),
    example: [
      daemonSet({}),
      configMap('nonMasqueradeCIDRs: [10.0.0.0/8]'),
      configMap('nonMasqueradeCIDRs: [100.64.0.0/10]', 'ip-masq-agent-partners'),
    ].join('---\n'),
    fix: 'Put its ranges into the one that is read, or remove it.',
    source: SOURCES.upstream,
  },
  MQ708: {
    meaning: prose(`
      Up to Kubernetes 1.23 the kubelet could masquerade by itself: with kubenet it writes a rule for every destination but
      the one range of --non-masquerade-cidr, beside the agent's rules, so that ranges of the agent's list are
      masqueraded all the same. The authors of ip-masq-agent ask not to run both; 0.0.0.0/0 keeps the kubelet from it. The
      flag was deprecated in 1.7 and removed in 1.24: where the version says so, it is an error.`),
    example: `${configMap('nonMasqueradeCIDRs: [10.0.0.0/8]')}---\n${block(`
      apiVersion: kubeadm.k8s.io/v1beta2
      kind: InitConfiguration
      nodeRegistration:
        kubeletExtraArgs:
          non-masquerade-cidr: 10.244.0.0/16
    `)}`,
    fix: 'Write --non-masquerade-cidr=0.0.0.0/0, and from Kubernetes 1.24 on remove the flag.',
    source: 'kubernetes-sigs/ip-masq-agent, its README; kubernetes/kubernetes, pull requests 46554 and 107096',
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;
