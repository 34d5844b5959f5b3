import type { Family, IntervalSet } from '../address';
import { type Fields, fieldsOf } from './json';
import type { NatChain, NatHook, NatRule, NatRuleset } from './nat-rule';
import { readNftRule } from './nft-rule';
import { readNftSet } from './nft-set';

/** What `nft -j list ruleset` says of one address family. */
export interface NftRuleset {
  /** The chains that packets go through at the postrouting hook. */
  readonly ruleset: NatRuleset;
  /** Sets of addresses by the name that rules refer to them with. */
  readonly sets: ReadonlyMap<string, IntervalSet>;
}

/** Families of tables that packets of an address family go through. */
const TABLES: Readonly<Record<Family, readonly string[]>> = { 4: ['ip', 'inet'], 6: ['ip6', 'inet'] };

/**
 * Reads what `nft -j list ruleset` prints; undefined when it is no such thing.
 * @param leaveOut tables that are read elsewhere, such as those of iptables-nft, which are opaque here
 */
export function readNftRuleset(
  family: Family,
  json: unknown,
  leaveOut: (table: string) => boolean = () => false,
): NftRuleset | undefined {
  const listed = fieldsOf(json)?.nftables;
  if (!Array.isArray(listed)) return undefined;
  const chains = new Map<string, NatChain & { rules: NatRule[] }>();
  const sets = new Map<string, IntervalSet>();
  const hooks: NatHook[] = [];
  const inFamily = (fields: Fields): boolean =>
    TABLES[family].includes(String(fields.family)) && !leaveOut(String(fields.table));
  for (const item of listed) {
    const [kind, fields] = entryOf(item) ?? [];
    if (!fields || !inFamily(fields)) continue;
    const scope = `${fields.family} ${fields.table} `;
    if (kind === 'chain') {
      const name = scope + fields.name;
      const base = fields.hook === 'postrouting';
      chains.set(name, { policy: base ? (fields.policy === 'drop' ? 'drop' : 'accept') : 'return', rules: [] });
      if (base) hooks.push({ chain: name, priority: Number(fields.prio) });
    } else if (kind === 'set') {
      const set = readNftSet(family, fields);
      if (set) sets.set(scope + fields.name, set);
    } else if (kind === 'rule') {
      chains.get(scope + fields.chain)?.rules.push(readNftRule(family, fields, scope));
    }
  }
  hooks.sort((a, b) => a.priority - b.priority);
  return { ruleset: { family, chains, hooks }, sets };
}

/** The one entry of an object such as `{"rule": {…}}`. */
function entryOf(item: unknown): readonly [string, Fields] | undefined {
  const [entry] = Object.entries(fieldsOf(item) ?? {});
  const fields = fieldsOf(entry?.[1]);
  return entry && fields ? [entry[0], fields] : undefined;
}
