import { FAMILIES, type Family, type Partition } from '../core/address';
import { iptablesRuleset, readIptablesSave } from '../core/dataplane/iptables-save';
import { type KernelDecision, kernelMap } from '../core/dataplane/kernel-map';
import { joinRulesets, type NatRuleset } from '../core/dataplane/nat-rule';
import { type NftRuleset, readNftRuleset } from '../core/dataplane/nft-ruleset';
import {
  NFT_PRIORITY,
  NFT_SET,
  NFT_TABLE,
  nftDeltaText,
  nftTableText,
  portsText,
  preservedSet,
} from '../core/dataplane/nft-text';
import type { FamilyPlan, RulePlan } from '../core/dataplane/plan';
import { WITH_PORTS } from '../core/dataplane/plan';
import type { Backend, BackendName, Deviation, Fault, KernelRules } from './backend';
import { isFault } from './backend';
import type { Platform } from './platform/platform';
import { runTool } from './tool';

const TABLE: Readonly<Record<Family, string>> = { 4: 'ip', 6: 'ip6' };
const SAVE: Readonly<Record<Family, string>> = { 4: 'iptables-nft-save', 6: 'ip6tables-nft-save' };

/** A table of nftables with a set of destinations, by `nft`. */
export class NftablesBackend implements Backend {
  readonly name: BackendName = 'nftables';

  constructor(private readonly platform: Platform) {}

  async read(families: readonly Family[]): Promise<NftablesRules | Fault> {
    const listed = await runTool(this.platform, ['nft', '-j', 'list', 'ruleset']);
    if (isFault(listed)) return listed;
    const json = parseJson(listed.out);
    const read = new Map<Family, FamilyRules>();
    let print = listed.out.replace(/"(?:packets|bytes)": ?\d+/g, '');
    for (const family of families) {
      const iptables = await this.iptables(family, json);
      if (isFault(iptables)) return iptables;
      const nft = readNftRuleset(family, json, table => iptables !== undefined && table === 'nat');
      if (!nft) return { why: '"nft -j list ruleset" printed what is no list of rules' };
      read.set(family, { nft, ...(iptables && { iptables: iptables.ruleset }) });
      print += iptables?.print ?? '';
    }
    return new NftablesRules(read, print);
  }

  async apply(plan: RulePlan, rules: KernelRules): Promise<Fault | undefined> {
    if (!(rules instanceof NftablesRules)) throw new TypeError('rules of another backend');
    const text = plan.families.map(family => rules.repair(plan, family)).join('');
    const answer = await runTool(this.platform, ['nft', '-f', '-'], text);
    return isFault(answer) ? answer : undefined;
  }

  async removeLeftovers(plan: RulePlan | undefined): Promise<readonly string[] | Fault> {
    const listed = await runTool(this.platform, ['nft', '-j', 'list', 'tables']);
    if (isFault(listed)) return listed;
    const tables = listedTables(parseJson(listed.out));
    const left = FAMILIES.filter(
      family => tables.has(`${TABLE[family]} ${NFT_TABLE}`) && !plan?.families.some(own => own.family === family),
    ).map(family => `table ${TABLE[family]} ${NFT_TABLE}`);
    if (left.length === 0) return [];
    const answer = await runTool(this.platform, ['nft', '-f', '-'], left.map(table => `delete ${table}\n`).join(''));
    return isFault(answer) ? answer : left;
  }

