import { both, FAMILIES, type Family, IntervalSet } from '../address';
import { type Fields, fieldsOf } from '../dataplane/json';
import { ALL_BITS } from '../dataplane/mark';
import type { NatRule } from '../dataplane/nat-rule';
import { readNftRule } from '../dataplane/nft-rule';
import { FAMILIES_OF } from '../dataplane/nft-ruleset';
import { readNftVerdict } from '../dataplane/nft-verdict';
import { BY_CILIUM, CILIUM, isOfServices } from './marked';
import type { Cleared, Marking, MarksSet } from './marking';

/** Tables whose marks are for packets to Services and host ports. */
const TABLES_OF_SERVICES: readonly unknown[] = ['kube-proxy', 'netavark'];

/** Hooks that packets of pods do not come to before the postrouting one, which is followed. */
const ELSEWHERE: readonly unknown[] = ['input', 'output', 'postrouting'];

/** Hooks before it is known where packets leave to. */
const BEFORE_ROUTING: readonly unknown[] = ['ingress', 'prerouting'];

/** The families of tables whose chains at the hook `forward` every packet comes through that leaves the node. */
const ROUTED: readonly unknown[] = ['ip', 'ip6', 'inet'];

/** A rule as it is listed. */
interface ListedRule {
  readonly fields: Fields;
  readonly statements: readonly unknown[];
  /** At which hook it is, if it is in a base chain. */
  readonly hook?: string;
  readonly index: number;
}

/** What rules for other packets than those to Services may set in marks, as `nft -j` lists the rules. */
export function marksSetByNft(entries: readonly unknown[]): MarksSet {
  const rules = listedRules(entries).filter(({ hook }) => !ELSEWHERE.includes(hook));
  const markings = rules.flatMap(rule => markingOf(rule) ?? []);
  return {
    markings: entries.some(isOfCilium) ? [BY_CILIUM, ...markings] : markings,
    cleared: clearedBy(entries, rules),
  };
}

function listedRules(entries: readonly unknown[]): readonly ListedRule[] {
  const hooks = new Map<string, string>();
  for (const entry of entries) {
    const chain = fieldsOf(fieldsOf(entry)?.chain);
    if (typeof chain?.hook === 'string') hooks.set(nameOf(chain, chain.name), chain.hook);
  }
  return entries.flatMap((entry, index) => {
    const fields = fieldsOf(fieldsOf(entry)?.rule);
    if (!fields || !Array.isArray(fields.expr)) return [];
    const hook = hooks.get(nameOf(fields, fields.chain));
    return [{ fields, statements: fields.expr, index, ...(hook !== undefined && { hook }) }];
  });
}

function markingOf({ fields, statements, hook, index }: ListedRule): Marking | undefined {
  if (TABLES_OF_SERVICES.includes(fields.table) || isOfServices(String(fields.chain))) return undefined;
  const told = statements.reduce<number>(
    (all, statement) => (all | bitsIn(fieldsOf(fieldsOf(statement)?.mangle) ?? {})) >>> 0,
    0,
  );
  const isNamed = told === 0 && mayMark(statements);
  const bits = isNamed ? ALL_BITS : told;
  if (bits === 0) return undefined;
  const rules = both(family => ruleOf(fields, family));
  const to = both(family => destinationsOf(rules[family], family, hook === 'forward'));
  if (FAMILIES.every(family => to[family].isEmpty())) return undefined;
  const { text } = rules[FAMILIES.find(family => !to[family].isEmpty())!]!;
  const isBeforeRouting = BEFORE_ROUTING.includes(hook);
  const rule: NatRule = { conditions: [], verdict: { kind: 'continue' }, text };
  const namedIn = `${String(fields.family)} ${String(fields.table)}`;
  return { bits, rule, index, to, ...(isBeforeRouting && { isBeforeRouting }), ...(isNamed && { namedIn }) };
}

/** Targets of iptables' own that may change marks. */
const MARKING: readonly unknown[] = ['MARK', 'CONNMARK', 'HMARK', 'SET', 'TPROXY'];

/** What a rule ends with that has no target. */
const VERDICTS: readonly string[] = [
  'accept',
  'drop',
  'return',
  'jump',
  'goto',
  'queue',
  'reject',
  'masquerade',
  'snat',
];

