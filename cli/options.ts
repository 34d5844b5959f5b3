import type { Command, Option } from './args';
import { FORMATS } from './format/names';
import { COLOR_CHOICES } from './terminal';

/** When output is coloured. */
export const COLOR: Option = {
  name: 'color',
  type: 'string',
  value: 'WHEN',
  choices: COLOR_CHOICES,
  default: 'auto',
  help: 'colours: on a terminal, always or never',
};

/** How findings are written. */
export const FORMAT: Option = {
  name: 'format',
  short: 'f',
  type: 'string',
  value: 'FORMAT',
  choices: FORMATS,
  default: 'text',
  help: 'how findings are written: for people, for programs, as GitHub annotations, for code scanning, or as a test report',
};

/** From which severity on findings fail a run. */
export const FAIL_ON: Option = {
  name: 'fail-on',
  type: 'string',
  value: 'SEVERITY',
  choices: ['error', 'warning', 'note'],
  default: 'error',
  help: 'the least severity that makes the exit code 1',
};

/** Which settings are used. */
export const CONFIG: Option = {
  name: 'config',
  type: 'string',
  value: 'FILE',
  help: 'the settings to use instead of the nearest .masq.yaml, here or above',
};

/** Whether the summary is left out. */
export const QUIET: Option = { name: 'quiet', short: 'q', type: 'boolean', help: 'no summary' };

/** How an answer that is no list of findings is written. */
export function answerFormat(help: string, choices: readonly string[] = ['text', 'json']): Option {
  return { name: 'format', short: 'f', type: 'string', value: 'FORMAT', choices, default: 'text', help };
}

/** Whether the files are those of a commit. */
export const CHANGED: Option = {
  name: 'changed',
  type: 'boolean',
  help: 'the files are those of a commit: nothing is said of files that masq does not know, and manifests beside them count where they have to agree',
};

/** Whether what is there may be written over. */
export const FORCE: Option = { name: 'force', type: 'boolean', help: 'overwrite what is there' };

/** Ranges of addresses, which may be given one by one or with commas. */
export function cidrs(name: string, help: string): Option {
  return { name, type: 'string', value: 'CIDR', multiple: true, help: `${help}; with commas between several` };
}

/** Where pods have their addresses from. */
export const POD_CIDR: Option = cidrs('pod-cidr', 'a range that pods have their addresses from');

/** Where nodes have their addresses from. */
export const NODE_CIDR: Option = cidrs('node-cidr', 'a range that nodes have their addresses from');

/** By which interfaces packets leave a node, which its rules may ask for and a dump does not say. */
export const OUT_INTERFACE: Option = {
  name: 'out-interface',
  type: 'string',
  value: 'NAME',
  multiple: true,
  help: 'for dumps: an interface by which packets of pods leave the node, such as eth0, or ens+ for all that begin so; name every one of them, with commas between several; if nobody says, what rules ask of it cannot be told',
};

/** Whose packets are asked about. */
export const FROM: Option = {
  name: 'from',
  type: 'string',
  value: 'POD',
  help: "the pod's labels, such as app=web,tier=front, or its address (default: a pod that no egress policy selects)",
};

/** The namespace of the pod whose packets are asked about. */
export const NAMESPACE: Option = {
  name: 'namespace',
  short: 'n',
  type: 'string',
  value: 'LABELS',
  help: "the labels of the pod's namespace, or its name",
};

/** What a SIDE of a question may be, for descriptions of commands. */
export const SIDES =
  'files or folders of intents, manifests, ip-masq-agent files, what Calico, Cilium, Antrea, AWS, Azure or Tencent are configured with, or dumps of a node\'s rules, "-" for the standard input, git:REV:PATH for a path at a revision, or cluster: for the running cluster of kubectl\'s current context (cluster:CONTEXT for another)';

/** How the agent is started that reads bare files. */
export const AGENT_ARGS: Option = {
  name: 'agent-args',
  type: 'string',
  value: 'ARGS',
  help: 'the flags of the ip-masq-agent that reads bare files, as in --agent-args="--enable-ipv6 --masq-chain=IP-MASQ"; if nobody says, none',
};

/** Where facts of clusters are taken from. */
export const FACTS: Option = {
  name: 'facts',
  type: 'string',
  value: 'FILE',
  multiple: true,
  help: "intents that declare the clusters' ranges and platform, for manifests that do not say them",
};

/** The ranges that AWS and AKS keep pods' addresses to. */
export const VPC: Option = {
  name: 'vpc-cidr',
  type: 'string',
  value: '[CLUSTER=]CIDR',
  multiple: true,
  help: "a range of the VPC or the VNet, for what AWS's CNI or AKS is configured with: it does not say them; with commas between several",
};

/** Which cluster of a side is meant. */
export const CLUSTER: Option = {
  name: 'cluster',
  type: 'string',
  value: 'NAME',
  help: 'the one cluster that is meant (default: all)',
};

/**
 * What others call options, and what masq's other commands do: for each name the options that are meant by it, of which
 * a command has one at the most.
 */
export const MEANT: ReadonlyMap<string, readonly string[]> = new Map([
  ['pods', ['pod-cidr', 'facts']],
  ['pod-cidrs', ['pod-cidr', 'facts']],
  ['pod-cidr', ['facts']],
  ['nodes', ['node-cidr', 'facts']],
  ['node-cidrs', ['node-cidr', 'facts']],
  ['node-cidr', ['facts']],
  ['flags', ['agent-args']],
  ['agent-flags', ['agent-args']],
  ['clusters', ['cluster']],
]);

/** What exit codes mean where a command has no findings. */
export const EXIT_CODES: Command['exitCodes'] = [
  [0, 'done'],
  [2, 'wrong usage, or a fault of masq itself'],
];
