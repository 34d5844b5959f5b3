import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allExits } from '../../agent/help';
import { type CommandName, MANUAL, OPTIONS, type OptionManual, optionText, UPSTREAM_OPTIONS } from '../../agent/manual';
import { METRICS, VERDICTS } from '../../agent/metrics';
import type { Verdict } from '../../agent/state';
import { COMMANDS } from '../../core/agentfile/options';
import type { Output } from '../generate/output';
import { code, fence, page, plain, table } from './markdown';

const PATH = 'docs/agent.md';

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
    'no',
    "the agent's rules are in place, but rules of others treat some packets otherwise",
    'remove that rule, or change the file',
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

/** docs/agent.md: a page by hand, with parts that the agent's own tables say. */
export function agentOutput(root: string): Output {
  const text = readFileSync(join(root, PATH), 'utf8');
  return {
    path: PATH,
    text: text.replace(/^<!-- generated: (\w+) -->$[\s\S]*?^<!-- end -->$/gm, (_, name: string) => {
      const part = PARTS[name];
      if (!part) throw new Error(`${PATH} asks for a part "${name}" that nobody makes`);
      return `<!-- generated: ${name} -->\n\n${part()}\n\n<!-- end -->`;
    }),
  };
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
    fence(example, 'sh'),
    own.length > 0 ? optionsTable('Option', own) : '',
    upstream.length > 0 ? optionsTable('Option of ip-masq-agent', upstream) : '',
    table(
      ['Exit code', 'When'],
      allExits(exits).map(([number, meaning]) => [`${number}`, plain(meaning)]),
    ),
  ]).trimEnd();
}

function optionsTable(head: string, options: readonly OptionManual[]): string {
  return table(
    [head, 'What it does', 'Without it'],
    options.map(option => [code(optionText(option)), plain(option.summary), plain(option.otherwise)]),
  );
}
