import {
  AGENT_FLAG_NAMES,
  type AgentFlags,
  chainFault,
  parseAgentFlags,
  portRangeFault,
} from '../core/agentfile/flags';
import { suggest } from '../core/diagnostics/suggest';
import type { LogFormat } from './log';

/** What the program can be asked to do. */
export const COMMANDS = ['run', 'check', 'status', 'healthz', 'cleanup', 'version', 'help'] as const;

/** One of {@link COMMANDS}. */
export type CommandName = (typeof COMMANDS)[number];

/** Which tool the rules go through: found out, or as told. */
export type BackendChoice = 'auto' | 'iptables' | 'nftables';

/** What a call of the program asks for. */
export interface Options {
  /** @default run */
  readonly command: CommandName;
  /** The file of `check`. */
  readonly file?: string;
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
  /** One reconcile, then the end. */
  readonly once: boolean;
  /** Print the plan, change nothing. */
  readonly dryRun: boolean;
  /** `healthz` answers for readiness instead of liveness. */
  readonly ready: boolean;
}

/** What was asked, or what is wrong with the call. */
export type ParsedOptions =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly message: string };

/** Options of ours that take a value, and the values that they take where these are few. */
const VALUED: Readonly<Record<string, readonly string[] | undefined>> = {
  config: undefined,
  backend: ['auto', 'iptables', 'nftables'],
  'log-format': ['text', 'json'],
  'unknown-keys': ['refuse', 'warn'],
  'state-dir': undefined,
};

/** Options of ours that are on or off. */
const TOGGLES: readonly string[] = ['once', 'dry-run', 'ready'];

/** Reads the words behind the program's name: ours, and the flags of ip-masq-agent. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  try {
    return { ok: true, options: new Reader(args).read() };
  } catch (error) {
    if (error instanceof UsageError) return { ok: false, message: error.message };
    throw error;
  }
}

class UsageError extends Error {}

function refuse(message: string): never {
  throw new UsageError(message);
}

class Reader {
  private readonly values = new Map<string, string>();
  private readonly toggles = new Set<string>();
  private readonly upstream: string[] = [];
  private readonly positionals: string[] = [];
  private at = 0;

  constructor(private readonly args: readonly string[]) {}

  read(): Options {
    while (this.at < this.args.length) this.word();
    const command = this.command();
    const of = (name: string, otherwise: string): string => this.values.get(name) ?? otherwise;
    const file = this.file(command);
    return {
      command,
      ...(file !== undefined && { file }),
      flags: this.flags(),
      config: of('config', '/etc/config/ip-masq-agent'),
      backend: of('backend', 'auto') as BackendChoice,
      logFormat: of('log-format', 'text') as LogFormat,
      unknownKeys: of('unknown-keys', 'refuse') as Options['unknownKeys'],
      stateFolder: of('state-dir', '/run/masq-agent'),
      once: this.toggles.has('once'),
      dryRun: this.toggles.has('dry-run'),
      ready: this.toggles.has('ready'),
    };
  }

  private word(): void {
    const word = this.args[this.at++]!;
    const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(word);
    if (!match) this.positionals.push(word);
    else if (match[1]! in VALUED) this.valued(match[1]!, match[2]);
    else if (TOGGLES.includes(match[1]!)) this.toggle(match[1]!, match[2]);
    else if (/^(?:help|h)$/.test(match[1]!)) this.positionals.unshift('help');
    else if (match[1] === 'version') this.positionals.unshift('version');
    else this.foreign(word);
  }

  private valued(name: string, given: string | undefined): void {
    const value = given ?? this.args[this.at++];
    if (value === undefined || value === '') refuse(`--${name} needs a value; write --${name}=VALUE`);
    const allowed = VALUED[name];
    if (allowed && !allowed.includes(value)) {
      const near = suggest(value, allowed);
      refuse(`--${name}=${value}: ${near ? `did you mean ${near}?` : `write one of ${allowed.join(', ')}`}`);
    }
    this.values.set(name, value);
  }

  private toggle(name: string, value: string | undefined): void {
    if (value === undefined || value === 'true') this.toggles.add(name);
    else if (value === 'false') this.toggles.delete(name);
    else refuse(`--${name}=${value}: write true or false`);
  }

  /** A flag of ip-masq-agent, with the word behind it where that may be its value. */
  private foreign(word: string): void {
    this.upstream.push(word);
    const next = this.args[this.at];
    const takes = !word.includes('=') && parseAgentFlags([word, '-']).faults.length === 0;
    if (takes && next !== undefined && !next.startsWith('-')) {
      this.upstream.push(next);
      this.at++;
    }
  }

  private command(): CommandName {
    const [word] = this.positionals;
    if (word === undefined) return 'run';
    if (COMMANDS.some(name => name === word)) return word as CommandName;
    const near = suggest(word, COMMANDS);
    return refuse(
      near
        ? `"${word}" is no command; did you mean "${near}"?`
        : `"${word}" is neither a command nor an option; the commands are ${COMMANDS.join(', ')}`,
    );
  }

  private file(command: CommandName): string | undefined {
    const [, file, more] = this.positionals;
    if (command === 'help') return undefined;
    if (command === 'check') {
      if (file === undefined) refuse('check needs a file; write masq-agent check FILE');
      if (more !== undefined) refuse(`check takes one file; "${more}" is one too many`);
      return file;
    }
    if (file !== undefined) refuse(`"${file}" is no option; ${command} takes nothing else`);
    return undefined;
  }

  private flags(): AgentFlags {
    const { flags, faults } = parseAgentFlags(this.upstream);
    const [fault] = faults;
    if (fault?.kind === 'value')
      refuse(`--${fault.name} is either true or false; "${this.upstream[fault.index]}" is not`);
    if (fault?.kind === 'positional') refuse(`"${fault.name}" is no option; write options as --name=value`);
    if (fault) {
      const near = suggest(fault.name, [...AGENT_FLAG_NAMES, ...Object.keys(VALUED), ...TOGGLES]);
      refuse(
        `there is no option --${fault.name}${near ? `; did you mean --${near}?` : '; masq-agent help lists them'}`,
      );
    }
    const wrong = chainFault(flags.chain) ?? portsFault(flags.toPorts);
    return wrong === undefined ? flags : refuse(wrong);
  }
}

function portsFault(toPorts: string | undefined): string | undefined {
  for (const range of toPorts?.split(',') ?? []) {
    const fault = portRangeFault(range);
    if (fault) return `--to-ports: ${fault}`;
  }
  return undefined;
}
