import { type Cidr, FAMILIES, IntervalSet } from '../address';
import { type Diagnostic, diagnostic, hasErrors } from '../diagnostics';
import { preservesInternet } from '../intent/special';
import { DEFAULT_LIMITS, type Limits, type SourceText } from '../source';
import { blockOf, mayPreserveInternet } from './block';
import { scanPlain } from './plain';
import { AGENT_KEYS, PRESERVES_INTERNET, type ReadAgentFile, readAgentFile, type Strictness } from './read';
import { type ThinFile, thinFile } from './thin';

/** What a YAML parser makes of a text takes hundreds of times its memory: so much is given to it at most. In characters. */
const LONGEST_PARSED = 256 * 1024;

/** A parser that looks for a line's end at each word takes ten seconds for one line of 256 Ki. In characters. */
const LONGEST_LINE = 64 * 1024;

/** Shorter files are read at once: all that is wrong with them is told. */
const LONG = 16 * 1024;

const LIMITS: Limits = { ...DEFAULT_LIMITS, tokens: 40_000, documents: 100, aliasedValues: 10_000 };

const LIST = 'nonMasqueradeCIDRs';

/**
 * Reads an agent's file as `readAgentFile` does, with little memory and time whatever is in it. Of a long file that is
 * written plainly the first mistakes are told; a very long one has to be written so.
 */
export function readFrugally(source: SourceText, strictness: Strictness = {}): ReadAgentFile {
  const { text } = source;
  if (text.length <= LONG) return readAgentFile(source, strictness, LIMITS);
  const thin = thinFile(source, AGENT_KEYS, LIST);
  const read = thin.odd === undefined ? readThin(source, thin, strictness) : undefined;
  if (read && (hasErrors(read.diagnostics) || thin.entries === 0)) return read;
  // What others make unnecessary is not seen in a thin file.
  if (isParsable(text) && (!read || strictness.unnecessary !== 'skip')) {
    const whole = readAgentFile(source, strictness, LIMITS);
    if (!whole.diagnostics.some(isTooMuch)) return whole;
  }
  return read ? completed(source, read) : { diagnostics: [unordinary(source, thin.odd)] };
}

function isParsable(text: string): boolean {
  if (text.length > LONGEST_PARSED) return false;
  for (let start = 0, end = 0; end >= 0; start = end + 1) {
    end = text.indexOf('\n', start);
    if ((end < 0 ? text.length : end) - start > LONGEST_LINE) return false;
  }
  return true;
}

/** Whether a finding is that a text has too many words, for which there is better advice than the parser's. */
function isTooMuch({ code, message }: Diagnostic): boolean {
  return code === 'MQ209' && message.startsWith(`more than ${LIMITS.tokens} words`);
}

/** What is wrong with a thin file is told as of the whole. */
function readThin(source: SourceText, thin: ThinFile, strictness: Strictness): ReadAgentFile {
  const { entries, others, other = 0 } = thin;
  const read = readAgentFile(thin.source, strictness, LIMITS, entries);
  const diagnostics = read.diagnostics.map(found => inWhole(found, thin));
  if (others === 0 || !hasErrors(diagnostics)) return { ...read, diagnostics };
  const message = `${others} more entries and keys like these were not looked at; mend those above`;
  const { file } = source;
  const range = source.range(other, other);
  return { diagnostics: [...diagnostics, diagnostic('MQ219', { file, range }, { message, severity: 'error' })] };
}

/** A valid file with the entries that were left out of it. */
function completed(source: SourceText, { config, diagnostics }: ReadAgentFile): ReadAgentFile {
  const nonMasqueradeCIDRs = listOf(source.text);
  return {
    config: { ...config!, nonMasqueradeCIDRs },
    diagnostics: [...diagnostics, ...remarks(source, nonMasqueradeCIDRs, diagnostics)],
  };
}

/** The list of a plain file whose entries are right. */
function listOf(text: string): Cidr[] {
  const list: Cidr[] = [];
  let isList = false;
  scanPlain(text, {
    key: key => {
      isList = key === LIST;
    },
    entry: entry => {
      if (isList) list.push(blockOf(entry!)!);
    },
    other: () => {},
  });
  return list;
}

const ITEM = /^nonMasqueradeCIDRs\[(\d+)\]/;

/** A finding with the number that its entry has in the whole list. */
function inWhole(found: Diagnostic, thin: ThinFile): Diagnostic {
  const before = found.range ? thin.leftOutBefore(found.range.start.offset) : 0;
  const message = found.message.replace(ITEM, (_, index) => `nonMasqueradeCIDRs[${Number(index) + before}]`);
  const path = found.path?.map(step => (typeof step === 'number' ? step + before : step));
  return { ...found, message, ...(path && { path }) };
}

/** What is to be said of the list of a valid file, unless it was told. */
function remarks(source: SourceText, list: readonly Cidr[], told: readonly Diagnostic[]): readonly Diagnostic[] {
  if (!mayPreserveInternet(list) || told.some(({ code }) => code === 'MQ303')) return [];
  const sets = FAMILIES.map(family =>
    IntervalSet.fromCidrs(
      family,
      list.filter(block => block.family === family),
    ),
  );
  if (!sets.some(preservesInternet)) return [];
  const message = `the list ${PRESERVES_INTERNET}`;
  return [diagnostic('MQ303', { file: source.file, path: [LIST] }, { message, severity: 'warning' })];
}

/** How much of a line is shown. */
const SHOWN = 60;

/** What is said of a file that is too long for what it has. */
function unordinary(source: SourceText, odd = 0): Diagnostic {
  const { text } = source;
  const [start, end] = source.line(odd);
  const from = Math.max(start, odd - SHOWN / 2);
  const shown = text.slice(from, Math.min(end, from + SHOWN));
  const message = `a file of ${text.length} characters is read only when it is written plainly, and "${shown}" is not; write JSON without tabs and escapes, or YAML with one "- 10.0.0.0/8" a line`;
  return diagnostic('MQ209', { file: source.file, range: source.range(odd, Math.min(end, from + SHOWN)) }, { message });
}
