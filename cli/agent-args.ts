import {
  type AgentFlags,
  chainFault,
  type FlagFault,
  isLogFlag,
  parseAgentFlags,
  parseBoolean,
  portRangeFault,
} from '../core/agentfile/flags';

/** What `--agent-args` says of the agent that reads bare files: its flags, or what is wrong with them, each in a line. */
export function readAgentArgs(text: string | undefined): {
  readonly flags?: AgentFlags;
  /** The arguments that are about the log: no flag that masq knows says what they do. */
  readonly ofLog: readonly string[];
  readonly faults: readonly string[];
} {
  if (text === undefined) return { ofLog: [], faults: [] };
  const args = text.split(/\s+/).filter(word => word !== '');
  const { flags, faults, at } = parseAgentFlags(args);
  const wrong = [
    ...faults.map(fault => flagText(fault, args)),
    ...[at.has('masq-chain') ? (chainFault(flags.chain) ?? []) : []].flat(),
    ...(flags.toPorts?.split(',') ?? []).flatMap(range => portRangeFault(range) ?? []),
  ];
  const ofLog = [...at.values()].map(index => args[index]!).filter(isLogFlag);
  return { flags, ofLog, faults: wrong.map(fault => `--agent-args: ${fault}`) };
}

/** What is wrong with an argument: what is to be written instead is what was meant, as far as that can be told. */
function flagText({ kind, name, index }: FlagFault, args: readonly string[]): string {
  switch (kind) {
    case 'unknown':
      return `ip-masq-agent has no flag "--${name}"`;
    case 'missing':
      return `"--${name}" has no value`;
    case 'value': {
      const isNo = /=(?:no|n|off|none|disabled?)$/i.test(args[index]!);
      const isYes = /=(?:yes|y|on|enabled?)$/i.test(args[index]!);
      const instead = isNo ? [false] : isYes ? [true] : [true, false];
      return `"--${name}" is true or false; write ${instead.map(truth => `"--${name}=${truth}"`).join(' or ')}`;
    }
    case 'positional': {
      const before = args[index - 1];
      const isValue = parseBoolean(name) !== undefined && before?.startsWith('-') && !before.includes('=');
      return `"${name}" is no flag; ${isValue ? `write "${before}=${name}"` : 'flags begin with "--", such as "--enable-ipv6"'}`;
    }
  }
}
