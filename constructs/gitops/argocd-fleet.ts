import { Construct } from 'constructs';
import { checkProps, optional, type PropsShape, required, withoutFaulty } from '../props';
import { reportFindings } from '../validation';
import { ArgoCdApplication, HOME_NAMESPACE } from './argocd-application';
import {
  APPLICATION_SET_SHAPE,
  ArgoCdApplicationSet,
  type ArgoCdApplicationSetProps,
  destinationFaults,
} from './argocd-application-set';
import { ArgoCdProject } from './argocd-project';
import {
  below,
  CLUSTER_LABEL,
  CLUSTERS,
  type FleetFault,
  type FleetProps,
  faultDiagnostic,
  fleetFaults,
} from './fleet';
import { maxUpdateFault } from './shapes';

/** Properties of {@link ArgoCdFleet}. */
export interface ArgoCdFleetProps extends ArgoCdApplicationSetProps, FleetProps {
  /**
   * The beginning of every Application's name, and the name of the ApplicationSet.
   * @default masq
   */
  readonly name?: string;

  /**
   * The Argo CD project, which is rendered too.
   * @default as `name`
   */
  readonly project?: string;

  /**
   * `applications`: one for each cluster, which sync by themselves, all at once. `applicationset`: stages, which need
   * the ApplicationSet controller's `--enable-progressive-syncs`.
   * @default applicationset where there are canaries, else applications
   */
  readonly style?: 'applications' | 'applicationset';

  /**
   * How many clusters of the rest change at once, in the style `applicationset`: a number, or a share such as `25%`.
   * @default 1
   */
  readonly maxUpdate?: number | string;
}

const SHAPE: PropsShape<ArgoCdFleetProps> = {
  ...APPLICATION_SET_SHAPE,
  clusters: required(CLUSTERS),
  style: optional({ enum: ['applications', 'applicationset'] }),
};

/**
 * What Argo CD needs to sync every cluster's folder: an AppProject with the least rights, and Applications or an
 * ApplicationSet. An Argo CD cluster goes by its folder's name unless `destinations` says another.
 */
export class ArgoCdFleet extends Construct {
  /** The style in which it was rendered. */
  readonly style: 'applications' | 'applicationset';

  constructor(scope: Construct, id: string, props: ArgoCdFleetProps) {
    super(scope, id);
    const checked = checkProps(props, SHAPE);
    const { sound, findings } = checked;
    const faults = argoCdFaults(withoutFaulty(checked)).map(faultDiagnostic);
    reportFindings(this, () => [...findings, ...faults]);
    this.style = sound.style ?? (sound.canaries?.length ? 'applicationset' : 'applications');
    if (findings.length + faults.length === 0) this.render(sound as ArgoCdFleetProps);
  }

  private render({ clusters, style: _, ...props }: ArgoCdFleetProps): void {
    const { name = 'masq', project = name, namespace, repo, revision, labels, annotations } = props;
    const common = { labels: { ...labels }, annotations: { ...annotations } };
    const destinationOf = (cluster: string): string => props.destinations?.[cluster] ?? cluster;
    new ArgoCdProject(this, 'Project', {
      ...common,
      name: project,
      ...(namespace !== undefined && { namespace }),
      repo,
      destinations: clusters.map(cluster => ({
        cluster: destinationOf(cluster.name),
        namespaces: [...cluster.namespaces, HOME_NAMESPACE],
      })),
      kinds: clusters.flatMap(cluster => cluster.kinds),
    });
    if (this.style === 'applicationset') {
      new ArgoCdApplicationSet(this, 'ApplicationSet', { ...props, project });
      return;
    }
    for (const cluster of clusters) {
      new ArgoCdApplication(this, cluster.name, {
        ...common,
        labels: { ...labels, [CLUSTER_LABEL]: cluster.name },
        name: `${name}-${cluster.name}`,
        ...(namespace !== undefined && { namespace }),
        project,
        repo,
        ...(revision !== undefined && { revision }),
        path: below(props.path ?? 'dist', cluster.name),
        destination: destinationOf(cluster.name),
      });
    }
  }
}

/** The project that Argo CD comes with allows everything, and other Applications count on it. */
const OWN_PROJECT =
  '"default" is the project that Argo CD comes with, and narrowing it would stop others; write another name';

/** What is wrong with props that do not fit each other, or the clusters. */
export function argoCdFaults(props: Partial<ArgoCdFleetProps>): FleetFault[] {
  const { canaries = [], style, maxUpdate } = props;
  const prefix = props.name ?? 'masq';
  const faults = [...fleetFaults(props, prefix, cluster => cluster), ...destinationFaults(props.destinations)];
  const key = props.project === undefined ? 'name' : 'project';
  if (props[key] === 'default') faults.push({ path: [key], message: OWN_PROJECT });
  if (style === 'applications' && canaries.length > 0) {
    const message = 'Applications sync each by itself, in no stages; write the style "applicationset", or no canaries';
    faults.push({ path: ['canaries'], message });
  }
  if (maxUpdate !== undefined) {
    const staged = style === 'applicationset' || (style === undefined && canaries.length > 0);
    const fault = staged ? maxUpdateFault(maxUpdate) : 'is for the style "applicationset", which has stages';
    if (fault !== undefined) faults.push({ path: ['maxUpdate'], message: fault });
  }
  return faults;
}
