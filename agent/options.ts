import { cidr, FAMILIES, type Family, type IntervalSet, parseAddress, setsOf } from '../core/address';
import {
  AGENT_FLAG_NAMES,
  type AgentFlags,
  chainFault,
  DEFAULT_FLAGS,
  type FlagFault,
  portRangeFault,
} from '../core/agentfile/flags';
import {
  COMMANDS,
  OPTION_DEFAULTS,
  OPTION_OWNERS,
  type ParsedOptions as ParsedWords,
  parseMasqAgentOptions,
  podCidrsFault,
  TOGGLE_OPTIONS,
  VALUED_OPTIONS,
} from '../core/agentfile/options';
import { suggest } from '../core/diagnostics/suggest';
import type { LogFormat } from './log';

/** What the program can be asked to do. */
export type CommandName = (typeof COMMANDS)[number];

/** Which tool the rules go through: found out, or as told. */
export type BackendChoice = 'auto' | 'iptables' | 'nftables';

/** What a call of the program asks for. */
export interface Options {
  /** @default run */
  readonly command: CommandName;
  /** The file of `check`. */
  readonly file?: string;
  /** What `help` is asked about. */
  readonly topic?: CommandName;
  /** Flags of ip-masq-agent that change rules. */
  readonly flags: AgentFlags;
  /** The file of rules. @default /etc/config/ip-masq-agent */
  readonly config: string;
  /** @default auto */
  readonly backend: BackendChoice;
  /** @default text */
  readonly logFormat: LogFormat;
  /** What is to be made of keys that the file should not have. @default refuse */
  readonly unknownKeys: 'refuse' | 'warn';
  /** Where the state, the metrics and the last good file are kept. @default /run/masq-agent */
  readonly stateFolder: string;
  /** By family, where packets of pods come from. @default not known */
  readonly pods: ReadonlyMap<Family, IntervalSet>;
  /** Where `serve` listens. @default 127.0.0.1:9797 */
  readonly listen: Endpoint;
  /** One reconcile, then the end. */
  readonly once: boolean;
  /** Print the plan, change nothing. */
  readonly dryRun: boolean;
  /** `healthz` answers for readiness instead of liveness. */
  readonly ready: boolean;
}

/** What stands for an option's value that may be anything. */
export const VALUES: Readonly<Record<string, string>> = {
  config: 'FILE',
  'pod-cidrs': 'CIDR[,...]',
  'state-dir': 'DIR',
  listen: 'ADDRESS:PORT',
  'masq-chain': 'NAME',
  'to-ports': 'FIRST-LAST[,...]',
};

/** An address of this machine, and a TCP port. */
export interface Endpoint {
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  readonly port: number;
}

/** What was asked, or what is wrong with the call. */
export type ParsedOptions =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly message: string };

/** Reads the words behind the program's name: ours, and the flags of ip-masq-agent. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  try {
    return { ok: true, options: optionsOf(args) };
  } catch (error) {
    if (error instanceof UsageError) return { ok: false, message: error.message };
    throw error;
  }
}

class UsageError extends Error {}

function refuse(message: string): never {
  throw new UsageError(message);
}

function optionsOf(args: readonly string[]): Options {
  const parsed = parseMasqAgentOptions(args);
  const [first, ...more] = parsed.operands.map(operand => operand.word);
  if (first === 'help') return helpOptions(more, args.includes('help'));
  const { values, flags, faults } = parsed;
  const [fault] = faults;
  if (fault) refuse(faultText(fault, args[fault.index]!, args[fault.index + 1]));
  const command = first === undefined ? 'run' : commandNamed(first);
  checkOwners(parsed, command);
  const file = fileOf(command, more);
  if (flags.chain === '') refuse(`--masq-chain needs a value; write ${written('masq-chain')}`);
  const wrong = chainFault(flags.chain) ?? portsFault(flags.toPorts);
  if (wrong !== undefined) refuse(wrong);
  return { command, ...(file !== undefined && { file }), flags, ...ownOptions(values, parsed.toggles) };
}

/** Whatever else is said, who asks for help gets it: `--help` behind a command is about that command. */
function helpOptions([word, more]: readonly string[], isCommand: boolean): Options {
  if (isCommand && more !== undefined) refuse(`help takes one command; "${more}" is one too many`);
  const own = ownOptions(OPTION_DEFAULTS, new Set());
  return { command: 'help', ...(word !== undefined && { topic: commandNamed(word) }), flags: DEFAULT_FLAGS, ...own };
}

