import { type Both, both, cidr, type IntervalSet, namedRange, setsOf } from '../address';

/** The addresses of a range of the registry. */
export function registrySet(name: string): Both<IntervalSet> {
  return setsOf(namedRange(name)!.cidrs.map(cidr));
}

/** 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291). */
export const LINK_LOCAL: Both<IntervalSet> = setsOf([cidr('169.254.0.0/16'), cidr('fe80::/10')]);

/** 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918). */
export const RFC1918: IntervalSet = registrySet('rfc1918')[4];

/** Global unicast: what is routed on the internet. */
export const INTERNET: Both<IntervalSet> = both(
  family => registrySet(family === 4 ? 'internet-ipv4' : 'internet-ipv6')[family],
);