/** Whether a rule may have a target of iptables' own that changes marks: older nft lists not even the name of one. */
function mayMark(statements: readonly unknown[]): boolean {
  const all = statements.map(statement => fieldsOf(statement) ?? {});
  const isDecided = all.some(statement => Object.keys(statement).some(key => VERDICTS.includes(key)));
  return all.some(statement => {
    if (!Object.hasOwn(statement, 'xt')) return false;
    const { type, name } = fieldsOf(statement.xt) ?? {};
    return name === undefined ? !isDecided : type === 'target' && MARKING.includes(name);
  });
}

/** A rule as it is for a family; undefined where it is in a table of the other one. */
function ruleOf(fields: Fields, family: Family): NatRule | undefined {
  const families = FAMILIES_OF[String(fields.family)] ?? FAMILIES;
  return families.includes(family)
    ? readNftRule(family, fields, `${String(fields.family)} ${String(fields.table)} `)
    : undefined;
}

/** Where packets of pods leave to that a rule may be for. Before the routing decision, other rules may still send them elsewhere. */
function destinationsOf(rule: NatRule | undefined, family: Family, isRouted: boolean): IntervalSet {
  if (!rule || rule.conditions.some(({ on }) => on === 'never')) return IntervalSet.empty(family);
  const sets = rule.conditions.flatMap(one => (isRouted && one.on === 'destination' ? [one.set] : []));
  return sets.reduce((all, set) => all.intersect(set), IntervalSet.full(family));
}

/** The bits that rules for every packet take away behind the routing decision, where nothing puts them back. */
function clearedBy(entries: readonly unknown[], rules: readonly ListedRule[]): readonly Cleared[] {
  const behind = rules.filter(({ hook }) => !BEFORE_ROUTING.includes(hook));
  if (behind.some(({ statements }) => statements.some(isRestoring))) return [];
  const chains = new Map<string, ListedRule[]>();
  for (const rule of behind.filter(({ fields, hook }) => hook === 'forward' && ROUTED.includes(fields.family))) {
    const name = nameOf(rule.fields, rule.fields.chain);
    chains.set(name, [...(chains.get(name) ?? []), rule]);
  }
  return [...chains.values()].flatMap(([first]) => {
    const { fields } = first!;
    if (isFlagged(entries, fields)) return [];
    return FAMILIES.flatMap(family => {
      const rule = ruleOf(fields, family);
      if (rule?.verdict.kind !== 'set-mark' || rule.conditions.length > 0) return [];
      const { clear, flip, lost = 0 } = rule.verdict;
      return [{ bits: (clear & ~flip & ~lost) >>> 0, family }];
    });
  });
}

/** Whether a statement puts something into packets' marks that is no number, such as what connections have for one. */
function isRestoring(statement: unknown): boolean {
  const change = fieldsOf(fieldsOf(statement)?.mangle);
  if (!change) return false;
  const verdict = readNftVerdict(4, 'mangle', change, '');
  return verdict.kind === 'set-mark' && (verdict.lost ?? 0) !== 0;
}

/** Whether a table has flags: it may be switched off. */
function isFlagged(entries: readonly unknown[], { family, table: name }: Fields): boolean {
  return entries.some(entry => {
    const table = fieldsOf(fieldsOf(entry)?.table);
    return table?.family === family && table?.name === name && table?.flags !== undefined;
  });
}

/** Whether an entry is a chain of Cilium's. */
function isOfCilium(entry: unknown): boolean {
  const chain = fieldsOf(fieldsOf(entry)?.chain);
  return chain !== undefined && CILIUM.test(`${String(chain.table)} ${String(chain.name)}`);
}

function nameOf({ family, table }: Fields, chain: unknown): string {
  return `${String(family)} ${String(table)} ${String(chain)}`;
}

function bitsIn({ key, value }: Fields): number {
  if (!isMark(key)) return 0;
  // A connection's mark is read as a packet's is: what matters is the number that is put in.
  const verdict = readNftVerdict(4, 'mangle', { key: { meta: { key: 'mark' } }, value: asPacketMark(value) }, '');
  return verdict.kind === 'set-mark' ? verdict.flip | (verdict.lost ?? 0) : ALL_BITS;
}

/** Whether something is the mark of packets or of connections. */
function isMark(value: unknown): boolean {
  const fields = fieldsOf(value);
  return (fieldsOf(fields?.meta) ?? fieldsOf(fields?.ct))?.key === 'mark';
}

/** The value with the packet's mark in the place of the connection's. */
function asPacketMark(value: unknown): unknown {
  if (isMark(value)) return { meta: { key: 'mark' } };
  const [[operator, operands] = []] = Object.entries(fieldsOf(value) ?? {});
  return operator !== undefined && Array.isArray(operands) ? { [operator]: operands.map(asPacketMark) } : value;
}
