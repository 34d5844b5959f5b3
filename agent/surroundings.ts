import type { Address, Family, IntervalSet, Partition } from '../core/address';
import { exemptingRule } from '../core/dataplane/exempting';
import { type Flavour, natTable, POSTROUTING, type SavedTable } from '../core/dataplane/iptables-save';
import { jumpRule } from '../core/dataplane/iptables-text';
import { type KernelDecision, kernelMap } from '../core/dataplane/kernel-map';
import { joinRulesets, type NatRule, type NatRuleset } from '../core/dataplane/nat-rule';
import { type BaseChain, chainNames, postroutingChains, tablesOf, unlisted } from '../core/dataplane/nft-listing';
import { type NftRuleset, readNftRuleset } from '../core/dataplane/nft-ruleset';
import type { FamilyPlan, RulePlan } from '../core/dataplane/plan';
import { decidingText, savedRuleset } from '../core/dataplane/saved-plan';
import { type Fault, isFault, type OwnTables } from './backend';
import { legacyTables, readNatTable } from './iptables';
import { type Listing, listNft } from './nft';
import type { Platform } from './platform/platform';

/** Everything that may give pods' packets another source, at one moment: the agent's rules and those of others. */
export class KernelRules {
  constructor(private readonly families: ReadonlyMap<Family, FamilyRules>) {}

  /** What the rules make of pods' packets. */
  map(family: Family): Partition<KernelDecision> {
    const { ruleset, sets } = this.families.get(family)!;
    return kernelMap(ruleset, { sets });
  }

  /** The rule that lets packets to an address out before any gives them another source, if one does. */
  exempting(address: Address): NatRule | undefined {
    const { ruleset, sets } = this.families.get(address.family)!;
    return exemptingRule(ruleset, { sets }, address);
  }
}

interface FamilyRules {
  readonly ruleset: NatRuleset;
  readonly sets: ReadonlyMap<string, IntervalSet>;
}

/** Chains that are listed at the most. Each one is a call of `nft`. */
const MOST_CHAINS = 500;

/**
 * Reads the rules of others beside those of the agent, wherever the kernel asks for a packet's source behind the routing
 * decision: every base chain of nftables there with what it leads to, the nat table of iptables-nft, which is one of
 * them, and that of legacy iptables. What programs of eBPF do is not seen.
 */
export class Surroundings {
  /** What was listed last, by what was asked. */
  private listings: ReadonlyMap<string, Listing> = new Map();
  /** What was read last. The same rules are the same object, so that nothing need be proven of them again. */
  private last: { readonly text: string; readonly rules: KernelRules } | undefined;

  constructor(private readonly platform: Platform) {}

  /** Reads them, for the families of a plan. */
  async read(plan: RulePlan, own: OwnTables): Promise<KernelRules | Fault> {
    // Chains may come and go between two calls of a tool; what did not fit for that reason does now.
    const rules = await this.attempt(plan, own);
    return isFault(rules) ? this.attempt(plan, own) : rules;
  }

  private async attempt(plan: RulePlan, own: OwnTables): Promise<KernelRules | Fault> {
    const reading = new Reading(this.platform, plan, own, this.listings);
    const families = new Map<Family, FamilyRules>();
    for (const family of plan.families) {
      const rules = await reading.family(family);
      if (isFault(rules)) return rules;
      families.set(family.family, rules);
    }
    this.listings = reading.listings;
    const text = reading.prints.join('\f');
    if (this.last?.text !== text) this.last = { text, rules: new KernelRules(families) };
    return this.last.rules;
  }
}

/** Reads everything once. */
class Reading {
  /** What was listed, by what was asked. */
  readonly listings = new Map<string, Listing>();
  readonly prints: string[];
  private chains = 0;

  constructor(
    private readonly platform: Platform,
    private readonly plan: RulePlan,
    private readonly own: OwnTables,
    private readonly before: ReadonlyMap<string, Listing>,
  ) {
    this.prints = [own.print];
  }

  async family(plan: FamilyPlan): Promise<FamilyRules | Fault> {
    const nft = await this.nftables(plan);
    if (isFault(nft)) return nft;
    const legacy = await this.saved(plan.family, 'legacy');
    if (isFault(legacy)) return legacy;
    if (!legacy) return nft;
    return { ...nft, ruleset: joinRulesets(nft.ruleset, this.ruleset(legacy, plan, 'legacy')) };
  }