function ownOptions(
  values: ParsedWords['values'],
  toggles: ParsedWords['toggles'],
): Omit<Options, 'command' | 'file' | 'topic' | 'flags'> {
  return {
    config: values.config,
    backend: values.backend as BackendChoice,
    logFormat: values['log-format'] as LogFormat,
    unknownKeys: values['unknown-keys'] as Options['unknownKeys'],
    stateFolder: values['state-dir'],
    pods: podSources(values['pod-cidrs']),
    listen: endpoint(values.listen),
    once: toggles.has('once'),
    dryRun: toggles.has('dry-run'),
    ready: toggles.has('ready'),
  };
}

/** An option that does nothing for a command would hide what somebody thinks that it does. */
function checkOwners({ at }: ParsedWords, command: CommandName): void {
  for (const name of at.keys()) {
    // Those of ip-masq-agent belong to what it does.
    const owners: readonly string[] = OPTION_OWNERS[name] ?? ['run'];
    if (!owners.includes(command)) refuse(`--${name} is an option of ${listed(owners)}, not of ${command}`);
  }
}

/** Words as a sentence has them: `run, status and serve`. */
function listed(words: readonly string[]): string {
  return words.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

/** What is wrong with an argument, which may have its value behind it. */
function faultText({ kind, name }: FlagFault, word: string, next: string | undefined): string {
  if (kind === 'missing') return `--${name} needs a value; write ${written(name)}`;
  if (kind === 'positional') return `"${name}" is no option; write options as --name=value`;
  if (kind === 'unknown') {
    const near = suggest(name, [...AGENT_FLAG_NAMES, ...Object.keys(VALUED_OPTIONS), ...TOGGLE_OPTIONS]);
    return `there is no option --${name}${near ? `; did you mean --${near}?` : '; masq-agent help lists them'}`;
  }
  const value = /=([\s\S]*)$/.exec(word)?.[1] ?? next;
  const allowed = VALUED_OPTIONS[name];
  if (allowed) {
    const near = suggest(value ?? '', allowed);
    return `--${name}=${value}: ${near ? `did you mean ${near}?` : `write one of ${allowed.join(', ')}`}`;
  }
  if (TOGGLE_OPTIONS.includes(name)) return `--${name}=${value}: write true or false`;
  return `--${name} is either true or false; "${word}" is not`;
}

/** An option with what stands for its value. */
function written(name: string): string {
  return `--${name}=${VALUED_OPTIONS[name]?.join('|') ?? VALUES[name] ?? 'VALUE'}`;
}

function commandNamed(word: string): CommandName {
  if (COMMANDS.some(name => name === word)) return word as CommandName;
  const near = suggest(word, COMMANDS);
  return refuse(
    near
      ? `"${word}" is no command; did you mean "${near}"?`
      : `"${word}" is neither a command nor an option; the commands are ${COMMANDS.join(', ')}`,
  );
}

function fileOf(command: CommandName, [file, more]: readonly string[]): string | undefined {
  if (command === 'check') {
    if (file === undefined) refuse('check needs a file, or - for standard input; write masq-agent check FILE');
    if (more !== undefined) refuse(`check takes one file; "${more}" is one too many`);
    return file;
  }
  if (file !== undefined) refuse(`"${file}" is no option; ${command} takes nothing else`);
  return undefined;
}

/**
 * Reads `ADDRESS:PORT`. Brackets may be around an address of either family, or around none: a DaemonSet puts in what
 * its node has, and the last colon is the one before the port.
 */
function endpoint(text: string): Endpoint {
  const [, bracketed, plain, digits] = /^(?:\[([^[\]]*)\]|(.*)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (!parseAddress(address).ok) {
    refuse(`--listen=${text}: write an address and a port, such as 127.0.0.1:9797, 0.0.0.0:9797 or [::1]:9797`);
  }
  if (port < 1 || port > 65_535) refuse(`--listen=${text}: a port is a number from 1 to 65535`);
  return { address, port };
}

/** Reads the CIDRs of `--pod-cidrs`; a family without one stays unknown. */
function podSources(text: string): ReadonlyMap<Family, IntervalSet> {
  if (text === '') return new Map();
  const fault = podCidrsFault(text);
  if (fault) refuse(`--pod-cidrs: ${fault}`);
  const sets = setsOf(text.split(',').map(word => cidr(word)));
  return new Map(FAMILIES.filter(family => !sets[family].isEmpty()).map(family => [family, sets[family]]));
}

function portsFault(toPorts: string | undefined): string | undefined {
  for (const range of toPorts?.split(',') ?? []) {
    if (range === '') return '--to-ports: nothing stands beside a comma; write ranges such as 1024-29999,32768-60999';
    const fault = portRangeFault(range);
    if (fault) return `--to-ports: ${fault}`;
  }
  return undefined;
}
