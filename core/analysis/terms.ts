import {
  BITS,
  type Cidr,
  cidrContains,
  compareCidrs,
  formatAddress,
  formatCidr,
  type IntervalSet,
  splitCidr,
} from '../address';

/** A block and the blocks that are taken out of it. */
export interface Term {
  /** The block. */
  readonly cidr: Cidr;
  /** What is taken out, sorted and disjoint; another term may lie in it. */
  readonly minus: readonly Cidr[];
}

/**
 * A set as the fewest blocks that say it, where a block may have others taken out of it: `10.0.0.0/8 minus
 * 10.8.0.0/14` are two, and as blocks alone it would take six. What is taken out may hold further blocks of the set,
 * which are terms of their own. Where several ways take as many, nothing is taken out.
 */
export function termsOf(set: IntervalSet): Term[] {
  const inside = set.cidrs();
  // Two blocks with something taken out of one of them would be three.
  if (inside.length <= 2) return inside.map(cidr => ({ cidr, minus: [] }));
  const outside = set.complement().cidrs();
  const top = { family: set.family, words: new Uint32Array(set.family === 4 ? 1 : 4), prefix: 0 };
  const { bare } = shortest(
    top,
    { list: inside, from: 0, to: inside.length },
    { list: outside, from: 0, to: outside.length },
  );
  return gathered(bare.strokes);
}

/** A set in writing: its {@link termsOf} with commas between them, each of several that something is taken out of in brackets. */
export function termsText(set: IntervalSet): string {
  const terms = termsOf(set);
  if (terms.length === 1) return termText(terms[0]!);
  return terms.map(term => (term.minus.length === 0 ? termText(term) : `(${termText(term)})`)).join(', ');
}

/** A term in writing, such as `10.0.0.0/8 minus 10.8.0.0/14 and 10.64.0.0/10`. */
export function termText({ cidr, minus }: Term): string {
  const out = minus.map(blockText);
  if (out.length === 0) return blockText(cidr);
  const last = out.pop()!;
  return `${blockText(cidr)} minus ${out.length === 0 ? last : `${out.join(', ')} and ${last}`}`;
}

/** A block in writing; one address as that, without a prefix length. */
export function blockText({ family, words, prefix }: Cidr): string {
  return prefix === BITS[family] ? formatAddress({ family, words }) : formatCidr({ family, words, prefix });
}

/** The part of a sorted list of disjoint blocks that lies in one block. */
interface Slice {
  readonly list: readonly Cidr[];
  readonly from: number;
  readonly to: number;
}

/** A block that is put into a set, or taken out of what is there, and then what is done inside of it. */
interface Stroke {
  readonly cidr: Cidr;
  readonly puts: boolean;
  readonly inner: Strokes;
}

/** Strokes in the order of their addresses: one, none, or those of two neighbours. */
type Strokes = Stroke | undefined | { readonly low: Strokes; readonly high: Strokes };

interface Written {
  readonly strokes: Strokes;
  /** How many blocks are named. */
  readonly cost: number;
}

/** The shortest ways to write the part of a set in a block: where nothing of the block is in yet, and where all of it is. */
interface Ways {
  readonly bare: Written;
  readonly filled: Written;
}

const NOTHING: Written = { strokes: undefined, cost: 0 };

/** From the blocks inside and outside of the set there. */
function shortest(block: Cidr, inside: Slice, outside: Slice): Ways {
  const stroke = (puts: boolean, { strokes: inner, cost }: Written): Written => ({
    strokes: { cidr: block, puts, inner },
    cost: cost + 1,
  });
  if (inside.from === inside.to) return { bare: NOTHING, filled: stroke(false, NOTHING) };
  if (outside.from === outside.to) return { bare: stroke(true, NOTHING), filled: NOTHING };
  const [low, high] = splitCidr(block);
  const [lowIn, highIn] = halve(inside, high);
  const [lowOut, highOut] = halve(outside, high);
  const a = shortest(low, lowIn, lowOut);
  const b = shortest(high, highIn, highOut);
  const bare = beside(a.bare, b.bare);
  const filled = beside(a.filled, b.filled);
  return {
    bare: filled.cost + 1 < bare.cost ? stroke(true, filled) : bare,
    filled: bare.cost + 1 < filled.cost ? stroke(false, bare) : filled,
  };
}

function beside(low: Written, high: Written): Written {
  if (low.strokes === undefined) return high;
  if (high.strokes === undefined) return low;
  return { strokes: { low: low.strokes, high: high.strokes }, cost: low.cost + high.cost };
}

/** The terms of strokes, in the order of their blocks. */
function gathered(strokes: Strokes): Term[] {
  const terms: Term[] = [];
  const visit = (some: Strokes, taken: Cidr[]): void => {
    if (some === undefined) return;
    if ('low' in some) {
      visit(some.low, taken);
      visit(some.high, taken);
    } else if (some.puts) {
      const minus: Cidr[] = [];
      terms.push({ cidr: some.cidr, minus });
      visit(some.inner, minus);
    } else {
      taken.push(some.cidr);
      visit(some.inner, taken);
    }
  };
  visit(strokes, []);
  return terms;
}

/** Parts a slice at the first block of the upper half. */
function halve({ list, from, to }: Slice, high: Cidr): [Slice, Slice] {
  let [a, b] = [from, to];
  while (a < b) {
    const middle = (a + b) >> 1;
    const isHigh = cidrContains(high, list[middle]!) || compareCidrs(list[middle]!, high) > 0;
    if (isHigh) b = middle;
    else a = middle + 1;
  }
  return [
    { list, from, to: a },
    { list, from: a, to },
  ];
}
