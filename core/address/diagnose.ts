import { groupsFinding, quadFinding } from './diagnose-parts';
import { prefixFinding } from './diagnose-prefix';
import { type Family, WORDS } from './family';
import type { AddressFault } from './fault';
import { didYouMean, type Finding, quote, type Refused } from './finding';
import { formatCidr, formatWords } from './format';
import { accepts, isMapped, type Noun, readIpv4, readIpv6 } from './read';
import { withoutHostBits } from './words';

/** No address that somebody slipped in is longer; what is need not be looked into. */
const LONGEST = 256;

/**
 * Why the readers refused a text: the slow half of parsing. Of several faults the first in this order is told: white
 * space, not an address at all, a zone, the address's parts, the prefix length, and last what the value means.
 */
export function diagnose(text: string, noun: Noun): AddressFault {
  if (text.length > LONGEST) return notAnAddress(text, `, ${text.length} characters long,`);
  const slash = text.indexOf('/');
  const head = slash < 0 ? text : text.slice(0, slash);
  const refused: Refused = { text, noun, head, tail: slash < 0 ? undefined : text.slice(slash + 1) };
  const family = intendedFamily(refused);
  const blank = listFinding(refused) ?? signsFinding(refused) ?? whitespaceFinding(refused);
  if (!blank && family === undefined) return notAnAddress(text);
  const { kind, at, says, candidate, advice } = blank ?? findingOf(refused, family!);
  const suggestion = candidate === undefined ? undefined : repaired(candidate, noun);
  const found = { kind, offset: at[0], length: at[1], message: `${noun} ${quote(text)}${says}` };
  if (suggestion === undefined) return found;
  return { ...found, message: found.message + (advice?.(suggestion) ?? `; write "${suggestion}"`), suggestion };
}

function findingOf(refused: Refused, family: Family): Finding {
  return (
    (family === 6 && zoneFinding(refused)) ||
    (family === 4 ? quadFinding(refused, refused.head, 0) : groupsFinding(refused)) ||
    (refused.noun === 'CIDR' ? prefixFinding(refused, family) : slashFinding(refused)) ||
    meaningFinding(refused, family)
  );
}

/** The candidate if it parses, else what one would be told to write instead of it. */
function repaired(candidate: string, noun: Noun): string | undefined {
  return accepts(candidate, noun) ? candidate : diagnose(candidate, noun).suggestion;
}

/** The family that the text's shape speaks of, or undefined where it is no address at all. */
function intendedFamily({ head, tail }: Refused): Family | undefined {
  if (/^[\da-f]*:.*:/i.test(head)) return 6;
  if (/^\d+$/.test(head) && tail !== undefined) return 4;
  if (/^[\d.]*$/.test(head) && /\d\.|\.\d/.test(head)) return 4;
  const parts = head.split('.');
  return parts.length === 4 && parts.filter(part => /^\d+$/.test(part)).length >= 3 ? 4 : undefined;
}

function notAnAddress(text: string, size = ''): AddressFault {
  const message = `${quote(text)}${size} is not an IP address or CIDR`;
  return { kind: 'not-an-address', offset: 0, length: text.length, message };
}

/** Several values where one is wanted, with commas or white space between them. */
function listFinding({ text, noun }: Refused): Finding | undefined {
  const values = text.trim().split(/[\s,;]+/);
  if (values.length < 2 || !values.every(value => accepts(value, noun))) return undefined;
  return {
    kind: /[,;]/.test(text) ? 'not-an-address' : 'whitespace',
    at: [0, text.length],
    says: ` holds ${values.length} values; write each as an entry of its own`,
  };
}

const BRACKETS = /[[\](){}<>]+/g;
const QUOTES = /["'`\u2018-\u201f\u00ab\u00bb]+/g;
const STOPS = /(?<![,;.])[,;.]+$/g;

/** Brackets or quotes in or around an address, and what ends a sentence behind it: `[2001:db8::]/32`, `10.0.0.0/8,`. */
function signsFinding({ text, noun }: Refused): Finding | undefined {
  const candidate = [BRACKETS, QUOTES, STOPS].reduce((bare, signs) => bare.replace(signs, ''), text);
  if (candidate === text || repaired(candidate, noun) === undefined) return undefined;
  const signs = [BRACKETS, QUOTES, STOPS].find(found => text.search(found) >= 0)!;
  const [sign = ''] = text.match(signs) ?? [];
  const says =
    signs === BRACKETS ? ' has brackets in it' : signs === QUOTES ? ' has quotes in it' : ` ends in ${quote(sign)}`;
  return { kind: 'not-an-address', at: [text.search(signs), sign.length], says, candidate };
}

function whitespaceFinding({ text }: Refused): Finding | undefined {
  const blank = /\s+/.exec(text);
  if (!blank || !/^[\s\da-f:./%]*$/i.test(text) || !/\d.*\.|:/s.test(text)) return undefined;
  const finding = { kind: 'whitespace', at: [blank.index, blank[0].length] } as const;
  const where = blank.index === 0 ? 'before' : text.trimEnd().length === blank.index ? 'behind' : 'in';
  const candidate = text.trim().replace(/\s*\/\s*/, '/');
  const says = ` has white space ${where} it`;
  return /\s/.test(candidate) ? { ...finding, says } : { ...finding, says, candidate };
}

function zoneFinding({ text }: Refused): Finding | undefined {
  const zone = /%[^/]*/.exec(text);
  if (!zone) return undefined;
  return {
    kind: 'zone',
    at: [zone.index, zone[0].length],
    says: ` has the zone ${quote(zone[0])}, which means something on one machine only`,
    candidate: text.replace(zone[0], () => ''),
  };
}

/** A slash where one address is wanted. */
function slashFinding({ text, head, tail }: Refused): Finding | undefined {
  if (tail === undefined) return undefined;
  const at = [head.length, text.length - head.length] as const;
  return { kind: 'cidr-for-address', at, says: ' is a CIDR, not one address', candidate: head };
}

/** The text is well-formed, so it is what it means that is refused: IPv4 in disguise, or host bits. */
function meaningFinding(refused: Refused, family: Family): Finding {
  const { text, noun, head, tail } = refused;
  const words = new Uint32Array(WORDS[family]);
  if (family === 4) readIpv4(head, 0, words, 0);
  else readIpv6(head, 0, words, 0);
  const prefix = Number(tail);
  if (family === 6 && isMapped(words, 0)) {
    const ipv4 = formatWords(4, words, 3);
    const finding = { kind: 'ipv4-mapped', at: [0, head.length], says: ' is IPv4 mapped into IPv6' } as const;
    if (noun === 'address') return { ...finding, candidate: ipv4 };
    if (prefix >= 96) return { ...finding, candidate: `${ipv4}/${prefix - 96}` };
    return prefix <= 32 ? { ...finding, candidate: `${ipv4}/${prefix}`, advice: didYouMean } : finding;
  }
  return {
    kind: 'host-bits',
    at: [0, text.length],
    says: ' has host bits set',
    candidate: formatCidr({ family, words: withoutHostBits(words, prefix), prefix }),
    advice: didYouMean,
  };
}