  /** The nat table of iptables, which nft lists without understanding it; undefined when there is none. */
  private async iptables(
    family: Family,
    json: unknown,
  ): Promise<{ readonly ruleset: NatRuleset; readonly print: string } | Fault | undefined> {
    if (!listedTables(json).has(`${TABLE[family]} nat`)) return undefined;
    const dump = await runTool(this.platform, [SAVE[family], '-t', 'nat']);
    // Without the tool, or where the table is somebody else's, nft's own listing has to do.
    if (isFault(dump)) return undefined;
    const read = readIptablesSave(dump.out);
    if (!read.ok || !read.table) return undefined;
    return { ruleset: iptablesRuleset(family, read.table), print: '' };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The tables that a listing names, as `family name`. */
function listedTables(json: unknown): Set<string> {
  const items = (json as { readonly nftables?: unknown } | null | undefined)?.nftables;
  const tables = new Set<string>();
  if (!Array.isArray(items)) return tables;
  for (const item of items) {
    const table = (item as { readonly table?: { readonly family?: unknown; readonly name?: unknown } } | null)?.table;
    if (table) tables.add(`${String(table.family)} ${String(table.name)}`);
  }
  return tables;
}

/** What one family's packets go through. */
interface FamilyRules {
  readonly nft: NftRuleset;
  /** iptables' part of it. */
  readonly iptables?: NatRuleset;
}

/** The rules at one moment. */
class NftablesRules implements KernelRules {
  constructor(
    private readonly families: ReadonlyMap<Family, FamilyRules>,
    readonly print: string,
  ) {}

  deviations(plan: RulePlan): Deviation[] {
    return plan.families.flatMap(family => {
      const table = `table ${TABLE[family.family]} ${NFT_TABLE}`;
      const rules = this.chainDeviation(plan, family);
      if (rules) return [`${table} ${rules}`];
      const set = this.set(family.family)!;
      const wanted = preservedSet(family);
      if (set.equals(wanted)) return [];
      const count = (more: typeof set, less: typeof set): number => more.subtract(less).cidrs().length;
      return [`${table} set ${NFT_SET} lacks ${count(wanted, set)} and has ${count(set, wanted)} CIDRs too many`];
    });
  }

  /** The text that makes it as planned: only what differs of the set, or else the whole table. */
  repair(plan: RulePlan, family: FamilyPlan): string {
    if (this.chainDeviation(plan, family)) return nftTableText(plan, family);
    return nftDeltaText(this.set(family.family)!, preservedSet(family));
  }

  map(family: Family): Partition<KernelDecision> {
    const { nft, iptables } = this.families.get(family)!;
    return kernelMap(iptables ? joinRulesets(iptables, nft.ruleset) : nft.ruleset, { sets: nft.sets });
  }

  /** What is wrong with the table beside the set's elements. */
  private chainDeviation(plan: RulePlan, family: FamilyPlan): string | undefined {
    const scope = `${TABLE[family.family]} ${NFT_TABLE} `;
    const { ruleset } = this.families.get(family.family)!.nft;
    const chain = ruleset.chains.get(scope + plan.chain);
    if (!chain) return `has no chain ${plan.chain}`;
    const own = [...ruleset.chains.keys()].filter(name => name.startsWith(scope));
    if (own.length > 1) return `has ${own.length} chains`;
    const hook = ruleset.hooks.find(({ chain: name }) => name === scope + plan.chain);
    if (hook?.priority !== NFT_PRIORITY) return `chain ${plan.chain} is not asked at priority ${NFT_PRIORITY}`;
    if (!this.set(family.family)) return `has no set ${NFT_SET}`;
    const wanted = 3 + WITH_PORTS.length * family.toPorts.length;
    if (chain.rules.length !== wanted)
      return `chain ${plan.chain} has ${chain.rules.length} rules instead of ${wanted}`;
    return this.isAsPlanned(scope, plan, family) ? undefined : `chain ${plan.chain} has other rules`;
  }

  /** Whether the chain's rules do what the plan wants, if only the set were right. */
  private isAsPlanned(scope: string, plan: RulePlan, family: FamilyPlan): boolean {
    const { ruleset } = this.families.get(family.family)!.nft;
    const hooks = ruleset.hooks.filter(({ chain }) => chain === scope + plan.chain);
    const preserved = preservedSet(family);
    const own = kernelMap({ ...ruleset, hooks }, { sets: new Map([[scope + NFT_SET, preserved]]) });
    const preserves = own.where(({ treatment }) => treatment?.kind === 'preserve');
    const masquerades = own.where(decision => isMasquerade(decision, family));
    return preserves.equals(preserved) && masquerades.equals(preserved.complement());
  }

  private set(family: Family): ReturnType<typeof preservedSet> | undefined {
    return this.families.get(family)!.nft.sets.get(`${TABLE[family]} ${NFT_TABLE} ${NFT_SET}`);
  }
}

function isMasquerade(decision: KernelDecision, { toPorts, randomFully }: FamilyPlan): boolean {
  if (decision.treatment === undefined || decision.treatment.kind !== 'masquerade') return false;
  if (decision.randomFully !== randomFully) return false;
  return (decision.treatment.toPorts ?? '') === toPorts.map(portsText).join(',');
}
