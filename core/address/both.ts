import type { Cidr, Family } from './family';
import { IntervalSet } from './interval-set';

/** One thing for each address family. */
export interface Both<T> {
  /** The one for IPv4. */
  readonly 4: T;
  /** The one for IPv6. */
  readonly 6: T;
}

/** Makes one thing for each family. */
export function both<T>(make: (family: Family) => T): Both<T> {
  return { 4: make(4), 6: make(6) };
}

/** The addresses of CIDRs of both families, as one set for each. */
export function setsOf(cidrs: readonly Cidr[]): Both<IntervalSet> {
  const of = (family: Family): Cidr[] => cidrs.filter(cidr => cidr.family === family);
  return both(family => IntervalSet.fromCidrs(family, of(family)));
}
