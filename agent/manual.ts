import {
  type COMMANDS,
  OPTION_DEFAULTS,
  OPTION_OWNERS,
  TOGGLE_OPTIONS,
  VALUED_OPTIONS,
} from '../core/agentfile/options';
import { VALUES } from './options';

/** What the program can be asked to do. */
export type CommandName = (typeof COMMANDS)[number];

/** What is to be known of a command. */
export interface CommandManual {
  /** What stands behind the command's name; empty for nothing. */
  readonly operand: string;
  /** One line. */
  readonly summary: string;
  /** What it does, in sentences. */
  readonly details: string;
  /** What each exit code means, beside 2 for a call that is wrong. */
  readonly exits: readonly (readonly [code: number, meaning: string])[];
  /** A call that somebody may copy. */
  readonly example: string;
}

/** What is to be known of each command: for its help, and for docs/agent.md. */
export const MANUAL: Readonly<Record<CommandName, CommandManual>> = {
  run: {
    operand: '',
    summary: 'enforce the file, on every change and at each resync (the default)',
    details:
      'Reads the file, writes the rules that it asks for where the kernel has others, reads them back and proves that packets are treated as the file says. It goes on until SIGTERM, which leaves the rules; SIGHUP makes it look at once. Programs written for ip-masq-agent can start it with the flags that they know.',
    exits: [
      [0, 'SIGTERM or SIGINT ended it, without --once; with it, the kernel provably does what the file says'],
      [1, 'with --once or --dry-run: the file is refused, or rules could not be written or proven'],
    ],
    example: 'masq-agent --config=/etc/config/ip-masq-agent --masq-chain=IP-MASQ --log-format=json',
  },
  check: {
    operand: 'FILE',
    summary: 'say what is wrong with a file, or with standard input for "-"',
    details:
      'Prints every finding on a line of its own, with its place, and at the end whether the agent would take the file. Nothing of the kernel is read or changed.',
    exits: [
      [0, 'the file is valid'],
      [1, 'the file is refused'],
      [2, 'the file cannot be read'],
    ],
    example:
      'kubectl exec -i -n kube-system ds/ip-masq-agent -c masq-agent -- /usr/bin/masq-agent check - < new-config',
  },
  status: {
    operand: '',
    summary: 'print what the running agent last saw',
    details: 'Prints the state that the agent wrote last; with --log-format=json the state file as it is.',
    exits: [
      [0, 'it is ready'],
      [1, 'it is not ready, or no agent has run'],
    ],
    example: 'kubectl exec -n kube-system ds/ip-masq-agent -c masq-agent -- /usr/bin/masq-agent status',
  },
  healthz: {
    operand: '',
    summary: 'for probes: whether the agent lives, or with --ready whether it is ready',
    details:
      'An agent lives while its heart beats, which it does every ten seconds unless it is stuck. It is ready while the file is valid and its rules are in place. Why it is not stands on standard output.',
    exits: [
      [0, 'it lives, or is ready'],
      [1, 'it does not, or is not'],
    ],
    example: 'masq-agent healthz --ready',
  },
  serve: {
    operand: '',
    summary: 'serve /metrics, /healthz and /readyz of the running agent by HTTP',
    details:
      'Answers for the agent that uses the same --state-dir, from a process of its own that needs no rights. /healthz and /readyz answer 200 or 503 as healthz and healthz --ready do; /metrics is for Prometheus, and answers 503 when the agent is dead. / answers 200 as long as it serves: it is for its own probes.',
    exits: [
      [0, 'SIGTERM or SIGINT ended it'],
      [1, 'it cannot listen there'],
    ],
    example: 'masq-agent serve --listen=192.168.1.4:9797',
  },
  cleanup: {
    operand: '',
    summary: 'remove all rules of this agent and of ip-masq-agent, of both families and every backend',
    details:
      "Removes every chain that a rule of POSTROUTING with ip-masq-agent's comment leads to, these rules, and the agent's tables of nftables. Rules of others stay. End the agent first: it would write its rules again.",
    exits: [
      [0, 'nothing of them is there any more'],
      [1, 'rules could not be read or removed'],
    ],
    example: 'masq-agent cleanup',
  },
  version: {
    operand: '',
    summary: 'print the version',
    details: 'Prints the name and the version.',
    exits: [[0, 'always']],
    example: 'masq-agent version',
  },
  help: {
    operand: '[COMMAND]',
    summary: 'print this, or all about a command',
    details: 'The same as --help, alone or with a command.',
    exits: [[0, 'always']],
    example: 'masq-agent help check',
  },
};

/** What is to be known of an option. */
export interface OptionManual {
  readonly name: string;
  /** What its value is, or all values that it takes. Absent: it is on or off. */
  readonly value?: string | readonly string[];
  readonly summary: string;
  /** What holds without it, in words. */
  readonly otherwise: string;
  /** The commands that it belongs to. */
  readonly of: readonly CommandName[];
}

const SUMMARIES: Readonly<Record<string, string>> = {
  config: 'the file',
  once: 'one reconcile instead of going on',
  'dry-run': 'print the rules that the file asks for, change nothing',
  backend: 'how rules are written; auto: as the kubelet and kube-proxy of the node do',
  'unknown-keys': 'what to make of keys that the file should not have',
  'log-format': 'how a line is written; events go to standard error, one line each',
  'pod-cidrs': 'where packets of pods come from; what rules do to packets of other sources does not count then',
  'state-dir': 'where state, metrics and the last good file are',
  listen: 'the address and the port',
  ready: 'ask whether it is ready, not only whether it lives',
};

/** The options that are masq-agent's own. */
export const OPTIONS: readonly OptionManual[] = Object.entries(SUMMARIES).map(([name, summary]) => ({
  name,
  summary,
  ...(!TOGGLE_OPTIONS.includes(name) && { value: VALUED_OPTIONS[name] ?? VALUES[name]! }),
  otherwise: TOGGLE_OPTIONS.includes(name)
    ? 'off'
    : OPTION_DEFAULTS[name as keyof typeof OPTION_DEFAULTS] || 'anywhere',
  of: OPTION_OWNERS[name]!,
}));

/** The options of `run` that are ip-masq-agent's. */
export const UPSTREAM_OPTIONS: readonly OptionManual[] = [
  {
    name: 'masq-chain',
    value: VALUES['masq-chain']!,
    summary: 'the chain of the nat table that the agent owns',
    otherwise: 'IP-MASQ-AGENT',
    of: ['run'],
  },
  {
    name: 'enable-ipv6',
    summary: 'write rules for IPv6 too',
    otherwise: 'false',
    of: ['run'],
  },
  {
    name: 'nomasq-all-reserved-ranges',
    summary: 'the built-in list has eleven ranges instead of three',
    otherwise: 'false',
    of: ['run'],
  },
  {
    name: 'random-fully',
    summary: 'randomise source ports fully; --random-fully=false where the kernel must not',
    otherwise: 'true',
    of: ['run'],
  },
  {
    name: 'to-ports',
    value: VALUES['to-ports']!,
    summary: 'source ports of masqueraded packets',
    otherwise: "the kernel's choice",
    of: ['run'],
  },
];

/** How an option is written. */
export function optionText({ name, value }: OptionManual): string {
  if (value === undefined) return `--${name}`;
  return `--${name}=${typeof value === 'string' ? value : value.join('|')}`;
}
