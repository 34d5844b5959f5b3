import { type Both, both, FAMILIES, IntervalSet } from '../address';
import { andList } from '../diagnostics';
import { LINK_LOCAL } from '../intent/special';
import { RECONCILED } from '../manifest/config-map';
import type { TreatmentMap } from '../treatment/map';
import { type DialectReading, type OwnRanges, type OwnRole, type Perhaps, readingMap } from './reading';

/** What is known of a cluster beside a data plane's configuration. */
export interface PlaneFacts {
  /** What its intent declares. */
  readonly cluster?: {
    readonly own: Omit<OwnRanges, 'vpc'>;
    /** Whether pods have IPv6 addresses. */
    readonly ipv6: boolean;
  };
  /** The ranges of the VPC or the VNet. */
  readonly vpc?: Both<IntervalSet>;
}

/** Another data plane's configuration, read as far as that goes without facts of the cluster. */
export interface Plane {
  /** What was read, in a few words. */
  readonly as: string;
  /** The pods' ranges, where the configuration has them. */
  readonly pods?: Both<IntervalSet>;
  /** Whether the ConfigMap is missing that AKS keeps beside the one which is there. */
  readonly lacksReconciled?: true;
  /** What the configuration says. @param ipv6 whether pods have IPv6 addresses, where it does not say that itself */
  read(ipv6: boolean): DialectReading;
}

/** What a data plane's configuration denotes on a cluster, or why that cannot be told. */
export type Denoted =
  | { readonly ok: true; readonly map: TreatmentMap }
  | { readonly ok: false; readonly message: string };

/** What a configuration denotes on a cluster; of facts that it hangs on and nobody has told it is said how to tell them. */
export function denotePlane(plane: Plane, { cluster, vpc }: PlaneFacts): Denoted {
  const reading = plane.read(cluster?.ipv6 ?? false);
  const missing = missingFacts(plane, reading, { ...(cluster && { cluster }), ...(vpc && { vpc }) });
  if (missing !== undefined) return { ok: false, message: missing };
  const own: OwnRanges = { ...(cluster?.own ?? NOTHING), nodes: NONE, vpc: vpc ?? NONE };
  const perhaps = [...nodesPerhaps(cluster?.own.nodes), ...(plane.lacksReconciled ? linkLocalPerhaps(reading) : [])];
  const kept = plane.lacksReconciled ? withReconciled(reading) : reading;
  return { ok: true, map: readingMap(kept, own, perhaps) };
}

const NONE: Both<IntervalSet> = both(IntervalSet.empty);
const NOTHING = { nodes: NONE, pods: NONE, services: NONE };

/** Data planes know the addresses that nodes have, and not the ranges that these are in: what they do by them is open. */
function nodesPerhaps(nodes: Both<IntervalSet> | undefined): Perhaps[] {
  return nodes ? [{ sets: nodes, when: 'where a node has the address', role: 'nodes' }] : [];
}

/** AKS keeps the VNet; what its ConfigMap says of link-local counts beside what another one says. */
function withReconciled(reading: DialectReading): DialectReading {
  return { ...reading, keepsOwn: ['vpc'], linkLocal: { ...reading.linkLocal, 4: 'masquerade' } };
}

function linkLocalPerhaps({ linkLocal }: DialectReading): Perhaps[] {
  if (linkLocal[4] === 'masquerade') return [];
  const sets = both(family => (family === 4 ? LINK_LOCAL[4] : IntervalSet.empty(family)));
  return [{ sets, when: `where ConfigMap "${RECONCILED}" does not say masqLinkLocal` }];
}

const ROLE_NAMES: Readonly<Record<OwnRole, string>> = {
  nodes: 'nodes',
  pods: 'pods',
  services: 'Services',
  vpc: 'VPC',
};

/** What is said of facts that are needed and not known; what is kept wherever packets go hangs on none. */
function missingFacts(plane: Plane, reading: DialectReading, { cluster, vpc }: PlaneFacts): string | undefined {
  if (plane.lacksReconciled && !vpc) {
    return `AKS keeps addresses of pods to the VNet by its own ConfigMap "${RECONCILED}", which is not among what is read: add it, or give --vpc-cidr with the VNet's ranges`;
  }
  const { base } = readingMap(reading);
  const isKept = FAMILIES.every(family => base[family].where(one => one.treatment.kind !== 'preserve').isEmpty());
  if (isKept && reading.egress.length === 0) return undefined;
  const wanted: readonly OwnRole[] = reading.egress.length > 0 ? ['nodes', 'pods', 'services'] : [];
  const roles = [...new Set([...reading.keepsOwn, ...wanted])];
  const missing = roles.filter(role => (role === 'vpc' ? !vpc : !cluster));
  if (missing.length === 0) return undefined;
  const names = andList(missing.map(role => ROLE_NAMES[role]));
  const option = missing.includes('vpc') ? '--vpc-cidr with its ranges' : '--facts with the intent that declares them';
  return `what ${reading.as} does hangs on the addresses of the cluster's ${names}, which are not among what is read: give ${option}`;
}
