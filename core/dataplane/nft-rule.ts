import type { Family } from '../address';
import { type Fields, fieldsOf } from './json';
import type { Condition, NatRule, RuleVerdict } from './nat-rule';
import { readNftMatch } from './nft-match';
import { nftRuleText } from './nft-rule-text';
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

/** Whether iptables-nft can have written a rule. Of others, iptables-save prints nonsense: sets, ranges, maps. */
export function isIptablesRule({ expr }: Fields): boolean {
  if (!Array.isArray(expr)) return false;
  return expr.every(item => {
    const [kind, value] = Object.entries(fieldsOf(item) ?? {})[0] ?? [];
    return kind !== undefined && IPTABLES.includes(kind) && (kind !== 'match' || isPlainMatch(fieldsOf(value) ?? {}));
  });
}

/** Whether a rule has matches or targets of iptables' own. */
export function isOfIptables({ expr }: Fields): boolean {
  return Array.isArray(expr) && expr.some(isXt);
}

/** Whether nft lists a rule of iptables-nft without what it matches and does, and nothing that was read says it. */
export function isNamedOnly({ text }: Pick<NatRule, 'text'>): boolean {
  return XT.test(text);
}

const XT = / xt (?:match|target) "/;

function hasMatch({ expr }: Fields, name: string): boolean {
  return (expr as readonly unknown[]).some(item => fieldsOf(fieldsOf(item)?.xt)?.name === name);
}

function isXt(statement: unknown): boolean {
  return 'xt' in (fieldsOf(statement) ?? {});
}

function isPlainMatch({ op, left, right }: Fields): boolean {
  const [of] = Object.keys(fieldsOf(left) ?? {});
  if ((op !== '==' && op !== '!=') || !['payload', 'meta', '&'].includes(of ?? '')) return false;
  if (typeof right === 'string') return !right.startsWith('@');
  return typeof right === 'number' || fieldsOf(fieldsOf(right)?.prefix) !== undefined;
}

/** What `nft -j` lists of every rule of iptables-nft, so that iptables-save need not be believed. */
const NATIVE: readonly Condition['on'][] = ['destination', 'source', 'protocol'];

/**
 * Reads a rule of a table of iptables-nft, of which `nft -j` lists iptables' own matches and targets by name only. What it
 * lists otherwise counts: of matches that are written by hand, iptables-save leaves some out without a word, such as
 * `udp length`, and all but the last of several addresses (measured with 1.8.9); a chain named ACCEPT it prints like
 * the target.
 * @param fields a rule that iptables-nft can have written
 * @param saved the rule as iptables-save prints it
 */
export function readSavedNftRule(family: Family, fields: Fields, scope: string, saved: NatRule): NatRule {
  if (!isOfIptables(fields)) return { ...readNftRule(family, fields, scope), text: saved.text };
  const expr = (fields.expr as readonly unknown[]).filter(item => !isXt(item));
  const native = readNftRule(family, { ...fields, expr }, scope);
  const asksForMark = native.conditions.some(({ on }) => on === 'mark');
  const isNative = NATIVE.filter(on => on === 'protocol' || !hasMatch(fields, 'iprange'));
  const others = saved.conditions.filter(({ on }) => !isNative.includes(on) && !(on === 'mark' && asksForMark));
  return {
    conditions: [...native.conditions, ...others],
    verdict: native.verdict.kind === 'continue' ? targetOf(saved) : native.verdict,
    text: saved.text,
  };
}

/** What a target of iptables' own does. Verdicts are none, so they would have been listed. */
function targetOf({ verdict, text }: NatRule): RuleVerdict {
  return VERDICTS.includes(verdict.kind) ? { kind: 'unknown', text } : verdict;
}

const VERDICTS: readonly RuleVerdict['kind'][] = ['accept', 'drop', 'return', 'jump', 'goto'];

/** Statements behind which a rule goes on for some packets only: how many there were before decides. */
const STATEFUL: readonly string[] = ['limit', 'quota', 'ct count', 'set'];

/**
 * Reads a rule as `nft -j` lists it.
 * @param scope what stands before the names of chains and sets of the rule's own table
 */
export function readNftRule(family: Family, { chain, handle, expr }: Fields, scope: string): NatRule {
  const text = `${scope}${chain} handle ${handle}: ${nftRuleText(expr)}`;
  const statements = Array.isArray(expr) ? expr.map(item => Object.entries(fieldsOf(item) ?? {})[0]) : [undefined];
  const conditions: Condition[] = [];
  let verdict: RuleVerdict = { kind: 'continue' };
  for (const statement of statements) {
    if (!statement) return { conditions, verdict: { kind: 'unknown', text }, text };
    const [kind, value] = statement;
    const next = readNftVerdict(family, kind, value, scope);
    // Whatever else the rule does, this counts; and no rule of type nat gives a source to what is not tracked.
    if (next.kind === 'readdress') return { conditions, verdict: next, text };
    if (verdict.kind === 'untrack') continue;
    if (kind === 'match') {
      const condition = readNftMatch(family, fieldsOf(value) ?? {}, scope);
      if (!condition) continue;
      // What is asked behind a change of the mark does not undo the change: more than one rule can say.
      if (verdict.kind !== 'continue') return { conditions, verdict: { kind: 'unknown', text }, text };
      conditions.push(condition);
      continue;
    }
    if (STATEFUL.includes(kind) && verdict.kind === 'continue') {
      conditions.push({ on: 'unknown', text: JSON.stringify({ [kind]: value }) });
      continue;
    }
    // What is set may not be there, such as an option of TCP: then a rule ends without doing what stands behind.
    if (kind === 'mangle' && next.kind === 'continue' && verdict.kind === 'continue') {
      conditions.push({ on: 'unknown', text: JSON.stringify({ mangle: value }) });
    }
    if (next.kind === 'continue') continue;
    // A rule that marks a packet and then does more with it is more than one verdict can say, too.
    if (verdict.kind !== 'continue') return { conditions, verdict: { kind: 'unknown', text }, text };
    verdict = next;
  }
  return { conditions, verdict, text };
}
