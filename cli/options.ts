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

/** What a SIDE of a question may be, for descriptions of commands. */
export const SIDES =
  'files or folders of intents, manifests, ip-masq-agent files or dumps of a node\'s rules, "-" for the standard input, git:REV:PATH for a path at a revision, or cluster: for the running cluster of kubectl\'s current context (cluster:CONTEXT for another)';

/** How the agent is started that reads bare files. */
export const AGENT_ARGS: Option = {
  name: 'agent-args',
  type: 'string',
  value: 'ARGS',
  help: 'the flags of the ip-masq-agent that reads bare files, as in --agent-args="--enable-ipv6 --nomasq-all-reserved-ranges"; if nobody says, none',
};

/** Where facts of clusters are taken from. */
export const FACTS: Option = {
  name: 'facts',
  type: 'string',
  value: 'FILE',
  multiple: true,
  help: "intents that declare the clusters' ranges and platform, for manifests that do not say them",
};

/** Which cluster of a side is meant. */
export const CLUSTER: Option = {
  name: 'cluster',
  type: 'string',
  value: 'NAME',
  help: 'the one cluster that is asked (default: all)',
};

/** What exit codes mean where a command has no findings. */
export const EXIT_CODES: Command['exitCodes'] = [
  [0, 'done'],
  [2, 'wrong usage, or a fault of masq itself'],
];
