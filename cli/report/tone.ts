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
  private readonly known = new Map<string, Tone>();

  /** @param maps - their egress rules' treatments have their shades from the first, wherever they are shown */
  constructor(maps: readonly TreatmentMap[]) {
    for (const { egress } of maps) for (const { decision } of egress) this.of(decision.treatment);
  }

  /** The tone of a treatment. */
  of(treatment: Treatment): Tone {
    return this.tone(treatment.kind, treatmentWord(treatment));
  }

  /** The tone of a change, in the colour of what comes of it. */
  ofChange(before: Treatment, after: Treatment): Tone {
    if (sameTreatment(before, after)) return SAME;
    // What is usual is pale, so that the rest stands out; where it is what comes of a change, it stands out itself.
    const hue = after.kind === 'masquerade' ? 'now-masquerade' : after.kind;
    return this.tone(hue, `${treatmentWord(before)} → ${treatmentWord(after)}`);
  }

  private tone(hue: Hue, text: string): Tone {
    const tone = this.known.get(text);
    if (tone) return tone;
    const shade = [...this.known.values()].filter(one => one.hue === hue).length % SHADES;
    const made = { hue, shade, text };
    this.known.set(text, made);
    return made;
  }
}

/** How each address is drawn that packets may go to. */
export function toned(partitions: Both<Partition<Decision>>, tones: Tones): Both<Partition<Tone>> {
  return both(family => partitions[family].map(({ treatment }) => tones.of(treatment)));
}

/** How each address is drawn by what changes for packets to it. */
export function tonedChanges(
  before: Both<Partition<Decision>>,
  after: Both<Partition<Decision>>,
): Both<Partition<Tone>> {
  const tones = new Tones([]);
  return both(family =>
    before[family].zip(after[family], (left, right) => tones.ofChange(left.treatment, right.treatment)),
  );
}

/** The class of something that is drawn in a tone. */
export function toneClass({ hue, shade }: Tone): string {
  return hue === 'same' ? hue : `${hue} shade-${shade}`;
}
