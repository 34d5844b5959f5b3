import type { Cidr } from '../address';
import { parseDuration, SHORTEST_RESYNC } from '../intent/duration';
import { type AgentConfig, DEFAULT_CIDR_LIMIT } from '../treatment/agentfile';
import { blockOf, isLinkLocal, mayPreserveInternet } from './block';
import { COMMENT, NOTHING } from './plain';

/** What an ordinary file says, as it is written. */
interface Written {
  nonMasqueradeCIDRs?: readonly string[];
  masqLinkLocal?: boolean;
  masqLinkLocalIPv6?: boolean;
  cidrLimit?: number;
  resyncInterval?: string;
}

type Key = keyof Written;

/** Longer texts are not read: a ConfigMap holds half of it. In characters. */
const LONGEST = 2 ** 21;

/**
 * Reads an ip-masq-agent file that is written in an ordinary way, in one pass and without a YAML parser: JSON, or YAML
 * with one key or one entry a line. Answers undefined for any other file, be it valid or not, and for any of which there
 * is something to be said: `readAgentFile` then tells. What it answers, `readAgentFile` answers too, and finds nothing
 * but entries that others make unnecessary.
 */
export function readOrdinaryAgentFile(whole: string): AgentConfig | undefined {
  if (whole.length > LONGEST) return undefined;
  const text = whole.includes('\r\n') ? whole.replaceAll('\r\n', '\n') : whole;
  const written = text.startsWith('{') ? writtenInJson(text) : writtenInLines(text);
  return written && configOf(written);
}

/** What YAML and JSON might take for something else stands in no ordinary file. */
const UNUSUAL = ['\\', '\t', '\r'];

function writtenInJson(text: string): Written | undefined {
  if (UNUSUAL.some(sign => text.includes(sign))) return undefined;
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (!isOneKey(text, `"${key}"`) || !hasType(key, inner)) return undefined;
    if (key === 'cidrLimit' && !LIMIT.test(text)) return undefined;
  }
  return value;
}

/** As digits alone: Go takes no other number for a whole one. */
const LIMIT = /"cidrLimit":[ \n]*\d+[ \n]*[,}]/;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether a text stands once, and a colon behind it: of keys that stand twice, `JSON.parse` takes the last. Without
 * escapes, a key looks the same wherever it stands.
 */
function isOneKey(text: string, quoted: string): boolean {
  const at = text.indexOf(quoted);
  return text[at + quoted.length] === ':' && text.indexOf(quoted, at + 1) < 0;
}

function hasType(key: string, value: unknown): boolean {
  switch (key as Key) {
    case 'nonMasqueradeCIDRs':
      return Array.isArray(value) && value.every(item => typeof item === 'string');
    case 'masqLinkLocal':
    case 'masqLinkLocalIPv6':
      return typeof value === 'boolean';
    case 'cidrLimit':
      return typeof value === 'number';
    case 'resyncInterval':
      return typeof value === 'string';
    default:
      return false;
  }
}

const REST = ` *(?: ${COMMENT})?`;
const LIST = new RegExp(`^nonMasqueradeCIDRs:${REST}$`);
const SCALAR = new RegExp(`^([A-Za-z0-9]+): +(["']?)([a-z0-9]+)\\2${REST}$`);
const ITEM = new RegExp(`^( *)- +(["']?)([0-9A-Fa-f][0-9A-Fa-f.:]*/[0-9]+)\\2${REST}$`);

function writtenInLines(text: string): Written | undefined {
  const written: Written = {};
  let list: string[] | undefined;
  let indent: string | undefined;
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const item = list && ITEM.exec(line);
    if (item) {
      indent ??= item[1]!;
      if (item[1] !== indent) return undefined;
      list!.push(item[3]!);
    } else if (!NOTHING.test(line) && !(index === 0 && line === '---')) {
      // A key without entries has no value.
      if (list?.length === 0) return undefined;
      list = undefined;
      if (!LIST.test(line)) {
        if (!readScalar(line, written)) return undefined;
      } else if (written.nonMasqueradeCIDRs) return undefined;
      else written.nonMasqueradeCIDRs = list = [];
    }
  }
  return list?.length === 0 ? undefined : written;
}

/** Reads a line with a key and a value that is no list; false where it is anything else. */
function readScalar(line: string, written: Written): boolean {
  const [, key, quote, text = ''] = SCALAR.exec(line) ?? [];
  if (key === undefined || Object.hasOwn(written, key)) return false;
  switch (key as Key) {
    case 'masqLinkLocal':
    case 'masqLinkLocalIPv6':
      if (quote !== '' || (text !== 'true' && text !== 'false')) return false;
      written[key as 'masqLinkLocal'] = text === 'true';
      return true;
    case 'cidrLimit':
      if (quote !== '' || !/^[1-9]\d*$/.test(text)) return false;
      written.cidrLimit = Number(text);
      return true;
    case 'resyncInterval':
      // A number without a unit would be no text.
      if (quote === '' && !/[a-z]$/.test(text)) return false;
      written.resyncInterval = text;
      return true;
    default:
      return false;
  }
}

/** What a file says whose keys are known and whose values are of their types; undefined where more is to be said of it. */
function configOf(written: Written): AgentConfig | undefined {
  const { nonMasqueradeCIDRs: texts, masqLinkLocal = false, masqLinkLocalIPv6 = false } = written;
  const { cidrLimit, resyncInterval } = written;
  if (!texts || texts.length === 0 || texts.length > (cidrLimit ?? DEFAULT_CIDR_LIMIT)) return undefined;
  if (cidrLimit !== undefined && !isSmall(cidrLimit)) return undefined;
  if (resyncInterval !== undefined && !isDuration(resyncInterval)) return undefined;
  const nonMasqueradeCIDRs = cidrsOf(texts);
  if (!nonMasqueradeCIDRs || mayPreserveInternet(nonMasqueradeCIDRs)) return undefined;
  const isMasqueraded = { 4: masqLinkLocal, 6: masqLinkLocalIPv6 };
  const isAny = masqLinkLocal || masqLinkLocalIPv6;
  if (isAny && nonMasqueradeCIDRs.some(block => isMasqueraded[block.family] && isLinkLocal(block))) return undefined;
  return {
    nonMasqueradeCIDRs,
    masqLinkLocal,
    masqLinkLocalIPv6,
    ...(cidrLimit !== undefined && { cidrLimit }),
    ...(resyncInterval !== undefined && { resyncInterval }),
  };
}

/** Whether each reader takes a number for the same one. */
function isSmall(limit: number): boolean {
  return Number.isInteger(limit) && limit > 0 && limit < 1e9;
}

/** Nothing that looks like the gap of a template does either. */
const DURATION = /^(?:\d{1,9}(?:h|ms|m|s))+$/;

function isDuration(text: string): boolean {
  return DURATION.test(text) && (parseDuration(text) ?? 0) >= SHORTEST_RESYNC;
}

function cidrsOf(texts: readonly string[]): Cidr[] | undefined {
  const cidrs: Cidr[] = [];
  for (const text of texts) {
    const cidr = blockOf(text);
    if (!cidr) return undefined;
    cidrs.push(cidr);
  }
  return cidrs;
}
