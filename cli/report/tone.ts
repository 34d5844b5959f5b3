import { type Both, both, type Partition } from '../../core/address';
import type { TreatmentMap } from '../../core/treatment/map';
import { type Decision, sameTreatment, type Treatment } from '../../core/treatment/treatment';
import { treatmentWord } from '../ask/words';

/** What a colour and a pattern of the report stand for. */
export type Hue = 'preserve' | 'masquerade' | 'now-masquerade' | 'snat' | 'unknown' | 'same';

/** How something is drawn, and what that means. */
export interface Tone {
  /** The colour and the pattern. */
  readonly hue: Hue;
  /** Which of several of the hue, from 0 to 3: more than that look alike. */
  readonly shade: number;
  /** What happens to packets, or what changes. */
  readonly text: string;
}

/** What does not change. */
export const SAME: Tone = { hue: 'same', shade: 0, text: 'no change' };

const SHADES = 4;

/** The tones of a page's part: the same text is the same tone. */
export class Tones {
  private readonly treatments = new Map<string, Tone>();
  private readonly changes = new Map<string, Tone>();

  /** @param maps - their egress rules' treatments have their shades from the first, wherever they are shown */
  constructor(maps: readonly TreatmentMap[]) {
    for (const { egress } of maps) for (const { decision } of egress) this.of(decision.treatment);
  }

  /** The tone of a treatment. */
  of(treatment: Treatment): Tone {
    const text = treatmentWord(treatment);
    const hue = treatment.kind;
    const isAlike = (one: Tone) => one.hue === hue;
    return known(this.treatments, text, () => ({
      hue,
      shade: [...this.treatments.values()].filter(isAlike).length % SHADES,
      text,
    }));
  }

  /** The tone of a change, in the colour of what comes of it. */
  ofChange(before: Treatment, after: Treatment): Tone {
    if (sameTreatment(before, after)) return SAME;
    // What is usual is pale, so that the rest stands out; where it is what comes of a change, it stands out itself.
    const hue = after.kind === 'masquerade' ? 'now-masquerade' : after.kind;
    const text =
      before.kind === 'unknown' && after.kind === 'unknown'
        ? `${treatmentWord(after)}, before and after`
        : `${treatmentWord(before)} → ${treatmentWord(after)}`;
    return known(this.changes, text, () => ({ hue, shade: this.of(after).shade, text }));
  }
}

function known(tones: Map<string, Tone>, text: string, make: () => Tone): Tone {
  const made = tones.get(text) ?? make();
  tones.set(text, made);
  return made;
}

/** How each address is drawn that packets may go to. */
export function toned(partitions: Both<Partition<Decision>>, tones: Tones): Both<Partition<Tone>> {
  return both(family => partitions[family].map(({ treatment }) => tones.of(treatment)));
}

/** How each address is drawn by what changes for packets to it. */
export function tonedChanges(
  before: Both<Partition<Decision>>,
  after: Both<Partition<Decision>>,
  tones: Tones,
): Both<Partition<Tone>> {
  return both(family =>
    before[family].zip(after[family], (left, right) => tones.ofChange(left.treatment, right.treatment)),
  );
}

/** The class of something that is drawn in a tone. */
export function toneClass({ hue, shade }: Tone): string {
  return hue === 'same' ? hue : `${hue} shade-${shade}`;
}
