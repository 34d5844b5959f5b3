import type { Address, Family, IntervalSet, Partition } from '../core/address';
import { exemptingRule } from '../core/dataplane/exempting';
import { type Flavour, natTable, POSTROUTING, type SavedTable } from '../core/dataplane/iptables-save';
import { jumpRule } from '../core/dataplane/iptables-text';
import { type KernelDecision, kernelMap } from '../core/dataplane/kernel-map';
import { joinRulesets, type NatRule, type NatRuleset } from '../core/dataplane/nat-rule';
import {
  type BaseChain,
  chainNames,
  postroutingChains,
  tableEntries,
  tablesOf,
  unlisted,
} from '../core/dataplane/nft-listing';
import { type NftRuleset, readNftRuleset } from '../core/dataplane/nft-ruleset';
import type { FamilyPlan, RulePlan } from '../core/dataplane/plan';
import { decidingText, savedRuleset } from '../core/dataplane/saved-plan';
import { type Fault, isFault, type OwnTables } from './backend';
import { legacyTables, readNatTable } from './iptables';
import { type Listing, listNft, OVERVIEW } from './nft';
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
 * them, and that of legacy iptables. What programs of eBPF do is not seen, nor which packets a raw table takes out of
 * connection tracking (`-j CT --notrack`, `notrack`): these keep their source whatever the nat tables say.
 */
export class Surroundings {
  private last: { readonly read: Read; readonly rules: KernelRules } | undefined;

  constructor(private readonly platform: Platform) {}

  /** Reads them, for the families of a plan. The answer is the same object as long as the rules are the same. */
  async read(plan: RulePlan, own: OwnTables): Promise<KernelRules | Fault> {
    // Chains may come and go between two calls of a tool; what did not fit for that reason does now.
    const rules = await this.attempt(plan, own);
    return isFault(rules) ? this.attempt(plan, own) : rules;
  }

  private async attempt(plan: RulePlan, own: OwnTables): Promise<KernelRules | Fault> {
    const reading = new Reading(this.platform, plan, own, this.last?.read);
    if (this.last && (await reading.isAsBefore())) return this.last.rules;
    const families = new Map<Family, FamilyRules>();
    for (const family of plan.families) {
      const rules = await reading.family(family);
      if (isFault(rules)) return rules;
      families.set(family.family, rules);
    }
    this.last = { read: reading.read, rules: new KernelRules(families) };
    return this.last.rules;
  }
}

/** What was read, by which it can be told whether it is still so. */
interface Read {
  readonly plan: RulePlan;
  /** The print of the agent's own tables. */
  readonly own: string;
  /** What `nft` listed, by what was asked. */
  readonly listings: ReadonlyMap<string, Listing>;
  readonly tables: readonly Omit<NatTable, 'table'>[];
}

/** iptables' nat table of a flavour; there may be none. */
interface NatTable {
  readonly family: Family;
  readonly flavour: Flavour;
  readonly table: SavedTable | undefined;
  /** Empty where it is the backend's own: its print says it already. */
  readonly print: string;
}

/** Reads everything once. */
class Reading {
  /** What `nft` listed, by what was asked. */
  private readonly listings = new Map<string, Listing>();
  private readonly tables = new Map<string, NatTable>();
  private chains = 0;

  constructor(
    private readonly platform: Platform,
    private readonly plan: RulePlan,
    private readonly own: OwnTables,
    private readonly before: Read | undefined,
  ) {
    if (own.listed) this.listings.set(OVERVIEW, own.listed.overview);
  }

  /** What was read so far. */
  get read(): Read {
    const { plan, own, listings, tables } = this;
    const others = [...tables.values()].map(({ table: _, ...rest }) => rest);
    return { plan, own: own.print, listings, tables: others };
  }

  /** Whether everything that was read before is still so: then nothing else needs to be read. */
  async isAsBefore(): Promise<boolean> {
    const { before } = this;
    if (!before || before.plan !== this.plan || before.own !== this.own.print) return false;
    for (const [what, listing] of before.listings) if ((await this.list(what)) !== listing) return false;
    for (const table of before.tables) {
      const now = await this.nat(table.family, table.flavour);
      if (isFault(now) || now.print !== table.print) return false;
    }
    return true;
  }

  async family(plan: FamilyPlan): Promise<FamilyRules | Fault> {
    const nft = await this.nftables(plan);
    if (isFault(nft)) return nft;
    const legacy = await this.nat(plan.family, 'legacy');
    if (isFault(legacy)) return legacy;
    if (!legacy.table) return nft;
    return { ...nft, ruleset: joinRulesets(nft.ruleset, this.ruleset(legacy.table, plan, 'legacy')) };
  }

  /** The chains of nftables at the postrouting hook, and those that they lead to. */
  private async nftables(plan: FamilyPlan): Promise<NftRuleset | Fault> {
    const { family } = plan;
    const overview = await this.list(OVERVIEW);
    if (isFault(overview)) return overview;
    const bases = postroutingChains(overview.entries).filter(({ families }) => families.includes(family));
    const { scope } = natTable(family, 'nft');
    const isThere = bases.some(({ name }) => name.startsWith(scope));
    const nat = isThere ? await this.nat(family, 'nft') : undefined;
    if (isFault(nat)) return nat;
    const table = nat?.table;
    const known = new KnownTable(scope, table && this.ruleset(table, plan, 'nft'));
    if (table && this.own.saved?.flavour === 'nft') known.trust(table, this.plan);
    return this.follow(family, overview.entries, bases, known);
  }

  /** Lists base chains and everything that they lead to. */
  private async follow(
    family: Family,
    overview: readonly unknown[],
    bases: readonly BaseChain[],
    known: KnownTable,
  ): Promise<NftRuleset | Fault> {
    const there = new Set(chainNames(overview));
    const listed = this.own.listed?.own ?? [];
    const own = tablesOf(listed);
    // Only with the tables themselves it is said whether they are switched off.
    const entries = [...tableEntries(overview), ...listed];
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
      const listing = await this.list(`${kind} ${name}`);
      if (isFault(listing)) return listing;
      for (const entry of listing.entries) to.push(entry);
    }
    return undefined;
  }

  /** Lists something, once for both families. */
  private async list(what: string): Promise<Listing | Fault> {
    const listing = this.listings.get(what) ?? (await listNft(this.platform, what, this.before?.listings.get(what)));
    if (!isFault(listing)) this.listings.set(what, listing);
    return listing;
  }

  /** iptables' nat table of a flavour. */
  private async nat(family: Family, flavour: Flavour): Promise<NatTable | Fault> {
    const key = `${family} ${flavour}`;
    const known = this.tables.get(key);
    if (known) return known;
    const table = await this.readNat(family, flavour);
    if (isFault(table)) return table;
    const isOwn = this.own.saved?.flavour === flavour;
    const read = { family, flavour, table, print: table && !isOwn ? decidingText(table) : '' };
    this.tables.set(key, read);
    return read;
  }

  private async readNat(family: Family, flavour: Flavour): Promise<SavedTable | Fault | undefined> {
    if (this.own.saved?.flavour === flavour) return this.own.saved.tables.get(family);
    if (flavour === 'legacy') {
      const tables = legacyTables(this.platform, family);
      if (isFault(tables)) return tables;
      if (!tables.includes('nat')) return undefined;
    }
    return readNatTable(this.platform, family, flavour);
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
   * The agent's chain as planned need not be listed, nor POSTROUTING with nothing but the jump to it: a rule that is
   * written by `nft` is not printed like these by iptables-save, unless by somebody who forges the agent's own comment.
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
