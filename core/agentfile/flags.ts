/** The longest name that iptables takes for a chain. */
export const LONGEST_CHAIN = 28;

const BUILT_IN = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
/** Targets of iptables and ip6tables 1.8: `iptables -N` refuses their names, since `-j` could not tell them from a chain. */
const TARGETS =
  'ACCEPT AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNMARK CONNSECMARK CT DNAT DNPT DROP DSCP ECN HL HMARK IDLETIMER LED LOG MARK MASQUERADE NETMAP NFLOG NFQUEUE NOTRACK QUEUE RATEEST REDIRECT REJECT RETURN SECMARK SET SNAT SNPT SYNPROXY TCPMSS TCPOPTSTRIP TEE TOS TPROXY TRACE TTL ULOG'.split(
    ' ',
  );
/** How the names of others' chains begin. */
const FOREIGN: readonly (readonly [prefix: string, owner: string])[] = [
  ['KUBE-', 'Kubernetes'],
  ['CNI-', 'CNI plugins'],
  ['cali-', 'Calico'],
  ['CILIUM_', 'Cilium'],
  ['DOCKER', 'Docker'],
];

/** What is wrong with a chain name that the agent is to own, or undefined. */
export function chainFault(name: string): string | undefined {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(name))
    return `chain "${name}" is no iptables chain name; write letters, digits, "-" and "_"`;
  if (name.length > LONGEST_CHAIN) {
    return `chain "${name}" has ${name.length} characters; iptables takes at most ${LONGEST_CHAIN}`;
  }
  if (TARGETS.includes(name)) return `chain "${name}" has the name of an iptables target; choose one of your own`;
  const [, owner] = FOREIGN.find(([prefix]) => name.startsWith(prefix)) ?? [];
  if (BUILT_IN.includes(name) || owner !== undefined)
    return `chain "${name}" belongs to ${owner ?? 'the kernel'}; choose one of your own`;
  return undefined;
}

const LAST_PORT = 65535;

/** What is wrong with a source port range of `--to-ports`, or undefined. */
export function portRangeFault(text: string): string | undefined {
  // To iptables a number that begins with a zero is octal.
  const match = /^(0|[1-9]\d{0,4})(?:-(0|[1-9]\d{0,4}))?$/.exec(text);
  if (!match) return `"${text}" is no port range; write "1024-29999"`;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  const from = Math.max(Math.min(first, last), 1);
  const to = Math.min(Math.max(first, last), LAST_PORT);
  if (![first, last].every(port => port >= 1 && port <= LAST_PORT)) {
    const instead = from <= to ? `${from}-${to}` : '1024-29999';
    return `port range "${text}" is outside of 1 to ${LAST_PORT}; write "${instead}"`;
  }
  if (first > last) return `port range "${text}" runs backwards; write "${from}-${to}"`;
  return undefined;
}

/** Flags of ip-masq-agent that change which packets are masqueraded, and how. Source: kubernetes-sigs/ip-masq-agent. */
export interface AgentFlags {
  /** The chain of the nat table that the agent owns: `--masq-chain`. @default IP-MASQ-AGENT */
  readonly chain: string;
  /** Whether the built-in list has eleven ranges instead of three: `--nomasq-all-reserved-ranges`. @default false */
  readonly nomasqAllReservedRanges: boolean;
  /** Whether IPv6 rules are written: `--enable-ipv6`. @default false */
  readonly enableIPv6: boolean;
  /** Whether source ports are fully randomised: `--random-fully`. @default true */
  readonly randomFully: boolean;
  /** Source port ranges for masqueraded packets, separated by commas: `--to-ports`. Absent: the kernel chooses. */
  readonly toPorts?: string;
}

/** What ip-masq-agent does without flags. */
export const DEFAULT_FLAGS: AgentFlags = {
  chain: 'IP-MASQ-AGENT',
  nomasqAllReservedRanges: false,
  enableIPv6: false,
  randomFully: true,
};

/** Flags with a value that ip-masq-agent has beside those in {@link AgentFlags}: klog's, with dashes or underscores. */
const VALUED = [
  'v',
  'vmodule',
  'stderrthreshold',
  'log-dir',
  'log-file',
  'log-file-max-size',
  'log-backtrace-at',
  'log-flush-frequency',
].flatMap(name => [name, name.replaceAll('-', '_')]);

/** The same, with no value or one behind `=`. */
const TOGGLES = [
  'logtostderr',
  'alsologtostderr',
  'one-output',
  'skip-headers',
  'skip-log-headers',
  'add-dir-header',
  'version',
  'help',
  'h',
].flatMap(name => [name, name.replaceAll('-', '_')]);

