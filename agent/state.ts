import type { BackendName } from './backend';
import { faultWords } from './fault-words';
import type { Platform } from './platform/platform';

/** How things stand on the node. */
export type Verdict =
  /** Nothing was looked at yet. */
  | 'starting'
  /** The kernel provably does what the file says. */
  | 'enforced'
  /** Our rules are in place, but it cannot be told what rules of others make of some packets. */
  | 'unproven'
  /** Our rules are in place, but rules of others treat some packets otherwise. */
  | 'contradicted'
  /** The file was refused; what was good last is enforced. */
  | 'refused'
  /** The kernel's rules could not be read or written. */
  | 'failed';

/** What the agent says of itself, as written to `state.json`. */
export interface State {
  /** The agent's version. */
  readonly version: string;
  /** The process. */
  readonly pid: number;
  readonly backend?: BackendName;
  readonly verdict: Verdict;
  /** Whether a rollout may go on. */
  readonly ready: boolean;
  /** The verdict's reason in words; empty when there is nothing to say. */
  readonly message: string;
  readonly config: {
    readonly path: string;
    /** Whether the file, as it was read last, is valid. */
    readonly valid: boolean;
    /** Where the enforced configuration is from. */
    readonly source: 'file' | 'built-in' | 'last-good' | 'none';
    /** A digest of the enforced file. */
    readonly digest: string;
    /** How many different configurations were enforced since the start. */
    readonly generation: number;
    /** How many CIDRs are preserved, link-local ones among them, over both families. */
    readonly preserved: number;
    /** Findings on the file as it stands, errors first. */
    readonly findings: readonly string[];
  };
  /** How long it takes at most until the kernel is looked at again. */
  readonly resyncSeconds: number;
  /** When rules were written last; absent when that never happened. ISO 8601. */
  readonly lastChange?: string;
  /** When the kernel was last seen to do what the file says. ISO 8601. */
  readonly lastProof?: string;
  readonly counts: Counts;
}

/** Counters since the start. */
export interface Counts {
  /** Looks at the kernel. */
  readonly reconciles: number;
  /** Times that rules were written. */
  readonly applies: number;
  /** Times that rules had been changed by others. */
  readonly drifts: number;
  /** Times that rules could not be read or written. */
  readonly failures: number;
  /** Files that were refused. */
  readonly refusals: number;
  /** Times that the file had gone. */
  readonly deletions: number;
}

/** The files in the state folder. */
export const STATE_FILE = 'state.json';
/** No state has more bytes. */
export const LARGEST_STATE = 2 ** 20;
/** Empty; its time of change is how long the machine had run when the agent said last that it lives. */
export const HEARTBEAT_FILE = 'heartbeat';
export const LAST_GOOD_FILE = 'last-good';
export const METRICS_FILE = 'metrics';

/** The state as it is written. */
export function stateText(state: State): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

/** Reads what an agent wrote; a text when there is none to be read. */
export function readState(platform: Platform, folder: string): State | string {
  const path = `${folder}/${STATE_FILE}`;
  const read = platform.readFile(path, LARGEST_STATE);
  if (!read.ok) {
    return read.fault.code === 'ENOENT'
      ? `there is no ${path}: no agent has run here, it runs with another --state-dir, or it cannot write it`
      : `${path} cannot be read: ${faultWords(read.fault.code)}`;
  }
  try {
    const state: unknown = JSON.parse(read.text);
    return isState(state) ? state : `${path} is no state of this masq-agent; another version may have written it`;
  } catch {
    return `${path} is no JSON`;
  }
}

type Kind = 'string' | 'number' | 'boolean';
/** What is told of a state; whatever else it has does not matter. */
const FIELDS: Readonly<Record<string, Kind>> = {
  version: 'string',
  verdict: 'string',
  ready: 'boolean',
  message: 'string',
};
const CONFIG_FIELDS: Readonly<Record<string, Kind>> = {
  path: 'string',
  source: 'string',
  digest: 'string',
  generation: 'number',
  preserved: 'number',
};

function isState(value: unknown): value is State {
  if (!has(value, FIELDS)) return false;
  const { config, counts } = value;
  if (!has(config, CONFIG_FIELDS) || !Array.isArray(config.findings)) return false;
  return typeof counts === 'object' && counts !== null && config.findings.every(finding => typeof finding === 'string');
}

function has(value: unknown, fields: Readonly<Record<string, Kind>>): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(fields).every(([key, kind]) => typeof (value as Record<string, unknown>)[key] === kind);
}
