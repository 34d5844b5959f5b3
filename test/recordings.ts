import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cidr, type Family, IntervalSet, Partition } from '../core/address';
import { type AgentFlags, parseAgentFlags } from '../core/agentfile/flags';

/** Recordings of the real ip-masq-agent, which are shared between projects and not part of this repo. */
const GOLDEN = join(__dirname, '../../shared/golden');

/** Whether the recordings are there. */
export const recorded = existsSync(GOLDEN);
if (!recorded) console.warn("SKIPPED: ../shared/golden is not there; the real agent's recordings are not compared");

/** Recordings that are not of one file and one run: they belong to the agent's own tests. */
const NOT_OF_A_FILE = ['134-restart-with-invalid-keeps-old-rules', '91-wrong-filename-config'];

/** What the saved rules of a chain do: the first rule that matches a destination decides, RETURN preserves. */
export function saved(file: string, chain: string, family: Family): Partition<string> | undefined {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.startsWith(`-A ${chain} `));
  if (lines.length === 0) return undefined;
  const layers = lines
    .filter(line => line.endsWith('-j RETURN'))
    .map(line => {
      const destination = / -d (\S+)/.exec(line)?.[1];
      const set = destination ? IntervalSet.ofCidr(cidr(destination)) : IntervalSet.full(family);
      return { set, value: 'preserve' };
    });
  return Partition.fromLayers(family, layers, 'masquerade');
}

/** The recordings of one file and one run, by name. */
export const recordings: readonly string[] = recorded
  ? readdirSync(GOLDEN, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .filter(name => !NOT_OF_A_FILE.includes(name))
      .filter(name => !readdirSync(join(GOLDEN, name)).some(file => /^(cmd|config)\./.test(file)))
  : [];

/** What the agent was given: its flags, and its file if there is one. */
export function recording(name: string): {
  readonly folder: string;
  readonly flags: AgentFlags;
  readonly text?: string;
} {
  const folder = join(GOLDEN, name);
  const words = existsSync(join(folder, 'flags'))
    ? readFileSync(join(folder, 'flags'), 'utf8').trim().split(/\s+/)
    : [];
  const { flags } = parseAgentFlags(words.filter(word => word !== ''));
  const path = join(folder, 'config');
  const text = existsSync(path) ? readConfig(path) : undefined;
  return { folder, flags, ...(text !== undefined && { text }) };
}

function readConfig(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // a folder in the file's place
  }
}
