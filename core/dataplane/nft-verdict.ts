import { type Family, parseAddress } from '../address';
import { READDRESSING } from './iptables-target';
import { type Fields, fieldsOf } from './json';
import { ALL_BITS } from './mark';
import type { RuleVerdict } from './nat-rule';

/**
 * Reads what a statement of `nft -j` does with a packet: `continue` for one that only counts or logs it.
 * @param scope what stands before the names of chains of the rule's own table
 */
export function readNftVerdict(family: Family, kind: string, value: unknown, scope: string): RuleVerdict {
  return known(family, kind, value, scope) ?? { kind: 'unknown', text: JSON.stringify({ [kind]: value }) };
}

function known(family: Family, kind: string, value: unknown, scope: string): RuleVerdict | undefined {
  switch (kind) {
    case 'counter':
    case 'log':
    case 'continue':
      return { kind: 'continue' };
    case 'accept':
    case 'drop':
    case 'return':
      return { kind };
    case 'notrack':
      return { kind: 'untrack' };
    case 'reject':
      return { kind: 'drop' };
    case 'jump':
    case 'goto':
      return lead(kind, fieldsOf(value)?.target, scope);
    case 'masquerade':
      return masquerade(value);
    case 'snat':
      return snat(family, fieldsOf(value) ?? {});
    case 'dnat':
    case 'redirect':
    case 'tproxy':
    case 'fwd':
      return { kind: 'readdress' };
    case 'xt':
      return xt(fieldsOf(value) ?? {});
    case 'mangle':
      return mangle(fieldsOf(value) ?? {});
    default:
      // It may be a map of verdicts or a statement of a later nft: nobody knows what becomes of the packet.
      return undefined;
  }
}

/** A match or target of iptables' own, of which there is nothing but the name. */
function xt({ type, name }: Fields): RuleVerdict | undefined {
  return type === 'target' && READDRESSING.includes(String(name)) ? { kind: 'readdress' } : undefined;
}

function lead(kind: 'jump' | 'goto', target: unknown, scope: string): RuleVerdict | undefined {
  return typeof target === 'string' ? { kind, chain: scope + target } : undefined;
}

function masquerade(value: unknown): RuleVerdict | undefined {
  const { port, flags = [], ...more } = fieldsOf(value) ?? {};
  const named: readonly unknown[] = Array.isArray(flags) ? flags : [flags];
  if (Object.keys(more).length > 0 || !named.every(flag => MASQUERADE_FLAGS.includes(flag))) return undefined;
  const randomFully = named.includes('fully-random');
  if (port === undefined) return { kind: 'masquerade', randomFully };
  const toPorts = portsOf(port);
  return toPorts === undefined ? undefined : { kind: 'masquerade', randomFully, toPorts };
}

const MASQUERADE_FLAGS: readonly unknown[] = ['random', 'fully-random', 'persistent'];

function portsOf(port: unknown): string | undefined {
  const range = fieldsOf(port)?.range;
  const ends: readonly unknown[] = Array.isArray(range) && range.length === 2 ? range : [port];
  return ends.every(end => typeof end === 'number') ? ends.join('-') : undefined;
}

/** `snat to ADDRESS`; in tables of both families `snat ip to` and `snat ip6 to` leave packets of the other one alone. */
function snat(own: Family, { addr, flags: _, family, ...more }: Fields): RuleVerdict | undefined {
  const named = { ip: 4, ip6: 6 }[String(family)];
  if (named !== undefined && named !== own) return { kind: 'continue' };
  if (Object.keys(more).length > 0) return undefined;
  const range = fieldsOf(addr)?.range;
  const ends: readonly unknown[] = Array.isArray(range) && range.length === 2 ? range : [addr];
  const isOwn = (end: unknown): boolean => {
    const parsed = typeof end === 'string' ? parseAddress(end) : undefined;
    return parsed?.ok === true && parsed.value.family === own;
  };
  // Of a range the kernel takes one for each flow.
  return ends.every(isOwn) ? { kind: 'snat', sourceIP: ends.join('-') } : undefined;
}

/** Fields of packets that say nothing of where they are from or go to. */
const HARMLESS: readonly unknown[] = ['dscp', 'ecn', 'ttl', 'hoplimit'];

/**
 * `meta mark set` a number, or what `&`, `|` and `^` with numbers make of the mark that it was; nobody knows the mark when
 * it is set to something else. Other things that are set leave the source and the mark alone, but for parts of the packet.
 */
function mangle({ key, value }: Fields): RuleVerdict | undefined {
  if (isMark(key)) {
    const bits = bitsOf(value, 0);
    if (!bits) return { kind: 'set-mark', clear: 0, flip: 0, lost: ALL_BITS };
    return { kind: 'set-mark', clear: bits.clear >>> 0, flip: bits.flip >>> 0 };
  }
  const of = fieldsOf(key);
  const payload = fieldsOf(of?.payload);
  if (payload) {
    if (HARMLESS.includes(payload.field)) return { kind: 'continue' };
    // What is told by its place in the packet may be an address, too.
    return payload.field === 'daddr'
      ? { kind: 'readdress' }
      : payload.field === 'saddr' || payload.field === undefined
        ? { kind: 'readdress', source: true }
        : undefined;
  }
  return of && ('meta' in of || 'ct' in of || 'tcp option' in of) ? { kind: 'continue' } : undefined;
}

/** A new mark as bits that are cleared and then flipped in the old one. */
function bitsOf(value: unknown, depth: number): { readonly clear: number; readonly flip: number } | undefined {
  if (isMark(value)) return { clear: 0, flip: 0 };
  if (typeof value === 'number') return { clear: -1, flip: value };
  const [[operator, operands] = []] = Object.entries(fieldsOf(value) ?? {});
  const [of, bits] = Array.isArray(operands) ? operands : [];
  const before = depth < 8 ? bitsOf(of, depth + 1) : undefined;
  if (!before || typeof bits !== 'number') return undefined;
  const { clear, flip } = before;
  switch (operator) {
    case '&':
      return { clear: clear | ~bits, flip: flip & bits };
    case '|':
      return { clear: clear | bits, flip: flip | bits };
    case '^':
      return { clear, flip: flip ^ bits };
    default:
      return undefined;
  }
}

function isMark(value: unknown): boolean {
  return fieldsOf(fieldsOf(value)?.meta)?.key === 'mark';
}
