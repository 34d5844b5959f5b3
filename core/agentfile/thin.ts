import type { Position } from '../diagnostics';
import { SourceText } from '../source/text';
import { blockOf, isLarge, isLinkLocal } from './block';

/** A long file without most of what it has by the thousands. */
export interface ThinFile {
  /** Whether that is little enough; else the rest of the text was not looked at. */
  readonly isThin: boolean;
  /** What is left of the text; places in it are those of the whole. */
  readonly source: SourceText;
  /** How many entries were left out that are right. */
  readonly entries: number;
  /** How many values and keys were left out that are not. */
  readonly others: number;
  /** Where the first of those stands. */
  readonly other?: number;
  /** Where the whole has the first value or line that is neither an entry that is right nor a known key. */
  readonly odd?: number;
  /** How many values were left out before a place of the whole. */
  leftOutBefore(offset: number): number;
}

/** How many values of a kind stay, be they right or not: nobody mends more at once. */
const KEPT = 40;

/** How many values stay behind something odd: a quote too many turns what is inside of quotes and outside around. */
const DOUBT = 3;

/** No line with one value or key is longer. */
const LONGEST_LINE = 1024;

/** A text that is no more than that to YAML. */
const SIGNS = '\\s,[\\]{}"\'#&*!|>%@`\\\\';
/** No CIDR has more characters. */
const LONGEST_WORD = 48;
const WORD = `(["']?)([^${SIGNS}?-][^${SIGNS}]{0,${LONGEST_WORD - 1}})`;
const COMMENT = '#[ -~]*';
const NOTHING = new RegExp(`^ *(?:${COMMENT})?$`);
const ITEM = new RegExp(`^( *)-(?: +${WORD}\\2)?(?: +${COMMENT})? *$`);
const KEY = new RegExp(`^([A-Za-z0-9_.-]+):(?: +${WORD}\\2)?(?: +${COMMENT})? *$`);
const IN_BRACKETS = new RegExp(`(?<=[\\s,[])${WORD}\\1 *, *`, 'g');

/**
 * Leaves out of a file entries that are right, and all but the first of the others and of unknown keys, as far as they
 * are written plainly: what is wrong with the rest is wrong with the whole.
 * @param keys those that are known
 * @param longest how much may be left, in characters
 */
export function thinFile(source: SourceText, keys: readonly string[], longest: number): ThinFile {
  const thinner = new Thinner(source, keys);
  const { text } = source;
  for (let start = 0; start < text.length && thinner.length <= longest; ) {
    const lineBreak = text.indexOf('\n', start);
    const next = lineBreak < 0 ? text.length : lineBreak + 1;
    thinner.line(start, next);
    start = next;
  }
  return thinner.file(thinner.length <= longest);
}

/** A piece of the whole that was kept. */
interface Piece {
  /** Where it begins in the whole. */
  readonly whole: number;
  /** Where it begins in what is left. */
  readonly thin: number;
  /** How many values were left out before it. */
  readonly leftOut: number;
}

class Thinner {
  /** How much is left, in characters. */
  length = 0;
  private readonly pieces: Piece[] = [];
  private readonly texts: string[] = [];
  private end = -1;
  private entries = 0;
  private others = 0;
  private other: number | undefined;
  private odd: number | undefined;
  private readonly kept = { value: 0, wide: 0, key: 0 };
  /** How deep the entries above stand. */
  private indent: number | undefined;
  /** Where the last entry begins that was left out. */
  private above = -1;
  /** Where the last value between brackets ends. */
  private valueEnd = -1;
  /** How many values stay though they look right, for something odd stands before them. */
  private doubt = 0;
  private readonly isJson: boolean;

  constructor(
    private readonly source: SourceText,
    private readonly keys: readonly string[],
  ) {
    this.isJson = source.text.startsWith('{');
  }

  file(isThin: boolean): ThinFile {
    const { source, entries, others, other, odd, pieces } = this;
    return {
      isThin,
      source: new ThinText(source, this.texts.join(''), pieces),
      entries,
      others,
      ...(other !== undefined && { other }),
      ...(odd !== undefined && { odd }),
      leftOutBefore: offset => pieceAt(pieces, 'whole', offset)?.leftOut ?? 0,
    };
  }

