import {
  type Address,
  type AddressFault,
  type Both,
  both,
  type Cidr,
  compareAddresses,
  FAMILIES,
  type Family,
  type FaultKind,
  formatCidr,
  IntervalSet,
  namedRange,
  parseAddress,
  parseCidr,
  setsOf,
} from '../address';
import type { RuleCode, ValuePath } from '../diagnostics';
import { valueAt } from '../schema/path';
import { isPlaceholder } from '../schema/placeholder';
import { unwrapped } from '../schema/words';
import { checkRedundancy } from './check-list';
import type { Findings } from './findings';
import type { RangeScope } from './ranges';

/** The addresses that a CIDR or a name stands for, in two forms. */
export interface Meaning {
  /** As CIDRs, of which none lies inside another. */
  readonly cidrs: readonly Cidr[];
  /** As one set for each family. */
  readonly sets: Both<IntervalSet>;
}

/** One line of a list of ranges: a CIDR or a name, with exceptions taken out. */
export interface Entry {
  /** The CIDR or name as written. */
  readonly text: string;
  /** Where the entry stands in its document. */
  readonly path: ValuePath;
  /** The CIDRs that the text stands for, before exceptions. */
  readonly cidrs: readonly Cidr[];
  /** The addresses that are left after exceptions. */
  readonly sets: Both<IntervalSet>;
  /** Why it is there, in the words of the document. */
  readonly reason?: string;
  /** Whether the text is a name rather than a CIDR. */
  readonly named: boolean;
  /** What is taken out of it; it may lie outside, and then changes nothing. */
  readonly exceptions: readonly Entry[];
}

const CODES: Record<FaultKind, RuleCode> = {
  'host-bits': 'MQ101',
  'leading-zero': 'MQ102',
  'part-out-of-range': 'MQ103',
  'wrong-number-of-parts': 'MQ104',
  'prefix-out-of-range': 'MQ105',
  'missing-prefix': 'MQ106',
  netmask: 'MQ107',
  zone: 'MQ108',
  'ipv4-mapped': 'MQ109',
  whitespace: 'MQ110',
  'not-an-address': 'MQ111',
  'cidr-for-address': 'MQ112',
};

const WANTED = { CIDR: 'a CIDR such as "10.0.0.0/8"', address: 'an address such as "192.168.1.100"' } as const;

/**
 * Reports what is wrong with an address or CIDR, at the characters where it is wrong.
 * @param wanted what should stand there
 * @param start where the text begins in the value. @default the text is all of it
 */
export function addFault(
  findings: Findings,
  path: ValuePath,
  text: string,
  fault: AddressFault,
  wanted: keyof typeof WANTED = 'CIDR',
  start?: number,
): void {
  const { document } = findings;
  const whole = start === undefined ? document.at(path) : document.within(path, start, text.length);
  if (isPlaceholder(text)) {
    findings.addAt('MQ613', whole, `"${text}" is a placeholder that was never filled in; write ${WANTED[wanted]}`);
    return;
  }
  const range = wanted === 'CIDR' ? namedRange(text) : undefined;
  if (range) {
    const shown = range.cidrs.length <= 3 ? `write ${range.cidrs.join(', ')}` : 'write its CIDRs';
    findings.addAt('MQ111', whole, `"${text}" is the name of a range, but only CIDRs can stand here; ${shown}`);
    return;
  }
  const at = document.within(path, (start ?? 0) + fault.offset, fault.length);
  const instead = fault.message.endsWith('is not an IP address or CIDR') ? `; write ${insteadOf(text, wanted)}` : '';
  findings.addAt(CODES[fault.kind], at, `${fault.message}${instead}`);
}

/** What to write in place of a text that is no address at all, such as a range from one address to another. */
function insteadOf(text: string, wanted: keyof typeof WANTED): string {
  const bare = unwrapped(text);
  if (wanted === 'CIDR' && bare !== text && isName(bare)) return bare;
  const [first, last] = text.split('-', 2).map(end => parseAddress(end.trim()));
  if (!first?.ok || !last?.ok || first.value.family !== last.value.family) return WANTED[wanted];
  if (wanted === 'address') return 'each address as an entry of its own';
  if (compareAddresses(first.value, last.value) > 0) return WANTED.CIDR;
  const cidrs = IntervalSet.fromRange(first.value, last.value).cidrs();
  return cidrs.length <= 3 ? cidrs.map(cidr => `"${formatCidr(cidr)}"`).join(', ') : WANTED.CIDR;
}

/**
 * Reads a list of plain CIDRs; what is not text was reported by the schema and is left out.
 * @param key the key of each item that holds the CIDR, when items are maps
 */
