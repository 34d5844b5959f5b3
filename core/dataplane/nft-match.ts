import { type Family, IntervalSet } from '../address';
import { type Fields, fieldsOf } from './json';
import type { Condition } from './nat-rule';
import { readNftAddresses } from './nft-set';
import { protocolName } from './protocol';

/** The name of the header and of the protocol family that packets of an address family have. */
const HEADER: Readonly<Record<Family, string>> = { 4: 'ip', 6: 'ip6' };
const NF_PROTO: Readonly<Record<Family, string>> = { 4: 'ipv4', 6: 'ipv6' };

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
  const key = fieldsOf(side.meta)?.key;
  if (key === 'nfproto' || key === 'protocol') {
    const own = key === 'nfproto' ? NF_PROTO : HEADER;
    if (right !== own[4] && right !== own[6]) return unknown;
    return (right === own[family]) !== negated ? undefined : nothing(family);
  }
  if (key === 'l4proto') return protocol(right, negated) ?? unknown;
  return mark(side, right, negated) ?? unknown;
}

/** `numgen random mod M < N`, or `numgen inc mod M == N`: some packets, and not the others. */
function isChance(numgen: unknown, op: unknown, right: unknown): boolean {
  const { mod, offset } = fieldsOf(numgen) ?? {};
  if (typeof mod !== 'number' || typeof right !== 'number' || offset !== 0) return false;
  return (op === '<' && right > 0 && right < mod) || (op === '==' && right >= 0 && right < mod && mod > 1);
}

function payloadMatch(
  family: Family,
  payload: Fields,
  right: unknown,
  negated: boolean,
  scope: string,
): Condition | undefined {
  // nft itself adds that the packet has to have the header.
  if (payload.protocol === HEADER[family === 4 ? 6 : 4]) return nothing(family);
  if (payload.protocol !== HEADER[family]) return undefined;
  if (payload.field === 'protocol' && family === 4) return protocol(right, negated);
  if (payload.field !== 'daddr' && payload.field !== 'saddr') return undefined;
  const on = payload.field === 'daddr' ? 'destination' : 'source';
  if (typeof right === 'string' && right.startsWith('@')) {
    return { on: 'named-set', name: scope + right.slice(1), of: on, negated };
  }
  const set = readNftAddresses(family, right);
  return set && { on, set: negated ? set.complement() : set };
}

/** What holds for no packet. */
function nothing(family: Family): Condition {
  return { on: 'destination', set: IntervalSet.empty(family) };
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
  const known = named.every(name => typeof name === 'string' || typeof name === 'number');
  return known ? { on: 'protocol', protocols: named.map(name => protocolName(String(name))), negated } : undefined;
}

/** `meta mark V`, or `meta mark & M == V`. */
function mark(side: Fields, right: unknown, negated: boolean): Condition | undefined {
  if (typeof right !== 'number') return undefined;
  if (fieldsOf(side.meta)?.key === 'mark') return { on: 'mark', value: right, mask: 0xffffffff, negated };
  const [of, mask] = Array.isArray(side['&']) ? side['&'] : [];
  if (fieldsOf(fieldsOf(of)?.meta)?.key !== 'mark' || typeof mask !== 'number') return undefined;
  return { on: 'mark', value: right, mask, negated };
}
