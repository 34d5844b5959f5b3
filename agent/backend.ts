import type { Address, Family, Partition } from '../core/address';
import type { KernelDecision } from '../core/dataplane/kernel-map';
import type { NatRule } from '../core/dataplane/nat-rule';
import type { RulePlan } from '../core/dataplane/plan';

/** How the rules get into the kernel. */
export type BackendName = 'iptables-nft' | 'iptables-legacy' | 'nftables';

/** What kept the agent from reading or writing the kernel's rules, in words. */
export interface Fault {
  readonly why: string;
}

/** Something of ours that is not in the kernel as the plan wants it, in words. */
export type Deviation = string;

/** The kernel's rules at one moment. */
export interface KernelRules {
  /** Equal for equal rules: whatever was proven of a print holds as long as the print is read again. */
  readonly print: string;
  /** What has to be written; nothing when all of ours is as planned. */
  deviations(plan: RulePlan): readonly Deviation[];
  /** What the rules make of pods' packets, ours and those of others together. */
  map(family: Family): Partition<KernelDecision>;
  /** The rule that lets packets to an address out before any gives them another source, if one does. */
  exempting(address: Address): NatRule | undefined;
}

/** One way to read and write the kernel's rules. */
export interface Backend {
  /** Its name. */
  readonly name: BackendName;
  /** Reads the rules of these families. */
  read(families: readonly Family[]): Promise<KernelRules | Fault>;
  /** Writes what deviates, for each family as one transaction: afterwards all of it holds, or nothing has changed. */
  apply(plan: RulePlan, rules: KernelRules): Promise<Fault | undefined>;
  /**
   * Removes what is ours and not in the plan: chains of former names, of families that are off, and without a plan
   * everything. Answers what was removed, in words.
   */
  removeLeftovers(plan: RulePlan | undefined): Promise<readonly string[] | Fault>;
}

/** Whether an answer is a fault. */
export function isFault(answer: object | undefined): answer is Fault {
  return answer !== undefined && 'why' in answer;
}
