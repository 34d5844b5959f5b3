import { type Both, both, type IntervalSet, Partition } from '../address';
import { denotePlane, type Plane, type PlaneFacts } from '../dialect/plane';
import { unionOfEntries } from '../intent/entry';
import type { ClusterModel } from '../intent/model';
import type { TreatmentMap } from '../treatment/map';
import type { Decision } from '../treatment/treatment';
import type { Subject } from './subject';

/** Another data plane's configuration, with what is known of its cluster so far. */
export interface PlaneOf {
  /** The configuration. */
  readonly plane: Plane;
  /** The ranges of the VPC or the VNet, where somebody said them. */
  readonly vpc?: Both<IntervalSet>;
  /** The ranges of the nodes, where facts declare them. */
  readonly nodes?: Both<IntervalSet>;
}

/** A cluster by another data plane's configuration; without the facts that this needs it denotes nothing, and says why. */
export function planeSubject(of: PlaneOf, model?: ClusterModel): Omit<Subject, 'name'> {
  const { plane, vpc } = of;
  const cluster = model && clusterOf(model);
  const facts: PlaneFacts = { ...(cluster && { cluster }), ...(vpc && { vpc }) };
  const denoted = denotePlane(plane, facts);
  const places = plane.pods ? [{ name: 'pods', sets: plane.pods }] : [];
  const read = { as: plane.as, places, plane: { ...of, ...(cluster && { nodes: cluster.own.nodes }) } };
  return denoted.ok ? { ...read, map: denoted.map } : { ...read, map: SAYS_NOTHING, lacks: denoted.message };
}

/** A subject with the ranges of its VPC; undefined where what was read does not hang on them. */
export function withVpc(subject: Subject, vpc: Both<IntervalSet>): Subject | undefined {
  if (!subject.plane) return undefined;
  const { plane } = subject.plane;
  const hangs = plane.lacksReconciled || plane.read(false).keepsOwn.includes('vpc');
  return hangs ? { name: subject.name, ...planeSubject({ plane, vpc }) } : undefined;
}

function clusterOf(model: ClusterModel): NonNullable<PlaneFacts['cluster']> {
  const { nodes, pods, services, ipv6 } = model.network;
  const sets = (entries: typeof nodes): Both<IntervalSet> => both(family => unionOfEntries(entries, family));
  return {
    own: { nodes: sets(nodes), pods: sets(pods), services: sets(services) },
    ipv6,
  };
}

const NOTHING: Decision = {
  treatment: { kind: 'unknown', rules: [] },
  rule: 'nothing: facts of the cluster are missing',
};

const SAYS_NOTHING: TreatmentMap = {
  base: both(family => Partition.constant<Decision>(family, NOTHING)),
  asked: both(() => ({ layers: [], otherwise: NOTHING })),
  egress: [],
};
