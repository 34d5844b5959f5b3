import type { ClusterModel } from '../intent/model';
import type { Bundle } from '../manifest/bundle';
import { manifestReadings, WELL_KNOWN } from '../manifest/denote';
import { firstDifference, witnessText } from '../treatment/map';
import { enforcedOf } from './enforced';
import { nodeTreatment } from './node-subject';
import { clusterPlaces } from './places';
import { planeSubject } from './plane-subject';
import type { Subject } from './subject';

/** A subject as read with facts, or why it denotes nothing with them. */
export type WithFacts =
  | { readonly ok: true; readonly subject: Subject }
  | { readonly ok: false; readonly message: string };

/**
 * Reads a cluster's manifests with the facts that its intent declares: whether the platform has IPv6, what an agent of
 * the platform's own is started with, what is preserved beside all policies; another data plane's configuration with the
 * cluster's own ranges; and a node's rules with where packets of pods come from. What an intent denotes hangs on no others.
 */
export function withFacts(subject: Subject, model: ClusterModel): WithFacts {
  if (subject.node) {
    const map = nodeTreatment(subject.node, enforcedOf({ model }).pods);
    return { ok: true, subject: { ...named(subject, model), map } };
  }
  if (subject.plane) {
    const read = planeSubject(subject.plane, model);
    return { ok: true, subject: named({ name: subject.name, ...read }, model) };
  }
  if (subject.model || subject.flags || !subject.bundle || !isOfPlatform(subject.bundle, model))
    return { ok: true, subject: named(subject, model) };
  const readings = manifestReadings(subject.bundle, model);
  for (const reading of readings) if (!reading.ok) return reading;
  const [first, ...others] = readings.filter(reading => reading.ok);
  for (const other of others) {
    const witness = firstDifference(first!.map, other.map);
    if (!witness) continue;
    const told = witnessText(witness, first!.as, other.as);
    return { ok: false, message: `the platform's documents leave open what the objects mean: ${told}` };
  }
  return { ok: true, subject: { ...named(subject, model), map: first!.map, as: first!.as } };
}

/**
 * Whether objects are those that an intent's platform reads: not an agent's file under a name that only its owner knows,
 * and not what another platform's agent or policies say, as where a cluster is to move there.
 */
function isOfPlatform(bundle: Bundle, { platform }: ClusterModel): boolean {
  const { daemonSets, configMaps, noSnat, policies } = bundle;
  const hasAgent = daemonSets.some(({ dialect }) => dialect === undefined);
  const hasFile = configMaps.some(({ files }) => files.size > 0);
  switch (platform) {
    case 'gke-autopilot':
      return noSnat.length > 0 || !(hasAgent || hasFile || policies.length > 0);
    case 'anthos-bare-metal':
      return policies.length > 0 || !(hasAgent || hasFile || noSnat.length > 0);
    default:
      if (hasAgent) return true;
      if (noSnat.length > 0 && !hasFile) return false;
      return configMaps.every(({ name, files }) => name === WELL_KNOWN || files.size === 0);
  }
}

/** A subject without an intent of its own has the names for addresses that the cluster's intent gives. */
function named(subject: Subject, model: ClusterModel): Subject {
  return subject.model ? subject : { ...subject, places: clusterPlaces(model) };
}
