import { compareAddresses, formatAddress, IntervalSet } from '../address';
import type { Findings } from './findings';
import type { PodRuleModel, PolicyModel } from './model';
import { commonLabels, type Labels, labelsText } from './selector';

/** A packet that two policies both claim. */
export interface Claim {
  /** The lowest address that both policies name. */
  readonly destination: string;
  /** Labels of a pod that both policies select. */
  readonly pod: Labels;
  /** Labels of the pod's namespace. */
  readonly namespace: Labels;
}

/** Refuses pairs of policies that claim the same packet with different source IPs: the kernel would pick one silently. */
export function checkOverlaps(policies: readonly PolicyModel[], findings: Findings): void {
  policies.forEach((later, j) => {
    for (const earlier of policies.slice(0, j)) {
      if (!earlier.sourceIP || !later.sourceIP) continue;
      if (compareAddresses(earlier.sourceIP.address, later.sourceIP.address) === 0) continue;
      const claim = sharedPacket(earlier, later);
      if (!claim) continue;
      const related = [{ ...findings.document.at([...earlier.path, 'name']), message: `policy "${earlier.name}"` }];
      findings.add('MQ508', [...later.path, 'name'], { message: claimText(earlier, later, claim), related });
    }
  });
}

/** A packet that both policies claim: the lowest shared destination, from a pod that both select. */
export function sharedPacket(a: PolicyModel, b: PolicyModel): Claim | undefined {
  const first = destinations(a).intersect(destinations(b)).first();
  if (!first) return undefined;
  for (const left of a.from) {
    for (const right of b.from) {
      const labels = sharedPod(left, right);
      if (labels) return { destination: formatAddress(first), ...labels };
    }
  }
  return undefined;
}

/** What is wrong, with the packet as a witness. */
export function claimText(earlier: PolicyModel, later: PolicyModel, claim: Claim): string {
  const pod = `pod ${labelsText(claim.pod)} in namespace ${labelsText(claim.namespace)}`;
  const sources = `source IPs ${earlier.sourceIP?.text} and ${later.sourceIP?.text}`;
  return `policies "${earlier.name}" and "${later.name}" both claim packets from ${pod} to ${claim.destination}, with ${sources}; make them disjoint`;
}

function destinations(policy: PolicyModel): IntervalSet {
  return IntervalSet.unionOf(
    4,
    policy.to.map(entry => entry.sets[4]),
  );
}

function sharedPod(a: PodRuleModel, b: PodRuleModel): { pod: Labels; namespace: Labels } | undefined {
  const pod = commonLabels(a.pods, b.pods);
  const namespace = commonLabels(a.namespaces, b.namespaces);
  return pod && namespace && { pod, namespace };
}
