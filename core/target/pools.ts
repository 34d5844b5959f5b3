import { formatCidr, IntervalSet } from '../address';
import { termsText } from '../analysis/terms';
import type { ClusterModel } from '../intent/model';
import { podsOf } from './common';
import type { PoolName, TargetFacts } from './facts';
import type { Refusals } from './refusals';

const POD_RANGES = ['spec', 'network', 'podCIDRs'];

/** Whether pods of a cluster get addresses from a pool, as far as its range says. */
export function isPoolOf(model: ClusterModel, { cidr }: PoolName): boolean {
  return IntervalSet.ofCidr(cidr).overlaps(podsOf(model, cidr.family));
}

/**
 * The named pools that a cluster's pods get addresses from. Those that cannot be its own are refused: what is more than
 * the pods' ranges, and what Calico would not take.
 */
export function poolsOf(model: ClusterModel, { pools }: TargetFacts, refusals: Refusals): readonly PoolName[] {
  const own = pools.filter(pool => isPoolOf(model, pool));
  for (const [n, pool] of own.entries()) {
    const set = IntervalSet.ofCidr(pool.cidr);
    const others = set.subtract(podsOf(model, pool.cidr.family));
    if (!others.isEmpty()) {
      const hint = "name the pools that make up the pods' ranges, and with --cluster whose they are";
      refusals.lacks(POD_RANGES, `${poolText(pool)} has addresses that are of no pod: ${termsText(others)}`, hint);
    }
    for (const before of own.slice(0, n)) {
      const both = `${poolText(before)} and ${poolText(pool)}`;
      if (before.name === pool.name) refusals.lacks(POD_RANGES, `${both} have one name; an IPPool has one range`);
      else if (IntervalSet.ofCidr(before.cidr).family === set.family && IntervalSet.ofCidr(before.cidr).overlaps(set))
        refusals.lacks(POD_RANGES, `${both} overlap, and Calico takes no such pools`);
    }
  }
  return own;
}

function poolText({ name, cidr }: PoolName): string {
  return `the IPPool "${name}" of ${formatCidr(cidr)}`;
}
