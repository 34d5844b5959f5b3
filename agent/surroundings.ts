import type { Address, Family, IntervalSet, Partition } from '../core/address';
import { exemptingRule } from '../core/dataplane/exempting';
import {
  type Flavour,
  iptablesRuleset,
  POSTROUTING,
  type SavedTable,
  type TableName,
  tableLabel,
} from '../core/dataplane/iptables-save';
import { jumpRule } from '../core/dataplane/iptables-text';
import { type KernelDecision, kernelMap } from '../core/dataplane/kernel-map';
import type { Packets } from '../core/dataplane/match';
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
import type { Protocol } from '../core/dataplane/protocol';
import { decidingText, savedRuleset } from '../core/dataplane/saved-plan';
import { type Fault, isFault, type OwnTables } from './backend';
import { legacyTables, readTable } from './iptables';
import { type Listing, listNft, OVERVIEW } from './nft';
import type { Platform } from './platform/platform';

/** Everything that may give pods' packets another source, at one moment: the agent's rules and those of others. */
export class KernelRules {
  constructor(
    private readonly families: ReadonlyMap<Family, FamilyRules>,
    private readonly pods: ReadonlyMap<Family, IntervalSet>,
  ) {}

  /** What the rules make of pods' packets. */
  map(family: Family): Partition<KernelDecision> {
    return kernelMap(this.families.get(family)!.ruleset, this.packets(family));
  }

  /** The rule that lets packets of a protocol to an address out before any gives them another source, if one does. */
  exempting(address: Address, protocol: Protocol): NatRule | undefined {
    const { ruleset } = this.families.get(address.family)!;
    return exemptingRule(ruleset, { ...this.packets(address.family), protocol }, address);
  }

  private packets(family: Family): Omit<Packets, 'protocol'> {
    const sources = this.pods.get(family);
    return { sets: this.families.get(family)!.sets, ...(sources && { sources }) };
  }
}

interface FamilyRules {
  readonly ruleset: NatRuleset;
  readonly sets: ReadonlyMap<string, IntervalSet>;
}

/** The tables of iptables with a chain behind the routing decision. That of mangle may mark packets. */
const TABLES: readonly TableName[] = ['nat', 'mangle'];

