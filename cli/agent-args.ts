import { type AgentFlags, parseAgentFlags, portRangeFault } from '../core/agentfile/flags';

/** What `--agent-args` says of the agent that reads bare files: its flags, or what is wrong with them, each in a line. */
export function readAgentArgs(text: string | undefined): {
  readonly flags?: AgentFlags;
  readonly faults: readonly string[];
} {
  if (text === undefined) return { faults: [] };
  const args = text.split(/\s+/).filter(word => word !== '');
  const { flags, faults } = parseAgentFlags(args);
  const wrong = [
    ...faults.map(({ name, kind }) => FAULTS[kind](name)),
    ...(flags.toPorts?.split(',') ?? []).flatMap(range => portRangeFault(range) ?? []),
  ];
  return { flags, faults: wrong.map(fault => `--agent-args: ${fault}`) };
}

const FAULTS = {
  unknown: (name: string) => `ip-masq-agent has no flag "--${name}"`,
  value: (name: string) => `"--${name}" is true or false; write "--${name}=true"`,
  missing: (name: string) => `"--${name}" has no value`,
  positional: (name: string) => `"${name}" is no flag; write "--enable-ipv6"`,
};
