import { type Cidr, cidr, parseCidr } from '../address';
import type { Diagnostic } from '../diagnostics';
import { hasErrors, suggest } from '../diagnostics';
import { addFault } from '../intent/entry';
import { Findings } from '../intent/findings';
import type { ParsedSource, SourceDocument } from '../source';
import type { KeptRange } from './reading';

/** A file of one of ip-masq-agent's descendants, as far as all of them have the same keys. */
export interface LooseFile {
  /** Its list; absent: the file has none, which not all of them take alike. */
  readonly nonMasqueradeCIDRs?: readonly KeptRange[];
  /** Whether packets to 169.254.0.0/16 (RFC 3927) are masqueraded. */
  readonly masqLinkLocal: boolean;
  /** Whether packets to fe80::/10 (RFC 4291) are masqueraded. */
  readonly masqLinkLocalIPv6: boolean;
}

/** How one of the descendants reads its file. */
export interface LooseDialect {
  /** Whose agent it is, for messages. */
  readonly name: string;
  /** What it does with a CIDR that has host bits set: `mask` takes them off, `refuse` ends with an error. */
  readonly hostBits: 'mask' | 'refuse';
  /** Keys of ip-masq-agent that mean nothing to it, each with what it does instead. */
  readonly idle: Readonly<Record<string, string>>;
  /** Keys that it has beside those of {@link LooseFile}. @default none */
  readonly own?: readonly string[];
  /** The most entries that it takes. @default no limit */
  readonly limit?: number;
}

/** A file, read, and what is to be said of it; absent when there is an error. */
export interface ReadLooseFile {
  readonly file?: LooseFile;
  readonly diagnostics: readonly Diagnostic[];
}

const KEYS = ['nonMasqueradeCIDRs', 'masqLinkLocal', 'masqLinkLocalIPv6'] as const;
type Key = (typeof KEYS)[number];

/**
 * Reads a file as Go's encoding/json reads it for Azure, Cilium and Tencent: a key counts in any letters, and what is no
 * key of theirs is passed over. Sources: Azure/ip-masq-agent-v2, cilium/cilium pkg/ipmasq, which decode into a struct.
 */
export function readLooseFile({ documents, diagnostics }: ParsedSource, dialect: LooseDialect): ReadLooseFile {
  const [document, second] = documents;
  const none: LooseFile = { masqLinkLocal: false, masqLinkLocalIPv6: false };
  if (hasErrors(diagnostics) || !document)
    return hasErrors(diagnostics) ? { diagnostics } : { file: none, diagnostics };
  const findings = new Findings(document);
  findings.addAll(diagnostics);
  if (second)
    findings.addAt('MQ215', second.at([]), 'the file holds several documents, of which the first counts; keep one');
  const found = fields(document, dialect, findings);
  const kept = found.has('nonMasqueradeCIDRs')
    ? entries(found.get('nonMasqueradeCIDRs')!, dialect, findings)
    : undefined;
  const file: LooseFile = {
    ...(kept && { nonMasqueradeCIDRs: kept }),
    masqLinkLocal: truth(found.get('masqLinkLocal'), findings),
    masqLinkLocalIPv6: truth(found.get('masqLinkLocalIPv6'), findings),
  };
  return hasErrors(findings.list) ? { diagnostics: findings.list } : { file, diagnostics: findings.list };
}

/** The key as it is written, for each key that the agent knows. */
function fields(document: SourceDocument, dialect: LooseDialect, findings: Findings): ReadonlyMap<Key, string> {
  const { value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (value !== null)
      findings.add('MQ204', [], `the file is no map; write "nonMasqueradeCIDRs:" and the list below it`);
    return new Map();
  }
  const found = new Map<Key, string>();
  for (const written of Object.keys(value)) {
    const key = KEYS.find(known => known.toLowerCase() === written.toLowerCase());
    if (dialect.own?.some(known => known.toLowerCase() === written.toLowerCase())) continue;
    const idle = Object.keys(dialect.idle).find(known => known.toLowerCase() === written.toLowerCase());
    if (key === undefined && idle !== undefined) {
      findings.add('MQ802', [written], `${written} means nothing to ${dialect.name}: ${dialect.idle[idle]}`, 'key');
    } else if (key === undefined) {
      const near = suggest(written, KEYS);
      const meant = near === undefined ? 'it is left out' : `did you mean "${near}"? It is left out`;
      const message = `unknown key "${written}", which ${dialect.name} passes over; ${meant}`;
      findings.add('MQ801', [written], { message, severity: 'warning' }, 'key');
    } else if (found.has(key)) {
      findings.add(
        'MQ202',
        [written],
        `"${written}" and "${found.get(key)}" are the same key to ${dialect.name}; keep one`,
        'key',
      );
    } else found.set(key, written);
  }
  return found;
}

function truth(key: string | undefined, findings: Findings): boolean {
  if (key === undefined) return false;
  const value = (findings.document.value as Record<string, unknown>)[key];
  if (typeof value === 'boolean') return value;
  const written = findings.document.written([key]) ?? JSON.stringify(value);
  findings.add('MQ204', [key], `${key} is true or false, not ${written}`);
  return false;
}

function entries(key: string, dialect: LooseDialect, findings: Findings): readonly KeptRange[] {
  const { document } = findings;
  const value = (document.value as Record<string, unknown>)[key];
  if (!Array.isArray(value)) {
    findings.add(
      value === null ? 'MQ211' : 'MQ204',
      [key],
      `${key} ${value === null ? 'has no value' : 'is no list'}; write a list of CIDRs, or []`,
      'key',
    );
    return [];
  }
  if (dialect.limit !== undefined && value.length > dialect.limit) {
    const message = `the list has ${value.length} entries, and ${dialect.name} takes ${dialect.limit}: it ends with an error`;
    findings.add('MQ122', [key], { message, severity: 'error' }, 'key');
  }
  return value.flatMap((text: unknown, i) => {
    const path = [key, i];
    if (typeof text !== 'string') {
      findings.add(
        'MQ204',
        path,
        `${document.written(path) ?? JSON.stringify(text)} is no CIDR; write one such as "10.0.0.0/8"`,
      );
      return [];
    }
    const cidrs = entry(text, path, dialect, findings);
    return cidrs ? [{ text, cidrs: [cidrs], at: document.at(path), comment: document.comment(path) }] : [];
  });
}

function entry(
  text: string,
  path: readonly (string | number)[],
  dialect: LooseDialect,
  findings: Findings,
): Cidr | undefined {
  const parsed = parseCidr(text);
  if (parsed.ok) return parsed.value;
  const { kind, suggestion } = parsed.fault;
  if (kind !== 'host-bits' || suggestion === undefined || dialect.hostBits === 'refuse') {
    addFault(findings, path, text, parsed.fault);
    return undefined;
  }
  findings.add(
    'MQ802',
    path,
    `CIDR "${text}" has host bits set, which ip-masq-agent refuses; ${dialect.name} reads it as "${suggestion}", and so does the intent`,
  );
  return cidr(suggestion);
}
