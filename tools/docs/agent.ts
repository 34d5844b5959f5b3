import { allExits } from '../../agent/help';
import { type CommandName, MANUAL, OPTIONS, type OptionManual, optionText, UPSTREAM_OPTIONS } from '../../agent/manual';
import { METRICS, VERDICTS } from '../../agent/metrics';
import type { Verdict } from '../../agent/state';
import { COMMANDS } from '../../core/agentfile/options';
import type { Output } from '../generate/output';
import { code, fence, page, plain, table } from './markdown';
import { filledPage } from './parts';

/** What each verdict means, whether the agent is ready, and what to do. */
const MEANINGS: Readonly<Record<Verdict, readonly [ready: string, meaning: string, toDo: string]>> = {
  starting: ['no', 'nothing was looked at yet', 'wait'],
  enforced: ['yes', 'every packet is provably treated as the file says', 'nothing'],
  unproven: [
    'yes',
    "the agent's rules are in place, but what a rule of others does depends on more than the address, or cannot be read",
    'read `status`; when the rule is known and wanted, leave it',
  ],
  contradicted: [
    'yes',
    "the agent's rules are in place, but rules of others treat some packets otherwise",
    'remove that rule, or change the file: a CNI that masquerades by itself has such rules',
  ],
  refused: ['no', 'the file is refused; what was good last is enforced and healed', 'correct the file'],
  failed: [
    'no',
    'rules could not be read or written; those from before hold',
    'read `status`: it has the message of the tool',
  ],
};

const PARTS: Readonly<Record<string, () => string>> = {
  commands: () => page([commandsTable(), ...COMMANDS.filter(name => name !== 'help').map(commandText)]).trimEnd(),
  verdicts: () =>
    table(
      ['Verdict', 'Ready', 'What it means', 'What to do'],
      VERDICTS.map(verdict => [code(verdict), ...MEANINGS[verdict]]),
    ),
  metrics: () =>
    table(
      ['Metric', 'Type', 'Labels', 'What it says'],
      METRICS.map(({ name, type, labels = [], help }) => [code(name), type, labels.map(code).join(' '), plain(help)]),
    ),
};

/** Why the example of a command is not run by the test of the pages. */
const NOT_RUN: Readonly<Partial<Record<CommandName, string>>> = {
  run: 'goes on until SIGTERM; test/agent runs it',
  check: 'needs a cluster',
  status: 'needs a cluster',
  healthz: 'asks the agent of a node; test/agent runs it',
  serve: 'goes on until SIGTERM; test/agent runs it',
};

/** docs/agent.md: a page by hand, with parts that the agent's own tables say. */
export function agentOutput(root: string): Output {
  return filledPage(root, 'docs/agent.md', PARTS);
}

function commandsTable(): string {
  return table(
    ['Command', 'What it does'],
    COMMANDS.map(name => [code(callOf(name)), plain(MANUAL[name].summary)]),
  );
}

function callOf(name: CommandName): string {
  return `masq-agent ${name} ${MANUAL[name].operand}`.trim();
}

function commandText(name: CommandName): string {
  const { details, exits, example } = MANUAL[name];
  const own = OPTIONS.filter(({ of }) => of.includes(name));
  const upstream = UPSTREAM_OPTIONS.filter(({ of }) => of.includes(name));
  return page([
    `### ${name}`,
    plain(details),
    notRun(name) + fence(example, 'sh'),
    own.length > 0 ? optionsTable('Option', own) : '',
    upstream.length > 0 ? optionsTable('Option of ip-masq-agent', upstream) : '',
    table(
      ['Exit code', 'When'],
      allExits(exits).map(([number, meaning]) => [`${number}`, plain(meaning)]),
    ),
  ]).trimEnd();
}

function notRun(name: CommandName): string {
  const reason = NOT_RUN[name];
  return reason === undefined ? '' : `<!-- not run: ${reason} -->\n`;
}

function optionsTable(head: string, options: readonly OptionManual[]): string {
  return table(
    [head, 'What it does', 'Without it'],
    options.map(option => [code(optionText(option)), plain(option.summary), plain(option.otherwise)]),
  );
}
