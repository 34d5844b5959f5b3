import { parseArgs } from 'node:util';
import { andList, orList, suggest } from '../core/diagnostics/suggest';
import { printable } from './format/printable';
import { MEANT } from './options';

/** An option of a command. */
export interface Option {
  /** The long name, without dashes. */
  readonly name: string;
  /** The letter of the short form. */
  readonly short?: string;
  readonly type: 'boolean' | 'string';
  /** Whether it may be given several times; its value is then a list. */
  readonly multiple?: boolean;
  /** What stands for the value in help texts, such as `DIR`. `DIR` and `FILE` are completed as such. */
  readonly value?: string;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  readonly default?: string;
  /** What it does, in one sentence without a full stop. */
  readonly help: string;
}

/** The arguments of a command that are no options. */
export interface Positionals {
  /** What stands for one of them in help texts, such as `FILE`. */
  readonly name: string;
  readonly min: number;
  /** @default no limit */
  readonly max?: number;
  /** What it is completed with: files, codes of rules, or one of some words. */
  readonly complete?: 'file' | 'rule' | readonly string[];
}

/** A command line worth showing. */
export interface Example {
  readonly line: string;
  readonly says: string;
}

/** A command as data: parsing, help texts and completions are all made from it. */
export interface Command {
  readonly name: string;
  /** What it does, in a few words, for the list of commands. */
  readonly summary: string;
  /** What follows `masq NAME` in the usage line. */
  readonly usage: string;
  /** Paragraphs parted by empty lines; lines that begin with two spaces are kept as they are. */
  readonly description: string;
  readonly options: readonly Option[];
  /** @default the command takes none */
  readonly positionals?: Positionals;
  readonly examples: readonly Example[];
  readonly exitCodes?: readonly (readonly [code: number, meaning: string])[];
}

/** The value of an option: flags are always true or false, repeatable options always a list. */
export type OptionValue = string | boolean | string[] | undefined;

/** What a command line says, or the one line that says why it cannot be understood. */
export type ParsedArgs =
  | { readonly ok: true; readonly values: Record<string, OptionValue>; readonly positionals: string[] }
  | { readonly ok: false; readonly message: string };

/** The option that every command has. */
export const HELP_OPTION: Option = { name: 'help', short: 'h', type: 'boolean', help: 'show this help' };

/** All options of a command, the implied one last. */
export function optionsOf(command: Command): readonly Option[] {
  return [...command.options, HELP_OPTION];
}

/**
 * Reads the arguments behind a command's name. `--help` wins over every mistake in the rest of the line.
 * A string option takes its value as `--out DIR`, `--out=DIR`, `-o DIR` or `-oDIR`; a value that begins with a dash
 * needs the form with `=`, unless it is `-` or a number. Behind `--` everything is an argument.
 * @param others the commands whose options may be meant by one that this command does not have
 */
export function parseCommandLine(
  command: Command,
  argv: readonly string[],
  others: readonly Command[] = [],
): ParsedArgs {
  const options = optionsOf(command);
  const values: Record<string, OptionValue> = {};
  for (const option of options) values[option.name] = initialValue(option);
  const tokens = tokenize(options, argv);
  if (asksForHelp(argv) || tokens.some(token => token.kind === 'option' && token.name === 'help')) {
    return { ok: true, values: { ...values, help: true }, positionals: [] };
  }
  const oneDash = longNameBehindOneDash(options, argv);
  if (oneDash !== undefined) return refusal(`unknown option "${oneDash}"; did you mean "-${oneDash}"?`);
  const positionals: string[] = [];
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(unmask(token.value));
    if (token.kind !== 'option') continue;
    const option = options.find(o => o.name === token.name);
    const message = option === undefined ? unknownOption(command, argv, token, others) : wrongValue(option, token);
    if (option === undefined || message !== undefined) return refusal(message!);
    if (option.type === 'boolean') {
      values[option.name] = true;
      continue;
    }
    const value = unmask(token.value!);
    const before = given.get(option.name);
    if (option.multiple)
      values[option.name] = [...(before === undefined ? [] : (values[option.name] as string[])), value];
    else if (before !== undefined && before !== value) {
      return {
        ok: false,
        message: `option --${option.name} takes one value, but was given "${before}" and "${value}"`,
      };
    } else values[option.name] = value;
    given.set(option.name, value);
  }
  const message = wrongCount(command, positionals);
  return message === undefined ? { ok: true, values, positionals } : refusal(message);
}

/** What was typed is quoted as it is, but never so that it breaks the line. */
function refusal(message: string): ParsedArgs {
  return { ok: false, message: printable(message) };
}

interface OptionToken {
  readonly kind: 'option';
  readonly index: number;
  readonly name: string;
  readonly rawName: string;
  readonly value?: string;
  readonly inlineValue?: boolean;
}
type Token =
  | OptionToken
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' };

