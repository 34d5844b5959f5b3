import type { Family } from '../core/address';
import type { Flavour, TableName } from '../core/dataplane/iptables-ruleset';
import type { SavedTable } from '../core/dataplane/iptables-save';
import type { RulePlan } from '../core/dataplane/plan';
import { decidingText } from '../core/dataplane/saved-plan';
import { type Fault, isFault, type OwnTables } from './backend';
import { legacyTables, readTable } from './iptables';
import { type Listing, listEachNft, listNft, OVERVIEW } from './nft';
import type { Platform } from './platform/platform';

/** What was seen in one look, by which it can be told whether it is still so. */
export interface Seen {
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

/** One look at the kernel's tables: whatever is asked for is read once, for both families. */
export class Look {
  private readonly listings = new Map<string, Listing>();
  private readonly tables = new Map<string, ReadTable>();

  /** @param before what was seen in the look before */
  constructor(
    private readonly platform: Platform,
    readonly plan: RulePlan,
    readonly own: OwnTables,
    private readonly before: Seen | undefined,
  ) {
    if (own.listed) this.listings.set(OVERVIEW, own.listed.overview);
  }

  /** What was asked for so far. */
  get seen(): Seen {
    const { plan, own, listings, tables } = this;
    const others = [...tables.values()].map(({ table: _, ...rest }) => rest);
    return { plan, own: own.print, listings, tables: others };
  }

  /** Whether everything that was seen before is still so: then nothing else needs to be read. */
  async isAsBefore(): Promise<boolean> {
    const { before } = this;
    if (!before || before.plan !== this.plan || before.own !== this.own.print) return false;
    // Where chains came or went, the others need not be listed.
    const overview = before.listings.get(OVERVIEW);
    if (overview && (await this.overview()) !== overview) return false;
    const whats = [...before.listings.keys()].filter(what => what !== OVERVIEW);
    const listings = await this.list(whats);
    if (isFault(listings) || listings.some((listing, n) => listing !== before.listings.get(whats[n]!))) return false;
    for (const table of before.tables) {
      const now = await this.table(table.family, table.flavour, table.name);
      if (isFault(now) || now.print !== table.print) return false;
    }
    return true;
  }

  /** All tables and chains of nftables, without their rules. */
  async overview(): Promise<Listing | Fault> {
    const known = this.listings.get(OVERVIEW);
    const listing = known ?? (await listNft(this.platform, OVERVIEW, this.before?.listings.get(OVERVIEW)));
    if (!isFault(listing)) this.listings.set(OVERVIEW, listing);
    return listing;
  }

  /** Lists chains and sets of nftables. */
  async list(whats: readonly string[]): Promise<readonly Listing[] | Fault> {
    const others = whats.filter(what => !this.listings.has(what));
    const listed = await listEachNft(this.platform, others, this.before?.listings ?? new Map());
    if (isFault(listed)) return listed;
    for (const [what, listing] of listed) this.listings.set(what, listing);
    return whats.map(what => this.listings.get(what)!);
  }

  /** Reads a table of iptables. */
  async table(family: Family, flavour: Flavour, name: TableName): Promise<ReadTable | Fault> {
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
}