const LOG_FLAG =
  /^--?(?:v|vmodule|(?:also)?logtostderr|stderrthreshold|one[-_]output|(?:log|skip|add)[-_][a-z-_]+)(?:=|$)/;

/** Whether an argument is about the log, which changes nothing of what becomes of packets. */
export function isLogFlag(argument: string): boolean {
  return LOG_FLAG.test(argument);
}

const KNOWN = ['masq-chain', 'nomasq-all-reserved-ranges', 'enable-ipv6', 'random-fully', 'to-ports'];

/** The flags of ip-masq-agent that masq understands, for did-you-mean. */
export const AGENT_FLAG_NAMES: readonly string[] = KNOWN;

/** The same of Azure's ip-masq-agent-v2. Source: Azure/ip-masq-agent-v2, cmd/ip-masq-agent-v2/ip-masq-agent.go. */
export const AZURE_FLAG_NAMES: readonly string[] = [
  'masq-chain',
  'nomasq-all-reserved-ranges',
  'enable-ipv6',
  'resync-interval',
];

/** Those of them that take a value. */
const TEXTS = ['masq-chain', 'to-ports', 'resync-interval'];

/** An argument that is no flag of ip-masq-agent, or one with a value that it does not take. */
export interface FlagFault {
  /** The argument's index, from 0. */
  readonly index: number;
  /**
   * `unknown`: there is no such flag; `value`: it is neither true nor false, or no number of seconds; `missing`: its
   * value is not there; `positional`: it is no flag at all.
   */
  readonly kind: 'unknown' | 'value' | 'missing' | 'positional';
  /** The flag's name without dashes; of a positional argument the whole. */
  readonly name: string;
}

/** What a container's arguments say. */
export interface ParsedFlags {
  /** The flags, with the agent's defaults for those that are not given or not understood. */
  readonly flags: AgentFlags;
  /** The arguments that were not understood. */
  readonly faults: readonly FlagFault[];
  /** By a flag's name, the index of the argument that set it. */
  readonly at: ReadonlyMap<string, number>;
  /** How often Azure's agent is told to read its files: `--resync-interval`, in seconds. */
  readonly resyncSeconds?: number;
}

/**
 * Reads ip-masq-agent's arguments: `--name=value`, `--name value`, and booleans without a value.
 * @param own the flags that the agent has beside those for its log
 */
export function parseAgentFlags(args: readonly string[], own: readonly string[] = AGENT_FLAG_NAMES): ParsedFlags {
  const flags = { ...DEFAULT_FLAGS } as { -readonly [K in keyof AgentFlags]: AgentFlags[K] };
  const faults: FlagFault[] = [];
  const at = new Map<string, number>();
  let resyncSeconds: number | undefined;
  for (let i = 0; i < args.length; i++) {
    if (!/^-(?!-?$)/.test(args[i]!)) {
      // Go's flag package reads no further.
      faults.push({ index: i, kind: 'positional', name: args[i]! });
      break;
    }
    // Whatever stands before the first = is the name, blanks and further flags too.
    const match = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(args[i]!)!;
    const name = match[1]!;
    const index = i;
    let value = match[2];
    at.set(name, index);
    const isText = own.includes(name) && TEXTS.includes(name);
    if ((isText || VALUED.includes(name)) && value === undefined && i + 1 >= args.length) {
      faults.push({ index, kind: 'missing', name });
      break;
    }
    if (isText) {
      if (value === undefined) value = args[++i]!;
      if (name === 'masq-chain') flags.chain = value;
      else if (name === 'resync-interval') {
        resyncSeconds = parseInteger(value);
        if (resyncSeconds === undefined) faults.push({ index, kind: 'value', name });
      } else if (value !== '') flags.toPorts = value;
    } else if (own.includes(name)) {
      const truth = parseBoolean(value ?? 'true');
      if (truth === undefined) faults.push({ index, kind: 'value', name });
      else if (name === 'enable-ipv6') flags.enableIPv6 = truth;
      else if (name === 'random-fully') flags.randomFully = truth;
      else flags.nomasqAllReservedRanges = truth;
    } else if (VALUED.includes(name)) {
      if (value === undefined) i++;
    } else if (!TOGGLES.includes(name)) faults.push({ index, kind: 'unknown', name });
  }
  return { flags, faults, at, ...(resyncSeconds !== undefined && { resyncSeconds }) };
}

/** Reads a decimal number as Go's strconv.ParseInt does, to which one that begins with a zero is none. */
function parseInteger(text: string): number | undefined {
  return /^[+-]?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : undefined;
}

/** Reads true or false as Go's strconv.ParseBool does; undefined for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return undefined;
}