function tokenize(options: readonly Option[], argv: readonly string[]): readonly Token[] {
  const { tokens } = parseArgs({
    args: argv.map(mask),
    options: Object.fromEntries(options.map(({ name, short, type }) => [name, { type, ...(short && { short }) }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens as readonly Token[];
}

/** A number such as `-5` would be read as a bundle of short options; no argument can carry a NUL of its own. */
function mask(argument: string): string {
  return /^-\.?\d/.test(argument) ? `\0${argument}` : argument;
}

function unmask(argument: string): string {
  return argument.startsWith('\0') ? argument.slice(1) : argument;
}

function initialValue(option: Option): OptionValue {
  if (option.type === 'boolean') return false;
  if (option.multiple) return option.default === undefined ? [] : [option.default];
  return option.default;
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some(argument => argument === '--help' || argument === '-h');
}

/** `-format` would be read as `-f ormat`, and the message would be about `ormat`. */
function longNameBehindOneDash(options: readonly Option[], argv: readonly string[]): string | undefined {
  const end = argv.indexOf('--');
  const long = options.filter(option => option.name.length > 1).map(option => `-${option.name}`);
  return (end < 0 ? argv : argv.slice(0, end))
    .map(argument => argument.replace(/=.*$/s, ''))
    .find(argument => long.includes(argument));
}

function unknownOption(
  command: Command,
  argv: readonly string[],
  token: OptionToken,
  others: readonly Command[],
): string {
  const written = argv[token.index]!.replace(/=.*$/s, '');
  const bundle = token.rawName.length === 2 && written.length > 2 && !written.startsWith('--');
  const isWord = token.rawName.startsWith('--') || bundle;
  const word = written.replace(/^-+/, '');
  const names = optionsOf(command).map(option => option.name);
  const near = isWord ? (MEANT.get(word)?.find(name => names.includes(name)) ?? suggest(word, names)) : undefined;
  if (near !== undefined) return `unknown option "${written}"; did you mean "--${near}"?`;
  const owners = isWord ? others.filter(other => other.options.some(({ name }) => name === word)) : [];
  if (owners.length > 0)
    return `unknown option "${written}"; it is one of ${andList(owners.map(({ name }) => `"masq ${name}"`))}`;
  const name = bundle ? `"${token.rawName}" in "${written}"` : `"${token.rawName}"`;
  return `unknown option ${name}; "masq ${command.name} --help" lists the options`;
}

function wrongValue(option: Option, token: OptionToken): string | undefined {
  const { value, inlineValue, rawName } = token;
  if (option.type === 'boolean') {
    return value === undefined ? undefined : `option ${rawName} takes no value, but was given "${unmask(value)}"`;
  }
  const wanted = describeValue(option);
  if (value === undefined || value === '') return `option ${rawName} needs a value: ${wanted}`;
  if (!rawName.startsWith('--') && inlineValue && value.startsWith('=')) {
    const rest = value.slice(1);
    return `option ${rawName} takes its value without "=": write "${rawName} ${rest}" or "--${option.name}=${rest}"`;
  }
  if (!inlineValue && value.startsWith('-') && value !== '-') {
    return `option ${rawName} needs a value: ${wanted}; if "${value}" is meant, write "--${option.name}=${value}"`;
  }
  const { choices } = option;
  if (choices === undefined || choices.includes(unmask(value))) return undefined;
  const near = suggest(unmask(value), choices) ?? onlyOneBegunBy(value, choices);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return `option ${rawName} takes ${orList(choices)}, not "${unmask(value)}"${hint}`;
}

/** The one choice that begins with a word, as `warning` does with `warn`. */
function onlyOneBegunBy(word: string, choices: readonly string[]): string | undefined {
  const begun = choices.filter(choice => choice.startsWith(word.toLowerCase()));
  return begun.length === 1 ? begun[0] : undefined;
}

function describeValue(option: Option): string {
  return option.choices === undefined ? (option.value ?? 'VALUE') : orList(option.choices);
}

function wrongCount(command: Command, positionals: readonly string[]): string | undefined {
  const { name, min, max = Number.POSITIVE_INFINITY } = command.positionals ?? { name: '', min: 0, max: 0 };
  if (positionals.length < min) {
    return `${positionals.length === 0 ? name : `another ${name}`} is missing; usage: masq ${command.name} ${command.usage}`;
  }
  if (positionals.length <= max) return undefined;
  const surplus = `unexpected argument "${positionals[max]}"`;
  return max === 0
    ? `${surplus}; masq ${command.name} takes options only`
    : `${surplus}; masq ${command.name} takes ${max === 1 ? `one ${name}` : `at most ${max} ${name}s`}`;
}
