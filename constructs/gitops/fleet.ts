import { andList, type Diagnostic, diagnostic, suggest, type ValuePath } from '../../core/diagnostics';
import type { JsonSchema } from '../../core/schema/shape';
import type { RenderedCluster } from './rendered-clusters';
import { LABEL_NAME, textFault } from './shapes';

/** The label of what belongs to a stage: `canary` or `rest`. */
export const STAGE_LABEL = 'masq/stage';

/** The label of what belongs to a cluster. */
export const CLUSTER_LABEL = 'masq/cluster';

/** The stages, in their order. */
export type Stage = 'canary' | 'rest';

/** What fleets of both tools are told of clusters. */
export interface FleetProps {
  /** The clusters, as {@link renderedClusters} reads them. */
  readonly clusters: readonly RenderedCluster[];

  /**
   * The clusters that change first; the rest follows when they are healthy.
   * @default none: no cluster waits for another
   */
  readonly canaries?: readonly string[];

  /**
   * Where clusters are, by their names: what the tool knows them by.
   * @default the tool's own default for each
   */
  readonly destinations?: Readonly<Record<string, string>>;
}

/** The schema of {@link FleetProps.clusters}. */
export const CLUSTERS: JsonSchema = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['name', 'kinds', 'namespaces'],
    properties: { name: LABEL_NAME, kinds: { type: 'array' }, namespaces: { type: 'array' } },
  },
};

/** What is wrong with one prop, or with a value in it. */
export interface FleetFault {
  /** The way to it. */
  readonly path: ValuePath;
  /** One line that quotes it. */
  readonly message: string;
}

/** A fault as a finding. */
export function faultDiagnostic({ path, message }: FleetFault): Diagnostic {
  return diagnostic('MQ206', { path: ['props', ...path] }, { message });
}

/**
 * Checks that what is said of clusters is said of those that are there, that no two are at one place, and that names made
 * of theirs are not too long.
 * @param placeOf where a cluster is of which nothing is said
 */
export function fleetFaults(
  props: Partial<FleetProps>,
  prefix: string,
  placeOf: (cluster: string) => string,
): FleetFault[] {
  const names = (props.clusters ?? []).map(cluster => cluster.name);
  if (names.length === 0) return [];
  const unknown = (name: string, path: ValuePath): FleetFault[] => {
    if (names.includes(name)) return [];
    const near = suggest(name, names);
    const advice = near === undefined ? listed(names) : `did you mean "${near}"?`;
    return [{ path, message: `"${name}" is no rendered cluster; ${advice}` }];
  };
  const canaries = props.canaries ?? [];
  const all = names.every(name => canaries.includes(name));
  return [
    ...canaries.flatMap((name, i) => unknown(name, ['canaries', i])),
    ...(all ? [{ path: ['canaries'], message: 'every cluster is a canary; leave at least one for the rest' }] : []),
    ...Object.keys(props.destinations ?? {}).flatMap(name => unknown(name, ['destinations', name])),
    ...sharedPlaces(names, name => props.destinations?.[name] ?? placeOf(name)),
    ...names.flatMap((name, i) => nameFaults(prefix, name, ['clusters', i, 'name'])),
  ];
}

/** Two clusters at one place would write each other's objects, which have the same names. */
function sharedPlaces(names: readonly string[], placeOf: (name: string) => string): FleetFault[] {
  const found = new Map<string, string>();
  return names.flatMap(name => {
    const place = placeOf(name);
    const other = found.get(place);
    if (other === undefined) found.set(place, name);
    if (other === undefined) return [];
    return [
      { path: ['destinations', name], message: `"${other}" and "${name}" are both at "${place}"; each needs its own` },
    ];
  });
}

/** The clusters that there are, the first of many. */
function listed(names: readonly string[]): string {
  const some = names.slice(0, names.length > 6 ? 5 : 6);
  const more = names.length > 6 ? [`${names.length - 5} more`] : [];
  return `there ${names.length === 1 ? 'is' : 'are'} ${andList([...some, ...more])}`;
}

/** The most that a label's value may have, which names of Applications may be. */
const LONGEST = 63;

function nameFaults(prefix: string, name: string, path: ValuePath): FleetFault[] {
  const fault = textFault(name, LABEL_NAME);
  if (fault !== undefined) return [{ path, message: fault }];
  const whole = `${prefix}-${name}`;
  if (whole.length <= LONGEST) return [];
  return [
    {
      path: ['name'],
      message: `"${whole}" has ${whole.length} characters, a label at most ${LONGEST}; write a shorter one`,
    },
  ];
}

/** The stage of a cluster. */
export function stageOf(name: string, canaries: readonly string[] = []): Stage {
  return canaries.includes(name) ? 'canary' : 'rest';
}

/** A path below another one; `.` is the root. */
export function below(path: string, name: string): string {
  return path === '.' ? name : `${path}/${name}`;
}
