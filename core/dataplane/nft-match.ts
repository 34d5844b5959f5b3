import { type Family, IntervalSet, parseAddress } from '../address';
import { isOfOthers } from './device';
import { nftInterface } from './interfaces';
import { readSavedAddresses } from './iptables-address';
import { type Fields, fieldsOf } from './json';
import type { Condition } from './nat-rule';
import { readNftAddresses } from './nft-set';
import { protocolName } from './protocol';

/** The name of the header and of the protocol family that packets of an address family have. */
const HEADER: Readonly<Record<Family, string>> = { 4: 'ip', 6: 'ip6' };
const NF_PROTO: Readonly<Record<Family, string>> = { 4: 'ipv4', 6: 'ipv6' };

const NEVER: Condition = { on: 'never' };
const NEW: Condition = { on: 'connection-state', states: ['new'], negated: false };

/**
 * Reads what a `match` of `nft -j` asks; undefined for what asks nothing of packets of the family.
 * @param scope what stands before the names of sets of the rule's own table
 */
export function readNftMatch(family: Family, { op, left, right }: Fields, scope: string): Condition | undefined {
  const unknown: Condition = { on: 'unknown', text: JSON.stringify({ op, left, right }) };
  const side = fieldsOf(left);
  if (!side) return unknown;
  if (asksOtherFamily(family, side)) return NEVER;
  if (side.numgen !== undefined) return isChance(side.numgen, op, right) ? { on: 'chance' } : unknown;
  // What is asked for comes before any reply.
  if (fieldsOf(side.ct)?.key === 'direction' && op === '==' && right === 'original') return NEW;
  if (fieldsOf(side.ct)?.key === 'state') return connectionState(side.ct, op, right) ?? unknown;
  if (op !== '==' && op !== '!=') return unknown;
  const negated = op === '!=';
  const payload = fieldsOf(side.payload);
  if (payload) return payloadMatch(family, payload, right, negated, scope) ?? unknown;
  const fib = fieldsOf(side.fib);
  if (fib) return addressType(fib, right, negated) ?? unknown;
  const key = metaKey(side);
  if (key === 'nfproto' || key === 'protocol') {
    const own = key === 'nfproto' ? NF_PROTO : HEADER;
    if (right !== own[4] && right !== own[6]) return unknown;
    return (right === own[family]) !== negated ? undefined : NEVER;
  }
  if (key === 'oifname' || key === 'oif') return outInterface(right, negated) ?? unknown;
  if ((key === 'iifname' || key === 'iif') && areOfOthers(right)) return negated ? undefined : NEVER;
  // Packets of pods have no socket of the node, and so no owner.
  if (key === 'skuid' || key === 'skgid') return NEVER;
  if (key === 'l4proto') return protocol(right, negated) ?? unknown;
  return mark(side, right, negated) ?? masked(family, side, right, negated) ?? unknown;
}

/** Whether packets of pods come in by none of the devices that are asked for. */
function areOfOthers(right: unknown): boolean {
  const set = fieldsOf(right)?.set;
  const names: readonly unknown[] = Array.isArray(set) ? set : [right];
  return names.every(name => typeof name === 'string' && isOfOthers(name));
}

/** `ct state new`, or several of which one has to be: `ct state new,established`, `ct state { new, established }`. */
function connectionState(ct: unknown, op: unknown, right: unknown): Condition | undefined {
  if (Object.keys(fieldsOf(ct) ?? {}).length > 1) return undefined;
  const set = fieldsOf(right)?.set ?? right;
  const states: readonly unknown[] = Array.isArray(set) ? set : [set];
  if (!states.every(state => typeof state === 'string' && !isSetName(state))) return undefined;
  // Not to be equal to several at once is something else.
  if (op !== 'in' && op !== '==' && (op !== '!=' || (Array.isArray(right) && right.length > 1))) return undefined;
  return { on: 'connection-state', states: states.map(String), negated: op === '!=' };
}

/** `numgen random mod M < N`, or `numgen inc mod M == N`: some packets, and not the others. */
function isChance(numgen: unknown, op: unknown, right: unknown): boolean {
  const { mod, offset } = fieldsOf(numgen) ?? {};
  if (typeof mod !== 'number' || typeof right !== 'number' || offset !== 0) return false;
  return (op === '<' && right > 0 && right < mod) || (op === '==' && right >= 0 && right < mod && mod > 1);
}

/** What `meta` asks for; nothing where it asks that of a packet within the packet, of a tunnel. */
function metaKey(side: Fields): unknown {
  const { key, ...more } = fieldsOf(side.meta) ?? {};
  return Object.keys(more).length === 0 ? key : undefined;
}

