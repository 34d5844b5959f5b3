import { BITS, type Cidr, compareAddresses, type Family, IntervalSet, parseAddress, parseCidr } from '../address';
import { type Fields, fieldsOf } from './json';

const TYPES: Readonly<Record<Family, string>> = { 4: 'ipv4_addr', 6: 'ipv6_addr' };

/**
 * The addresses of a set as `nft -j` lists it, elements with a timeout included as long as they are listed; undefined
 * for a set of something else, and for one that packets may fill themselves.
 */
export function readNftSet(family: Family, fields: Fields): IntervalSet | undefined {
  return fields.type === TYPES[family] && !isFilled(fields) ? readNftElements(family, fields.elem ?? []) : undefined;
}

/**
 * Whether rules may put addresses of packets into a set, so that even the first packet finds its own there. Such sets
 * have a size or a timeout; nft 1.0.6 does not list the flag `dynamic`. Intervals the kernel lets nobody add like this.
 */
function isFilled({ flags, size, timeout }: Fields): boolean {
  const named: readonly unknown[] = Array.isArray(flags) ? flags : [flags];
  if (named.includes('interval') || named.includes('constant')) return false;
  return size !== undefined || timeout !== undefined || named.includes('dynamic') || named.includes('timeout');
}

/** The addresses that the right side of a comparison stands for: an anonymous set, or one element. */
export function readNftAddresses(family: Family, value: unknown): IntervalSet | undefined {
  const set = fieldsOf(value)?.set;
  return set === undefined ? readElement(family, value) : readNftElements(family, set);
}

/** The addresses of a list of elements; undefined if one is something else. */
function readNftElements(family: Family, elements: unknown): IntervalSet | undefined {
  if (!Array.isArray(elements)) return undefined;
  const blocks: Cidr[] = [];
  const ranges: IntervalSet[] = [];
  for (const element of elements) {
    // One with a comment, a counter or a timeout stands in an object of its own.
    const elem = fieldsOf(fieldsOf(element)?.elem);
    const value = elem ? elem.val : element;
    const block = readBlock(family, value);
    const range = block ? undefined : readRange(family, fieldsOf(value)?.range);
    if (block) blocks.push(block);
    else if (range) ranges.push(range);
    else return undefined;
  }
  return IntervalSet.unionOf(family, [IntervalSet.fromCidrs(family, blocks), ...ranges]);
}

/** A single address, a prefix or a range. */
function readElement(family: Family, value: unknown): IntervalSet | undefined {
  const block = readBlock(family, value);
  return block ? IntervalSet.ofCidr(block) : readRange(family, fieldsOf(value)?.range);
}

/** A single address, or a prefix. */
function readBlock(family: Family, value: unknown): Cidr | undefined {
  const { addr, len } = fieldsOf(fieldsOf(value)?.prefix) ?? { addr: value, len: BITS[family] };
  if (typeof addr !== 'string') return undefined;
  const block = parseCidr(`${addr}/${len}`);
  return block.ok && block.value.family === family ? block.value : undefined;
}

function readRange(family: Family, range: unknown): IntervalSet | undefined {
  if (!Array.isArray(range) || range.length !== 2) return undefined;
  const [first, last] = range.map(end => parseAddress(String(end)));
  if (!first?.ok || !last?.ok || first.value.family !== family || last.value.family !== family) return undefined;
  return compareAddresses(first.value, last.value) <= 0 ? IntervalSet.fromRange(first.value, last.value) : undefined;
}
