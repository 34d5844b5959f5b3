import { type Difference, type Family, formatAddress } from '../core/address';
import type { AgentFlags } from '../core/agentfile/flags';
import { firstContradiction, type KernelDecision, type ProtocolDecision } from '../core/dataplane/kernel-map';
import { type FamilyPlan, planRules, type RulePlan } from '../core/dataplane/plan';
import type { Protocol } from '../core/dataplane/protocol';
import { type AgentConfig, agentTreatment } from '../core/treatment/agentfile';
import type { TreatmentMap } from '../core/treatment/map';
import { type Decision, treatmentText } from '../core/treatment/treatment';
import { type Backend, type Deviation, type Fault, isFault, type OwnTables } from './backend';
import type { KernelRules } from './kernel-rules';
import type { Surroundings } from './surroundings';

/** What the kernel is to hold: rules, and the map that they have to denote. */
export interface Goal {
  readonly plan: RulePlan;
  readonly map: TreatmentMap;
}

/** What a valid file asks for with the flags. */
export function goalOf(config: AgentConfig, flags: AgentFlags): Goal {
  // Only the proof needs the map, and packets should not wait for it; nothing else needs the list as it was read.
  let make: (() => TreatmentMap) | undefined = () => agentTreatment(config, flags);
  let map: TreatmentMap | undefined;
  return {
    plan: planRules(config, flags),
    get map() {
      map ??= make!();
      make = undefined;
      return map;
    },
  };
}

/** How the kernel's rules stand to the goal. */
export type Proof =
  | {
      /** Every packet is treated as the file says. */
      readonly kind: 'proven';
    }
  | {
      /** Ours are in place, but rules of others decide some packets otherwise. */
      readonly kind: 'contradicted';
      readonly why: string;
    }
  | {
      /** Ours are in place, but rules of others may decide some packets otherwise. */
      readonly kind: 'unproven';
      readonly why: string;
    };

/** What one look at the kernel led to. */
export type Enforcement =
  | {
      readonly kind: 'enforced';
      readonly proof: Proof;
      /** What was not as the goal wants it, and is now. */
      readonly repaired: readonly Deviation[];
      /** Rules of others that went with that. */
      readonly replaced: readonly string[];
    }
  | {
      /** Rules could not be read or written: of the families that are named, those from before hold. */
      readonly kind: 'failed';
      readonly why: string;
      /** What was not as the goal wants it, and is now: of the other families. */
      readonly repaired: readonly Deviation[];
      /** Rules of others that went with that. */
      readonly replaced: readonly string[];
      /** What is still to be written. */
      readonly pending: readonly Deviation[];
    };

/** The tables with a plan's rules in them. */
interface Written {
  readonly tables: OwnTables;
  readonly repaired: readonly Deviation[];
  readonly replaced: readonly string[];
}

/** Why a plan's rules are not in the tables. */
interface NotWritten extends Fault {
  readonly pending: readonly Deviation[];
}

/** Brings the kernel's rules to a goal, and proves that they are there. */
export class Enforcer {
  /** Tables in which nothing deviated from a plan. */
  private held: { readonly plan: RulePlan; readonly print: string } | undefined;
  /** What was proven last of which rules. */
  private known: { readonly goal: Goal; readonly rules: KernelRules; readonly proof: Proof } | undefined;

  constructor(
    private readonly backend: Backend,
    private readonly surroundings: Surroundings,
  ) {}

  /** Brings the rules to a goal. Where that fails, one family does not keep the other from it. */
  async enforce(goal: Goal): Promise<Enforcement> {
    const { plan } = goal;
    const written = await this.write(plan);
    if (!isFault(written)) {
      const { tables, ...repair } = written;
      return { kind: 'enforced', proof: await this.prove(goal, tables), ...repair };
    }
    const isOne = plan.families.length === 1;
    return isOne ? { kind: 'failed', ...written, repaired: [], replaced: [] } : this.enforceApart(goal, written);
  }

  /** Brings each family's rules to a goal by itself. */
  private async enforceApart(goal: Goal, { pending }: NotWritten): Promise<Enforcement> {
    const { plan } = goal;
    const faults = new Map<Family, NotWritten>();
    const repaired = new Set(pending);
    const replaced: string[] = [];
    for (const family of plan.families) {
      const written = await this.write({ ...plan, families: [family] });
      if (isFault(written)) {
        faults.set(family.family, written);
        continue;
      }
      for (const deviation of written.repaired) repaired.add(deviation);
      replaced.push(...written.replaced);
    }
    if (faults.size === 0) {
      const again = await this.write(plan);
      if (isFault(again)) return { kind: 'failed', ...again, repaired: [], replaced };
      for (const deviation of again.repaired) repaired.add(deviation);
      return { kind: 'enforced', proof: await this.prove(goal, again.tables), repaired: [...repaired], replaced };
    }
    const left = [...faults.values()].flatMap(fault => fault.pending);
    for (const deviation of left) repaired.delete(deviation);
    return { kind: 'failed', why: whyText(faults), repaired: [...repaired], replaced, pending: left };
  }

