import { type Both, both, FAMILIES, type Interval, type LabelledSet } from '../address';
import type { Asked } from '../treatment/map';
import { type Decision, sameTreatment } from '../treatment/treatment';

/** A rule without which everything is treated the same. */
export interface SuperfluousRule {
  /** The rule. */
  readonly rule: Decision;
  /** Whether it never decides: rules that are asked before it hold all that it holds. */
  readonly isNever: boolean;
  /** What decides in its place, in the order in which it is asked. */
  readonly instead: readonly Decision[];
}

/** Which rules one would like to be gone. */
export interface Choice {
  /** Whether a rule may go at all: not one that says how the cluster is. */
  readonly mayGo: (rule: Decision) => boolean;
  /** Whether a rule is to go before others that may go in its place. */
  readonly isFirst?: (rule: Decision) => boolean;
}

/**
 * The rules of a map that may go, all of them together and each by itself, without any address being treated
 * otherwise. Of rules that stand for each other, those go that hold less, and the later ones of equals. Of the rules
 * that are left, none could go in its turn, but for one that only another's going makes superfluous.
 *
 * Runs of rules with one treatment are gone through from the last to the first: what is asked before a rule cannot make
 * it needed by going, and within a run the order in which rules are asked makes no difference.
 */
export function superfluousRules(asked: Both<Asked>, { mayGo, isFirst = () => false }: Choice): SuperfluousRule[] {
  const rules = inOrder(asked);
  const order = new Map(rules.map((rule, index) => [rule, index]));
  const stretches = both(family => stretchesOf(asked[family], order));
  const ruled = holdings(rules, stretches);
  const sizes = sizesOf(asked);
  const gone = new Set<number>();
  const found = new Map<number, SuperfluousRule>();
  const nobody: ReadonlySet<number> = new Set();
  for (const run of runs(rules).reverse()) {
    const turns = run
      .filter(index => mayGo(rules[index]!))
      .map(index => ({ index, first: isFirst(rules[index]!), size: sizes.get(rules[index]!)! }))
      .sort((a, b) => Number(b.first) - Number(a.first) || compare(a.size, b.size) || b.index - a.index);
    for (const { index } of turns) {
      const own = ruled[index]!;
      if (!isIdle(index, own, rules, gone) || !isIdle(index, own, rules, nobody)) continue;
      gone.add(index);
      found.set(index, superfluous(index, own, rules));
    }
  }
  return [...found.keys()].sort((a, b) => a - b).map(index => found.get(index)!);
}

/** The rules that hold the same addresses, as they are asked, by their numbers; and what decides where none of them does. */
interface Stretch {
  readonly rules: readonly number[];
  readonly otherwise: Decision;
}

/** The rules of both families as they are asked: in each family they stand in one order. */
function inOrder(asked: Both<Asked>): Decision[] {
  const [four, six] = FAMILIES.map(family => asked[family].layers.map(layer => layer.value)) as [
    Decision[],
    Decision[],
  ];
  const [inFour, inSix] = [new Set(four), new Set(six)];
  const rules: Decision[] = [];
  for (let i = 0, j = 0; i < four.length || j < six.length; ) {
    if (i < four.length && !inSix.has(four[i]!)) rules.push(four[i++]!);
    else if (j < six.length && !inFour.has(six[j]!)) rules.push(six[j++]!);
    else {
      rules.push(four[i++]!);
      j++;
    }
  }
  return rules;
}

/** The parts of the address space that different rules hold, those that no rule holds left out. */
function stretchesOf({ layers, otherwise }: Asked, order: ReadonlyMap<Decision, number>): Stretch[] {
  const edges = layers.flatMap(layer => edgesOf(layer, order.get(layer.value)!)).sort((a, b) => compare(a.at, b.at));
  const stretches = new Map<string, Stretch>();
  const open: number[] = [];
  for (let i = 0; i < edges.length; ) {
    const { at } = edges[i]!;
    for (; i < edges.length && edges[i]!.at === at; i++) {
      const { rule, opens } = edges[i]!;
      const place = placeIn(open, rule);
      open.splice(place, opens ? 0 : 1, ...(opens ? [rule] : []));
    }
    if (open.length > 0) stretches.set(open.join(), { rules: [...open], otherwise });
  }
  return [...stretches.values()];
}

function edgesOf({ set }: LabelledSet<Decision>, rule: number): { at: bigint; rule: number; opens: boolean }[] {
  return [...set.intervals()].flatMap(({ first, last }: Interval) => [
    { at: numberOf(first.words), rule, opens: true },
    { at: numberOf(last.words) + 1n, rule, opens: false },
  ]);
}

function numberOf(words: Uint32Array): bigint {
  return words.reduce((number, word) => (number << 32n) | BigInt(word), 0n);
}

/** Where a number stands in a sorted list, or belongs. */
function placeIn(list: readonly number[], value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The stretches that each rule has a part in. */
function holdings(rules: readonly Decision[], stretches: Both<readonly Stretch[]>): readonly (readonly Stretch[])[] {
  const ruled: Stretch[][] = rules.map(() => []);
  for (const stretch of FAMILIES.flatMap(family => stretches[family])) {
    for (const rule of stretch.rules) ruled[rule]!.push(stretch);
  }
  return ruled;
}

/** Rules with the same treatment that are asked one after the other. */
function runs(rules: readonly Decision[]): number[][] {
  const found: number[][] = [];
  for (const [index, { treatment }] of rules.entries()) {
    const last = found.at(-1);
    if (last && sameTreatment(rules[last[0]!]!.treatment, treatment)) last.push(index);
    else found.push([index]);
  }
  return found;
}

/** How many addresses each rule holds; those of IPv6 weigh more than all of IPv4. */
function sizesOf(asked: Both<Asked>): Map<Decision, bigint> {
  const sizes = new Map<Decision, bigint>();
  for (const family of FAMILIES) {
    for (const { set, value } of asked[family].layers) {
      const count = family === 4 ? set.count() : set.count() << 33n;
      sizes.set(value, (sizes.get(value) ?? 0n) + count);
    }
  }
  return sizes;
}

/** Whether a rule decides nothing, or nothing else than what would be decided without it, when some rules are gone. */
function isIdle(
  rule: number,
  stretches: readonly Stretch[],
  rules: readonly Decision[],
  gone: ReadonlySet<number>,
): boolean {
  return stretches.every(stretch => {
    const [first, second] = stretch.rules.filter(one => !gone.has(one));
    if (first !== rule) return true;
    const next = second === undefined ? stretch.otherwise : rules[second]!;
    return sameTreatment(next.treatment, rules[rule]!.treatment);
  });
}

function superfluous(rule: number, stretches: readonly Stretch[], rules: readonly Decision[]): SuperfluousRule {
  const isNever = stretches.every(stretch => stretch.rules[0] !== rule);
  const others = new Set<number>();
  const rest = new Set<Decision>();
  for (const { rules: held, otherwise } of stretches) {
    const instead = held[0] === rule ? held[1] : held[0];
    if (instead === undefined) rest.add(otherwise);
    else others.add(instead);
  }
  const instead = [...others].sort((a, b) => a - b).map(index => rules[index]!);
  return { rule: rules[rule]!, isNever, instead: [...instead, ...rest] };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
