import type { Family, IntervalSet } from '../address';
import { type Fields, fieldsOf } from './json';
import {
  besideServices,
  EARLIER,
  type EarlyHook,
  hasEarlySay,
  leads,
  type NatChain,
  type NatHook,
  type NatRule,
  type NatRuleset,
  standIn,
  TRACKING,
} from './nat-rule';
import { isIptablesRule, isOfIptables, readSavedNftRule } from './nft-rule';
import { readNftSet } from './nft-set';
import { readNftRules } from './nft-vmap';

/** What `nft -j list ruleset` says of one address family. */
export interface NftRuleset {
  /** The chains that packets go through at the postrouting hook. */
  readonly ruleset: NatRuleset;
  /** Sets of addresses by the name that rules refer to them with. */
  readonly sets: ReadonlyMap<string, IntervalSet>;
}

/** By the family of a table, the address families whose packets go through it. */
export const FAMILIES_OF: Readonly<Record<string, readonly Family[]>> = {
  ip: [4],
  ip6: [6],
  inet: [4, 6],
  netdev: [4, 6],
};

/** Whether a chain is one where packets enter behind the routing decision: the last one is behind all the others. */
export function isBaseChain({ family, hook }: Fields): boolean {
  return hook === (family === 'netdev' ? 'egress' : 'postrouting');
}

/** The hook before the postrouting one at which a chain is asked; undefined for any other chain. */
function earlyHook({ hook }: Fields): EarlyHook | undefined {
  return Object.hasOwn(EARLIER, String(hook)) ? (hook as EarlyHook) : undefined;
}

