import { type Cidr, cidrContains, compareCidrs, formatCidr, type IntervalSet, splitCidr } from '../address';

/** A block and the blocks that are taken out of it. */
export interface Term {
  /** The block. */
  readonly cidr: Cidr;
  /** What is taken out, sorted and disjoint. */
  readonly minus: readonly Cidr[];
}

/**
 * A set as the fewest blocks that say it, where a block may have others taken out of it: `10.0.0.0/8 minus
 * 10.8.0.0/14` are two, and as blocks alone it would take six. Where both take as many, nothing is taken out.
 */
export function termsOf(set: IntervalSet): Term[] {
  const inside = set.cidrs();
  const outside = set.complement().cidrs();
  const top = { family: set.family, words: new Uint32Array(set.family === 4 ? 1 : 4), prefix: 0 };
  return shortest(top, { list: inside, from: 0, to: inside.length }, { list: outside, from: 0, to: outside.length })
    .terms;
}

/** A set in writing: its {@link termsOf} with commas between them. */
export function termsText(set: IntervalSet): string {
  return termsOf(set).map(termText).join(', ');
}

/** A term in writing, such as `10.0.0.0/8 minus 10.8.0.0/14 and 10.64.0.0/10`. */
export function termText({ cidr, minus }: Term): string {
  const out = minus.map(formatCidr);
  if (out.length === 0) return formatCidr(cidr);
  const last = out.pop()!;
  return `${formatCidr(cidr)} minus ${out.length === 0 ? last : `${out.join(', ')} and ${last}`}`;
}

/** The part of a sorted list of disjoint blocks that lies in one block. */
interface Slice {
  readonly list: readonly Cidr[];
  readonly from: number;
  readonly to: number;
}

interface Written {
  readonly terms: Term[];
  /** How many blocks are named. */
  readonly cost: number;
}

/** The shortest way to write the part of a set in a block, from the blocks inside and outside of the set there. */
function shortest(block: Cidr, inside: Slice, outside: Slice): Written {
  const blocks = inside.to - inside.from;
  if (blocks <= 2) return { terms: plain(inside), cost: blocks };
  const withHoles = 1 + outside.to - outside.from;
  const [low, high] = splitCidr(block);
  const [lowIn, highIn] = halve(inside, high);
  const [lowOut, highOut] = halve(outside, high);
  const a = shortest(low, lowIn, lowOut);
  const b = shortest(high, highIn, highOut);
  if (withHoles < a.cost + b.cost) {
    return { terms: [{ cidr: block, minus: outside.list.slice(outside.from, outside.to) }], cost: withHoles };
  }
  return { terms: [...a.terms, ...b.terms], cost: a.cost + b.cost };
}

function plain({ list, from, to }: Slice): Term[] {
  return list.slice(from, to).map(cidr => ({ cidr, minus: [] }));
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
