import type { RuleCode } from '../rules';
import { block, configMap, daemonSet, type Explanation, intent, prose, SOURCES } from './explanation';

/** MQ6xx: Kubernetes manifests. */
export const MANIFESTS = {
  MQ601: {
    meaning: prose(`
      A container mounts a volume by a name that no volume of the pod has. The API server refuses the pod template, and no
      agent runs: new nodes get no rule at all.`),
    example: daemonSet({ mount: 'config-volume' }),
    fix: 'Give both the same name; which one is free to choose.',
    source: SOURCES.standard,
  },
  MQ602: {
    meaning: prose(`
      The DaemonSet's volume names another ConfigMap than the one beside it. The volume is optional, so the pod starts
      without a file, and the agent falls back to its built-in list: what your list preserves is masqueraded.`),
    example: `${configMap('nonMasqueradeCIDRs: [10.0.0.0/8]')}---\n${daemonSet({ configMap: 'masq-config' })}`,
    fix: 'Write the same name at both places; ip-masq-agent is the usual one.',
    source: SOURCES.standard,
  },
  MQ603: {
    meaning: prose(`
      The agent's file comes from the key config of the ConfigMap. Without that key the volume holds no file, since it is
      optional: the agent falls back to its built-in list and says nothing. "kubectl create configmap
      --from-file=FILE" without "config=" makes a key with the file's name.`),
    example: configMap('nonMasqueradeCIDRs: [10.0.0.0/8]', 'ip-masq-agent', 'agent.yaml'),
    fix: 'Name the key config.',
    source: SOURCES.standard,
  },
  MQ604: {
    meaning: prose(`
      The agent reads /etc/config/ip-masq-agent and nothing else, or what masq-agent's --config names. Mounted under another path or another name, the file is
      not seen, and the built-in list holds.`),
    example: daemonSet({ path: 'config' }),
    fix: 'Mount the volume at /etc/config, with "items: [{key: config, path: ip-masq-agent}]".',
    source: SOURCES.standard,
  },
  MQ605: {
    meaning: prose(`
      Two objects have the same kind, namespace and name. Applied one after the other the last wins; in Argo CD and Flux
      they overwrite each other at every sync.`),
    example: `${configMap('nonMasqueradeCIDRs: [10.0.0.0/8]')}---\n${configMap('nonMasqueradeCIDRs: [192.168.0.0/16]')}`,
    fix: 'Keep one of the two.',
    source: 'Kubernetes API conventions',
  },
  MQ606: {
    meaning: prose(`
      The agent's ConfigMap and DaemonSet are in different namespaces, or an object names none and lands wherever it is
      applied. A pod can mount ConfigMaps of its own namespace only; the volume is optional, so the agent starts with its
      built-in list.`),
    example: block(`
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: ip-masq-agent}
      data: {config: "nonMasqueradeCIDRs: [10.0.0.0/8]"}
    `),
    fix: 'Write "namespace: kube-system" on both, or one other namespace that allows host network pods.',
    source: SOURCES.standard,
  },
  MQ607: {
    meaning: prose(`
      The agent's pods do not run in the host network. It then writes its rules into the network namespace of its own pod:
      they are right, and no packet of the node ever meets them.`),
    example: daemonSet({ hostNetwork: 'false' }),
    fix: 'Write "hostNetwork: true" in the pod template.',
    source: SOURCES.standard,
  },
  MQ608: {
    meaning: prose(`
      The agent lacks the capability NET_ADMIN, so the kernel refuses every change of rules. The process stays up and the
      pod looks healthy, but the node has no rules of the agent.`),
    example: daemonSet({ security: 'capabilities: {drop: [ALL]}' }),
    fix: 'Write "add: [NET_ADMIN, NET_RAW]", without the prefix CAP_.',
    source: `${SOURCES.standard}; ${SOURCES.upstream}`,
  },
  MQ609: {
    meaning: prose(`
      The apiVersion is no longer served. extensions/v1beta1 DaemonSets, which Google's page of 2019 shows, are gone since
      Kubernetes 1.16: the object cannot be applied.`),
    example: daemonSet({ apiVersion: 'extensions/v1beta1' }),
    fix: 'Write "apiVersion: apps/v1" and add spec.selector, which the old form did without.',
    source: `Kubernetes: deprecated API migration guide; ${SOURCES.gke2019}`,
  },
  MQ610: {
    meaning: prose(`
      The DaemonSet's selector does not match the labels of its pod template. The API server refuses the object, and no
      agent runs.`),
    example: daemonSet({ labels: 'app: ip-masq-agent' }),
    fix: 'Write the same labels at both places. A selector cannot be changed later: the DaemonSet has to be made anew.',
    source: 'Kubernetes API conventions',
  },
  MQ611: {
    meaning: prose(`
      The manifest belongs to another project's agent. They look alike and differ in what they make of the same file:
      Cilium's takes an empty file for eleven ranges and a file without the list for none, Azure's merges several files
      into one list.`),
    example: configMap('nonMasqueradeCIDRs: [10.0.0.0/8]', 'ip-masq-agent-lists', 'ip-masq-agent'),
    fix: 'Check it with the tools of that project, or import it and render it for the platform that you run.',
    source: 'Cilium ip-masq-agent and Azure ip-masq-agent v2, compared',
  },
  MQ612: {
    meaning: prose(`
      ip-masq-agent does not have this flag. It exits at start with an unknown flag; an argument that is no flag at all
      silently ends the reading of flags, so that those behind it have no effect. Azure's ip-masq-agent-v2 does have
      --resync-interval, a number of seconds, and has neither --random-fully nor --to-ports.`),
    example: daemonSet({ args: '--masq-chain=IP-MASQ, --resync-interval=60s' }),
    fix: 'Remove the flag. The resync interval and the list stand in the file, not in flags.',
    source: SOURCES.upstream,
  },
  MQ613: {
    meaning: prose(`
      The gap of a template was never filled in, as in the samples of Google's page. The agent refuses the file, and a fresh
      node gets no rule at all.`),
    example: block(`
      nonMasqueradeCIDRs:
        - CIDR_1
        - CIDR_2
      masqLinkLocal: false
    `),
    fix: 'Fill in your values, or run the template engine before masq.',
    source: SOURCES.standard,
  },
  MQ614: {
    meaning: prose(`
      The agent runs privileged, which gives it the whole node. Packets are treated the same; the risk is that whoever takes
      over the container owns the machine. Google's current DaemonSet does with NET_ADMIN and NET_RAW.`),
    example: daemonSet({ security: 'privileged: true' }),
    fix: 'Write "privileged: false", "drop: [ALL]", "add: [NET_ADMIN, NET_RAW]", "allowPrivilegeEscalation: false".',
    source: SOURCES.standard,
  },
  MQ615: {
    meaning: prose(`
      A name is not one that Kubernetes takes: lower-case letters, digits and dashes, at most 63 for a label, with dots and
      at most 253 for a subdomain. The API server refuses the object.`),
    example: block(`
      apiVersion: masq/v1alpha1
      kind: ClusterIntent
      metadata: {name: Prod_EU}
    `),
    fix: 'Write lower-case letters, digits and dashes: prod-eu.',
    source: 'RFC 1123; Kubernetes API conventions',
  },
  MQ616: {
    meaning: prose(`
      A container requests more of a resource than it may use at most. The API server refuses the DaemonSet: no node
      runs the agent.`),
    example: intent(
      'kubernetes',
      `
      masquerade: {preserve: [rfc1918]}
      agent:
        resources: {requests: {memory: 64Mi}, limits: {memory: 32Mi}}
    `,
    ),
    fix: 'Lower the request, or raise the limit.',
    source: 'Kubernetes: resource management for pods and containers',
  },
  MQ617: {
    meaning: prose(`
      Kubernetes does not take the pod template as it is: two containers or two volumes have the same name, or one that is
      not allowed; two volumes are mounted at the same path, or a volume has two sources; the pods are not always
      restarted. The API server refuses the DaemonSet, and no node runs the agent.`),
    example: daemonSet({ container: 'IP_MASQ_agent' }),
    fix: 'Write what the message names.',
    source: 'Kubernetes API reference: DaemonSetSpec, PodSpec',
  },
  MQ618: {
    meaning: prose(`
      Two DaemonSets, or two containers of one pod, run an agent on the same nodes. Each fills its chain anew at every sync: in one chain they take
      turns, and of two chains the first that masquerades a packet decides, whatever the other preserves. It is a note when
      nodeSelector and nodeAffinity leave open whether there is a node that both choose.`),
    example: `${daemonSet({})}---\n${block(`
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: masq, namespace: kube-system}
      spec: {template: {spec: {containers: [{name: ip-masq-agent}]}}}
    `)}`,
    fix: prose(`
      Keep one, or give each nodes of its own by nodeSelector or nodeAffinity. Two containers can be what server-side
      apply left of a DaemonSet that somebody else applied: delete it, and apply again.`),
    source: 'kubernetes-sigs/ip-masq-agent',
  },
  MQ619: {
    meaning: prose(`
      masq-agent writes the last good file, and what it last saw, into /run/masq-agent, or where --state-dir says. Without
      a folder of the node mounted there the file is gone with the pod: a new pod that finds a refused file has nothing
      to enforce, and on a node that was restarted there are no rules at all. Where nothing can be written, the liveness
      probe fails too, and the agent is started again and again.`),
    example: daemonSet({ container: 'masq-agent' }),
    fix: 'Mount a hostPath volume of the type DirectoryOrCreate at /run/masq-agent, as the DaemonSet that masq renders does.',
    source: SOURCES.masq,
  },
  MQ620: {
    meaning: prose(`
      A command other than run, --once or --dry-run is meant for a terminal: the agent answers and ends. As the program of
      a DaemonSet it is started again and again, with growing pauses, and between them nothing reads the file or heals the
      rules; with --dry-run none is ever written.`),
    example: daemonSet({ container: 'masq-agent', args: 'check, /etc/config/ip-masq-agent' }),
    fix: 'Remove the word: masq-agent runs and enforces when it is told nothing else.',
    source: SOURCES.masq,
  },
  MQ621: {
    meaning: prose(`
      Programs that write rules with iptables-legacy read a whole table, change it and write it back. They take turns by a
      lock, /run/xtables.lock of the node. Without it in the container masq-agent and kube-proxy can overwrite each
      other's rules; where the container's root cannot be written to, iptables-legacy fails, and no rule is written.
      Nodes with iptables-nft or nftables do not use the lock; which of them a node has is often known there only.`),
    example: daemonSet({ container: 'masq-agent' }),
    fix: prose(`
      Mount a hostPath volume of the type FileOrCreate at /run/xtables.lock, as the DaemonSet that masq renders does, or
      write "--backend=nftables" where that is what the nodes have.`),
    source: 'iptables 1.8: xtables_lock, measured',
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;

/** MQ9xx: masq itself. */
export const MASQ = {
  MQ901: {
    meaning: prose(`
      What was about to be emitted was read back, and it is not what the intent asks for: it treats some packet otherwise,
      and the message names that packet and both treatments; or an object is missing, cannot be read or differs from what
      the intent was rendered to. Nothing is written: this is the check that keeps a fault of masq, or a patch of rendered
      objects, from reaching a cluster. Patches pass where they change neither packets, nor the agent's nodes, nor whether
      it starts: labels and annotations, finalizers and owners; further keys of the ConfigMap, and its file in another style;
      of the DaemonSet the update strategy, further tolerations, priorityClassName, resources, imagePullPolicy,
      imagePullSecrets, dnsPolicy, terminationGracePeriodSeconds, how often probes ask, further env, klog's flags, a
      root that can be written, seccomp and SELinux, preferred nodes, and further volumes, mounts and unprivileged
      containers with names and paths of their own; of the ServiceAccount what its pods pull and mount; of definitions
      their short names.`),
    example: '# No input is known that leads here; a patch does, such as one that renames the ConfigMap\n',
    fix: prose(`
      Say it in the intent instead of patching what is rendered from it; where the intent has no field for it, undo the
      patch, or apply it outside of masq, which then cannot vouch for what becomes of it. Where nothing was patched,
      report it with the intent: nothing in it is wrong because of this.`),
    source: SOURCES.masq,
  },
  MQ902: {
    meaning: 'masq itself failed in a way that it did not expect. Nothing was written.',
    example: '# No input is known that leads here; one that does is a bug of masq\n',
    fix: 'Report it with the input and the message.',
    source: SOURCES.masq,
  },
  MQ903: {
    meaning: prose(`
      The rendered manifests on disk are not those that the intent renders to now. What Argo CD or Flux sync from the
      folder is still the old treatment.`),
    example: '# An intent that was changed, and its folder that was not rendered again\n',
    fix: 'Render again, with the command that the finding names, and commit the result together with the intent.',
    source: SOURCES.masq,
  },
  MQ904: {
    meaning: prose(`
      A file cannot be read: it does not exist, is a folder, or may not be opened; or a folder holds a symbolic link or a
      pipe with the name of a file. All other files of the run are checked all the same. When it is an argument that leads
      nowhere, the exit code is 2; an entry of .masq.yaml that leads nowhere is a finding there, and the exit code 1.`),
    example: '# A path with a typing error, or a file without read permission\n',
    fix: 'Correct the path, the link or the permissions; a pipe is read when it is named itself.',
    source: SOURCES.masq,
  },
  MQ905: {
    meaning: prose(`
      A rendered file belongs to none of the given intents. If a cluster is synced from its folder, the old objects stay
      applied. Deleting them does not take the agent's rules off the nodes.`),
    example: '# The folder of an intent that was renamed or deleted\n',
    fix: 'Remove the file if its cluster is gone, or give masq the missing intent too.',
    source: `${SOURCES.masq}; ${SOURCES.standard}`,
  },
  MQ906: {
    meaning: prose(`
      Nothing in what "masq validate" or "masq lint" was given is a document that masq knows. Nothing was checked, and a
      check that looks at nothing must not pass: the file or the folder may be the wrong one, or the command before a pipe
      may have failed. One document that masq knows is enough: the other files then get the note MQ212. With --changed,
      as hooks give it, a commit may have nothing for masq. It is a note where an entry of intents in .masq.yaml is gone and
      what is rendered no more is to be deleted: git keeps no empty folders, so that the last intent takes its folder with
      it.`),
    example: '# What a kubectl that failed writes to the standard input: nothing\n',
    fix: prose(`
      Name the folder that holds intents, agent files or manifests. In a pipe use "set -o pipefail".`),
    source: SOURCES.masq,
  },
  MQ907: {
    meaning: prose(`
      A cluster's folder holds a manifest that masq has not written. Argo CD, Flux and "kubectl apply -f" apply the folder
      as it is, so that this object reaches the cluster too, and "masq synth --check" compares only what the intent renders
      to. A kustomization of your own is not told: it says itself what is applied. It is an error when masq has rendered the
      manifest for another data plane: two would be configured at once.`),
    example: '# A second ConfigMap, put by hand beside the rendered one\n',
    fix: prose(`
      Move the file to a folder of its own. If it is meant to be applied with the rendered ones, it may stay: this is a
      note, and "masq validate" of the folder checks them together.`),
    source: SOURCES.masq,
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;
