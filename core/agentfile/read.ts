import agentSchema from '../../schemas/agent-config.schema.json';
import { FAMILIES, formatAddress, IntervalSet } from '../address';
import { type Diagnostic, diagnostic, hasErrors, type Severity, suggest } from '../diagnostics';
import { checkRedundancy } from '../intent/check-list';
import { checkDuration } from '../intent/duration';
import { readCidrs } from '../intent/entry';
import { Findings } from '../intent/findings';
import { LINK_LOCAL, preservesInternet } from '../intent/special';
import { validateAgentConfig } from '../schema/generated/validator-agent-config';
import { valueAt } from '../schema/path';
import { gapsOf, isPlaceholder } from '../schema/placeholder';
import { shapeDiagnostics } from '../schema/shape';
import { type Limits, type ParsedSource, parseText, type SourceDocument, type SourceText } from '../source';
import { type AgentConfig, DEFAULT_CIDR_LIMIT } from '../treatment/agentfile';
import { checkWritten, goFaults } from './go';
import { strayDocument } from './stray';

/** The keys of an ip-masq-agent file. */
export const AGENT_KEYS: readonly string[] = Object.keys(agentSchema.properties);

/** An ip-masq-agent file, read: the configuration unless it is refused, and what is to be said of it. */
export interface ReadAgentFile {
  /** Absent when there is an error: nothing is guessed. */
  readonly config?: AgentConfig;
  /** What is wrong or worth knowing, in the order of the checks. */
  readonly diagnostics: readonly Diagnostic[];
}

/** An agent's file as read from a text whose YAML is kept. */
export interface ReadAgentDocument extends ReadAgentFile {
  /** The document that holds it, for the places of its entries; absent where it is empty or refused. */
  readonly document?: SourceDocument;
}

/** How strictly a file is read. */
export interface Strictness {
  /**
   * What is to be made of keys that the file should not have. A known key in other letters stays an error: some readers
   * take it, others do not. With `warn-unlike` one that is like a known key stays one too: that was meant.
   * @default refuse
   */
  readonly unknownKeys?: 'refuse' | 'warn' | 'warn-unlike';
  /**
   * What is to be made of a list that preserves link-local addresses which are to be masqueraded: ip-masq-agent takes it.
   * @default refuse
   */
  readonly linkLocal?: 'refuse' | 'warn';
  /**
   * Whether entries are told that others make unnecessary: they change nothing.
   * @default tell
   */
  readonly unnecessary?: 'tell' | 'skip';
}

/**
 * Reads an ip-masq-agent file (YAML or JSON) strictly: one document, known keys only, every address true.
 * @param leftOut how many entries of its list, all of them true, are not in the text
 */
export function readAgentFile(
  source: SourceText,
  strictness: Strictness = {},
  limits?: Limits,
  leftOut = 0,
): ReadAgentFile {
  const { document: _, ...read } = readParsedAgentFile(parseText(source, limits), strictness, leftOut);
  return read;
}

/** As {@link readAgentFile}, for a text whose YAML is read already. */
export function readParsedAgentFile(parsed: ParsedSource, strictness: Strictness = {}, leftOut = 0): ReadAgentDocument {
  const { diagnostics, source } = parsed;
  const gaps = templateGaps(source.text);
  if (gaps.length === 0) return readDocuments(parsed, strictness, leftOut);
  // Where the YAML can be read for all of its gaps, it is known what belongs there.
  const read = hasErrors(diagnostics) ? undefined : readDocuments(parsed, strictness, leftOut);
  if (read?.diagnostics.some(({ code }) => code === 'MQ613')) return read;
  return {
    diagnostics: gaps.map(([start, end]) => {
      const gap = source.text.slice(start, end);
      const message = `"${gap}" is a placeholder that was never filled in; check what the template renders`;
      const range = source.range(start, end);
      return diagnostic('MQ613', { file: source.file, range }, { message });
    }),
  };
}

function readDocuments(parsed: ParsedSource, strictness: Strictness, leftOut: number): ReadAgentDocument {
  const { documents, diagnostics, source } = parsed;
  const isYaml = !diagnostics.some(({ code }) => code === 'MQ201' || code === 'MQ207');
  const told = [...diagnostics, ...(isYaml ? goFaults(source) : [])];
  const [document, second] = documents;
  if (!document && hasErrors(told)) return { diagnostics: told };
  if (second) {
    const message = 'the file holds several documents, of which ip-masq-agent reads the first; keep one';
    return { diagnostics: [...told, diagnostic('MQ215', second.at([]), { message })] };
  }
  if (document && document.index > 0) {
    const message =
      'an empty document stands before this one, and ip-masq-agent reads no other; remove the first "---"';
    return { diagnostics: [...told, diagnostic('MQ215', document.at([]), { message })] };
  }
  const read: ReadAgentDocument =
    document?.value == null ? emptyFile(source) : readAgentDocument(document, strictness, leftOut);
  const found = read.diagnostics;
  const all = [...told, ...(hasErrors(told) ? found.filter(one => !isOnComment(one)) : found)];
  return read.config && !hasErrors(told) ? { ...read, diagnostics: all } : refused(all);
}

