import { type Family, IntervalSet } from '../address';
import { type Fields, fieldsOf } from './json';
import type { Condition, NatRule, RuleVerdict } from './nat-rule';
import { readNftMatch } from './nft-match';
import { readNftRule } from './nft-rule';
import { readNftVerdict } from './nft-verdict';

/** One element of a map of verdicts. */
interface Branch {
  /** What is asked of a packet; absent where nothing is. */
  readonly condition?: Condition;
  readonly verdict: RuleVerdict;
}

/**
 * Reads a rule as `nft -j` lists it, of which a map of verdicts is a rule for each element. No packet is for two of them, and
 * one for none goes on with the next rule.
 * @param scope what stands before the names of chains, sets and maps of the rule's own table
 * @param maps by name, the elements of maps of verdicts
 */
export function readNftRules(
  family: Family,
  fields: Fields,
  scope: string,
  maps: ReadonlyMap<string, readonly unknown[]>,
): readonly NatRule[] {
  const whole = readNftRule(family, fields, scope);
  const expr: readonly unknown[] = Array.isArray(fields.expr) ? fields.expr : [];
  const vmap = fieldsOf(fieldsOf(expr.at(-1))?.vmap);
  const branches = vmap && readBranches(family, vmap, scope, maps);
  if (!branches) return [whole];
  const { conditions, verdict } = readNftRule(family, { ...fields, expr: expr.slice(0, -1) }, scope);
  if (verdict.kind !== 'continue') return [whole];
  const { text } = whole;
  if (branches.length === 0) return [{ conditions, verdict, text }];
  return branches.map((branch, n) => ({
    conditions: branch.condition ? [...conditions, branch.condition] : conditions,
    verdict: branch.verdict,
    text,
    ...(n > 0 && { isPart: true as const }),
  }));
}

function readBranches(
  family: Family,
  { key, data }: Fields,
  scope: string,
  maps: ReadonlyMap<string, readonly unknown[]>,
): readonly Branch[] | undefined {
  const elements = typeof data === 'string' ? maps.get(scope + data.slice(1)) : fieldsOf(data)?.set;
  if (!Array.isArray(elements) || !elements.every(one => Array.isArray(one) && one.length === 2)) return undefined;
  const read = elements.map(([element, value]): Branch & { readonly isRest: boolean } => {
    const elem = fieldsOf(fieldsOf(element)?.elem);
    const right: unknown = elem ? elem.val : element;
    const [[kind, of] = ['', undefined]] = Object.entries(fieldsOf(value) ?? {});
    const condition = readNftMatch(family, { op: '==', left: key, right }, scope);
    return { ...(condition && { condition }), verdict: readNftVerdict(family, kind, of, scope), isRest: right === '*' };
  });
  // A chain that one element leads to may change the mark, which is not asked for again.
  const isChanged =
    read.some(({ condition }) => condition?.on === 'mark') && read.some(({ verdict }) => verdict.kind === 'jump');
  const unknown: Condition = { on: 'unknown', text: JSON.stringify(key) };
  return read.map(({ condition, verdict, isRest }) => {
    if (isRest) return { condition: restOf(family, read) ?? unknown, verdict };
    return { ...(condition && { condition: isChanged ? unknown : condition }), verdict };
  });
}

/** What is asked of packets for which no other element is, where they ask for the same end of the packet's way. */
function restOf(family: Family, branches: readonly (Branch & { readonly isRest: boolean })[]): Condition | undefined {
  const others = branches.flatMap(({ condition, isRest }) => (isRest ? [] : [condition]));
  const sets = others.flatMap(one => (one?.on === 'destination' || one?.on === 'source' ? [one] : []));
  const [first] = sets;
  if (!first || sets.length < others.length || sets.some(({ on }) => on !== first.on)) return undefined;
  const all = IntervalSet.unionOf(
    family,
    sets.map(({ set }) => set),
  );
  return { on: first.on, set: all.complement() };
}