export function readCidrs(value: unknown, path: ValuePath, findings: Findings, key?: string): Entry[] {
  return items(value, path, key).flatMap(([text, at]) => {
    const parsed = parseCidr(text);
    if (!parsed.ok) {
      addFault(findings, at, text, parsed.fault);
      return [];
    }
    return [plainEntry(text, at, meaningOf([parsed.value]))];
  });
}

/** Reads a list of addresses. */
export function readAddresses(
  value: unknown,
  path: ValuePath,
  findings: Findings,
): { address: Address; text: string; path: ValuePath }[] {
  return items(value, path).flatMap(([text, at]) => {
    const parsed = parseAddress(text);
    if (parsed.ok) return [{ address: parsed.value, text, path: at }];
    addFault(findings, at, text, parsed.fault, 'address');
    return [];
  });
}

function items(value: unknown, path: ValuePath, key?: string): [string, ValuePath][] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, i): [string, ValuePath][] => {
    const text: unknown = key === undefined ? item : valueAt(item, [key]);
    return typeof text === 'string' ? [[text, key === undefined ? [...path, i] : [...path, i, key]]] : [];
  });
}

/** Reads a list of ranges: CIDRs, names, and maps with exceptions. */
export function readEntries(value: unknown, path: ValuePath, findings: Findings, scope: RangeScope): Entry[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, i) => readEntry(item, [...path, i], findings, scope) ?? []);
}

/** Whether a key has a value; that it has none is told by itself. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readEntry(item: unknown, path: ValuePath, findings: Findings, scope: RangeScope): Entry | undefined {
  if (typeof item === 'string') {
    const meaning = scope.resolve(item, path, findings);
    return meaning && { ...plainEntry(item, path, meaning), named: isName(item) };
  }
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const { cidr, range, except, reason } = item as Record<string, unknown>;
  if (isGiven(cidr) && isGiven(range)) {
    findings.add('MQ206', path, `an entry has either "cidr" or "range", not both; split it into two`);
    return undefined;
  }
  const key = range === undefined ? 'cidr' : 'range';
  const text = range === undefined ? cidr : range;
  if (text === undefined) {
    // Beside an unknown key, which was reported and may have been meant for one of the two, this would be noise.
    const known = Object.keys(item).every(k => k === 'except' || k === 'reason');
    if (known) findings.add('MQ205', path, 'an entry lacks the key "cidr" or "range"; write one of the two');
    return undefined;
  }
  if (typeof text !== 'string') return undefined;
  const meaning = scope.resolve(text, [...path, key], findings);
  if (meaning && key === 'cidr' && isName(text)) {
    findings.add('MQ206', [...path, key], `"${text}" is a name, not a CIDR; write "range: ${text}"`);
    return undefined;
  }
  const exceptions = readExceptions(except, [...path, 'except'], findings, scope);
  if (!meaning) return undefined;
  const entry = plainEntry(text, path, meaning);
  const sets = both(family => entry.sets[family].subtract(unionOfEntries(exceptions, family)));
  checkRedundancy(exceptions, findings);
  checkExceptions(findings, entry, exceptions);
  return {
    ...entry,
    sets,
    named: isName(text),
    exceptions,
    ...(typeof reason === 'string' && { reason }),
  };
}

function readExceptions(value: unknown, path: ValuePath, findings: Findings, scope: RangeScope): Entry[] {
  return items(value, path).flatMap(([text, at]) => {
    const meaning = scope.resolve(text, at, findings);
    return meaning ? [plainEntry(text, at, meaning)] : [];
  });
}

function checkExceptions(findings: Findings, entry: Entry, exceptions: readonly Entry[]): void {
  for (const exception of exceptions) {
    if (FAMILIES.every(f => !exception.sets[f].overlaps(entry.sets[f]))) {
      const message = `exception "${exception.text}" lies outside "${entry.text}" and changes nothing; remove it`;
      findings.add('MQ123', exception.path, message);
    }
  }
}

/** Whether a text is written as a name is, and so cannot be meant as a CIDR. */
export function isName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(text);
}

/** What CIDRs that are apart stand for. */
export function meaningOf(cidrs: readonly Cidr[]): Meaning {
  return { cidrs, sets: setsOf(cidrs) };
}

/** The addresses of entries of one family, all together. */
export function unionOfEntries(entries: readonly Entry[], family: Family): IntervalSet {
  return IntervalSet.unionOf(
    family,
    entries.map(entry => entry.sets[family]),
  );
}

function plainEntry(text: string, path: ValuePath, meaning: Meaning): Entry {
  return { text, path, ...meaning, named: false, exceptions: [] };
}
