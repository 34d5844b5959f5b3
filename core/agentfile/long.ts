import { FAMILIES, IntervalSet } from '../address';
import { type Diagnostic, diagnostic, hasErrors } from '../diagnostics';
import { preservesInternet } from '../intent/special';
import { DEFAULT_LIMITS, type Limits, type SourceText } from '../source';
import type { AgentConfig } from '../treatment/agentfile';
import { readWideAgentFile } from './ordinary';
import { AGENT_KEYS, PRESERVES_INTERNET, type ReadAgentFile, readAgentFile, type Strictness } from './read';
import { type ThinFile, thinFile } from './thin';

/** What a YAML parser makes of a text takes five hundred times its memory: so much is given to it at most. In characters. */
const LONGEST_PARSED = 256 * 1024;

/** The same of a text with as many signs as characters. */
const LONGEST_DENSE = 32 * 1024;

/** Shorter files are read at once: all that is wrong with them is told. */
const LONG = 16 * 1024;

const LIMITS: Limits = { ...DEFAULT_LIMITS, tokens: 40_000, documents: 100, aliasedValues: 10_000 };

/**
 * Reads an agent's file as `readAgentFile` does, with little memory and time whatever is in it. Of a long file the first
 * mistakes are told, and a very long one has to be written in an ordinary way.
 */
export function readFrugally(source: SourceText, strictness: Strictness = {}): ReadAgentFile {
  const { text } = source;
  if (text.length <= LONG) return readAgentFile(source, strictness, LIMITS);
  const thin = thinFile(source, AGENT_KEYS, LONGEST_DENSE);
  const read = thin.isThin ? readThin(source, thin, strictness) : undefined;
  // What was left out may be what would have made it valid.
  const isDoubtful = read?.diagnostics.some(({ code }) => code === 'MQ201') ?? false;
  if (read && ((hasErrors(read.diagnostics) && !isDoubtful) || isComplete(thin))) return read;
  const ordinary = readWideAgentFile(text);
  const isParsed = thin.isThin && text.length <= LONGEST_PARSED;
  if (isParsed && (!ordinary || strictness.unnecessary !== 'skip')) {
    const whole = readAgentFile(source, strictness, LIMITS);
    if (!whole.diagnostics.some(isTooMuch)) return whole;
  }
  if (!ordinary) return isDoubtful ? read! : { diagnostics: [unordinary(source, thin)] };
  const { config, isWide } = ordinary;
  return { config, diagnostics: isWide ? remarks(source, config, read?.diagnostics) : [] };
}

/** Whether nothing but comments was left out. */
function isComplete({ entries, others, odd }: ThinFile): boolean {
  return entries === 0 && others === 0 && odd === undefined;
}

/** Whether a finding is about the parser's limits. */
function isTooMuch({ code }: Diagnostic): boolean {
  return code === 'MQ209' || code === 'MQ210';
}

/** What is wrong with a thin file is told as of the whole. */
function readThin(source: SourceText, thin: ThinFile, strictness: Strictness): ReadAgentFile | undefined {
  const { entries, others, other = 0 } = thin;
  const read = readAgentFile(thin.source, strictness, LIMITS, entries);
  if (read.diagnostics.some(isTooMuch)) return undefined;
  const diagnostics = read.diagnostics.map(found => inWhole(found, thin));
  if (others === 0 || !hasErrors(diagnostics)) return { ...read, diagnostics };
  const message = `${others} more entries and keys like these were not looked at; mend those above`;
  const { file } = source;
  const range = source.range(other, other);
  return { diagnostics: [...diagnostics, diagnostic('MQ219', { file, range }, { message, severity: 'error' })] };
}

const ITEM = /^nonMasqueradeCIDRs\[(\d+)\]/;

/** A finding with the number that its entry has in the whole list. */
function inWhole(found: Diagnostic, thin: ThinFile): Diagnostic {
  const before = found.range ? thin.leftOutBefore(found.range.start.offset) : 0;
  const message = found.message.replace(ITEM, (_, index) => `nonMasqueradeCIDRs[${Number(index) + before}]`);
  const path = found.path?.map(step => (typeof step === 'number' ? step + before : step));
  return { ...found, message, ...(path && { path }) };
}

/** What is to be said of a file that is valid. */
function remarks(source: SourceText, config: AgentConfig, told: readonly Diagnostic[] = []): readonly Diagnostic[] {
  const { nonMasqueradeCIDRs = [] } = config;
  if (told.some(({ code }) => code === 'MQ303')) return told;
  const sets = FAMILIES.map(family =>
    IntervalSet.fromCidrs(
      family,
      nonMasqueradeCIDRs.filter(block => block.family === family),
    ),
  );
  if (!sets.some(preservesInternet)) return told;
  const at = { file: source.file, path: ['nonMasqueradeCIDRs'] };
  const message = `the list ${PRESERVES_INTERNET}`;
  return [...told, diagnostic('MQ303', at, { message, severity: 'warning' })];
}

/** How much of a line is shown. */
const SHOWN = 60;

/** What is said of a file that is too long for what it has. */
function unordinary(source: SourceText, thin: ThinFile): Diagnostic {
  const { text } = source;
  const odd = thin.odd ?? Math.max(text.search(/[\\\t\r]/), 0);
  const [start, end] = source.line(odd);
  const from = Math.max(start, odd - SHOWN / 2);
  const shown = text.slice(from, Math.min(end, from + SHOWN));
  const message = `a file of ${text.length} characters is read only when it is written plainly, and "${shown}" is not; write JSON without tabs and escapes, or YAML with one "- 10.0.0.0/8" a line`;
  return diagnostic('MQ209', { file: source.file, range: source.range(odd, Math.min(end, from + SHOWN)) }, { message });
}
