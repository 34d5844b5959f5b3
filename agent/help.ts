import { COMMANDS } from '../core/agentfile/options';
import { type CommandName, MANUAL, OPTIONS, type OptionManual, optionText, UPSTREAM_OPTIONS } from './manual';

/** How wide a line of help is at most. */
const WIDTH = 100;

/** What `masq-agent help` prints. */
export function helpText(): string {
  return `masq-agent: enforces an ip-masq-agent file on a node, and proves from the kernel that it holds

usage: masq-agent [COMMAND] [OPTIONS]

commands
${rows(COMMANDS.map(name => [`${name} ${MANUAL[name].operand}`.trim(), MANUAL[name].summary]))}
options
${rows([...OPTIONS.map(option => [optionText(option), `${whose(option)}${optionSummary(option)}`] as const)])}
options of ip-masq-agent, which run takes too
${rows(UPSTREAM_OPTIONS.map(option => [optionText(option), optionSummary(option)]))}
those of its logging (--v, --logtostderr, ...) are taken and do nothing

exit codes: 0 done; 1 refused, not ready, or not proven; 2 wrong usage; 70 a defect of the agent
masq-agent help COMMAND says more
`;
}

/** What `masq-agent help COMMAND` prints. */
export function commandHelp(name: CommandName): string {
  const { operand, details, exits, example } = MANUAL[name];
  const options = [...OPTIONS, ...UPSTREAM_OPTIONS].filter(({ of }) => of.includes(name));
  const usage = ['masq-agent', name, operand, options.length === 0 ? '' : '[OPTIONS]'].filter(word => word !== '');
  return [
    `usage: ${usage.join(' ')}\n`,
    wrapped(details, ''),
    ...(options.length === 0 ? [] : [`options\n${rows(options.map(o => [optionText(o), optionSummary(o)]))}`]),
    `exit codes\n${rows(allExits(exits).map(([code, meaning]) => [`${code}`, meaning]))}`,
    `example\n  ${example}\n`,
  ].join('\n');
}

/** Every exit code of a command, with 2 for a call that is wrong. */
export function allExits(exits: readonly (readonly [code: number, meaning: string])[]): (readonly [number, string])[] {
  const own = exits.find(([code]) => code === 2);
  return [...exits.filter(([code]) => code !== 2), [2, own ? `${own[1]}, or the call is wrong` : 'the call is wrong']];
}

function optionSummary({ summary, otherwise }: OptionManual): string {
  return otherwise === 'off' ? summary : `${summary} [${otherwise}]`;
}

/** The commands that an option belongs to, where it is not `run` alone. */
function whose({ of }: OptionManual): string {
  return of.length === 1 && of[0] === 'run' ? '' : `${of.join(', ')}: `;
}

/** Two columns, the second one wrapped. */
function rows(all: readonly (readonly [left: string, right: string])[]): string {
  const left = Math.max(...all.map(([text]) => text.length)) + 4;
  return all
    .map(([text, right]) => {
      const lines = wrapped(right, ' '.repeat(left));
      return `  ${text}`.padEnd(left) + lines.slice(left);
    })
    .join('');
}

/** A text in lines that begin with the same blanks. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map(each => `${indent}${each}\n`).join('');
}
