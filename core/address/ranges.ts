/** A range of addresses that has a name, from an RFC or a vendor's documentation. */
export interface NamedRange {
  /** The name that an intent uses, in kebab case. */
  readonly name: string;
  /** Its CIDRs, the fewest that do, all of one family, in its source's order. */
  readonly cidrs: readonly string[];
  /** What it is, in a few words. */
  readonly title: string;
  /** Where it is laid down. */
  readonly source: string;
}

/** The CIDRs of a text, one behind the other. */
function list(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

const RFC_1918 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** What the agent preserves with `--nomasq-all-reserved-ranges`, as GKE starts it. */
const GKE_DEFAULT = list(`
  10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15
  198.51.100.0/24 203.0.113.0/24 240.0.0.0/4
`);

/** Everything but multicast and the blocks of the IANA IPv4 special-purpose registry that are not globally reachable. */
const INTERNET_IPV4 = list(`
  1.0.0.0/8 2.0.0.0/7 4.0.0.0/6 8.0.0.0/7 11.0.0.0/8 12.0.0.0/6 16.0.0.0/4 32.0.0.0/3 64.0.0.0/3
  96.0.0.0/6 100.0.0.0/10 100.128.0.0/9 101.0.0.0/8 102.0.0.0/7 104.0.0.0/5 112.0.0.0/5 120.0.0.0/6
  124.0.0.0/7 126.0.0.0/8 128.0.0.0/3 160.0.0.0/5 168.0.0.0/8 169.0.0.0/9 169.128.0.0/10
  169.192.0.0/11 169.224.0.0/12 169.240.0.0/13 169.248.0.0/14 169.252.0.0/15 169.255.0.0/16
  170.0.0.0/7 172.0.0.0/12 172.32.0.0/11 172.64.0.0/10 172.128.0.0/9 173.0.0.0/8 174.0.0.0/7
  176.0.0.0/4 192.0.1.0/24 192.0.3.0/24 192.0.4.0/22 192.0.8.0/21 192.0.16.0/20 192.0.32.0/19
  192.0.64.0/18 192.0.128.0/17 192.1.0.0/16 192.2.0.0/15 192.4.0.0/14 192.8.0.0/13 192.16.0.0/12
  192.32.0.0/11 192.64.0.0/12 192.80.0.0/13 192.88.0.0/18 192.88.64.0/19 192.88.96.0/23
  192.88.98.0/24 192.88.100.0/22 192.88.104.0/21 192.88.112.0/20 192.88.128.0/17 192.89.0.0/16
  192.90.0.0/15 192.92.0.0/14 192.96.0.0/11 192.128.0.0/11 192.160.0.0/13 192.169.0.0/16
  192.170.0.0/15 192.172.0.0/14 192.176.0.0/12 192.192.0.0/10 193.0.0.0/8 194.0.0.0/7 196.0.0.0/7
  198.0.0.0/12 198.16.0.0/15 198.20.0.0/14 198.24.0.0/13 198.32.0.0/12 198.48.0.0/15 198.50.0.0/16
  198.51.0.0/18 198.51.64.0/19 198.51.96.0/22 198.51.101.0/24 198.51.102.0/23 198.51.104.0/21
  198.51.112.0/20 198.51.128.0/17 198.52.0.0/14 198.56.0.0/13 198.64.0.0/10 198.128.0.0/9
  199.0.0.0/8 200.0.0.0/7 202.0.0.0/8 203.0.0.0/18 203.0.64.0/19 203.0.96.0/20 203.0.112.0/24
  203.0.114.0/23 203.0.116.0/22 203.0.120.0/21 203.0.128.0/17 203.1.0.0/16 203.2.0.0/15 203.4.0.0/14
  203.8.0.0/13 203.16.0.0/12 203.32.0.0/11 203.64.0.0/10 203.128.0.0/9 204.0.0.0/6 208.0.0.0/4
`);

/** Global unicast 2000::/3 but the blocks of the IANA IPv6 special-purpose registry that are not globally reachable, and NAT64. */
const INTERNET_IPV6 = list(`
  64:ff9b::/96 2000::/16 2001:200::/23 2001:400::/22 2001:800::/22 2001:c00::/24 2001:d00::/25
  2001:d80::/27 2001:da0::/28 2001:db0::/29 2001:db9::/32 2001:dba::/31 2001:dbc::/30 2001:dc0::/26
  2001:e00::/23 2001:1000::/20 2001:2000::/19 2001:4000::/18 2001:8000::/17 2003::/16 2004::/14
  2008::/13 2010::/12 2020::/11 2040::/10 2080::/9 2100::/8 2200::/7 2400::/6 2800::/5 3000::/5
  3800::/6 3c00::/7 3e00::/8 3f00::/9 3f80::/10 3fc0::/11 3fe0::/12 3ff0::/13 3ff8::/14 3ffc::/15
  3ffe::/16 3fff:1000::/20 3fff:2000::/19 3fff:4000::/18 3fff:8000::/17
`);

const range = (name: string, cidrs: readonly string[], title: string, source: string): NamedRange => ({
  name,
  cidrs,
  title,
  source,
});

/** The registry of special ranges: every name that an intent can use without defining it. */
export const NAMED_RANGES: readonly NamedRange[] = [
  range('any-ipv4', ['0.0.0.0/0'], 'Every IPv4 address', 'RFC 4632'),
  range('any-ipv6', ['::/0'], 'Every IPv6 address', 'RFC 4291'),
  range('rfc1918', RFC_1918, 'Private IPv4 networks', 'RFC 1918'),
  range('shared-address-space', ['100.64.0.0/10'], 'Shared address space, for carrier-grade NAT', 'RFC 6598'),
  range('unique-local', ['fc00::/7'], 'Unique local IPv6 networks', 'RFC 4193'),
  range('link-local', ['169.254.0.0/16'], 'IPv4 link-local addresses', 'RFC 3927'),
  range('link-local-ipv6', ['fe80::/10'], 'IPv6 link-local addresses', 'RFC 4291'),
  range('loopback', ['127.0.0.0/8'], 'IPv4 loopback addresses', 'RFC 1122'),
  range('loopback-ipv6', ['::1/128'], 'The IPv6 loopback address', 'RFC 4291'),
  range('multicast', ['224.0.0.0/4'], 'IPv4 multicast groups', 'RFC 5771'),
  range('multicast-ipv6', ['ff00::/8'], 'IPv6 multicast groups', 'RFC 4291'),
  range('class-e', ['240.0.0.0/4'], 'Class E, reserved for future use', 'RFC 1112'),
  range(
    'documentation',
    ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'],
    'IPv4 examples: TEST-NET-1, TEST-NET-2 and TEST-NET-3',
    'RFC 5737',
  ),
  range('documentation-ipv6', ['2001:db8::/32', '3fff::/20'], 'IPv6 examples', 'RFC 3849, RFC 9637'),
  range('benchmarking', ['198.18.0.0/15'], 'Benchmarks of network devices', 'RFC 2544'),
  range('ietf-protocol-assignments', ['192.0.0.0/24'], 'IETF protocol assignments', 'RFC 6890'),
  range('6to4-relay', ['192.88.99.0/24'], 'The 6to4 relay anycast prefix, deprecated', 'RFC 7526'),
  range(
    'internet-ipv4',
    INTERNET_IPV4,
    'Globally reachable IPv4 unicast',
    'IANA IPv4 special-purpose registry, RFC 6890',
  ),
  range(
    'internet-ipv6',
    INTERNET_IPV6,
    'Globally reachable IPv6 unicast, and IPv4 through NAT64',
    'IANA IPv6 special-purpose registry, RFC 6890, RFC 6052',
  ),
  range('ip-masq-agent-default', RFC_1918, 'What ip-masq-agent preserves without a configuration', 'ip-masq-agent'),
  range(
    'gke-default-non-masquerade',
    GKE_DEFAULT,
    'What GKE preserves by default',
    'Google Cloud: IP masquerade agent, default non-masquerade destinations',
  ),
  range(
    'google-private-access',
    ['199.36.153.8/30'],
    'private.googleapis.com',
    'Google Cloud: configure Private Google Access',
  ),
  range(
    'google-restricted-access',
    ['199.36.153.4/30'],
    'restricted.googleapis.com',
    'Google Cloud: configure Private Google Access',
  ),
  range('metadata-server', ['169.254.169.254/32'], 'The metadata server of a cloud VM', 'Google Cloud: VM metadata'),
];

const BY_NAME = new Map(NAMED_RANGES.map(entry => [entry.name, entry]));

/** The range of that name, or undefined if the registry has none. */
export function namedRange(name: string): NamedRange | undefined {
  return BY_NAME.get(name);
}