  /** Reads the tables, writes what deviates from a plan, and reads them back. */
  private async write(plan: RulePlan): Promise<Written | NotWritten> {
    const families = plan.families.map(({ family }) => family);
    const before = await this.backend.read(families);
    if (isFault(before)) return { why: before.why, pending: [] };
    const isHeld = this.held?.plan === plan && this.held.print === before.print;
    const deviations = isHeld ? [] : before.deviations(plan);
    if (deviations.length === 0) {
      this.held = { plan, print: before.print };
      return { tables: before, repaired: [], replaced: [] };
    }
    const fault = await this.backend.apply(plan, before);
    if (fault) return { why: fault.why, pending: deviations };
    const after = await this.backend.read(families);
    if (isFault(after)) return { why: after.why, pending: [] };
    const [remaining] = after.deviations(plan);
    if (remaining === undefined) return { tables: after, repaired: deviations, replaced: before.replaced(plan) };
    return { why: `the kernel does not hold what was written: ${remaining}`, pending: [remaining] };
  }

  /** Compares the maps over every address: what is wanted, and what all of the kernel's rules make of it together. */
  private async prove(goal: Goal, own: OwnTables): Promise<Proof> {
    const rules = await this.surroundings.read(goal.plan, own);
    // Ours are in place. But nobody sees what else there is, so nothing is proven.
    if (isFault(rules)) return { kind: 'unproven', why: `the rules of others cannot be read: ${rules.why}` };
    if (this.known?.goal === goal && this.known.rules === rules) return this.known.proof;
    const proofs = goal.plan.families.map(family => proveFamily(goal, rules, family));
    const of = (kind: Proof['kind']): Proof | undefined => proofs.find(proof => proof.kind === kind);
    const proof = of('contradicted') ?? of('unproven') ?? { kind: 'proven' };
    this.known = { goal, rules, proof };
    return proof;
  }
}

/** The faults of families as one; what all of them say is said once. */
function whyText(faults: ReadonlyMap<Family, NotWritten>): string {
  const whys = new Set([...faults.values()].map(({ why }) => why));
  if (faults.size > 1 && whys.size === 1) return [...whys][0]!;
  return [...faults].map(([family, { why }]) => `IPv${family}: ${why}`).join('; ');
}

function proveFamily({ map, plan }: Goal, rules: KernelRules, { family, randomFully }: FamilyPlan): Proof {
  const kernel = rules.map(family);
  const wanted = map.base[family];
  const wrong = firstContradiction(wanted, kernel, randomFully);
  if (wrong) return { kind: 'contradicted', why: contradictionText(wrong, plan.chain, rules) };
  const doubt = wanted.firstDifference(kernel, (_, { treatment }) => treatment !== undefined);
  return doubt ? { kind: 'unproven', why: doubtText(formatAddress(doubt.address), doubt.right) } : { kind: 'proven' };
}

function contradictionText(
  { address, left, right }: Difference<Decision, KernelDecision | ProtocolDecision>,
  chain: string,
  rules: KernelRules,
): string {
  const is = right.treatment ? treatmentText(right.treatment) : '';
  const protocol = 'protocol' in right ? right.protocol : undefined;
  const rule = 'rule' in right && right.rule ? right.rule : rules.exempting(address, protocol ?? 'other');
  const by = rule ? ` by the rule ${rule.text}` : `, since nothing leads to ${chain}`;
  const packets = `${packetsText(protocol)} to ${formatAddress(address)} are ${is}${by}`;
  const wants = treatmentText(left.treatment);
  return is === wants ? `${packets}, with other source ports than the flags say` : `${packets}; the file says ${wants}`;
}

function packetsText(protocol: Protocol | undefined): string {
  if (protocol === undefined) return 'packets';
  return protocol === 'other' ? 'packets of protocols without ports' : `${protocol.toUpperCase()} packets`;
}

/** How many rules are named at the most: of two, nobody may know which one comes first. */
const NAMED = 2;

function doubtText(address: string, decision: KernelDecision): string {
  const rules = 'rules' in decision ? decision.rules : [];
  const texts = rules.map(({ text, isStandIn }) => (isStandIn ? text : `the rule ${text}`));
  const more = rules.length - NAMED;
  const named = [...texts.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', and ');
  return `what happens to packets to ${address} depends on ${named || 'rules that are not understood'}`;
}
