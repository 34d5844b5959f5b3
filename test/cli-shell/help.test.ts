import { expect, test } from 'vitest';
import { renderCommandHelp, renderHelp } from '../../cli/help';
import { COMMANDS, command } from './sample';

test('the help of masq', () => {
  expect(renderHelp(COMMANDS)).toBe(`\
masq compiles and checks IP masquerading and egress NAT for Kubernetes.

Usage: masq COMMAND [OPTION...] [ARGUMENT...]

Commands:
  check       check files: intents, the agent's and policies
  completion  write a completion script
  version     show the version

Options:
  -h, --help     show this help, or that of a command
      --version  show the version

"masq COMMAND --help" explains a command.
`);
});

test('the help of a command', () => {
  expect(renderCommandHelp(command('check'))).toBe(`\
Usage: masq check [OPTION...] FILE...

Checks intents, agent files and policies, and says what is wrong with them,
where, and what to write instead.

  masq check a.yaml   checks a file

Folders are walked.

Options:
  -f, --format=FORMAT  how to write the findings (one of text, json, github,
                       sarif, junit; default text)
  -o, --out=DIR        the folder [for: output]
      --config=FILE    another file than masq's own
      --ignore=CODE    leave out the findings of a rule (may be repeated)
      --depth=N        how deep to look
  -q, --quiet          write findings only
  -s, --strict         fail on warnings too
  -h, --help           show this help

Examples:
  # check one file
  $ masq check cluster.yaml

  # check what comes in, and write JSON for a script
  $ masq check --format=json - < cluster.yaml

Exit codes:
  0  nothing is wrong
  1  there is an error among the findings, or with --strict a warning, which is
     much the same
  2  the command line is wrong
`);
});

test('long names and long words keep the columns apart', () => {
  const help = renderCommandHelp({
    ...command('version'),
    usage: `[OPTION...] ${'ARGUMENT '.repeat(9)}END`,
    options: [
      { name: 'a-very-long-name-of-an-option', type: 'string', value: 'PLACEHOLDER', help: 'what it does' },
      { name: 'url', type: 'string', help: `see ${'x'.repeat(90)} there` },
    ],
  });
  expect(help).toBe(`\
Usage: masq version [OPTION...] ARGUMENT ARGUMENT ARGUMENT ARGUMENT ARGUMENT
                    ARGUMENT ARGUMENT ARGUMENT ARGUMENT END

Shows the version.

Options:
      --a-very-long-name-of-an-option=PLACEHOLDER
                                what it does
      --url=VALUE               see
                                ${'x'.repeat(90)}
                                there
  -h, --help                    show this help
`);
});