  line(start: number, next: number): void {
    if (next - start === 1 && this.source.text[start] === '\n') return;
    const whole = this.source.text.slice(start, next);
    const line = whole.length > LONGEST_LINE ? undefined : whole.replace(/\r?\n$/, '');
    if (line === undefined) this.flow(start, whole);
    else if (!NOTHING.test(line)) this.something(start, next, line);
  }

  private something(start: number, next: number, line: string): void {
    const [, blanks, , word = ''] = ITEM.exec(line) ?? [];
    if (blanks !== undefined) {
      const isBeside = this.indent === blanks.length;
      this.indent = blanks.length;
      if (!isBeside) this.keepAbove(start);
      if (!isBeside || this.stays(start, word)) this.keep(start, next);
      else this.above = start;
      return;
    }
    this.indent = undefined;
    const key = KEY.exec(line)?.[1];
    if (key === undefined) this.flow(start, this.source.text.slice(start, next));
    else this.key(start, next, key);
  }

  private key(start: number, next: number, key: string): void {
    this.keepAbove(start);
    const isKnown = this.keys.includes(key);
    if (!isKnown) this.odd ??= start;
    if (isKnown || this.kept.key++ < KEPT) this.keep(start, next);
    else this.leaveOut(start);
  }

  /** Keeps the entry above something that may go on with it. */
  private keepAbove(start: number): void {
    const { above } = this;
    if (above < Math.max(this.end, 0) || start - above > LONGEST_LINE) return;
    this.entries--;
    this.keep(above, start);
  }

  /** Values behind a bracket or a comma, with a comma behind them. */
  private flow(start: number, text: string): void {
    let from = 0;
    let leftOut = this.leftOut;
    for (const found of text.matchAll(IN_BRACKETS)) {
      const [all, , word] = found as unknown as [string, string, string];
      const at = start + found.index;
      const isOpen = this.isOpenBefore(at);
      if (this.doubt === DOUBT) this.keepAbove(start + from);
      this.valueEnd = at + all.length;
      if (!isOpen || this.doubt-- > 0 || this.stays(at, word)) continue;
      const isFirst = text.slice(from, found.index).trim() === '';
      if (!isFirst) this.keep(start + from, at, leftOut);
      // With the blanks before it: a value must not stand less deep than its list.
      this.above = isFirst ? start + from : at;
      from = found.index + all.length;
      leftOut = this.leftOut;
    }
    if (!this.isJson) this.odd ??= start;
    if (text.slice(from).trim() === '') return;
    this.keepAbove(start + from);
    this.keep(start + from, start + text.length, leftOut);
  }

  /** Whether a bracket or a comma stands before a place; in doubt, where that comma is behind no value. */
  private isOpenBefore(offset: number): boolean {
    const { text } = this.source;
    let before = offset - 1;
    while (before >= 0 && /\s/.test(text[before]!)) before--;
    if (text[before] !== '[' && before >= this.valueEnd) this.doubt = DOUBT;
    return text[before] === ',' || text[before] === '[';
  }

  /** Whether a value is to be looked at. */
  private stays(start: number, word: string): boolean {
    const block = blockOf(word);
    const isSpecial = !block || isLarge(block) || isLinkLocal(block);
    if (!block) this.odd ??= start;
    if (isSpecial && this.kept[block ? 'wide' : 'value']++ < KEPT) return true;
    if (block) this.entries++;
    else this.leaveOut(start);
    return false;
  }

  private leaveOut(start: number): void {
    this.others++;
    this.other ??= start;
  }

  private get leftOut(): number {
    return this.entries + this.others;
  }

  /** @param leftOut how many values were left out before it */
  private keep(start: number, end: number, leftOut = this.leftOut): void {
    if (start >= end) return;
    if (this.end !== start) {
      this.pieces.push({ whole: start, thin: this.length, leftOut });
    }
    this.texts.push(this.source.text.slice(start, end));
    this.length += end - start;
    this.end = end;
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
