import {
  BITS,
  type Both,
  both,
  cidr,
  FAMILIES,
  type Family,
  formatAddress,
  type IntervalSet,
  namedRange,
  setsOf,
} from '../address';

/** The addresses of a range of the registry. */
export function registrySet(name: string): Both<IntervalSet> {
  return setsOf(namedRange(name)!.cidrs.map(cidr));
}

/** Makes a value when it is first asked for, and keeps it: starting stays fast. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291). */
export const LINK_LOCAL: Both<IntervalSet> = setsOf([cidr('169.254.0.0/16'), cidr('fe80::/10')]);

const privateUse = both(family => lazily(() => registrySet(family === 4 ? 'rfc1918' : 'unique-local')[family]));

/** Addresses for private networks: 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918), and fc00::/7 (RFC 4193). */
export function privateSet(family: Family): IntervalSet {
  return privateUse[family]();
}

const internet = both(family => lazily(() => registrySet(family === 4 ? 'internet-ipv4' : 'internet-ipv6')[family]));

/** Global unicast: what is routed on the internet. */
export function internetSet(family: Family): IntervalSet {
  return internet[family]();
}

/** At least half of the public addresses: this is the internet, however it is written. */
export function preservesInternet(preserved: IntervalSet): boolean {
  const { family } = preserved;
  // No public address space is smaller than an eighth of its family's: most lists need no closer look.
  if (preserved.count() < 1n << BigInt(BITS[family] - 4)) return false;
  const internet = internetSet(family);
  return preserved.intersect(internet).count() * 2n >= internet.count();
}

/** Kinds of addresses that no host can have, by their CIDR: what messages call them. */
const UNUSABLE: Readonly<Record<string, string>> = {
  '0.0.0.0/8': 'addresses of "this network" (0.0.0.0/8, RFC 1122)',
  '127.0.0.0/8': 'loopback addresses (127.0.0.0/8, RFC 1122)',
  '169.254.0.0/16': 'link-local addresses (169.254.0.0/16, RFC 3927)',
  '224.0.0.0/4': 'multicast groups (224.0.0.0/4, RFC 5771)',
  '255.255.255.255/32': 'the broadcast address (255.255.255.255, RFC 919)',
  '::/128': 'the unspecified address (::, RFC 4291)',
  '::1/128': 'the loopback address (::1, RFC 4291)',
  'fe80::/10': 'link-local addresses (fe80::/10, RFC 4291)',
  'ff00::/8': 'multicast groups (ff00::/8, RFC 4291)',
};

const unusable = lazily(() => setsOf(Object.keys(UNUSABLE).map(cidr)));

/** What of some addresses no host can have, in the words of messages; undefined when a host can have each of them. */
export function unusablePart(sets: Both<IntervalSet>): string | undefined {
  if (FAMILIES.every(family => !unusable()[family].overlaps(sets[family]))) return undefined;
  const found = Object.keys(UNUSABLE).find(text => firstShared(sets, setsOf([cidr(text)])) !== undefined);
  return found && UNUSABLE[found];
}

/** What addresses are of which no host can have a single one, in the words of messages. */
export function unusableKind(sets: Both<IntervalSet>): string | undefined {
  return FAMILIES.every(family => unusable()[family].containsSet(sets[family])) ? unusablePart(sets) : undefined;
}

/** The lowest address that is in both, in writing. */
export function firstShared(a: Both<IntervalSet>, b: Both<IntervalSet>): string | undefined {
  for (const family of FAMILIES) {
    const first = a[family].intersect(b[family]).first();
    if (first) return formatAddress(first);
  }
  return undefined;
}
