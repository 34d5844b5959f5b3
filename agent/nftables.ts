import { FAMILIES, type Family } from '../core/address';
import { type KernelDecision, kernelMap } from '../core/dataplane/kernel-map';
import { deltaCommands } from '../core/dataplane/nft-delta';
import { tablesOf } from '../core/dataplane/nft-listing';
import { type NftRuleset, readNftRuleset } from '../core/dataplane/nft-ruleset';
import {
  NFT_CHAIN,
  NFT_PRIORITY,
  NFT_SET,
  type NftCommand,
  nftTable,
  nftText,
  preservedSet,
  removalCommands,
  tableCommands,
} from '../core/dataplane/nft-text';
import { type FamilyPlan, portsText, type RulePlan, WITH_PORTS } from '../core/dataplane/plan';
import { type Backend, type BackendName, type Deviation, type Fault, isFault, type OwnTables } from './backend';
import { type Listing, listNft, OVERVIEW } from './nft';
import type { Platform } from './platform/platform';
import { runTool } from './tool';

/** A table of nftables with a set of destinations, by `nft`. */
export class NftablesBackend implements Backend {
  readonly name: BackendName = 'nftables';

  private overview: Listing | undefined;
  /** The tables as they were read last. */
  private readonly last = new Map<Family, OwnTable>();

  constructor(private readonly platform: Platform) {}

  async read(families: readonly Family[]): Promise<AgentTables | Fault> {
    const overview = await listNft(this.platform, OVERVIEW, this.overview);
    if (isFault(overview)) return overview;
    this.overview = overview;
    const there = tablesOf(overview.entries);
    for (const family of families) {
      const table = there.has(nftTable(family)) ? await this.readTable(family) : NO_TABLE;
      if (isFault(table)) return table;
      this.last.set(family, table);
    }
    return new AgentTables(new Map(families.map(family => [family, this.last.get(family)!])), overview);
  }

  private async readTable(family: Family): Promise<OwnTable | Fault> {
    const last = this.last.get(family);
    const listing = await listNft(this.platform, `table ${nftTable(family)}`, last?.listing);
    if (isFault(listing)) return listing;
    if (last && listing === last.listing) return last;
    const rules = readNftRuleset(family, { nftables: listing.entries });
    return rules
      ? { listing, rules }
      : { why: `nft lists table ${nftTable(family)} with what is no chain, set or rule` };
  }

  async apply(plan: RulePlan, tables: OwnTables): Promise<Fault | undefined> {
    if (!(tables instanceof AgentTables)) throw new TypeError('tables of another backend');
    return this.write(plan.families.flatMap(family => tables.repair(family)));
  }

  async removeLeftovers(plan: RulePlan | undefined): Promise<readonly string[] | Fault> {
    const listed = await listNft(this.platform, OVERVIEW);
    if (isFault(listed)) return listed;
    const tables = tablesOf(listed.entries);
    const left = FAMILIES.filter(
      family => tables.has(nftTable(family)) && !plan?.families.some(own => own.family === family),
    );
    if (left.length === 0) return [];
    const fault = await this.write(left.flatMap(removalCommands));
    return fault ?? left.map(family => `table ${nftTable(family)}`);
  }

  private async write(commands: readonly NftCommand[]): Promise<Fault | undefined> {
    const answer = await runTool(this.platform, ['nft', '-j', '-f', '-'], nftText(commands));
    return isFault(answer) ? answer : undefined;
  }
}

/** The agent's table of a family. */
interface OwnTable {
  readonly listing: Listing;
  readonly rules: NftRuleset;
}

const NO_TABLE: OwnTable = {
  listing: { entries: [], print: '' },
  rules: { ruleset: { family: 4, chains: new Map(), hooks: [] }, sets: new Map() },
};

/** The agent's tables at one moment. */
class AgentTables implements OwnTables {
  readonly print: string;

  constructor(
    private readonly families: ReadonlyMap<Family, OwnTable>,
    private readonly overview: Listing,
  ) {
    this.print = [...families.values()].map(({ listing }) => listing.print).join('\f');
  }

  get listed(): Required<OwnTables>['listed'] {
    const own = [...this.families.values()].flatMap(({ listing }) => listing.entries);
    return { own, overview: this.overview };
  }

  deviations(plan: RulePlan): Deviation[] {
    return plan.families.flatMap(family => {
      const table = `table ${nftTable(family.family)}`;
      const rules = this.chainDeviation(family);
      if (rules) return [`${table} ${rules}`];
      const set = this.set(family.family)!;
      const wanted = preservedSet(family);
      if (set.equals(wanted)) return [];
      const count = (more: typeof set, less: typeof set): number => more.subtract(less).cidrs().length;
      return [`${table} set ${NFT_SET} lacks ${count(wanted, set)} CIDRs and has ${count(set, wanted)} too many`];
    });
  }

  /** A table that has the agent's name is its own. */
  replaced(): readonly string[] {
    return [];
  }

  /** Commands that make it as planned: only what differs of the set, or else the whole table anew. */
  repair(family: FamilyPlan): NftCommand[] {
    if (this.chainDeviation(family)) return tableCommands(family);
    return deltaCommands(this.set(family.family)!, preservedSet(family));
  }

  /** What is wrong with the table, its set's elements left aside. */
  private chainDeviation(plan: FamilyPlan): string | undefined {
    const scope = `${nftTable(plan.family)} `;
    const { ruleset } = this.families.get(plan.family)!.rules;
    const own = [...ruleset.chains.keys()].filter(name => name.startsWith(scope));
    const chain = ruleset.chains.get(scope + NFT_CHAIN);
    if (!chain) return `has no chain ${NFT_CHAIN}`;
    if (own.length > 1) return `has ${own.length} chains instead of one`;
    const hook = ruleset.hooks.find(({ chain: name }) => name === scope + NFT_CHAIN);
    if (hook?.priority !== NFT_PRIORITY) return `chain ${NFT_CHAIN} is not asked at priority ${NFT_PRIORITY}`;
    if (!this.set(plan.family)) return `has no set ${NFT_SET}`;
    const wanted = 3 + WITH_PORTS.length * plan.toPorts.length;
    if (chain.rules.length !== wanted) return `chain ${NFT_CHAIN} has ${chain.rules.length} rules instead of ${wanted}`;
    return this.doesAsPlanned(scope, plan) ? undefined : `chain ${NFT_CHAIN} has other rules`;
  }

  /** Whether the chain by itself does what the plan wants, if only the set were right. */
  private doesAsPlanned(scope: string, plan: FamilyPlan): boolean {
    const { ruleset } = this.families.get(plan.family)!.rules;
    const hooks = ruleset.hooks.filter(({ chain }) => chain === scope + NFT_CHAIN);
    const preserved = preservedSet(plan);
    const own = kernelMap({ ...ruleset, hooks }, { sets: new Map([[scope + NFT_SET, preserved]]) });
    const preserves = own.where(({ treatment }) => treatment?.kind === 'preserve');
    const masquerades = own.where(decision => isMasquerade(decision, plan));
    return preserves.equals(preserved) && masquerades.equals(preserved.complement());
  }

  private set(family: Family): ReturnType<typeof preservedSet> | undefined {
    return this.families.get(family)!.rules.sets.get(`${nftTable(family)} ${NFT_SET}`);
  }
}

function isMasquerade(decision: KernelDecision, { toPorts, randomFully }: FamilyPlan): boolean {
  if (decision.treatment === undefined || decision.treatment.kind !== 'masquerade') return false;
  if (decision.randomFully !== randomFully) return false;
  return (decision.treatment.toPorts ?? '') === toPorts.map(portsText).join(',');
}
