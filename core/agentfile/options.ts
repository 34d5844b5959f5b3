import { parseCidr } from '../address';
import { type FlagFault, type ParsedFlags, parseAgentFlags, parseBoolean } from './flags';

/** What masq-agent can be asked to do; without a command it runs. */
export const COMMANDS = ['run', 'check', 'status', 'healthz', 'serve', 'cleanup', 'version', 'help'] as const;

/** Options that masq-agent has beside ip-masq-agent's flags and that take a value, with the values where these are few. */
export const VALUED_OPTIONS: Readonly<Record<string, readonly string[] | undefined>> = {
  config: undefined,
  backend: ['auto', 'iptables', 'nftables'],
  'log-format': ['text', 'json'],
  'unknown-keys': ['refuse', 'warn'],
  'state-dir': undefined,
  'pod-cidrs': undefined,
  listen: undefined,
};

/** Options that masq-agent has beside ip-masq-agent's flags and that are on or off. */
export const TOGGLE_OPTIONS: readonly string[] = ['once', 'dry-run', 'ready'];

/** What masq-agent takes for an option that is not given. */
export const OPTION_DEFAULTS = {
  config: '/etc/config/ip-masq-agent',
  backend: 'auto',
  'log-format': 'text',
  'unknown-keys': 'refuse',
  'state-dir': '/run/masq-agent',
  'pod-cidrs': '',
  listen: '127.0.0.1:9797',
} as const;

/** The commands that each of these options belongs to. Flags of ip-masq-agent belong to `run`. */
export const OPTION_OWNERS: Readonly<Record<string, readonly (typeof COMMANDS)[number][]>> = {
  config: ['run'],
  backend: ['run'],
  'log-format': ['run', 'status', 'serve'],
  'unknown-keys': ['run', 'check'],
  'state-dir': ['run', 'status', 'healthz', 'serve'],
  'pod-cidrs': ['run'],
  listen: ['serve'],
  once: ['run'],
  'dry-run': ['run'],
  ready: ['healthz'],
};

/** The words behind masq-agent's name, sorted; `flags`, `faults` and `at` are as {@link parseAgentFlags} has them. */
export interface ParsedOptions extends ParsedFlags {
  /** The commands and what they are about, in order; of a flag that stands for a command, that command, in front. */
  readonly operands: readonly Operand[];
  /** The values of options, with the defaults of those that are not given or not understood. */
  readonly values: Readonly<Record<keyof typeof OPTION_DEFAULTS, string>>;
  /** The options that are switched on. */
  readonly toggles: ReadonlySet<string>;
}

/** A word that is no option. */
export interface Operand {
  /** The word, or the command that a flag stands for. */
  readonly word: string;
  /** The argument's index, from 0. */
  readonly index: number;
}

/** Reads masq-agent's arguments: its own options, and the flags of ip-masq-agent. */
export function parseMasqAgentOptions(args: readonly string[]): ParsedOptions {
  const operands: Operand[] = [];
  const values: Record<string, string> = { ...OPTION_DEFAULTS };
  const toggles = new Set<string>();
  const faults: FlagFault[] = [];
  const at = new Map<string, number>();
  const upstream: number[] = [];
  for (let i = 0; i < args.length; i++) {
    const index = i;
    const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(args[index]!);
    if (!match) {
      operands.push({ word: args[index]!, index });
      continue;
    }
    const [, name, given] = match as unknown as [string, string, string | undefined];
    if (Object.hasOwn(VALUED_OPTIONS, name)) {
      at.set(name, index);
      const value = given ?? args[++i];
      const allowed = VALUED_OPTIONS[name];
      if (value === undefined || value === '') faults.push({ index, kind: 'missing', name });
      else if (allowed && !allowed.includes(value)) faults.push({ index, kind: 'value', name });
      else values[name] = value;
    } else if (TOGGLE_OPTIONS.includes(name)) {
      at.set(name, index);
      const truth = parseBoolean(given ?? 'true');
      if (truth === undefined) faults.push({ index, kind: 'value', name });
      else if (truth) toggles.add(name);
      else toggles.delete(name);
    } else if (/^(?:help|h|version)$/.test(name)) {
      operands.unshift({ word: name === 'version' ? name : 'help', index });
    } else {
      upstream.push(index);
      const next = args[i + 1];
      if (given === undefined && takesValue(args[index]!) && next !== undefined && !next.startsWith('-')) {
        upstream.push(++i);
      }
    }
  }
  const theirs = parseAgentFlags(upstream.map(index => args[index]!));
  for (const [name, index] of theirs.at) at.set(name, upstream[index]!);
  faults.push(...theirs.faults.map(fault => ({ ...fault, index: upstream[fault.index]! })));
  faults.sort((a, b) => a.index - b.index);
  return { flags: theirs.flags, faults, at, operands, values: values as ParsedOptions['values'], toggles };
}

/** What is wrong with a value of `--pod-cidrs`; undefined for one that masq-agent takes. */
export function podCidrsFault(value: string): string | undefined {
  for (const word of value.split(',')) {
    if (word === '') return 'nothing stands beside a comma; write CIDRs such as 10.244.0.0/16,10.245.0.0/16';
    const read = parseCidr(word);
    if (!read.ok) return read.fault.message;
  }
  return undefined;
}

/** Whether a flag of ip-masq-agent takes the word behind it as its value. */
function takesValue(flag: string): boolean {
  return parseAgentFlags([flag, '-']).faults.length === 0;
}
