import type { Family } from '../address';
import { type Fields, fieldsOf } from './json';
import type { Condition, NatRule, RuleVerdict } from './nat-rule';
import { readNftMatch } from './nft-match';
import { readNftVerdict } from './nft-verdict';

/** Statements that iptables-nft writes and reads: a packet's way does not depend on anything that they leave out. */
const IPTABLES: readonly string[] = [
  'xt',
  'match',
  'counter',
  'log',
  'limit',
  'accept',
  'drop',
  'return',
  'jump',
  'goto',
];

/**
 * Whether iptables-nft can have written a rule, so that iptables-save prints all of it. Of a rule written by hand it
 * silently leaves out what it does not know (measured with 1.8.9 and 1.8.11): sets, ranges, maps, other comparisons.
 */
export function isIptablesRule({ expr }: Fields): boolean {
  if (!Array.isArray(expr)) return false;
  return expr.every(item => {
    const [kind, value] = Object.entries(fieldsOf(item) ?? {})[0] ?? [];
    return kind !== undefined && IPTABLES.includes(kind) && (kind !== 'match' || isPlainMatch(fieldsOf(value) ?? {}));
  });
}

function isPlainMatch({ op, left, right }: Fields): boolean {
  const [of] = Object.keys(fieldsOf(left) ?? {});
  if ((op !== '==' && op !== '!=') || !['payload', 'meta', '&'].includes(of ?? '')) return false;
  if (typeof right === 'string') return !right.startsWith('@');
  return typeof right === 'number' || fieldsOf(fieldsOf(right)?.prefix) !== undefined;
}

/**
 * Reads a rule as `nft -j` lists it.
 * @param scope what stands before the names of chains and sets of the rule's own table
 */
export function readNftRule(family: Family, { chain, handle, expr }: Fields, scope: string): NatRule {
  const text = `${scope}${chain} handle ${handle}: ${JSON.stringify(expr)}`;
  const statements = Array.isArray(expr) ? expr.map(item => Object.entries(fieldsOf(item) ?? {})[0]) : [undefined];
  const conditions: Condition[] = [];
  let verdict: RuleVerdict = { kind: 'continue' };
  for (const statement of statements) {
    if (!statement) return { conditions, verdict: { kind: 'unknown', text }, text };
    const [kind, value] = statement;
    if (kind === 'match') {
      const condition = readNftMatch(family, fieldsOf(value) ?? {}, scope);
      if (!condition) continue;
      // What is asked behind a change of the mark does not undo the change: more than one rule can say.
      if (verdict.kind !== 'continue') return { conditions, verdict: { kind: 'unknown', text }, text };
      conditions.push(condition);
      continue;
    }
    const next = readNftVerdict(family, kind, value, scope);
    if (next.kind === 'continue') continue;
    // A rule that marks a packet and then does more with it is more than one verdict can say, too.
    if (verdict.kind !== 'continue') return { conditions, verdict: { kind: 'unknown', text }, text };
    verdict = next;
  }
  return { conditions, verdict, text };
}
