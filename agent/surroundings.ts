import type { Family, IntervalSet } from '../core/address';
import { type Flavour, iptablesRuleset, type TableName, tableLabel } from '../core/dataplane/iptables-ruleset';
import type { SavedTable } from '../core/dataplane/iptables-save';
import { joinRulesets, type NatRuleset } from '../core/dataplane/nat-rule';
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
import { savedRuleset } from '../core/dataplane/saved-plan';
import { type Fault, isFault, type OwnTables } from './backend';
import { type FamilyRules, KernelRules } from './kernel-rules';
import { KnownChains } from './known-chains';
import { Look, type Seen } from './look';
import type { Platform } from './platform/platform';

/** The tables of iptables with a chain behind the routing decision. That of mangle may mark packets. */
const TABLES: readonly TableName[] = ['nat', 'mangle'];

/** Whether a listed chain has rules. */
const HAS_RULES = /"rule": ?\{/;

/** Chains and sets that are listed at the most, so that what is known of them takes no more than 30 MB. */
const MOST_CHAINS = 1000;

/**
 * Reads the rules of others beside those of the agent, wherever the kernel asks for a packet's source behind the routing
 * decision: every base chain of nftables there with what it leads to, the nat and mangle tables of iptables-nft, which are
 * among them, and those of legacy iptables. What happens to packets before is not seen: that rules give them another
 * source (`ip saddr set`) or take them out of connection tracking (`-j CT --notrack`, `notrack`), so that they keep it
 * whatever the nat tables say. Nor is it seen what programs of eBPF, actions of tc and tables of bridges do.
 */
export class Surroundings {
  private last: { readonly seen: Seen; readonly rules: KernelRules } | undefined;

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
    const look = new Look(this.platform, plan, own, this.last?.seen);
    if (this.last && (await look.isAsBefore())) return this.last.rules;
    const families = new Map<Family, FamilyRules>();
    const reading = new Reading(look);
    for (const family of plan.families) {
      const rules = await reading.family(family);
      if (isFault(rules)) return rules;
      families.set(family.family, rules);
    }
    this.last = { seen: look.seen, rules: new KernelRules(families, this.pods) };
    return this.last.rules;
  }
}

/** Puts together what is seen in one look. */
class Reading {
  private chains = 0;

  constructor(private readonly look: Look) {}

  async family(plan: FamilyPlan): Promise<FamilyRules | Fault> {
    const nft = await this.nftables(plan);
    if (isFault(nft)) return nft;
    const legacy: NatRuleset[] = [];
    for (const name of TABLES) {
      const read = await this.look.table(plan.family, 'legacy', name);
      if (isFault(read)) return read;
      if (read.table) legacy.push(this.ruleset(read.table, plan, 'legacy', name));
    }
    return { ...nft, ruleset: joinRulesets(nft.ruleset, ...legacy) };
  }

  /** The chains of nftables at the postrouting hook, and those that they lead to. */
  private async nftables(plan: FamilyPlan): Promise<NftRuleset | Fault> {
    const { family } = plan;
    const overview = await this.look.overview();
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
    const read = await this.look.table(plan.family, 'nft', name);
    // One that iptables-save cannot print is of others, written by `nft`, which lists all of it.
    if (isFault(read)) return name === 'mangle' ? undefined : read;
    if (!read.table) return undefined;
    known.add(this.ruleset(read.table, plan, 'nft', name));
    const { own, plan: whole } = this.look;
    if (name === 'nat' && own.saved?.flavour === 'nft') known.trust(read.table, whole, plan.family);
    return undefined;
  }

  private async areEmpty(chains: readonly BaseChain[]): Promise<boolean> {
    const listings = await this.look.list(chains.map(({ name }) => `chain ${name}`));
    return !isFault(listings) && !listings.some(({ print }) => HAS_RULES.test(print));
  }

  /** Lists base chains and everything that they lead to. */
  private async follow(
    family: Family,
    overview: readonly unknown[],
    bases: readonly BaseChain[],
    known: KnownChains,
  ): Promise<NftRuleset | Fault> {
    const there = new Set(chainNames(overview));
    const listed = this.look.own.listed?.own ?? [];
    const own = tablesOf(listed);
    // Only with the tables themselves it is said whether they are switched off.
    const entries = [...tableEntries(overview), ...listed];
    const asked = new Set<string>();
    for (const { table, name, entry } of bases) {
      if (own.has(table)) continue;
      if (known.rules.has(name)) entries.push(entry);
      else asked.add(name);
    }
    let fault = await this.list(whats('chain', asked), entries);
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
      fault = await this.list([...whats('chain', more), ...whats('set', others)], entries);
    }
    return fault;
  }

  /** Adds what `nft` lists. */
  private async list(names: readonly string[], to: unknown[]): Promise<Fault | undefined> {
    this.chains += names.length;
    if (this.chains > MOST_CHAINS) return { why: `more than ${MOST_CHAINS} chains and sets decide` };
    const listings = await this.look.list(names);
    if (isFault(listings)) return listings;
    for (const { entries } of listings) for (const entry of entries) to.push(entry);
    return undefined;
  }

  private ruleset(table: SavedTable, plan: FamilyPlan, flavour: Flavour, name: TableName): NatRuleset {
    const label = tableLabel(plan.family, flavour, name);
    if (name === 'nat') return savedRuleset(table, this.look.plan, plan, label);
    return iptablesRuleset(plan.family, table, label);
  }
}

function whats(kind: 'chain' | 'set', names: Iterable<string>): string[] {
  return Array.from(names, name => `${kind} ${name}`);
}
