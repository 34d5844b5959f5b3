import type { Hue, Tone } from '../tone';

/** How a tone is painted: its colour as numbers, to be mixed, and the colour with its pattern. */
export interface Paint {
  readonly rgb: readonly [number, number, number];
  readonly plain: string;
  readonly patterned: string | CanvasPattern;
}

/** Lines for what is preserved, dots for SNAT, a net for what nobody knows: as the pictures have them. */
const MARKS: Readonly<Record<Exclude<Hue, 'masquerade' | 'same'>, string>> = {
  preserve: 'M-1 1l2-2M0 6l6-6M5 7l2-2',
  'now-masquerade': 'M0 3h6',
  snat: 'M2 3h2',
  unknown: 'M0 0l6 6M0 6l6-6',
};

/** The paints of a page as its style has them now. */
export class Paints {
  private readonly known = new Map<string, Paint>();
  private readonly style: CSSStyleDeclaration;
  private readonly probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;

  /** @param scale - pixels of the screen for one of the page */
  constructor(
    root: HTMLElement,
    private readonly context: CanvasRenderingContext2D,
    private readonly scale: number,
  ) {
    this.style = getComputedStyle(root);
  }

  /** The paint of a tone. */
  of({ hue, shade }: Tone): Paint {
    const name = hue === 'snat' ? `snat-${shade}` : hue;
    const known = this.known.get(name);
    if (known) return known;
    const plain = this.colour(name);
    const paint = { rgb: this.numbers(plain), plain, patterned: this.pattern(hue, plain) };
    this.known.set(name, paint);
    return paint;
  }

  /** A colour of the page's style. */
  colour(name: string): string {
    return this.style.getPropertyValue(`--${name}`).trim();
  }

  private numbers(colour: string): [number, number, number] {
    const { probe } = this;
    probe.fillStyle = colour;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    return [r!, g!, b!];
  }

  private pattern(hue: Tone['hue'], colour: string): string | CanvasPattern {
    if (hue === 'masquerade' || hue === 'same') return colour;
    const side = Math.round(6 * this.scale);
    const tile = document.createElement('canvas');
    tile.width = tile.height = side;
    const draw = tile.getContext('2d')!;
    draw.fillStyle = colour;
    draw.fillRect(0, 0, side, side);
    draw.strokeStyle = this.colour('paper');
    draw.globalAlpha = 0.25;
    draw.lineWidth = this.scale;
    draw.scale(side / 6, side / 6);
    draw.stroke(new Path2D(MARKS[hue]));
    return this.context.createPattern(tile, 'repeat') ?? colour;
  }
}

/** Black or white, whichever can be read on a colour. */
export function inkOn([r, g, b]: Paint['rgb']): string {
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? '#14181f' : '#ffffff';
}

/** A mixture of colours, in which what is small can still be seen. */
export function mixed(parts: readonly { readonly paint: Paint; readonly share: number }[]): string {
  const weights = parts.map(({ share }) => Math.max(share, 0.35));
  const sum = weights.reduce((a, b) => a + b, 0);
  const channel = (i: 0 | 1 | 2) =>
    Math.round(parts.reduce((all, { paint }, at) => all + (paint.rgb[i] * weights[at]!) / sum, 0));
  return `rgb(${channel(0)} ${channel(1)} ${channel(2)})`;
}
