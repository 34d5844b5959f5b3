import type { Family } from '../core/address';
import type { Flavour } from '../core/dataplane/iptables-ruleset';
import type { SavedTable } from '../core/dataplane/iptables-save';
import type { RulePlan } from '../core/dataplane/plan';
import type { Listing } from './nft';

/** How the rules get into the kernel. */
export type BackendName = 'iptables-nft' | 'iptables-legacy' | 'nftables';

/** What kept the agent from reading or writing the kernel's rules, in words. */
export interface Fault {
  readonly why: string;
  /** Whether that is because a tool is not there. */
  readonly isMissing?: boolean;
}

/** Something of ours that is not in the kernel as the plan wants it, in words. */
export type Deviation = string;

/** The tables in which a backend's rules are, at one moment. */
export interface OwnTables {
  /** Equal for equal rules: whatever was told of a print holds as long as the print is read again. */
  readonly print: string;
  /** What has to be written; nothing when all of ours is as planned. */
  deviations(plan: RulePlan): readonly Deviation[];
  /** Rules of others that go when it is made as planned, each as the command that would add it again. */
  replaced(plan: RulePlan): readonly string[];
  /** iptables' nat tables, where they are the backend's, with the rules of others in them. */
  readonly saved?: { readonly flavour: Flavour; readonly tables: ReadonlyMap<Family, SavedTable> };
  /** What `nft -j` lists of the agent's own tables, where they are the backend's, and the overview that it lists. */
  readonly listed?: { readonly own: readonly unknown[]; readonly overview: Listing };
}

/** One way to read and write the kernel's rules. */
export interface Backend {
  /** Its name. */
  readonly name: BackendName;
  /** Reads the tables of these families. */
  read(families: readonly Family[]): Promise<OwnTables | Fault>;
  /** Writes what deviates, for each family as one transaction: afterwards all of it holds, or nothing has changed. */
  apply(plan: RulePlan, tables: OwnTables): Promise<Fault | undefined>;
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
