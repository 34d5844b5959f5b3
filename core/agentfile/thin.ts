import type { Position } from '../diagnostics';
import { SourceText } from '../source/text';
import { blockOf, isLarge, isLinkLocal } from './block';
import { scanPlain } from './plain';

/** A long file without most of what it has by the thousands. */
export interface ThinFile {
  /** Where the first thing stands that cannot be read alone; the rest of the file was not looked at. Else undefined. */
  readonly odd: number | undefined;
  /** What is left of the text; places in it are those of the whole. */
  readonly source: SourceText;
  /** How many entries of the list were left out that are right. */
  readonly entries: number;
  /** How many values and keys were left out that are not. */
  readonly others: number;
  /** Where the first of those stands. */
  readonly other: number | undefined;
  /** How many entries of its list were left out before a place of the whole. */
  leftOutBefore(offset: number): number;
}

/** How many values of a kind stay, be they right or not: nobody mends more at once. */
const KEPT = 40;

/** How much may be left, in characters. */
const LONGEST = 24 * 1024;

/**
 * Leaves comments out of a file that is written plainly, entries that are right, and all but the first of the others and
 * of unknown keys: what is wrong with the rest is wrong with the whole.
 * @param keys those that are known
 * @param list the one whose value is a list of CIDRs
 */
export function thinFile(source: SourceText, keys: readonly string[], list: string): ThinFile {
  const thinner = new Thinner(source, keys, list);
  const odd = scanPlain(source.text, thinner) ?? thinner.excess;
  return thinner.file(odd);
}

/** A piece of the whole that was kept. */
interface Piece {
  /** Where it begins in the whole. */
  readonly whole: number;
  /** Where it begins in what is left. */
  readonly thin: number;
  /** How many entries of its list were left out before it. */
  readonly leftOut: number;
}

class Thinner {
  /** Where too much was left. */
  excess: number | undefined;
  private length = 0;
  private readonly pieces: Piece[] = [];
  private readonly texts: string[] = [];
  private end = -1;
  private entries = 0;
  private others = 0;
  private firstOther: number | undefined;
  private readonly kept = { value: 0, wide: 0, key: 0 };
  private readonly known: Set<string>;
  private list: string | undefined;
  private isListKept = true;
  /** How many entries of the list were left out. */
  private leftOut = 0;

  constructor(
    private readonly source: SourceText,
    keys: readonly string[],
    private readonly listKey: string,
  ) {
    this.known = new Set(keys);
  }

  file(odd: number | undefined): ThinFile {
    const { source, entries, others, firstOther: other, pieces } = this;
    const left = new ThinText(source, this.texts.join(''), pieces);
    const leftOutBefore = (offset: number) => pieceAt(pieces, 'whole', offset)?.leftOut ?? 0;
    return { odd, source: left, entries, others, other, leftOutBefore };
  }

  key(key: string, start: number, end: number, isNeeded: boolean): void {
    this.list = key;
    this.leftOut = 0;
    // One that stands again is as wrong as one that is not known.
    this.isListKept = this.known.delete(key) || isNeeded || this.kept.key++ < KEPT;
    if (this.isListKept) this.other(start, end);
    else this.leaveOut(start);
  }

  entry(text: string | undefined, start: number, end: number, isNeeded: boolean): void {
    if (!this.isListKept) return;
    const block = text === undefined ? undefined : blockOf(text);
    const isSpecial = !block || isLarge(block) || isLinkLocal(block);
    if (isNeeded || (isSpecial && this.kept[block ? 'wide' : 'value']++ < KEPT)) {
      this.other(start, end);
      return;
    }
    this.leftOut++;
    if (!block) this.leaveOut(start);
    else if (this.list === this.listKey) this.entries++;
  }

  other(start: number, end: number): void {
    if (this.length + end - start > LONGEST) this.excess ??= start;
    if (this.excess !== undefined) return;
    if (this.end !== start) this.pieces.push({ whole: start, thin: this.length, leftOut: this.leftOut });
    this.texts.push(this.source.text.slice(start, end));
    this.length += end - start;
    this.end = end;
  }

  private leaveOut(start: number): void {
    this.others++;
    this.firstOther ??= start;
  }
}

/** The last of the pieces that begin no later than a place. */
function pieceAt(pieces: readonly Piece[], text: 'whole' | 'thin', offset: number): Piece | undefined {
  let low = -1;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle]![text] <= offset) low = middle;
    else high = middle - 1;
  }
  return pieces[low];
}

/** What is left of a text; places are those of the whole. */
class ThinText extends SourceText {
  constructor(
    private readonly whole: SourceText,
    text: string,
    private readonly pieces: readonly Piece[],
  ) {
    super(whole.file, text);
  }

  override position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    const piece = pieceAt(this.pieces, 'thin', at);
    return this.whole.position(piece ? piece.whole + at - piece.thin : at);
  }
}