/** Whether a finding is on a key that is a comment of JavaScript's, with the key behind it: YAML takes the two for one. */
function isOnComment({ path = [] }: Diagnostic): boolean {
  return /^\/[/*]/.test(String(path[path.length - 1]));
}

/** What is said of a file that is refused. What holds instead of a list that it lacks is not among it: nothing of it holds. */
function refused(diagnostics: readonly Diagnostic[]): ReadAgentFile {
  return { diagnostics: diagnostics.filter(({ code }) => code !== 'MQ310') };
}

/** A file without a document; to upstream one that is null is none. */
function emptyFile(source: SourceText): ReadAgentFile {
  const message = 'the file is empty: ip-masq-agent falls back to its built-in defaults; write nonMasqueradeCIDRs';
  const at = { file: source.file, range: source.range(0, 0) };
  return {
    config: { masqLinkLocal: false, masqLinkLocalIPv6: false },
    diagnostics: [diagnostic('MQ310', at, { message })],
  };
}

/** Where a template's gaps stand in a text: `{{ ... }}`, each in one line, and in no comment. */
function templateGaps(text: string): [start: number, end: number][] {
  const gaps: [number, number][] = [];
  let lineStart = 0;
  for (const line of text.split('\n')) {
    const comment = line.search(/(?:^|\s)#/);
    let end = 0;
    for (;;) {
      const start = (comment < 0 ? line : line.slice(0, comment)).indexOf('{{', end);
      const close = start < 0 ? -1 : line.indexOf('}}', start + 2);
      if (close < 0) break;
      end = close + 2;
      gaps.push([lineStart + start, lineStart + end]);
    }
    lineStart += line.length + 1;
  }
  return gaps;
}

/** Reads the one document of an ip-masq-agent file. */
export function readAgentDocument(
  document: SourceDocument,
  { unknownKeys, linkLocal, unnecessary }: Strictness = {},
  leftOut = 0,
): ReadAgentDocument {
  const findings = new Findings(document);
  const stray = strayDocument(document, AGENT_KEYS);
  if (stray) {
    findings.add(stray.code, stray.path, stray.message, 'key');
    return { diagnostics: findings.list };
  }
  for (const { path, text, wanted } of gapsOf(document.value, agentSchema)) {
    // The checks of texts below know more.
    if (typeof valueAt(document.value, path) === 'string' && (path.length > 1 || path[0] === 'resyncInterval'))
      continue;
    findings.add('MQ613', path, `"${text}" is a placeholder that was never filled in; write ${wanted}`);
    findings.close(path);
  }
  if (!validateAgentConfig(document.value)) {
    findings.addAll(
      shapeDiagnostics(document, validateAgentConfig.errors ?? [], agentSchema).map(d =>
        unknownKey(d, document, unknownKeys),
      ),
    );
  }
  const raw = (typeof document.value === 'object' && document.value !== null ? document.value : {}) as Record<
    string,
    unknown
  >;
  const list = readCidrs(raw.nonMasqueradeCIDRs, ['nonMasqueradeCIDRs'], findings);
  if (typeof raw.resyncInterval === 'string') {
    if (isPlaceholder(raw.resyncInterval)) {
      findings.add(
        'MQ613',
        ['resyncInterval'],
        `"${raw.resyncInterval}" is a placeholder that was never filled in; write a duration such as 60s`,
      );
    } else checkDuration(raw.resyncInterval, ['resyncInterval'], findings);
  }
  checkInteger('cidrLimit', findings);
  checkWritten(document, findings);
  if (unnecessary !== 'skip') checkRedundancy(list, findings);
  checkAgentList(raw, list, leftOut, findings, linkLocal === 'warn' ? 'warning' : 'error');
  if (hasErrors(findings.list)) return refused(findings.list);
  const config: AgentConfig = {
    ...(Array.isArray(raw.nonMasqueradeCIDRs) && { nonMasqueradeCIDRs: list.flatMap(e => e.cidrs) }),
    masqLinkLocal: raw.masqLinkLocal === true,
    masqLinkLocalIPv6: raw.masqLinkLocalIPv6 === true,
    ...(typeof raw.cidrLimit === 'number' && { cidrLimit: raw.cidrLimit }),
    ...(typeof raw.resyncInterval === 'string' && { resyncInterval: raw.resyncInterval }),
  };
  return { config, document, diagnostics: findings.list };
}

/**
 * How grave a key is that the file should not have. One that differs from a known one in case only gets a hint: Go readers
 * differ in whether they take it.
 */
function unknownKey(found: Diagnostic, document: SourceDocument, unknownKeys: Strictness['unknownKeys']): Diagnostic {
  if (found.code !== 'MQ203' || typeof document.value !== 'object') return found;
  const key = String(found.path?.[found.path.length - 1] ?? '');
  const known = suggest(key, AGENT_KEYS) ?? AGENT_KEYS.find(one => key.startsWith(`${one}:`));
  if (known !== undefined && known !== key && known.toLowerCase() === key.toLowerCase()) {
    const hint = 'the agent happens to take keys in any case, other readers of the file do not; write it as documented';
    return { ...found, hint };
  }
  const isMild = unknownKeys === 'warn' || (unknownKeys === 'warn-unlike' && known === undefined);
  return isMild ? { ...found, severity: 'warning' } : found;
}

/** What Go's YAML, which the agent reads with, makes of a whole number: octal where it begins with a zero, in 64 bits. */
function checkInteger(key: string, findings: Findings): void {
  const { document } = findings;
  const value = valueAt(document.value, [key]);
  if (typeof value !== 'number' || findings.anyBelow([key])) return;
  const written = document.written([key]) ?? String(value);
  if (/^[-+]?0\d+$/.test(written)) {
    const octal = /[89]/.test(written) ? 'no octal number' : `octal ${Number.parseInt(written, 8)}`;
    const message = `${key} ${written} begins with a zero and is ${octal} to ip-masq-agent; write ${value}`;
    findings.add('MQ206', [key], message);
  } else if (value >= 2 ** 63) {
    const message = `${key} ${written} does not fit into the 64 bits that ip-masq-agent has for it; write how many entries the list may have`;
    findings.add('MQ206', [key], message);
  }
}

function checkLimit(own: unknown, entries: number, findings: Findings): void {
  if (findings.anyBelow(['cidrLimit'])) return;
  const limit = typeof own === 'number' && own >= 0 ? own : DEFAULT_CIDR_LIMIT;
  if (entries <= limit) return;
  const count = entries === 1 ? '1 entry' : `${entries} entries`;
  const message =
    limit === own
      ? `the list has ${count}, cidrLimit allows ${limit}; write "cidrLimit: ${entries}"`
      : `the list has ${count}, ip-masq-agent takes ${limit}; write "cidrLimit: ${entries}" if your image knows the key`;
  findings.add('MQ122', ['nonMasqueradeCIDRs'], { severity: 'error', message }, 'key');
}

/** What is said of a list or an entry of it. */
export const PRESERVES_INTERNET =
  'preserves pod addresses to the internet, which needs a route for them there (Cloud NAT over the pod ranges, or a custom default route)';

function checkAgentList(
  raw: Record<string, unknown>,
  list: ReturnType<typeof readCidrs>,
  leftOut: number,
  findings: Findings,
  contradiction: Severity,
): void {
  const path = ['nonMasqueradeCIDRs'];
  const misspelt = Object.keys(raw).some(key => suggest(key, AGENT_KEYS) === path[0]);
  if (!Object.hasOwn(raw, 'nonMasqueradeCIDRs')) {
    if (misspelt) return;
    findings.add('MQ310', [], {
      message:
        'nonMasqueradeCIDRs is missing: the agent falls back to its built-in list of three ranges, or eleven with --nomasq-all-reserved-ranges',
    });
  } else if (Array.isArray(raw.nonMasqueradeCIDRs) && raw.nonMasqueradeCIDRs.length + leftOut === 0) {
    findings.add(
      'MQ307',
      path,
      'the list is empty: everything but link-local is masqueraded, traffic between pods too; is that meant?',
      'key',
    );
  }
  checkLimit(raw.cidrLimit, list.length + (Array.isArray(raw.nonMasqueradeCIDRs) ? leftOut : 0), findings);
  for (const family of FAMILIES) {
    const key = family === 4 ? 'masqLinkLocal' : 'masqLinkLocalIPv6';
    const entrySets = list.map(entry => entry.sets[family]);
    const set = IntervalSet.unionOf(family, entrySets);
    if (raw[key] === true) {
      for (const entry of list) {
        const first = entry.sets[family].intersect(LINK_LOCAL[family]).first();
        if (!first) continue;
        findings.add('MQ302', entry.path, {
          severity: contradiction,
          message: `"${entry.text}" preserves ${formatAddress(first)}, but ${key} is true: link-local stays preserved; narrow the entry, or drop the key`,
        });
      }
    }
    if (preservesInternet(set)) {
      const widest = list.find(entry => preservesInternet(entry.sets[family]));
      findings.add('MQ303', widest?.path ?? path, {
        severity: 'warning',
        message: `${widest ? `"${widest.text}"` : 'the list'} ${PRESERVES_INTERNET}`,
      });
    }
  }
}
