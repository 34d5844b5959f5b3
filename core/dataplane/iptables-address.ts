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
