import type { Command } from '../../cli/args';

/** A table of commands with every kind of option and argument, and with the characters that shells trip over. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'check',
    summary: "check files: intents, the agent's and policies",
    usage: '[OPTION...] FILE...',
    description:
      'Checks intents, agent files and policies, and says what is wrong with them, where, and what to write instead.\n\n  masq check a.yaml   checks a file\n\nFolders are walked.',
    options: [
      {
        name: 'format',
        short: 'f',
        type: 'string',
        value: 'FORMAT',
        choices: ['text', 'json', 'github', 'sarif', 'junit'],
        default: 'text',
        help: 'how to write the findings',
      },
      { name: 'out', short: 'o', type: 'string', value: 'DIR', help: 'the folder [for: output]' },
      { name: 'config', type: 'string', value: 'FILE', help: "another file than masq's own" },
      { name: 'ignore', type: 'string', multiple: true, value: 'CODE', help: 'leave out the findings of a rule' },
      { name: 'depth', type: 'string', value: 'N', help: 'how deep to look' },
      { name: 'quiet', short: 'q', type: 'boolean', help: 'write findings only' },
      { name: 'strict', short: 's', type: 'boolean', help: 'fail on warnings too' },
    ],
    positionals: { name: 'FILE', min: 1, complete: 'file' },
    examples: [
      { line: 'masq check cluster.yaml', says: 'check one file' },
      { line: 'masq check --format=json - < cluster.yaml', says: 'check what comes in, and write JSON for a script' },
    ],
    exitCodes: [
      [0, 'nothing is wrong'],
      [1, 'there is an error among the findings, or with --strict a warning, which is much the same'],
      [2, 'the command line is wrong'],
    ],
  },
  {
    name: 'completion',
    summary: 'write a completion script',
    usage: 'SHELL',
    description: 'Writes a script that a shell completes masq with.',
    options: [],
    positionals: { name: 'SHELL', min: 1, max: 1, complete: ['bash', 'zsh', 'fish'] },
    examples: [],
  },
  {
    name: 'version',
    summary: 'show the version',
    usage: '',
    description: 'Shows the version.',
    options: [],
    examples: [],
  },
];

/** A command of the sample by its name. */
export function command(name: string): Command {
  return COMMANDS.find(c => c.name === name)!;
}
