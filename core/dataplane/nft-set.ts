import { type Family, IntervalSet, parseAddress, parseCidr } from '../address';
import { type Fields, fieldsOf } from './json';

const TYPES: Readonly<Record<Family, string>> = { 4: 'ipv4_addr', 6: 'ipv6_addr' };

/** The addresses of a set as `nft -j` lists it; undefined for a set of something else. */
export function readNftSet(family: Family, fields: Fields): IntervalSet | undefined {
  if (fields.type !== TYPES[family]) return undefined;
  return readNftElements(family, fields.elem ?? []);
}

/** The addresses of a list of elements: single ones, prefixes and ranges; undefined if one is something else. */
export function readNftElements(family: Family, elements: unknown): IntervalSet | undefined {
  if (!Array.isArray(elements)) return undefined;
  const sets = elements.map(element => readNftAddresses(family, element));
  return sets.every(set => set !== undefined) ? IntervalSet.unionOf(family, sets) : undefined;
}

/** The addresses that one element or the right side of a comparison stands for. */
export function readNftAddresses(family: Family, value: unknown): IntervalSet | undefined {
  if (typeof value === 'string') {
    const parsed = parseAddress(value);
    if (!parsed.ok || parsed.value.family !== family) return undefined;
    return IntervalSet.fromRange(parsed.value, parsed.value);
  }
  const { prefix, range, set, elem } = fieldsOf(value) ?? {};
  if (set !== undefined) return readNftElements(family, set);
  if (elem !== undefined) return readNftAddresses(family, fieldsOf(elem)?.val);
  if (Array.isArray(range)) {
    const [first, last] = range.map(end => parseAddress(String(end)));
    if (!first?.ok || !last?.ok || first.value.family !== family || last.value.family !== family) return undefined;
    return IntervalSet.fromRange(first.value, last.value);
  }
  const { addr, len } = fieldsOf(prefix) ?? {};
  const block = parseCidr(`${addr}/${len}`);
  return block.ok && block.value.family === family ? IntervalSet.ofCidr(block.value) : undefined;
}
