import { join } from 'node:path';
import { suggest } from '../core/diagnostics/suggest';
import { type Command, optionsOf, parseCommandLine } from './args';
import { COMMANDS } from './commands';
import { requireCached } from './compile-cache';
import { printable } from './format/printable';
import { commandLine } from './shells';
import { refuse, stderr, stdout } from './stdio';
import { useColor } from './terminal';
import { version } from './version';

/** What a command is given to work with. */
export interface Invocation {
  readonly values: Readonly<Record<string, string | boolean | string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** What a command's module exports. */
export interface CommandModule {
  /** Does the command's work and returns the exit code: 0 fine, 1 findings, 2 wrong usage or a fault of masq. */
  run(invocation: Invocation): number | Promise<number>;
}

/** Each command is a file of its own, so that `validate` never reads what only `synth` needs. */
function load(name: string): CommandModule {
  return requireCached(join(__dirname, 'command', `${name}.js`)) as CommandModule;
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) return help(2);
  if (name === 'help') return helpOn(rest[0]);
  if (name === '--help' || name === '-h') return help(0);
  if (name === '--version' || name === '-V' || name === 'version') {
    stdout.write(`masq ${version}\n`);
    return 0;
  }
  if (name.startsWith('-')) return optionFirst(argv);
  const command = COMMANDS.find(c => c.name === name);
  if (!command) return unknownCommand(name);
  const parsed = parseCommandLine(command, rest, COMMANDS);
  if (!parsed.ok) return refuse([parsed.message]);
  if (parsed.values.help) return helpOn(name);
  return load(name).run(parsed);
}

function help(code: number): number {
  const { renderHelp } = require('./help') as typeof import('./help');
  (code === 0 ? stdout : stderr).write(renderHelp(COMMANDS));
  return code;
}

function helpOn(name: string | undefined): number {
  if (name === undefined) return help(0);
  const command: Command | undefined = COMMANDS.find(c => c.name === name);
  if (!command) return unknownCommand(name);
  const { renderCommandHelp } = require('./help') as typeof import('./help');
  stdout.write(renderCommandHelp(command));
  return 0;
}

function unknownCommand(name: string): number {
  const near = suggest(
    name,
    COMMANDS.map(c => c.name),
  );
  return refuse([
    `"${name}" is no command of masq; ${near ? `did you mean "masq ${near}"?` : 'run "masq --help" for the list'}`,
  ]);
}

/** Options belong to a command and stand behind its name. */
function optionFirst(argv: readonly string[]): number {
  const names = COMMANDS.map(c => c.name);
  const at = argv.findIndex(word => names.includes(word));
  const asked = at < 0 ? COMMANDS : COMMANDS.filter(c => c.name === argv[at]);
  const option = argv[0]!.replace(/=.*$/s, '');
  if (!asked.some(command => hasOption(command, option))) {
    const near = option === '-v' ? '--version' : suggest(option, ['--help', '--version']);
    const instead = near ? `did you mean "masq ${near}"?` : 'run "masq --help" for the commands and what they take';
    return refuse([printable(`unknown option "${option}"; ${instead}`)]);
  }
  const moved = at < 0 ? ['COMMAND', ...argv] : [argv[at]!, ...argv.slice(0, at), ...argv.slice(at + 1)];
  return refuse([
    printable(`"${argv[0]}" stands before the command; write it behind: ${commandLine(['masq', ...moved])}`),
  ]);
}

function hasOption(command: Command, option: string): boolean {
  return optionsOf(command).some(({ name, short }) => option === `--${name}` || option.startsWith(`-${short}`));
}

function fault(error: unknown): number {
  const { faultText } = require('./fault') as typeof import('./fault');
  const { red } = (require('./terminal') as typeof import('./terminal')).palette(useColor(stderr, process.env));
  stderr.write(`${red('masq:')} ${faultText(error)}\n`);
  return 2;
}

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  error => {
    process.exitCode = fault(error);
  },
);
