import type { Command } from '../args';
import { DIALECTS, INTENT_LANGUAGES, PLATFORMS } from '../choices';
import { AGENT_ARGS, COLOR, cidrs, FORCE, FORMAT, NODE_CIDR, OUT_INTERFACE, POD_CIDR } from '../options';

/** `masq import` as data. */
export const IMPORT: Command = {
  name: 'import',
  summary: 'write the intent that does what an artefact does',
  usage: '[options] FILE...',
  description:
    "Reads what decides on source addresses in one cluster, and writes the intent that denotes the same map: an ip-masq-agent file, ConfigMap or DaemonSet, EgressNATPolicies, the egress NAT gateway's objects and the Cluster beside them, Cilium's ip-masq-agent and egress gateway policies, Antrea's settings and Egress objects, the ConfigMaps of Azure's and of Tencent's agent, the DaemonSet of AWS's VPC CNI, Calico's IPPools, or a dump of a node's rules, whoever wrote them. A FILE is a file or a folder; \"-\" is the standard input, such as what kubectl prints, git:REV:PATH what is at a revision, and cluster: what runs in the cluster of kubectl's current context.\n\nThe intent is read again and compared with what was imported, over all of IPv4 and IPv6. What an intent cannot say is refused, with its place; what it has no word for, and what means something else to another data plane, is told on the standard error.\n\nAn intent names ranges that the artefact does not: each that is missing is asked for.",
  options: [
    {
      name: 'name',
      short: 'n',
      type: 'string',
      value: 'NAME',
      help: "the cluster's name; if nobody says, that of its Cluster object, or my-cluster",
    },
    {
      name: 'platform',
      type: 'string',
      value: 'PLATFORM',
      choices: PLATFORMS,
      help: 'where it runs; if nobody says, what is imported shows',
    },
    {
      name: 'version',
      type: 'string',
      value: 'VERSION',
      help: "the platform's version; gke-autopilot and anthos-bare-metal need it",
    },
    NODE_CIDR,
    {
      ...POD_CIDR,
      help: `${POD_CIDR.help}; if nobody says, what is imported shows`,
    },
    cidrs('service-cidr', 'a range of Service addresses'),
    cidrs('vpc-cidr', "a range of AWS's VPC, to which its CNI never translates"),
    { name: 'dataplane', type: 'string', value: 'NAME', choices: ['v1', 'v2'], help: "GKE's dataplane" },
    {
      name: 'internet-route',
      type: 'string',
      value: 'ROUTE',
      choices: ['cloud-nat', 'custom-default-route'],
      help: "what carries pods' addresses to the internet, where they are preserved there",
    },
    AGENT_ARGS,
    OUT_INTERFACE,
    {
      name: 'dialect',
      type: 'string',
      value: 'NAME',
      choices: DIALECTS,
      help: "whose the file is that several agents read; if nobody says, what stands beside it shows, and else ip-masq-agent's own",
    },
    {
      name: 'preserve-cluster',
      type: 'boolean',
      help: "preserve the cluster's own ranges even where what is imported masquerades them, which is told",
    },
    {
      name: 'language',
      type: 'string',
      value: 'LANGUAGE',
      choices: INTENT_LANGUAGES,
      default: 'yaml',
      help: 'what the intent is written in',
    },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      value: 'PATH',
      help: 'the file to write, or a folder for it; if nobody says, the standard output',
    },
    FORCE,
    FORMAT,
    COLOR,
  ],
  positionals: { name: 'FILE', min: 1, complete: 'file' },
  examples: [
    {
      line: 'kubectl -n kube-system get cm/ip-masq-agent ds/ip-masq-agent -o yaml | masq import - --node-cidr 10.128.0.0/20 --pod-cidr 10.119.128.0/17 -o masq.yaml',
      says: 'what a cluster runs',
    },
    {
      line: 'masq import pools.yaml --node-cidr 192.168.1.0/24 --preserve-cluster --language typescript',
      says: "Calico's, as a program",
    },
  ],
  exitCodes: [
    [0, 'written'],
    [1, 'refused: files with errors, or what an intent cannot say; nothing was written'],
    [2, 'wrong usage, a fact that is missing, or a fault of masq itself; nothing was written'],
  ],
};
