import type { Address, Family, IntervalSet, Partition } from '../address';
import { exemptingRule } from '../dataplane/exempting';
import { Exits } from '../dataplane/exits';
import type { InterfaceName } from '../dataplane/interfaces';
import { asksForProtocol, type KernelDecision, kernelMap } from '../dataplane/kernel-map';
import { serviceBits, tailscaleBits } from '../dataplane/mark';
import { asksForSource, type Packets } from '../dataplane/match';
import type { NatRule, NatRuleset } from '../dataplane/nat-rule';
import type { NftRuleset } from '../dataplane/nft-ruleset';
import { PROTOCOLS, type Protocol } from '../dataplane/protocol';
import { walkRules } from '../dataplane/walk';
import { type Met, Way } from '../dataplane/way';
import type { Location } from '../diagnostics';
import { listsNatChain } from './listing';
import { clearedBits, type MarksSet, marksOf } from './marking';
import type { DumpedListing } from './node-dump';
import { ownerOf } from './owner';
import type { DumpPart } from './part';
import { linePlace, Places } from './places';
import type { DumpedTable } from './saved';
import { serviceAddresses } from './services';

/** Where packets of pods come from, as far as that is known. */
export type Sources = Omit<Packets, 'protocol'>['sources'];

/** What rules of a part of a dump do to marks before the postrouting hook. */
export interface DumpedMarks extends MarksSet {
  /** The file that it stands in. */
  readonly file: string;
  /** The part of the file. */
  readonly part: DumpPart;
  /** The listing that it is, where nft printed it. */
  readonly listing?: DumpedListing;
}

/** Everything that a node's dumps say of what becomes of the packets of its pods. */
export class NodeRules {
  private readonly places: Places;
  /** By what may set marks before the postrouting hook, where it stands: in which line, or which entry. */
  private readonly setters = new Map<NatRule, readonly [DumpedMarks, index: number | undefined]>();

  /** @param rules by family; one that is not among them is in no dump */
  constructor(
    private readonly rules: ReadonlyMap<Family, NftRuleset>,
    /** The tables of iptables. */
    readonly tables: readonly DumpedTable[],
    /** The listings of nftables. */
    readonly listings: readonly DumpedListing[],
    /** What rules do to marks of packets that go to no Service, before the postrouting hook. @default nothing */
    private readonly marks: readonly DumpedMarks[] = [],
    /** The interfaces by which packets of pods leave the node. @default nobody knows */
    private readonly outInterfaces?: readonly InterfaceName[],
  ) {
    this.places = new Places(tables, listings);
    for (const one of marks) for (const { rule, index } of one.markings) this.setters.set(rule, [one, index]);
  }

  /** Whether somebody said by which interfaces packets of pods leave the node. */
  get knowsOutInterfaces(): boolean {
    return this.outInterfaces !== undefined;
  }

  /** The families that the dumps say something of. */
  get families(): readonly Family[] {
    return [...this.rules.keys()];
  }

  /** Whether of iptables' tables the dumps have "nat" alone, and nothing of nft: what other tables do to packets is not seen. */
  get isNatAlone(): boolean {
    return this.listings.length === 0 && this.tables.every(({ part }) => !/^\*(?!nat\s*$)/m.test(part.text));
  }

  /** The addresses of Services, to whose ports kube-proxy's rules send packets elsewhere: these rules are not followed. */
  services(family: Family): IntervalSet {
    return serviceAddresses(family, this.tables, this.listings);
  }

  /** The rules of a family. */
  ruleset(family: Family): NatRuleset {
    return this.rules.get(family)!.ruleset;
  }

  /** Whether rules ask where packets come from. */
  get asksForSources(): boolean {
    return [...this.rules].some(([family, { ruleset, sets }]) =>
      [...ruleset.chains.values()].some(({ rules }) => rules.some(rule => asksForSource(rule, family, sets))),
    );
  }

  /** The files with tables of which nothing says of which family they are. */
  get filesOfNoFamily(): readonly string[] {
    return [...new Set(this.tables.filter(({ isGuessed }) => isGuessed).map(({ file }) => file))];
  }

  /** What the rules make of packets, by the destination to which pods send them. */
  sent(family: Family, sources: Sources): Partition<KernelDecision> {
    return kernelMap(this.ruleset(family), { ...this.packets(family, sources), isAsSent: true });
  }

  /**
   * What the rules make of packets, by the destination with which they leave: rules may have sent them there.
   * @param ruleset the rules that count. @default all
   * @param gone rules that set marks before, and do not count. @default none
   */
  map(
    family: Family,
    sources: Sources,
    ruleset: NatRuleset = this.ruleset(family),
    gone?: ReadonlySet<NatRule>,
  ): Partition<KernelDecision> {
    return kernelMap(ruleset, this.packets(family, sources, gone));
  }

