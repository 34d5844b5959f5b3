import { type Address, FAMILIES, type Family, type Partition } from '../core/address';
import { exemptingRule } from '../core/dataplane/exempting';
import { iptablesRuleset } from '../core/dataplane/iptables-save';
import { fieldsOf } from '../core/dataplane/json';
import { type KernelDecision, kernelMap } from '../core/dataplane/kernel-map';
import { joinRulesets, type NatRule, type NatRuleset } from '../core/dataplane/nat-rule';
import { nftDeltaText } from '../core/dataplane/nft-delta';
import { type NftRuleset, readNftRuleset } from '../core/dataplane/nft-ruleset';
import {
  NFT_CHAIN,
  NFT_PRIORITY,
  NFT_SET,
  nftRemovalText,
  nftTable,
  nftTableText,
  preservedSet,
} from '../core/dataplane/nft-text';
import { type FamilyPlan, portsText, type RulePlan, WITH_PORTS } from '../core/dataplane/plan';
import { decidingText } from '../core/dataplane/saved-plan';
import { type Backend, type BackendName, type Deviation, type Fault, isFault, type KernelRules } from './backend';
import { IptablesBackend } from './iptables';
import type { Platform } from './platform/platform';
import { runTool } from './tool';

/** A table of nftables with a set of destinations, by `nft`. */
export class NftablesBackend implements Backend {
  readonly name: BackendName = 'nftables';
  private readonly iptables: IptablesBackend;

  constructor(private readonly platform: Platform) {
    this.iptables = new IptablesBackend(platform, 'nft');
  }

  async read(families: readonly Family[]): Promise<NftablesRules | Fault> {
    const listed = await runTool(this.platform, ['nft', '-j', 'list', 'ruleset']);
    if (isFault(listed)) return listed;
    const json = parseJson(listed.out);
    const read = new Map<Family, FamilyRules>();
    const prints = [listed.out.replace(/"(?:packets|bytes)": ?\d+/g, '')];
    for (const family of families) {
      const nft = readNftRuleset(family, json);
      if (!nft) return { why: '"nft -j list ruleset" printed what is no list of rules' };
      const iptables = await this.iptablesNat(family, json);
      if (isFault(iptables)) return iptables;
      read.set(family, { nft, iptables });
      prints.push(iptables?.print ?? '');
    }
    return new NftablesRules(read, prints);
  }

  async apply(plan: RulePlan, rules: KernelRules): Promise<Fault | undefined> {
    if (!(rules instanceof NftablesRules)) throw new TypeError('rules of another backend');
    const answer = await runTool(this.platform, ['nft', '-f', '-'], plan.families.map(f => rules.repair(f)).join(''));
    return isFault(answer) ? answer : undefined;
  }

  async removeLeftovers(plan: RulePlan | undefined): Promise<readonly string[] | Fault> {
    const listed = await runTool(this.platform, ['nft', '-j', 'list', 'tables']);
    if (isFault(listed)) return listed;
    const tables = tablesOf(parseJson(listed.out));
    const left = FAMILIES.filter(
      family => tables.has(nftTable(family)) && !plan?.families.some(own => own.family === family),
    );
    if (left.length === 0) return [];
    const answer = await runTool(this.platform, ['nft', '-f', '-'], left.map(nftRemovalText).join(''));
    return isFault(answer) ? answer : left.map(family => `table ${nftTable(family)}`);
  }

  /** The nat table of iptables, which nft lists without understanding it; undefined when there is none. */
  private async iptablesNat(
    family: Family,
    json: unknown,
  ): Promise<{ readonly ruleset: NatRuleset; readonly print: string } | Fault | undefined> {
    if (!tablesOf(json).has(family === 4 ? 'ip nat' : 'ip6 nat')) return undefined;
    const table = await this.iptables.readTable(family);
    if (isFault(table)) return table;
    return { ruleset: iptablesRuleset(family, table, 'iptables '), print: decidingText(table) };
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
function tablesOf(json: unknown): Set<string> {
  const items = fieldsOf(json)?.nftables;
  const names = new Set<string>();
  for (const item of Array.isArray(items) ? items : []) {
    const table = fieldsOf(fieldsOf(item)?.table);
    if (table) names.add(`${String(table.family)} ${String(table.name)}`);
  }
  return names;
}

/** What one family's packets go through. */
interface FamilyRules {
  readonly nft: NftRuleset;
  /** iptables' part of it. */
  readonly iptables: { readonly ruleset: NatRuleset } | undefined;
}

/** The rules at one moment. */
class NftablesRules implements KernelRules {
  readonly print: string;

  constructor(
    private readonly families: ReadonlyMap<Family, FamilyRules>,
    prints: readonly string[],
  ) {
    this.print = prints.join('\f');
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

  /** Text that makes it as planned: only what differs of the set, or else the whole table anew. */
  repair(family: FamilyPlan): string {
    if (this.chainDeviation(family)) return nftTableText(family);
    return nftDeltaText(this.set(family.family)!, preservedSet(family));
  }

  map(family: Family): Partition<KernelDecision> {
    return kernelMap(this.ruleset(family), { sets: this.families.get(family)!.nft.sets });
  }

  exempting(address: Address): NatRule | undefined {
    const { family } = address;
    return exemptingRule(this.ruleset(family), { sets: this.families.get(family)!.nft.sets }, address);
  }

  /** Everything that packets go through, iptables' rules included. */
  private ruleset(family: Family): NatRuleset {
    const { nft, iptables } = this.families.get(family)!;
    return iptables ? joinRulesets(iptables.ruleset, nft.ruleset) : nft.ruleset;
  }

  /** What is wrong with the table, its set's elements left aside. */
  private chainDeviation(plan: FamilyPlan): string | undefined {
    const scope = `${nftTable(plan.family)} `;
    const { ruleset } = this.families.get(plan.family)!.nft;
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
    const { ruleset } = this.families.get(plan.family)!.nft;
    const hooks = ruleset.hooks.filter(({ chain }) => chain === scope + NFT_CHAIN);
    const preserved = preservedSet(plan);
    const own = kernelMap({ ...ruleset, hooks }, { sets: new Map([[scope + NFT_SET, preserved]]) });
    const preserves = own.where(({ treatment }) => treatment?.kind === 'preserve');
    const masquerades = own.where(decision => isMasquerade(decision, plan));
    return preserves.equals(preserved) && masquerades.equals(preserved.complement());
  }

  private set(family: Family): ReturnType<typeof preservedSet> | undefined {
    return this.families.get(family)!.nft.sets.get(`${nftTable(family)} ${NFT_SET}`);
  }
}

function isMasquerade(decision: KernelDecision, { toPorts, randomFully }: FamilyPlan): boolean {
  if (decision.treatment === undefined || decision.treatment.kind !== 'masquerade') return false;
  if (decision.randomFully !== randomFully) return false;
  return (decision.treatment.toPorts ?? '') === toPorts.map(portsText).join(',');
}
