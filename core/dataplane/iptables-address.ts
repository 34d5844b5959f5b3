import {
  type Address,
  BITS,
  compareAddresses,
  type Family,
  formatAddress,
  IntervalSet,
  parseAddress,
  parseCidr,
} from '../address';

/** Reads a block as iptables-save prints it: a lone address, or one with a prefix or a netmask behind it. */
export function readSavedBlock(family: Family, text: string): IntervalSet | undefined {
  const slash = text.indexOf('/');
  const block = parseCidr(slash < 0 ? `${text}/${BITS[family]}` : withPrefix(text, slash));
  return block.ok && block.value.family === family ? IntervalSet.ofCidr(block.value) : undefined;
}

/** How many blocks a netmask with holes may stand for. */
const MOST_HOLES = 16;

/**
 * Reads what a rule may ask for: a block, as it is saved or as people write it, which is with bits that the prefix leaves
 * out, with a netmask that has holes, or several with commas between them.
 */
export function readSavedAddresses(family: Family, text: string): IntervalSet | undefined {
  const sets = text.split(',').map(part => readSavedBlock(family, part) ?? readMasked(family, part));
  return sets.every(set => set !== undefined) ? IntervalSet.unionOf(family, sets) : undefined;
}

/** The addresses of IPv4 that are as the given one where the mask says so. */
function readMasked(family: Family, text: string): IntervalSet | undefined {
  const [address, length, more] = text.split('/');
  const given = parseAddress(address!);
  const mask = length === undefined || more !== undefined ? undefined : maskOf(length);
  if (family !== 4 || !given.ok || given.value.family !== 4 || mask === undefined) return undefined;
  const [first, last] = [given.value.words[0]! & mask, given.value.words[0]! | ~mask];
  // What is free behind the last fixed bit is one block; each free bit before doubles the blocks.
  const behind = mask === 0 ? 32 : 31 - Math.clz32(mask & -mask);
  const free = [...Array(32).keys()].filter(bit => bit >= behind && (mask & (1 << bit)) === 0);
  if (free.length > MOST_HOLES) return undefined;
  const size = last & ((2 ** behind - 1) | 0);
  let starts = [first];
  for (const bit of free) starts = starts.concat(starts.map(one => one | (1 << bit)));
  return IntervalSet.unionOf(
    4,
    starts.map(start => IntervalSet.fromRange(ipv4(start), ipv4(start | size))),
  );
}

function ipv4(word: number): Address {
  return { family: 4, words: Uint32Array.of(word) };
}

/** A prefix length or a netmask as the bits that it fixes. */
function maskOf(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text) > 32 ? undefined : Number(text) === 0 ? 0 : -1 << (32 - Number(text));
  const mask = parseAddress(text);
  return mask.ok && mask.value.family === 4 ? mask.value.words[0]! | 0 : undefined;
}

/** A block with a prefix length where it may have had a netmask. */
function withPrefix(text: string, slash: number): string {
  return text.includes('.', slash) ? `${text.slice(0, slash)}/${prefixOf(text.slice(slash + 1))}` : text;
}

/** Reads a range as iptables-save prints it: two addresses with a dash between them. */
export function readSavedRange(family: Family, text: string): IntervalSet | undefined {
  const [first, last, more] = text.split('-').map(end => parseAddress(end));
  if (!first?.ok || !last?.ok || more || first.value.family !== family || last.value.family !== family)
    return undefined;
  return compareAddresses(first.value, last.value) <= 0 ? IntervalSet.fromRange(first.value, last.value) : undefined;
}

/** The prefix length of a netmask of IPv4; nothing that is one for a mask with holes, and for what is none. */
function prefixOf(text: string): number | undefined {
  const mask = parseAddress(text);
  if (!mask.ok || mask.value.family !== 4) return undefined;
  const bits = mask.value.words[0]!;
  const prefix = Math.clz32(~bits);
  return prefix === 32 || (bits << prefix) >>> 0 === 0 ? prefix : undefined;
}

/**
 * An address as iptables-save prints it: as everybody does, but with the last 32 bits of an IPv6 address in decimal where
 * the other 96 are zero, which is how C libraries do.
 */
export function savedAddress(address: Address): string {
  if (address.family === 4) return formatAddress(address);
  const [a, b, c, d] = address.words;
  if (a !== 0 || b !== 0 || c !== 0 || d! >>> 16 === 0) return formatAddress(address);
  return `::${formatAddress({ family: 4, words: address.words.slice(3) })}`;
}
