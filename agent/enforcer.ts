import { type Difference, formatAddress } from '../core/address';
import type { AgentFlags } from '../core/agentfile/flags';
import { firstDeviation, type KernelDecision } from '../core/dataplane/kernel-map';
import { type FamilyPlan, planRules, type RulePlan } from '../core/dataplane/plan';
import { type AgentConfig, agentTreatment } from '../core/treatment/agentfile';
import type { TreatmentMap } from '../core/treatment/map';
import { type Decision, treatmentText } from '../core/treatment/treatment';
import type { Backend, Deviation, KernelRules } from './backend';
import { isFault } from './backend';

/** What the kernel is to hold: rules, and the map that they have to denote. */
export interface Goal {
  readonly plan: RulePlan;
  readonly map: TreatmentMap;
}

/** What a valid file asks for with the flags. */
export function goalOf(config: AgentConfig, flags: AgentFlags): Goal {
  return { plan: planRules(config, flags), map: agentTreatment(config, flags) };
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
    }
  | {
      /** The rules could not be read or written; those from before hold. */
      readonly kind: 'failed';
      readonly why: string;
      /** What was to be written. */
      readonly pending: readonly Deviation[];
    };

/** Brings the kernel's rules to a goal, and proves that they are there. */
export class Enforcer {
  /** What was proven last of which rules. */
  private known: { readonly goal: Goal; readonly print: string; readonly proof: Proof } | undefined;

  constructor(private readonly backend: Backend) {}

  /** Brings the rules to a goal. Where that fails, one family does not keep the other from it. */
  async enforce(goal: Goal): Promise<Enforcement> {
    const result = await this.enforceTogether(goal);
    const { families } = goal.plan;
    if (result.kind === 'enforced' || families.length === 1) return result;
    for (const family of families) {
      await this.enforceTogether({ ...goal, plan: { ...goal.plan, families: [family] } });
    }
    return result;
  }

  /** Reads the rules, writes what deviates, reads them back and compares the maps over every address. */
  private async enforceTogether(goal: Goal): Promise<Enforcement> {
    const families = goal.plan.families.map(({ family }) => family);
    const before = await this.backend.read(families);
    if (isFault(before)) return { kind: 'failed', why: before.why, pending: [] };
    if (this.known?.goal === goal && this.known.print === before.print) {
      return { kind: 'enforced', proof: this.known.proof, repaired: [] };
    }
    const deviations = before.deviations(goal.plan);
    if (deviations.length === 0) return { kind: 'enforced', proof: this.prove(goal, before), repaired: [] };
    const fault = await this.backend.apply(goal.plan, before);
    if (fault) return { kind: 'failed', why: fault.why, pending: deviations };
    const after = await this.backend.read(families);
    if (isFault(after)) return { kind: 'failed', why: after.why, pending: [] };
    const [remaining] = after.deviations(goal.plan);
    if (remaining !== undefined) {
      return { kind: 'failed', why: `the kernel does not hold what was written: ${remaining}`, pending: [remaining] };
    }
    return { kind: 'enforced', proof: this.prove(goal, after), repaired: deviations };
  }

  private prove(goal: Goal, rules: KernelRules): Proof {
    const proofs = goal.plan.families.map(family => proveFamily(goal, rules, family));
    const of = (kind: Proof['kind']): Proof | undefined => proofs.find(proof => proof.kind === kind);
    const proof = of('contradicted') ?? of('unproven') ?? { kind: 'proven' };
    this.known = { goal, print: rules.print, proof };
    return proof;
  }
}

function proveFamily({ map, plan }: Goal, rules: KernelRules, { family, randomFully }: FamilyPlan): Proof {
  const kernel = rules.map(family);
  const wanted = map.base[family];
  const wrong = firstDeviation(
    wanted,
    // What nobody can tell is no contradiction.
    kernel.zip(wanted, (is, want) => (is.treatment ? is : { treatment: want.treatment, randomFully })),
    randomFully,
  );
  if (wrong) return { kind: 'contradicted', why: contradictionText(wrong, plan.chain, rules) };
  const doubt = wanted.firstDifference(kernel, (_, { treatment }) => treatment !== undefined);
  return doubt ? { kind: 'unproven', why: doubtText(formatAddress(doubt.address), doubt.right) } : { kind: 'proven' };
}

function contradictionText(
  { address, left, right }: Difference<Decision, KernelDecision>,
  chain: string,
  rules: KernelRules,
): string {
  const is = right.treatment ? treatmentText(right.treatment) : '';
  const rule = 'rule' in right && right.rule ? right.rule : rules.exempting(address);
  const by = rule ? ` by the rule ${rule.text}` : `, since nothing leads to ${chain}`;
  const packets = `packets to ${formatAddress(address)} are ${is}${by}`;
  const wants = treatmentText(left.treatment);
  return is === wants ? `${packets}, with other source ports than the flags say` : `${packets}; the file says ${wants}`;
}

function doubtText(address: string, decision: KernelDecision): string {
  const rules = 'rules' in decision ? decision.rules.map(({ text }) => text) : [];
  const first = rules[0] === undefined ? 'rules that are not understood' : `the rule ${rules[0]}`;
  const more = rules.length > 1 ? ` and ${rules.length - 1} more` : '';
  return `what happens to packets to ${address} depends on ${first}${more}`;
}
