import type { Family } from '../address';
import { type Fields, fieldsOf } from './json';
import type { Condition, NatRule, RuleVerdict } from './nat-rule';
import { readNftAddresses } from './nft-set';

/** What one statement of a rule is: something that it asks, what it does, or neither, such as a counter. */
type Statement = { readonly condition: Condition } | { readonly verdict: RuleVerdict } | undefined;

/**
 * Reads a rule as `nft -j` lists it.
 * @param scope what stands before the names of chains and sets of the rule's own table
 */
export function readNftRule(family: Family, fields: Fields, scope: string): NatRule {
  const conditions: Condition[] = [];
  let verdict: RuleVerdict = { kind: 'continue' };
  const statements = Array.isArray(fields.expr) ? fields.expr : [];
  for (const item of statements) {
    const statement = readStatement(family, item, scope);
    if (!statement) continue;
    if ('condition' in statement) conditions.push(statement.condition);
    // A rule that marks a packet and then does more with it is more than one verdict can say.
    else if (verdict.kind === 'continue') verdict = statement.verdict;
    else verdict = { kind: 'unknown', text: JSON.stringify(statements) };
  }
  return { conditions, verdict, text: `${scope}${String(fields.chain)} ${JSON.stringify(statements)}` };
}

function readStatement(family: Family, item: unknown, scope: string): Statement {
  const [kind, value] = Object.entries(fieldsOf(item) ?? {})[0] ?? ['', undefined];
  const text = JSON.stringify(item);
  switch (kind) {
    case 'match':
      return { condition: readMatch(family, fieldsOf(value) ?? {}, scope, text) };
    case 'counter':
    case 'log':
    case 'comment':
      return undefined;
    case 'accept':
    case 'drop':
    case 'return':
      return { verdict: { kind } };
    case 'continue':
      return { verdict: { kind: 'continue' } };
    case 'jump':
    case 'goto':
      return { verdict: { kind, chain: `${scope}${String(fieldsOf(value)?.target)}` } };
    case 'masquerade':
      return { verdict: readMasquerade(fieldsOf(value) ?? {}, text) };
    case 'snat':
      return { verdict: readSnat(fieldsOf(value) ?? {}, text) };
    case 'mangle':
      return { verdict: readMangle(fieldsOf(value) ?? {}, text) };
    default:
      // It may be a verdict map or a statement of a later nft: nobody knows what becomes of the packet.
      return { verdict: { kind: 'unknown', text } };
  }
}

function readMatch(family: Family, { op, left, right }: Fields, scope: string, text: string): Condition {
  const unknown: Condition = { on: 'unknown', text };
  if (op !== '==' && op !== '!=' && op !== 'in' && op !== '<') return unknown;
  const negated = op === '!=';
  const side = fieldsOf(left) ?? {};
  const payload = fieldsOf(side.payload);
  if (payload?.field === 'daddr' || payload?.field === 'saddr') {
    return addressMatch(family, payload, right, negated, scope) ?? unknown;
  }
  const fib = fieldsOf(side.fib);
  if (fib?.result === 'type' && typeof right === 'string') return typeMatch(fib, right, negated) ?? unknown;
  if (side.numgen !== undefined) return op === '!=' ? unknown : { on: 'chance' };
  if (op === '<') return unknown;
  if (fieldsOf(side.meta)?.key === 'l4proto') return protocolMatch(right, negated) ?? unknown;
  return markMatch(side, right, negated) ?? unknown;
}

function addressMatch(
  family: Family,
  { protocol, field }: Fields,
  right: unknown,
  negated: boolean,
  scope: string,
): Condition | undefined {
  if (protocol !== (family === 4 ? 'ip' : 'ip6')) return undefined;
  const on = field === 'daddr' ? 'destination' : 'source';
  if (typeof right === 'string' && right.startsWith('@')) {
    return { on: 'named-set', name: scope + right.slice(1), of: on, negated };
  }
  const set = readNftAddresses(family, right);
  return set && { on, set: negated ? set.complement() : set };
}

function typeMatch({ flags }: Fields, right: string, negated: boolean): Condition | undefined {
  const asked = Array.isArray(flags) ? flags : [flags];
  if (asked.length !== 1 || (asked[0] !== 'daddr' && asked[0] !== 'saddr')) return undefined;
  const on = asked[0] === 'daddr' ? 'destination-type' : 'source-type';
  return { on, type: right.toUpperCase(), negated };
}

function protocolMatch(right: unknown, negated: boolean): Condition | undefined {
  const named = typeof right === 'string' ? [right] : fieldsOf(right)?.set;
  if (!Array.isArray(named) || !named.every(name => typeof name === 'string')) return undefined;
  return { on: 'protocol', protocols: named, negated };
}

/** `meta mark V` or `meta mark & M == V`. */
function markMatch(side: Fields, right: unknown, negated: boolean): Condition | undefined {
  if (typeof right !== 'number') return undefined;
  if (fieldsOf(side.meta)?.key === 'mark') return { on: 'mark', value: right, mask: 0xffffffff, negated };
  const [of, mask] = Array.isArray(side['&']) ? side['&'] : [];
  if (fieldsOf(fieldsOf(of)?.meta)?.key !== 'mark' || typeof mask !== 'number') return undefined;
  return { on: 'mark', value: right, mask, negated };
}

function readMasquerade({ port, flags, ...more }: Fields, text: string): RuleVerdict {
  if (Object.keys(more).length > 0) return { kind: 'unknown', text };
  const named = (Array.isArray(flags) ? flags : [flags]).map(String);
  const randomFully = named.includes('fully-random');
  if (port === undefined) return { kind: 'masquerade', randomFully };
  const range = fieldsOf(port)?.range;
  if (typeof port === 'number') return { kind: 'masquerade', randomFully, toPorts: `${port}` };
  if (!Array.isArray(range) || range.length !== 2) return { kind: 'unknown', text };
  return { kind: 'masquerade', randomFully, toPorts: `${range[0]}-${range[1]}` };
}

function readSnat({ addr, flags: _flags, family: _family, ...more }: Fields, text: string): RuleVerdict {
  if (typeof addr !== 'string' || Object.keys(more).length > 0) return { kind: 'unknown', text };
  return { kind: 'snat', sourceIP: addr };
}

/** `meta mark set` a number, or the mark itself with `&`, `|` or `^` and a number. */
function readMangle({ key, value }: Fields, text: string): RuleVerdict {
  const unknown: RuleVerdict = { kind: 'unknown', text };
  if (fieldsOf(fieldsOf(key)?.meta)?.key !== 'mark') return unknown;
  if (typeof value === 'number') return { kind: 'set-mark', clear: 0xffffffff, flip: value };
  const [operator, operands] = Object.entries(fieldsOf(value) ?? {})[0] ?? [];
  const [of, bits] = Array.isArray(operands) ? operands : [];
  if (fieldsOf(fieldsOf(of)?.meta)?.key !== 'mark' || typeof bits !== 'number') return unknown;
  if (operator === '^') return { kind: 'set-mark', clear: 0, flip: bits };
  if (operator === '|') return { kind: 'set-mark', clear: bits, flip: bits };
  if (operator === '&') return { kind: 'set-mark', clear: ~bits >>> 0, flip: 0 };
  return unknown;
}
