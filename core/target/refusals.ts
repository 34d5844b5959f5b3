import { type Family, type IntervalSet, Partition } from '../address';
import { termsText } from '../analysis/terms';
import { type Diagnostic, diagnostic, type Location, type ValuePath } from '../diagnostics';
import type { ClusterModel } from '../intent/model';
import { has } from '../intent/platform-keys';
import { intentTreatment } from '../treatment/intent';
import { type Decision, treatmentText } from '../treatment/treatment';
import type { TargetName } from './facts';

/** Gathers what a target cannot express of an intent, each at its place there, and what it would have to know. */
export class Refusals {
  private readonly found: Diagnostic[] = [];

  constructor(
    readonly model: ClusterModel,
    private readonly target: TargetName,
  ) {}

  /** Everything refused so far. */
  get list(): readonly Diagnostic[] {
    return this.found;
  }

  /** Refuses what stands at a way that the intent has; at the nearest that it has, where it does not. */
  cannot(path: ValuePath, message: string, hint?: string): void {
    this.add('MQ415', this.model.document.at(path, 'key'), message, hint);
  }

  /** Says what the target has to know, and what to write to tell it. */
  lacks(path: ValuePath, message: string, hint?: string): void {
    this.add('MQ416', this.model.document.at(path, 'key'), message, hint);
  }

  /**
   * Refuses whatever the intent says of some destinations but that one treatment: each rule that says otherwise, where it
   * stands.
   * @param why what the target does to packets there, to be read behind "but"
   */
  mustBe(kind: 'preserve' | 'masquerade', set: IntervalSet, why: string, hint?: string): void {
    const wrong = (decision: Decision): boolean => decision.treatment.kind !== kind;
    for (const [decision, part] of decisionsIn(intentTreatment(this.model).base[set.family], set, wrong)) {
      const what = `packets to ${termsText(part)} are ${treatmentText(decision.treatment)}`;
      this.add(
        'MQ415',
        decision.at ?? this.placeOf(decision, set.family),
        `${what} (${decision.rule}), but ${why}`,
        hint,
      );
    }
  }

  private add(code: 'MQ415' | 'MQ416', at: Location, message: string, hint?: string): void {
    const text = `${this.target}: ${message}`;
    this.found.push(diagnostic(code, at, { message: text, ...(hint !== undefined && { hint }) }));
  }

  /** Where what no entry of a list says is said: at its key, or at that of the whole list. */
  private placeOf({ rule }: Decision, family: Family): Location {
    const list = ['spec', 'masquerade'];
    const own = [...list, family === 4 ? 'linkLocal' : 'linkLocalIPv6'];
    return this.model.document.at(rule === 'link-local' && has(this.model, own) ? own : list, 'key');
  }
}

/** The rules that decide about any of some addresses, and about which: in the order of the lowest one. */
function decisionsIn(
  partition: Partition<Decision>,
  set: IntervalSet,
  wanted: (decision: Decision) => boolean,
): [Decision, IntervalSet][] {
  const { family } = set;
  const inside = Partition.fromLayers(family, [{ set, value: true }], false);
  const chosen = partition.zip(inside, (decision, is) => (is && wanted(decision) ? decision : undefined));
  const decisions = new Set<Decision>();
  for (const { value } of chosen.entries()) if (value) decisions.add(value);
  return [...decisions].map(decision => [decision, chosen.where(value => value === decision)]);
}