  /** The chains of nftables at the postrouting hook, and those that they lead to. */
  private async nftables(plan: FamilyPlan): Promise<NftRuleset | Fault> {
    const { family } = plan;
    // Only here it is said which tables are switched off.
    const tables = await this.list('tables');
    if (isFault(tables)) return tables;
    const all = await this.list('chains');
    if (isFault(all)) return all;
    const bases = postroutingChains(all.entries).filter(({ families }) => families.includes(family));
    this.prints.push(tables.print, JSON.stringify(bases));

    const nat = natTable(family, 'nft').scope;
    const table = bases.some(({ name }) => name.startsWith(nat)) ? await this.saved(family, 'nft') : undefined;
    if (isFault(table)) return table;
    const known = new KnownTable(nat, table && this.ruleset(table, plan, 'nft'));
    if (table && this.own.saved?.flavour === 'nft') known.trust(table, this.plan);
    const there = new Set(chainNames(all.entries));
    return this.follow(family, [...tables.entries], bases, there, known);
  }

  /** Lists base chains and everything that they lead to. */
  private async follow(
    family: Family,
    entries: unknown[],
    bases: readonly BaseChain[],
    there: ReadonlySet<string>,
    known: KnownTable,
  ): Promise<NftRuleset | Fault> {
    entries.push(...(this.own.listed ?? []));
    const own = tablesOf(this.own.listed ?? []);
    const asked = new Set<string>();
    for (const { table, name, entry } of bases) {
      if (own.has(table)) continue;
      if (known.rules.has(name)) entries.push(entry);
      else asked.add(name);
    }
    let fault = await this.listAll('chain', asked, entries);
    while (!fault) {
      const read = readNftRuleset(family, { nftables: entries }, known.beside(asked));
      if (!read) return { why: 'nft lists what is no chain, set or rule' };
      const { chains, sets } = unlisted(read);
      // What looks like a chain may be a target of iptables that nobody knows here.
      const more = [...chains].filter(name => there.has(name) && !asked.has(name));
      // An ipset is none of nftables' sets, whose names have those of their tables before them.
      const others = [...sets].filter(name => name.includes(' ') && !asked.has(name));
      if (more.length + others.length === 0) return read;
      for (const name of [...more, ...others]) asked.add(name);
      fault = (await this.listAll('chain', more, entries)) ?? (await this.listAll('set', others, entries));
    }
    return fault;
  }

  private async listAll(kind: 'chain' | 'set', names: Iterable<string>, to: unknown[]): Promise<Fault | undefined> {
    for (const name of names) {
      this.chains++;
      if (this.chains > MOST_CHAINS) return { why: `more than ${MOST_CHAINS} chains and sets decide` };
      const listing = await this.list(kind, ...name.split(' '));
      if (isFault(listing)) return listing;
      to.push(...listing.entries);
      this.prints.push(listing.print);
    }
    return undefined;
  }

  /** Lists something, once for both families. */
  private async list(...what: readonly string[]): Promise<Listing | Fault> {
    const key = what.join(' ');
    const listing = this.listings.get(key) ?? (await listNft(this.platform, what, this.before.get(key)));
    if (!isFault(listing)) this.listings.set(key, listing);
    return listing;
  }

  /** iptables' nat table of a flavour; undefined where there is none. */
  private async saved(family: Family, flavour: Flavour): Promise<SavedTable | Fault | undefined> {
    if (this.own.saved?.flavour === flavour) return this.own.saved.tables.get(family);
    if (flavour === 'legacy') {
      const tables = legacyTables(this.platform, family);
      if (isFault(tables)) return tables;
      if (!tables.includes('nat')) return undefined;
    }
    const table = await readNatTable(this.platform, family, flavour);
    if (!isFault(table)) this.prints.push(decidingText(table));
    return table;
  }

  private ruleset(table: SavedTable, plan: FamilyPlan, flavour: Flavour): NatRuleset {
    return savedRuleset(table, this.plan, plan, natTable(plan.family, flavour));
  }
}

/** What iptables-save says of iptables-nft's nat table. */
class KnownTable {
  /** Rules of chains that need not be listed. */
  readonly rules = new Map<string, readonly NatRule[]>();
  private readonly saved = new Map<string, readonly NatRule[]>();

  constructor(
    private readonly scope: string,
    ruleset: NatRuleset | undefined,
  ) {
    for (const [name, { rules }] of ruleset?.chains ?? []) this.saved.set(name, rules);
  }

  /**
   * The agent's chain as planned need not be listed, nor POSTROUTING with nothing but the jump to it: no rule that is
   * written by `nft` is printed like these by iptables-save.
   */
  trust({ rules }: SavedTable, { chain }: RulePlan): void {
    const base = rules.get(POSTROUTING) ?? [];
    const isAlone = base.length === 1 && base[0] === jumpRule(chain);
    for (const name of [chain, ...(isAlone ? [POSTROUTING] : [])]) {
      const saved = this.saved.get(this.scope + name);
      if (saved) this.rules.set(this.scope + name, saved);
    }
  }

  /** What is to be known beside chains that `nft` listed. */
  beside(listed: ReadonlySet<string>): Parameters<typeof readNftRuleset>[2] {
    return { rules: this.rules, saved: new Map([...this.saved].filter(([name]) => listed.has(name))) };
  }
}
