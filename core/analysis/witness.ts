import { type Address, BITS, type Cidr, cidr, type Family, IntervalSet } from '../address';

/**
 * The address that stands for a set where a packet is shown: one that somebody can send a packet to, as far as the set has
 * one. The first host of the first block is taken, and no network's or broadcast address. The same set has always the same.
 * @throws RangeError if the set is empty
 */
export function witnessOf(set: IntervalSet): Address {
  const usual = set.intersect(USUAL[set.family]);
  const blocks = (usual.isEmpty() ? set : usual).cidrs();
  const [first] = blocks;
  if (!first) throw new RangeError('no packet goes to an empty set');
  for (const block of blocks) {
    const host = hostOf(block);
    if (host) return host;
  }
  return first;
}

/** Where packets are sent to: IPv6 beyond its global and unique local addresses is for networks themselves. */
const USUAL: Readonly<Record<Family, IntervalSet>> = {
  4: union(['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3']).complement(),
  6: union(['2000::/3', 'fc00::/7']),
};

function union(blocks: readonly string[]): IntervalSet {
  const cidrs = blocks.map(cidr);
  return IntervalSet.fromCidrs(cidrs[0]!.family, cidrs);
}

/** The first host of a block; none of one that is only the address of a network, or for all of its hosts. */
function hostOf({ family, words, prefix }: Cidr): Address | undefined {
  const isNetwork = BITS[family] - prefix >= 2;
  const host = words.slice();
  if (isNetwork) host[host.length - 1]! += 1;
  const last = host[host.length - 1]! & 0xff;
  if (family === 4 && (last === 0 || last === 255)) {
    // A pair of addresses such as 10.0.0.0/31 has a second one.
    if (prefix !== 31) return undefined;
    host[host.length - 1]! += last === 0 ? 1 : -1;
  }
  return { family, words: host };
}
