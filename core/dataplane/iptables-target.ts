import { parseAddress } from '../address';
import { iptablesBits } from './iptables-bits';
import { ALL_BITS } from './mark';
import type { RuleVerdict } from './nat-rule';

/** Reads a rule's target, `-j NAME` with its options, as iptables-save prints it. */
export function readTarget(name: string, options: readonly string[]): RuleVerdict {
  return known(name, options) ?? { kind: 'unknown', text: ['-j', name, ...options].join(' ') };
}

/** Targets behind which the packet goes on with the next rule, with the source and the mark that it had. */
const HARMLESS: readonly string[] = [
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'DSCP',
  'ECN',
  'HL',
  'LOG',
  'NFLOG',
  'TCPMSS',
  'TCPOPTSTRIP',
  'TEE',
  'TOS',
  'TRACE',
  'TTL',
  'ULOG',
];

/** Targets that give packets another destination, or other addresses one by one. */
export const READDRESSING: readonly string[] = ['DNAT', 'DNPT', 'NETMAP', 'REDIRECT', 'SNPT', 'TPROXY'];

function known(name: string, options: readonly string[]): RuleVerdict | undefined {
  switch (name) {
    case 'MASQUERADE':
      return masquerade(options);
    case 'SNAT':
      return snat(options);
    case 'MARK':
      return setMark(options);
    case 'REJECT':
      return { kind: 'drop' };
    case 'CONNMARK':
      return connectionMark(options);
    case 'CT':
      return { kind: options.includes('--notrack') ? 'untrack' : 'continue' };
    case 'NOTRACK':
      return { kind: 'untrack' };
    case 'SET':
      // A set may hold marks for packets.
      return options.includes('--map-mark') ? undefined : { kind: 'continue' };
    case 'HMARK':
      return { kind: 'set-mark', clear: 0, flip: 0, lost: ALL_BITS };
  }
  if (READDRESSING.includes(name)) return { kind: 'readdress' };
  if (HARMLESS.includes(name)) return { kind: 'continue' };
  if (options.length > 0) return undefined;
  switch (name) {
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'DROP':
      return { kind: 'drop' };
    case 'RETURN':
      return { kind: 'return' };
    default:
      return { kind: 'jump', chain: name };
  }
}

function masquerade(options: readonly string[]): RuleVerdict | undefined {
  let toPorts: string | undefined;
  let randomFully = false;
  for (let at = 0; at < options.length; at++) {
    if (options[at] === '--to-ports') toPorts = options[++at] ?? '';
    else if (options[at] === '--random-fully') randomFully = true;
    else if (options[at] !== '--random') return undefined;
  }
  if (toPorts === undefined) return { kind: 'masquerade', randomFully };
  return /^\d{1,5}(?:-\d{1,5})?$/.test(toPorts) ? { kind: 'masquerade', randomFully, toPorts } : undefined;
}

function snat([option, to, ...others]: readonly string[]): RuleVerdict | undefined {
  const harmless = others.every(other => ['--random', '--random-fully', '--persistent'].includes(other));
  // Of a range the kernel takes one for each flow.
  const isAddress = to?.split('-').every(end => parseAddress(end).ok) && to.split('-').length <= 2;
  return option === '--to-source' && to !== undefined && harmless && isAddress
    ? { kind: 'snat', sourceIP: to }
    : undefined;
}

/** The connection's mark, which nobody knows here: it is set, or the packet gets some of its bits. */
function connectionMark([option, ...words]: readonly string[]): RuleVerdict {
  if (option !== '--restore-mark') return { kind: 'continue' };
  const [nfmask, cleared = '', ctmask, copied = '', ...more] = words;
  const isPlain = nfmask === '--nfmask' && ctmask === '--ctmask' && more.length === 0;
  const [own, given] = [iptablesBits(cleared), iptablesBits(copied)];
  // Bits that are copied but not cleared before are those of both marks, one against the other.
  const lost = isPlain && own && given ? (own.value | given.value) >>> 0 : ALL_BITS;
  return { kind: 'set-mark', clear: 0, flip: 0, lost };
}

function setMark([option, text, another]: readonly string[]): RuleVerdict | undefined {
  const bits = iptablesBits(text ?? '');
  if (!bits || another !== undefined) return undefined;
  const { value, mask } = bits;
  switch (option) {
    // The kernel computes (mark & ~mask) ^ value, and this is how it is always printed.
    case '--set-xmark':
      return { kind: 'set-mark', clear: mask, flip: value };
    case '--set-mark':
      return { kind: 'set-mark', clear: (mask | value) >>> 0, flip: value };
    case '--or-mark':
      return { kind: 'set-mark', clear: value, flip: value };
    case '--and-mark':
      return { kind: 'set-mark', clear: ~value >>> 0, flip: 0 };
    case '--xor-mark':
      return { kind: 'set-mark', clear: 0, flip: value };
    default:
      return undefined;
  }
}
