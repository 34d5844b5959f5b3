import { formatAddress, IntervalSet } from '../address';
import type { Findings } from './findings';
import type { PodRuleModel, PolicyModel } from './model';
import { commonLabels, type Labels, labelsText } from './selector';

/** A packet that two policies both claim. */
interface Claim {
  readonly destination: string;
  readonly pod: Labels;
  readonly namespace: Labels;
}

/** Refuses pairs of policies that claim the same packet with different source IPs: the kernel would pick one silently. */
export function checkOverlaps(policies: readonly PolicyModel[], findings: Findings): void {
  const destinations = policies.map(policy => policy.to.reduce((set, e) => set.union(e.sets[4]), IntervalSet.empty(4)));
  policies.forEach((later, j) => {
    policies.slice(0, j).forEach((earlier, i) => {
      if (earlier.sourceIP?.text === later.sourceIP?.text) return;
      const claim = sharedPacket(earlier, later, destinations[i]!.intersect(destinations[j]!));
      if (!claim) return;
      const pod = `pod ${labelsText(claim.pod)} in namespace ${labelsText(claim.namespace)}`;
      findings.add('MQ508', [...later.path, 'name'], {
        message: `policies "${earlier.name}" and "${later.name}" both claim packets from ${pod} to ${claim.destination}, with source IPs ${earlier.sourceIP?.text} and ${later.sourceIP?.text}; make them disjoint`,
        related: [{ ...findings.document.at([...earlier.path, 'name']), message: `policy "${earlier.name}"` }],
      });
    });
  });
}

function sharedPacket(a: PolicyModel, b: PolicyModel, destinations: IntervalSet): Claim | undefined {
  const first = destinations.first();
  if (!first) return undefined;
  for (const left of a.from) {
    for (const right of b.from) {
      const labels = sharedPod(left, right);
      if (labels) return { destination: formatAddress(first), ...labels };
    }
  }
  return undefined;
}

function sharedPod(a: PodRuleModel, b: PodRuleModel): { pod: Labels; namespace: Labels } | undefined {
  const pod = commonLabels(a.pods, b.pods);
  const namespace = commonLabels(a.namespaces, b.namespaces);
  return pod && namespace && { pod, namespace };
}
