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

/** What exit codes mean where a command has no findings. */
export const EXIT_CODES: Command['exitCodes'] = [
  [0, 'done'],
  [2, 'wrong usage, or a fault of masq itself'],
];
