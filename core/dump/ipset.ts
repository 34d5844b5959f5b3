import { type Family, IntervalSet, parseAddress, parseCidr } from '../address';

/** Types of sets that hold addresses and nothing beside them. */
const TYPES: readonly string[] = ['hash:ip', 'hash:net', 'bitmap:ip'];

/**
 * Options of sets whose elements do not say all: where they go by themselves, rules may add them too, and where addresses
 * are masked, one stands for many.
 */
const UNFIXED = / (?:netmask|bitmask) | timeout (?!0\b)/;

/** The sets of addresses that `ipset save` printed. */
export interface Ipsets {
  /** By name; a set that packets may fill themselves, one that masks addresses, or of something else is not among them. */
  readonly sets: ReadonlyMap<string, IntervalSet>;
  /** The line, from 1, that makes no sense. */
  readonly fault?: { readonly line: number; readonly text: string };
}

interface Elements {
  readonly family: Family;
  readonly inside: IntervalSet[];
  readonly outside: IntervalSet[];
}

/** Reads what `ipset save` prints. */
export function readIpsets(text: string): Ipsets {
  const created = new Map<string, Elements | undefined>();
  for (const [n, line] of text.split('\n').entries()) {
    // A comment may say "nomatch", too.
    const [verb, name = '', what = '', ...options] = line
      .replace(/"[^"]*"/g, '""')
      .trim()
      .split(/\s+/);
    if (verb === '' || verb!.startsWith('#')) continue;
    const isKnown = verb === 'create' ? !created.has(name) : verb === 'add' && created.has(name);
    const fault = { line: n + 1, text: line };
    if (!isKnown) return { sets: new Map(), fault };
    if (verb === 'create') {
      const family = options[options.indexOf('family') + 1] === 'inet6' ? 6 : 4;
      const isFixed = TYPES.includes(what) && !UNFIXED.test(line);
      created.set(name, isFixed ? { family, inside: [], outside: [] } : undefined);
      continue;
    }
    if (UNFIXED.test(line)) created.set(name, undefined);
    const set = created.get(name);
    const element = set && readElement(set.family, what);
    if (set && !element) return { sets: new Map(), fault };
    if (set && element) (options.includes('nomatch') ? set.outside : set.inside).push(element);
  }
  const sets = new Map<string, IntervalSet>();
  for (const [name, elements] of created) {
    const set = elements && join(elements);
    if (set) sets.set(name, set);
  }
  return { sets };
}

/** Of elements that hold an address the longest counts: what is taken in again within what is left out is not told. */
function join({ family, inside, outside }: Elements): IntervalSet | undefined {
  if (inside.some(one => outside.some(other => other.containsSet(one)))) return undefined;
  return IntervalSet.unionOf(family, inside).subtract(IntervalSet.unionOf(family, outside));
}

/** An address, a CIDR or a range. */
function readElement(family: Family, text: string): IntervalSet | undefined {
  const [from, to] = text.split('-');
  if (to !== undefined) {
    const [first, last] = [parseAddress(from!), parseAddress(to)];
    const isRange = first.ok && last.ok && first.value.family === family && last.value.family === family;
    return isRange ? IntervalSet.fromRange(first.value, last.value) : undefined;
  }
  const block = parseCidr(text.includes('/') ? text : `${text}/${family === 4 ? 32 : 128}`);
  return block.ok && block.value.family === family ? IntervalSet.ofCidr(block.value) : undefined;
}