/** Whether a listed chain has rules. */
const HAS_RULES = /"rule": ?\{/;

/** Chains that are listed at the most. Each one is a call of `nft`. */
const MOST_CHAINS = 500;

/**
 * Reads the rules of others beside those of the agent, wherever the kernel asks for a packet's source behind the routing
 * decision: every base chain of nftables there with what it leads to, the nat and mangle tables of iptables-nft, which are
 * among them, and those of legacy iptables. What happens to packets before is not seen: that rules give them another
 * source (`ip saddr set`) or take them out of connection tracking (`-j CT --notrack`, `notrack`), so that they keep it
 * whatever the nat tables say. Nor is it seen what programs of eBPF, actions of tc and tables of bridges do.
 */
export class Surroundings {
  private last: { readonly read: Read; readonly rules: KernelRules } | undefined;

  /** @param pods by family, where packets of pods come from, as far as that is known */
  constructor(
    private readonly platform: Platform,
    private readonly pods: ReadonlyMap<Family, IntervalSet>,
  ) {}

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
    this.last = { read: reading.read, rules: new KernelRules(families, this.pods) };
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
  readonly tables: readonly Omit<ReadTable, 'table'>[];
}

/** A table of iptables; there may be none. */
interface ReadTable {
  readonly family: Family;
  readonly flavour: Flavour;
  readonly name: TableName;
  readonly table: SavedTable | undefined;
  /** Empty where it is the backend's own: its print says it already. */
  readonly print: string;
}

/** Reads everything once. */
class Reading {
  /** What `nft` listed, by what was asked. */
  private readonly listings = new Map<string, Listing>();
  private readonly tables = new Map<string, ReadTable>();
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
      const now = await this.table(table.family, table.flavour, table.name);
      if (isFault(now) || now.print !== table.print) return false;
    }
    return true;
  }

  async family(plan: FamilyPlan): Promise<FamilyRules | Fault> {
    const nft = await this.nftables(plan);
    if (isFault(nft)) return nft;
    const legacy: NatRuleset[] = [];
    for (const name of TABLES) {
      const read = await this.table(plan.family, 'legacy', name);
      if (isFault(read)) return read;
      if (read.table) legacy.push(this.ruleset(read.table, plan, 'legacy', name));
    }
    return { ...nft, ruleset: joinRulesets(nft.ruleset, ...legacy) };
  }

  /** The chains of nftables at the postrouting hook, and those that they lead to. */
  private async nftables(plan: FamilyPlan): Promise<NftRuleset | Fault> {
    const { family } = plan;
    const overview = await this.list(OVERVIEW);
    if (isFault(overview)) return overview;
    const bases = postroutingChains(overview.entries).filter(({ families }) => families.includes(family));
    const known = new KnownChains();
    for (const name of TABLES) {
      const own = bases.filter(({ table }) => `${table} ` === tableLabel(family, 'nft', name).scope);
      const fault = own.length > 0 ? await this.saved(name, own, plan, known) : undefined;
      if (fault) return fault;
    }
    return this.follow(family, overview.entries, bases, known);
  }

  /** Reads what iptables-save says of a table of iptables-nft. */
  private async saved(
    name: TableName,
    bases: readonly BaseChain[],
    plan: FamilyPlan,
    known: KnownChains,
  ): Promise<Fault | undefined> {
    if (name === 'mangle' && (await this.areEmpty(bases))) return undefined;
    const read = await this.table(plan.family, 'nft', name);
    // One that iptables-save cannot print is of others, written by `nft`, which lists all of it.
    if (isFault(read)) return name === 'mangle' ? undefined : read;
    if (!read.table) return undefined;
    known.add(this.ruleset(read.table, plan, 'nft', name));
    if (name === 'nat' && this.own.saved?.flavour === 'nft') known.trust(read.table, this.plan, plan.family);
    return undefined;
  }

  private async areEmpty(chains: readonly BaseChain[]): Promise<boolean> {
    for (const { name } of chains) {
      const listing = await this.list(`chain ${name}`);
      if (isFault(listing) || HAS_RULES.test(listing.print)) return false;
    }
    return true;
  }

  /** Lists base chains and everything that they lead to. */
  private async follow(
    family: Family,
    overview: readonly unknown[],
    bases: readonly BaseChain[],
    known: KnownChains,
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

  /** A table of iptables. */
  private async table(family: Family, flavour: Flavour, name: TableName): Promise<ReadTable | Fault> {
    const key = `${family} ${flavour} ${name}`;
    const known = this.tables.get(key);
    if (known) return known;
    const own = name === 'nat' && this.own.saved?.flavour === flavour ? this.own.saved.tables : undefined;
    const table = own ? own.get(family) : await this.readTable(family, flavour, name);
    if (isFault(table)) return table;
    const read = { family, flavour, name, table, print: table && !own ? decidingText(table) : '' };
    this.tables.set(key, read);
    return read;
  }

  private async readTable(family: Family, flavour: Flavour, name: TableName): Promise<SavedTable | Fault | undefined> {
    if (flavour === 'legacy') {
      const tables = legacyTables(this.platform, family);
      if (isFault(tables)) return tables;
      if (!tables.includes(name)) return undefined;
    }
    return readTable(this.platform, family, flavour, name);
  }

  private ruleset(table: SavedTable, plan: FamilyPlan, flavour: Flavour, name: TableName): NatRuleset {
    const label = tableLabel(plan.family, flavour, name);
    if (name === 'nat') return savedRuleset(table, this.plan, plan, label);
    return iptablesRuleset(plan.family, table, label);
  }
}

/** What iptables-save says of tables of iptables-nft. */
class KnownChains {
  /** Rules of chains that need not be listed. */
  readonly rules = new Map<string, readonly NatRule[]>();
  private readonly saved = new Map<string, readonly NatRule[]>();

  /** Adds the chains of a table. */
  add({ chains }: NatRuleset): void {
    for (const [name, { rules }] of chains) this.saved.set(name, rules);
  }

  /**
   * The agent's chain as planned need not be listed, nor POSTROUTING with nothing but the jump to it: a rule that is
   * written by `nft` is not printed like these by iptables-save, unless by somebody who forges the agent's own comment.
   */
  trust({ rules }: SavedTable, { chain }: RulePlan, family: Family): void {
    const { scope } = tableLabel(family, 'nft');
    const base = rules.get(POSTROUTING) ?? [];
    const isAlone = base.length === 1 && base[0] === jumpRule(chain);
    for (const name of [chain, ...(isAlone ? [POSTROUTING] : [])]) {
      const saved = this.saved.get(scope + name);
      if (saved) this.rules.set(scope + name, saved);
    }
  }

  /** What is to be known beside chains that `nft` listed. */
  beside(listed: ReadonlySet<string>): Parameters<typeof readNftRuleset>[2] {
    return { rules: this.rules, saved: new Map([...this.saved].filter(([name]) => listed.has(name))) };
  }
}
