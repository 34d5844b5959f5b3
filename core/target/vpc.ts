import { IntervalSet } from '../address';
import type { ClusterModel } from '../intent/model';
import type { TargetFacts } from './facts';
import type { Refusals } from './refusals';

/** The IPv4 addresses of a cluster's VPC or VNet, as far as somebody has said which they are. */
export function vpcRanges({ name }: ClusterModel, { vpc }: TargetFacts): IntervalSet {
  const own = vpc.filter(({ cluster }) => cluster === undefined || cluster === name);
  return IntervalSet.fromCidrs(
    4,
    own.map(({ cidr }) => cidr).filter(({ family }) => family === 4),
  );
}

/**
 * The IPv4 addresses of a cluster's VPC or VNet; undefined, and refused, where nobody says which they are. What the intent
 * masquerades there is refused too.
 * @param why what the platform does to packets there
 */
export function vpcOf(
  model: ClusterModel,
  facts: TargetFacts,
  refusals: Refusals,
  why: string,
): IntervalSet | undefined {
  const vpc = vpcRanges(model, facts);
  if (vpc.isEmpty()) {
    const hint = `write --vpc-cidr CIDR for each of them, or --vpc-cidr ${model.name}=CIDR where clusters differ`;
    refusals.lacks(['spec', 'network'], `${why}, and nobody says which these are`, hint);
    return undefined;
  }
  refusals.mustBe('preserve', vpc, why, 'preserve the range too, or keep what is to be masqueraded out of it');
  return vpc;
}
