import type { Construct } from 'constructs';
import { ClusterIntent, type ClusterIntentProps } from '../../constructs';

/** Networks on premises that have routes to the pods of every cluster. */
const DATA_CENTRES = ['172.20.0.0/16', '172.21.0.0/16'];

/** A cluster of the fleet: what differs from one to the next. */
interface Member {
  readonly name: string;
  /** Which slice of the fleet's addresses is the cluster's, from 0 on. */
  readonly slice: number;
  readonly stage: 'staging' | 'production';
}

const MEMBERS: readonly Member[] = [
  { name: 'eu-staging', slice: 0, stage: 'staging' },
  { name: 'eu-production', slice: 1, stage: 'production' },
  { name: 'us-production', slice: 2, stage: 'production' },
];

/** The address plan: a node range, a pod range and a service range for each slice. */
function network(slice: number): ClusterIntentProps['network'] {
  return {
    dataplane: 'v2',
    nodeCIDRs: [`10.140.${slice * 16}.0/20`],
    podCIDRs: [`10.${160 + slice}.0.0/16`],
    serviceCIDRs: [`10.150.${slice * 16}.0/20`],
  };
}

/** Adds the clusters of the fleet: GKE in each region, and an Autopilot cluster for the batch jobs. */
export function addFleet(scope: Construct): ClusterIntent[] {
  const standard = MEMBERS.map(
    ({ name, slice, stage }) =>
      new ClusterIntent(scope, `fleet-ts-${name}`, {
        labels: { stage },
        platform: 'gke-standard',
        version: '1.29.4-gke.1043000',
        network: network(slice),
        masquerade: {
          preserve: [
            { cidr: '10.0.0.0/8', reason: 'the VPCs of the fleet' },
            ...(stage === 'production' ? DATA_CENTRES : []), // staging has no business with pod addresses there
          ],
        },
      }),
  );
  const batch = new ClusterIntent(scope, 'fleet-ts-batch', {
    labels: { stage: 'production' },
    platform: 'gke-autopilot',
    version: '1.29.4-gke.1043000',
    network: network(MEMBERS.length),
    masquerade: { preserve: ['10.0.0.0/8', ...DATA_CENTRES], defaultPolicy: 'replace' },
  });
  return [...standard, batch];
}
