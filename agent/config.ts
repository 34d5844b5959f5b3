import { readOrdinaryAgentFile } from '../core/agentfile/ordinary';
import type { ReadAgentFile, Strictness } from '../core/agentfile/read';
import type { Diagnostic } from '../core/diagnostics';
import { parseDuration } from '../core/intent/duration';
import type { AgentConfig } from '../core/treatment/agentfile';
import { faultWords } from './fault-words';
import { oneLine } from './one-line';
import type { ReadFile } from './platform/platform';

/** The largest file that is read. A ConfigMap holds half of it. */
export const LARGEST_FILE = 2 * 1024 * 1024;

/** How often the rules are looked at when the file does not say. In milliseconds. Source: ip-masq-agent. */
export const DEFAULT_RESYNC = 60_000;

/** What a file says, and what is to be said of it. */
export type ReadConfig =
  | {
      readonly kind: 'valid';
      readonly config: AgentConfig;
      /** Milliseconds between two looks at the kernel. */
      readonly resync: number;
      /** The file's text; absent when there is no file, so that the built-in list holds. */
      readonly text?: string;
      /** Warnings and notes. */
      readonly findings: readonly Diagnostic[];
    }
  | {
      readonly kind: 'refused';
      /** What is wrong with it: at least one. */
      readonly findings: readonly Diagnostic[];
    }
  | {
      readonly kind: 'unreadable';
      /** Why, in words. */
      readonly why: string;
    };

/**
 * What the agent's file says, as it was read from a path. One that is not there is valid: the built-in list holds, as
 * Google documents.
 */
export async function configOf(path: string, read: ReadFile, strictness: Strictness): Promise<ReadConfig> {
  if (read.ok) return configOfText(path, read.text, strictness);
  const { code } = read.fault;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const config = { masqLinkLocal: false, masqLinkLocalIPv6: false };
      return { kind: 'valid', config, resync: DEFAULT_RESYNC, findings: [] };
    }
    case 'EFBIG':
      return { kind: 'unreadable', why: `${path} is larger than ${LARGEST_FILE} bytes; no list needs that much` };
    case 'EILSEQ':
      return { kind: 'unreadable', why: `${path} is no UTF-8 text; write it anew in UTF-8` };
    default:
      return { kind: 'unreadable', why: `${path} cannot be read: ${faultWords(code)}` };
  }
}

/** Reads the text of such a file. */
export async function configOfText(path: string, text: string, strictness: Strictness): Promise<ReadConfig> {
  // QuickJS throws null where there is no memory for an error either.
  const read = await readText(path, text, strictness).catch((error: unknown) => String(error ?? 'out of memory'));
  // Memory ran out, or the reader has a defect: neither must keep what was good last from being enforced.
  if (typeof read === 'string')
    return { kind: 'unreadable', why: `${path} is more than can be read: ${oneLine(read)}` };
  const { config, diagnostics } = read;
  const findings = [...diagnostics].sort((a, b) => lineOf(a) - lineOf(b));
  if (!config) return { kind: 'refused', findings };
  const { resyncInterval } = config;
  const resync = resyncInterval === undefined ? DEFAULT_RESYNC : parseDuration(resyncInterval)!;
  return { kind: 'valid', config, resync, text, findings };
}

function lineOf({ range }: Diagnostic): number {
  return range?.start.line ?? 0;
}

/** The strict reader and its YAML parser are most of the program: they are loaded only for files that need them. */
async function readText(path: string, text: string, strictness: Strictness): Promise<ReadAgentFile> {
  const config = strictness.unnecessary === 'skip' ? readOrdinaryAgentFile(text) : undefined;
  if (config) return { config, diagnostics: [] };
  const { readStrictly } = await import('./strict.js');
  return readStrictly(path, text, strictness);
}

/** How many findings are told of a file, and how long each one may be: a file of garbage has no end of them. */
const MOST_FINDINGS = 50;
const LONGEST_FINDING = 1000;

/** Findings, each on one line; of very many the first errors, and how many more there are. */
export function findingLines(findings: readonly Diagnostic[]): string[] {
  const more = findings.length - MOST_FINDINGS;
  if (more <= 0) return findings.map(findingLine);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const others = findings.filter(({ severity }) => severity !== 'error');
  return [...[...errors, ...others].slice(0, MOST_FINDINGS).map(findingLine), `and ${more} findings more`];
}

/** A finding on one line: `file:line:col severity code message`. */
export function findingLine({ file, range, severity, code, message, hint }: Diagnostic): string {
  const at = file === undefined ? '' : range ? `${file}:${range.start.line}:${range.start.column} ` : `${file} `;
  const text = `${at}${severity} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`;
  return oneLine(text.length <= LONGEST_FINDING ? text : `${text.slice(0, LONGEST_FINDING)}…`);
}
