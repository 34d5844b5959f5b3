/** What masq needs to know of a stream to decide how to draw on it. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What `--color` takes. */
export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;

/** When to colour. */
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/**
 * Whether to colour what goes to a stream. The flag decides; then `FORCE_COLOR`, then `NO_COLOR` (as in Node itself),
 * then a dumb terminal, then whether there is a terminal at all.
 */
export function useColor(
  stream: Pick<TerminalStream, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>>,
  flag: ColorChoice = 'auto',
): boolean {
  if (flag !== 'auto') return flag === 'always';
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return term !== 'dumb' && stream.isTTY === true;
}

/** The few colours of masq's output. */
export interface Palette {
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
}

/** The colours as ANSI sequences, or as plain text when they are off. */
export function palette(color: boolean): Palette {
  const style = (on: number, off: number) => (text: string) =>
    color && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
    bold: style(1, 22),
    dim: style(2, 22),
  };
}

/** One line that says how far the work is. */
export interface Progress {
  /** Shows a text in place of the one before; ignored when the last one is too fresh. */
  update(text: string): void;
  /** Erases the line. Nothing is drawn afterwards. */
  done(): void;
}

/** No more than ten drawings a second. */
const INTERVAL_MS = 100;
const ERASE = '\r\x1b[2K';

/** Draws progress on a terminal, and nothing at all on anything else. */
export function progress(stream: TerminalStream, now: () => number = Date.now): Progress {
  let last = Number.NEGATIVE_INFINITY;
  let drawn = false;
  let open = stream.isTTY === true;
  return {
    update(text) {
      if (!open || now() - last < INTERVAL_MS) return;
      last = now();
      drawn = true;
      stream.write(ERASE + shorten(text, (stream.columns ?? 80) - 1));
    },
    done() {
      if (open && drawn) stream.write(ERASE);
      open = false;
    },
  };
}

/** One line of at most so many characters, without anything that could move the cursor. */
function shorten(text: string, columns: number): string {
  const characters = Array.from(text.replace(/\p{Cc}/gu, ' '));
  return characters.length <= columns
    ? characters.join('')
    : `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}