  /** Whether a rule may set marks before the postrouting hook, or stands for what does. */
  setsMark(rule: NatRule): boolean {
    return this.setters.has(rule);
  }

  /** By which rule packets keep their source, for each destination; undefined where they meet none that says so. */
  exits(family: Family, sources: Sources, protocol: Protocol = 'other'): Partition<NatRule | undefined> {
    const exits = new Exits(family);
    walkRules(this.ruleset(family), { ...this.packets(family, sources), protocol }, exits);
    return exits.rules;
  }

  /**
   * By which rules packets keep their source, for each destination: those by which some may leave, and behind them that by
   * which the others do. One list where the protocol makes no difference, else one for each of {@link PROTOCOLS}.
   */
  keeping(family: Family, sources: Sources): Partition<readonly (readonly (NatRule | undefined)[])[]> {
    const ruleset = this.ruleset(family);
    const [first, ...others] = protocolsOf(ruleset).map(protocol => {
      const exits = new Exits(family);
      walkRules(ruleset, { ...this.packets(family, sources), protocol, isAsSent: true }, exits);
      return exits.candidates;
    });
    let all = first!.map((rules): readonly (readonly (NatRule | undefined)[])[] => [rules]);
    for (const one of others) all = all.zip(one, (before, rules) => [...before, rules]);
    return all;
  }

  /** The rules that packets to some destinations come to, in their order; undefined where that is not known. */
  met(to: IntervalSet, sources: Sources): readonly Met[] | undefined {
    const ruleset = this.ruleset(to.family);
    const way = new Way();
    for (const protocol of protocolsOf(ruleset)) {
      walkRules(ruleset, { ...this.packets(to.family, sources), protocol, to, isAsSent: true }, undefined, way);
    }
    return way.rules(ruleset);
  }

  /** The rule of a base chain that lets packets to an address out before any other gives them another source. */
  exempting(
    ruleset: NatRuleset,
    address: Address,
    sources: Sources,
    protocol: Protocol = 'other',
  ): NatRule | undefined {
    return exemptingRule(ruleset, { ...this.packets(address.family, sources), protocol }, address);
  }

  /** The chain that a rule is in, behind the name of its table. */
  chainOf(family: Family, rule: NatRule): string | undefined {
    for (const [name, { rules }] of this.ruleset(family).chains) if (rules.includes(rule)) return name;
    return undefined;
  }

  /** Whether a chain is in the nat table of iptables, whatever leads to it. */
  hasNatChain(family: Family, chain: string): boolean {
    const isSaved = this.tables.some(
      one => one.family === family && one.name === 'nat' && one.table.policies.has(chain),
    );
    return isSaved || this.listings.some(({ entries }) => listsNatChain(entries, family, chain));
  }

  /** Where a rule stands in the dumps; undefined for one that only stands for something else. */
  placeOf(family: Family, rule: NatRule): Location | undefined {
    if (rule.isStandIn) return undefined;
    const [marks, index] = this.setters.get(rule) ?? [];
    if (marks && index !== undefined) {
      const { file, part, listing } = marks;
      return listing ? this.places.entry(listing, index) : linePlace(file, part, index);
    }
    return this.places.find(this.ruleset(family), rule);
  }

  /** Who probably wrote a rule. */
  ownerOf(family: Family, rule: NatRule): string | undefined {
    return rule.isStandIn ? undefined : ownerOf(this.chainOf(family, rule) ?? '', rule.text);
  }

  private packets(family: Family, sources: Sources, gone?: ReadonlySet<NatRule>): Omit<Packets, 'protocol'> {
    const { ruleset, sets } = this.rules.get(family)!;
    const unmarked = (serviceBits(ruleset) | tailscaleBits(ruleset)) >>> 0;
    const markings = this.marks.flatMap(one => one.markings.filter(({ rule }) => !gone?.has(rule)));
    const marked = marksOf(markings, family, sources);
    const cleared = clearedBits(
      this.marks.flatMap(one => one.cleared),
      family,
    );
    const { outInterfaces } = this;
    return { sets, unmarked, marked, cleared, ...(sources && { sources }), ...(outInterfaces && { outInterfaces }) };
  }
}

/** The protocols that rules tell apart; what is none of those with ports stands for all where they tell none apart. */
export function protocolsOf(ruleset: NatRuleset): readonly Protocol[] {
  return asksForProtocol(ruleset) ? PROTOCOLS : ['other'];
}
