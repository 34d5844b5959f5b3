import type { Family } from '../address';
import { type Fields, fieldsOf } from './json';
import type { Condition } from './nat-rule';
import { readNftAddresses } from './nft-set';
import { protocolName } from './protocol';

/** The name of the header and of the protocol family that packets of an address family have. */
const HEADER: Readonly<Record<Family, string>> = { 4: 'ip', 6: 'ip6' };
const NF_PROTO: Readonly<Record<Family, string>> = { 4: 'ipv4', 6: 'ipv6' };

const NEVER: Condition = { on: 'never' };

/**
 * Reads what a `match` of `nft -j` asks; undefined for what asks nothing of packets of the family.
 * @param scope what stands before the names of sets of the rule's own table
 */
export function readNftMatch(family: Family, { op, left, right }: Fields, scope: string): Condition | undefined {
  const unknown: Condition = { on: 'unknown', text: JSON.stringify({ op, left, right }) };
  const side = fieldsOf(left);
  if (!side) return unknown;
  if (side.numgen !== undefined) return isChance(side.numgen, op, right) ? { on: 'chance' } : unknown;
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
  // What leaves the node does not do so by its loopback device.
  if ((key === 'oifname' || key === 'oif') && right === 'lo') return negated ? undefined : NEVER;
  // Packets of pods have no socket of the node, and so no owner.
  if (key === 'skuid' || key === 'skgid') return NEVER;
  if (key === 'l4proto') return protocol(right, negated) ?? unknown;
  return mark(side, right, negated) ?? unknown;
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

function payloadMatch(
  family: Family,
  { protocol: header, field, ...more }: Fields,
  right: unknown,
  negated: boolean,
  scope: string,
): Condition | undefined {
  // It may be a header within the packet: `vxlan ip daddr`.
  if (Object.keys(more).length > 0) return undefined;
  // nft itself adds that the packet has to have the header.
  if (header === HEADER[family === 4 ? 6 : 4]) return NEVER;
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

/** Whether it is a set's name in the place of a value. */
function isSetName(right: unknown): right is string {
  return typeof right === 'string' && right.startsWith('@');
}

/** `fib daddr type local`, or of the source. */
function addressType({ result, flags }: Fields, right: unknown, negated: boolean): Condition | undefined {
  const [of, another] = Array.isArray(flags) ? flags : [flags];
  if (result !== 'type' || another !== undefined || typeof right !== 'string') return undefined;
  if (of !== 'daddr' && of !== 'saddr') return undefined;
  return { on: of === 'daddr' ? 'destination-type' : 'source-type', type: right.toUpperCase(), negated };
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
