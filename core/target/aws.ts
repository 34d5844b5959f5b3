import { formatCidr } from '../address';
import type { KubeObject } from '../artefact/kube-object';
import { listed } from '../artefact/plan';
import type { ClusterModel } from '../intent/model';
import { intentTreatment } from '../treatment/intent';
import { preservedBy, refuseForAll, refusePolicies, refusePorts } from './common';
import type { TargetFacts } from './facts';
import { patchFile, type TargetFile, valuesFile } from './file';
import type { Refusals } from './refusals';
import { vpcOf } from './vpc';

/** The longest value of an environment variable: more than Linux hands over (MAX_ARG_STRLEN, 32 pages) starts nothing. */
const LONGEST = 131_072 - 'AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS='.length - 1;

/**
 * An intent for Amazon's VPC CNI: the environment of its DaemonSet `aws-node`, as a patch of it and as the configuration
 * of the EKS add-on, which are two ways to the same.
 * Sources: aws/amazon-vpc-cni-k8s, README.md and pkg/networkutils; the EKS user guide, "SNAT for Pods".
 */
export function awsFiles(model: ClusterModel, facts: TargetFacts, refusals: Refusals): TargetFile[] {
  refuseForAll(refusals);
  refusePolicies(refusals, 'the VPC CNI has no egress gateway');
  if (!model.masquerade) return [];
  refusePorts(refusals, 'the VPC CNI has no setting for them');
  if (model.network.ipv6) {
    const message =
      'the VPC CNI gives pods addresses of one family, and SNATs IPv4 alone; write an intent for IPv4 pods';
    refusals.cannot(['spec', 'network', 'ipv6'], message);
  }
  const env = environment(model, facts, refusals);
  return env ? [daemonSetPatch(env), valuesFile('vpc-cni', { env })] : [];
}

/** The variables; undefined where the VPC is not known. */
function environment(model: ClusterModel, facts: TargetFacts, refusals: Refusals): KubeObject | undefined {
  if (preservedBy(model, 4).isFull()) return { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true' };
  const vpc = vpcOf(model, facts, refusals, "the VPC CNI never SNATs packets to the VPC's own ranges");
  if (!vpc) return undefined;
  const list = listed(intentTreatment(model).base[4], vpc).map(entry => entry.cidr);
  // Without the variable a patch would leave the old list where it is.
  const excluded = (list.length === 0 ? vpc.cidrs().map(formatCidr) : list).join(',');
  if (excluded.length > LONGEST) {
    const message = `the list takes ${excluded.length} characters, and an environment variable holds ${LONGEST}; preserve fewer, wider ranges`;
    refusals.cannot(['spec', 'masquerade', 'preserve'], message);
  }
  return {
    AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: excluded,
    AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false',
    AWS_VPC_K8S_CNI_RANDOMIZESNAT: model.agent.randomFully ? 'prng' : 'none',
  };
}

function daemonSetPatch(env: KubeObject): TargetFile {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  return patchFile({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'aws-node', namespace: 'kube-system' },
    spec: { template: { spec: { containers: [{ name: 'aws-node', env: variables }] } } },
  });
}