/** What rules consist of by which packets are left untracked, or get other addresses. */
const EARLY = /"(?:notrack|dnat|redirect|tproxy|fwd|vmap|xt)":|"mangle":\{"key":\{"payload"/;

/** The table of kube-proxy: where its rules send packets to Services is another matter. */
const OF_SERVICES = /^ip6? kube-proxy $/;

/** What is known of chains beside what `nft` lists of them. By the chains' names. */
export interface KnownChains {
  /** Rules that were read elsewhere, so that the chain need not be listed. */
  readonly rules?: ReadonlyMap<string, readonly NatRule[]>;
  /**
   * Rules of chains of iptables-nft as iptables-save prints them. `nft -j` lists iptables' own matches and targets by
   * name only; without this, such rules are unknown.
   */
  readonly saved?: ReadonlyMap<string, readonly NatRule[]>;
  /**
   * Whether rules count that give packets other addresses before they come to the postrouting hook, but for those to
   * Services. @default false: of such packets nothing is told
   */
  readonly readdressing?: boolean;
}

/** Reads what `nft -j list ruleset` prints, or part of it; undefined when it is no such thing. */
export function readNftRuleset(family: Family, json: unknown, known: KnownChains = {}): NftRuleset | undefined {
  const listed = fieldsOf(json)?.nftables;
  if (!Array.isArray(listed)) return undefined;
  const reader = new RulesetReader(family, known);
  for (const item of listed) {
    const [kind, entry] = Object.entries(fieldsOf(item) ?? {})[0] ?? ['', undefined];
    const fields = fieldsOf(entry);
    if (!fields) return undefined;
    if (!FAMILIES_OF[String(fields.family)]?.includes(family)) continue;
    if (!reader.entry(kind, fields)) return undefined;
  }
  return reader.ruleset();
}

/** A chain whose rules are not read yet. */
interface ListedChain {
  readonly policy: NatChain['policy'];
  readonly scope: string;
  readonly rules: Fields[];
}

/** Takes the entries of the list one by one; false for one that makes no sense. */
class RulesetReader {
  private readonly listed = new Map<string, ListedChain>();
  private readonly sets = new Map<string, IntervalSet>();
  /** The elements of maps of verdicts. */
  private readonly maps = new Map<string, readonly unknown[]>();
  private readonly hooks: NatHook[] = [];
  /** Base chains of hooks before. */
  private readonly early: NatHook[] = [];
  /** Tables that are switched off, or may be: by their name what their flags say. */
  private readonly flagged = new Map<string, string>();

  constructor(
    private readonly family: Family,
    private readonly known: KnownChains,
  ) {}

  entry(kind: string, fields: Fields): boolean {
    const scope = `${fields.family} ${kind === 'table' ? fields.name : fields.table} `;
    switch (kind) {
      case 'table':
        if (fields.flags !== undefined) this.flagged.set(scope, JSON.stringify(fields.flags));
        return true;
      case 'chain':
        return this.chain(scope, fields);
      case 'set':
        return this.set(scope, fields);
      case 'map':
        if (fields.map === 'verdict')
          this.maps.set(`${scope}${fields.name}`, Array.isArray(fields.elem) ? fields.elem : []);
        return true;
      case 'rule':
        return this.rule(scope, fields);
      default:
        // Other maps, counters, flow tables and whatever comes: nothing that is not asked by a rule.
        return true;
    }
  }

  /** The chains that packets come to, from the base chains on. */
  ruleset(): NftRuleset {
    const early = this.early.filter(
      hook => this.mayHaveSay(hook) && hasEarlySay(hook, this.chainsFrom([hook], true).values()),
    );
    const asked = (hook: NatHook): boolean => !this.isDormant(this.listed.get(hook.chain)!.scope);
    const hooks = [...early, ...this.hooks].filter(asked);
    const chains = new Map([
      ...this.chainsFrom(early.filter(asked), true),
      ...this.chainsFrom(this.hooks.filter(asked), false),
    ]);
    return { ruleset: { family: this.family, chains, hooks }, sets: this.sets };
  }

  /** Whether it is worth while to read what an early base chain leads to: there may be very many rules. */
  private mayHaveSay({ chain, priority }: NatHook): boolean {
    const { scope } = this.listed.get(chain)!;
    if (OF_SERVICES.test(scope) || !(this.known.readdressing || priority <= TRACKING)) return false;
    const rules = [...this.listed.values()].filter(one => one.scope === scope).flatMap(one => one.rules);
    return rules.some(({ expr }) => EARLY.test(JSON.stringify(expr)));
  }

  /** @param early whether the hooks are before the postrouting one */
  private chainsFrom(hooks: readonly NatHook[], early: boolean): Map<string, NatChain> {
    const chains = new Map<string, NatChain>();
    const names = new Set(hooks.map(hook => hook.chain));
    for (const name of names) {
      const listed = this.listed.get(name);
      const all = this.known.rules?.get(name) ?? (listed && this.rulesOf(name, listed));
      const rules = early ? all?.map(besideServices) : all;
      if (!rules) continue;
      for (const { verdict } of rules) if (leads(verdict)) names.add(verdict.chain);
      const doubts = listed ? this.inDoubt(listed.scope) : [];
      chains.set(name, {
        policy: listed?.policy ?? 'return',
        rules: doubts.length > 0 ? [...doubts, ...rules] : rules,
      });
    }
    return chains;
  }

  private rulesOf(name: string, { rules, scope }: ListedChain): readonly NatRule[] {
    const saved = this.known.saved?.get(name);
    if (saved?.length === rules.length) {
      return rules.flatMap((rule, i) =>
        isIptablesRule(rule) ? [readSavedNftRule(this.family, rule, scope, saved[i]!)] : this.read(rule, scope),
      );
    }
    // Of what is written by hand, iptables-save leaves rules out.
    if (!saved || !rules.some(isOfIptables)) return rules.flatMap(rule => this.read(rule, scope));
    return [standIn('unknown', `what is in chain ${name}: nft and iptables-save list different rules`)];
  }

  private read(rule: Fields, scope: string): readonly NatRule[] {
    return readNftRules(this.family, rule, scope, this.maps);
  }

  private chain(scope: string, fields: Fields): boolean {
    const { name, type, prio, policy } = fields;
    if (typeof name !== 'string' || this.listed.has(scope + name)) return false;
    const early = earlyHook(fields);
    const base = isBaseChain(fields) || early !== undefined;
    this.listed.set(scope + name, { policy: base ? policyOf(policy) : 'return', scope, rules: [] });
    if (!base) return true;
    if (typeof prio !== 'number') return false;
    const behind = fields.family === 'netdev' ? Number.POSITIVE_INFINITY : prio;
    const priority = early ? EARLIER[early] + prio : behind;
    (early ? this.early : this.hooks).push({ chain: scope + name, nat: type === 'nat', priority });
    return true;
  }

  private set(scope: string, fields: Fields): boolean {
    const set = readNftSet(this.family, fields);
    if (set) this.sets.set(`${scope}${fields.name}`, set);
    return true;
  }

  private rule(scope: string, fields: Fields): boolean {
    const chain = this.listed.get(`${scope}${fields.chain}`);
    chain?.rules.push(fields);
    return chain !== undefined;
  }

  /** Whether a table is switched off, so that the kernel does not ask its chains. */
  private isDormant(scope: string): boolean {
    return this.flagged.get(scope)?.includes('"dormant"') === true;
  }

  /** nft 1.0.6 prints nonsense where it should name a table's flags, so nobody can tell whether the table is dormant. */
  private inDoubt(scope: string): NatRule[] {
    const flags = this.flagged.get(scope);
    return flags === undefined || /^\[?("(owner|persist)",?)+\]?$/.test(flags)
      ? []
      : [standIn('unknown', `table ${scope}with flags ${flags}, which may be dormant`)];
  }
}

function policyOf(policy: unknown): NatChain['policy'] {
  return policy === 'drop' ? 'drop' : 'accept';
}