/** The names of interfaces; one that is gone has a number only. */
function outInterface(right: unknown, negated: boolean): Condition | undefined {
  const set = fieldsOf(right)?.set;
  const names: readonly unknown[] = Array.isArray(set) ? set : [right];
  const known = names.every(name => typeof name === 'string' && !isSetName(name));
  return known ? { on: 'out-interface', names: names.map(name => nftInterface(String(name))), negated } : undefined;
}

/**
 * Whether a field is asked for that packets of the other family have, alone, calculated with or beside others: nft itself adds that the
 * packet has to have the header, whatever is asked of it. It may be a header within the packet: `vxlan ip daddr`.
 */
function asksOtherFamily(family: Family, side: Fields): boolean {
  const { protocol: header, tunnel } = fieldsOf(side.payload) ?? {};
  if (header === HEADER[family === 4 ? 6 : 4]) return tunnel === undefined;
  const parts = ['&', '|', '^', '<<', '>>', 'concat'].flatMap(kind => (Array.isArray(side[kind]) ? side[kind] : []));
  return parts.some(part => asksOtherFamily(family, fieldsOf(part) ?? {}));
}

function payloadMatch(
  family: Family,
  { protocol: header, field, ...more }: Fields,
  right: unknown,
  negated: boolean,
  scope: string,
): Condition | undefined {
  // It may be a header within the packet: `vxlan ip daddr`.
  if (Object.keys(more).length > 0) return undefined;
  if (header !== HEADER[family]) return undefined;
  if (field === 'protocol' && family === 4) return protocol(right, negated);
  if (field !== 'daddr' && field !== 'saddr') return undefined;
  const on = field === 'daddr' ? 'destination' : 'source';
  if (isSetName(right)) {
    return { on: 'named-set', name: scope + right.slice(1), of: on, negated };
  }
  const set = readNftAddresses(family, right);
  return set && { on, set: negated ? set.complement() : set };
}

/** `ip daddr & 255.0.0.255 == 10.0.0.1`, which iptables-nft writes for a netmask with holes. */
function masked(family: Family, side: Fields, right: unknown, negated: boolean): Condition | undefined {
  const [of, mask] = Array.isArray(side['&']) ? side['&'] : [];
  const { protocol: header, field, ...more } = fieldsOf(fieldsOf(of)?.payload) ?? {};
  if (header !== HEADER[family] || Object.keys(more).length > 0) return undefined;
  if ((field !== 'daddr' && field !== 'saddr') || typeof mask !== 'string' || typeof right !== 'string')
    return undefined;
  const [bits, within] = [parseAddress(right), parseAddress(mask)];
  if (!bits.ok || !within.ok) return undefined;
  // Bits that the mask leaves out no address has behind it.
  const isNone = bits.value.words.some((word, n) => (word & ~within.value.words[n]!) !== 0);
  const set = isNone ? IntervalSet.empty(family) : readSavedAddresses(family, `${right}/${mask}`);
  return set && { on: field === 'daddr' ? 'destination' : 'source', set: negated ? set.complement() : set };
}

/** Whether it is a set's name in the place of a value. */
function isSetName(right: unknown): right is string {
  return typeof right === 'string' && right.startsWith('@');
}

/** `fib daddr type local`, or of the source. */
function addressType({ result, flags }: Fields, right: unknown, negated: boolean): Condition | undefined {
  const [of, another] = Array.isArray(flags) ? flags : [flags];
  const set = fieldsOf(right)?.set;
  const types: readonly unknown[] = Array.isArray(set) ? set : [right];
  if (result !== 'type' || another !== undefined || !types.every(type => typeof type === 'string')) return undefined;
  if (of !== 'daddr' && of !== 'saddr') return undefined;
  const type = types.join(',').toUpperCase();
  return { on: of === 'daddr' ? 'destination-type' : 'source-type', type, negated };
}

function protocol(right: unknown, negated: boolean): Condition | undefined {
  const set = fieldsOf(right)?.set;
  const named: readonly unknown[] = Array.isArray(set) ? set : [right];
  const known = named.every(name => (typeof name === 'string' && !isSetName(name)) || typeof name === 'number');
  return known ? { on: 'protocol', protocols: named.map(name => protocolName(String(name))), negated } : undefined;
}

/** `meta mark V`, or `meta mark & M == V`. */
function mark(side: Fields, right: unknown, negated: boolean): Condition | undefined {
  if (typeof right !== 'number') return undefined;
  if (metaKey(side) === 'mark') return { on: 'mark', value: right, mask: 0xffffffff, negated };
  const [of, mask] = Array.isArray(side['&']) ? side['&'] : [];
  if (metaKey(fieldsOf(of) ?? {}) !== 'mark' || typeof mask !== 'number') return undefined;
  return { on: 'mark', value: right, mask, negated };
}
