import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { metadata } from '../metadata';
import { checkProps, optional, type PropsShape, TEXT_MAP, TEXTS, withoutFaulty } from '../props';
import { reportFindings } from '../validation';
import { ARGOCD_SOURCE_SHAPE, type ArgoCdSourceProps, applicationSpec, COMPARE_OPTIONS } from './argocd-application';
import { below, CLUSTER_LABEL, type FleetFault, faultDiagnostic, STAGE_LABEL, stageOf } from './fleet';
import { DESTINATION, FOLDER, LABEL_NAME, maxUpdateFault, textFault } from './shapes';

/** Properties of {@link ArgoCdApplicationSet}. */
export interface ArgoCdApplicationSetProps extends ArgoCdSourceProps {
  /**
   * The ApplicationSet's name, and the beginning of its Applications' names.
   * @default masq
   */
  readonly name?: string;

  /**
   * The folder in the repository that holds a folder for each cluster.
   * @default dist
   */
  readonly path?: string;

  /**
   * The clusters that change first; the rest follows when all of them are synced and healthy.
   * @default none: there is one stage
   */
  readonly canaries?: readonly string[];

  /**
   * Where clusters are, by their names: the URL of the API server, or the name in Argo CD.
   * @default each goes by its folder's name
   */
  readonly destinations?: Readonly<Record<string, string>>;

  /**
   * Folders beside those of clusters, which are left out.
   * @default none
   */
  readonly exclude?: readonly string[];

  /**
   * How many clusters of the rest change at once, as a number or a share such as `25%`. With 1, the first that does not
   * become healthy stops all others; with 0, none changes until somebody syncs it by hand.
   * @default 1
   */
  readonly maxUpdate?: number | string;
}

/** What each prop of {@link ArgoCdApplicationSet} has to be. */
export const APPLICATION_SET_SHAPE: PropsShape<ArgoCdApplicationSetProps> = {
  ...ARGOCD_SOURCE_SHAPE,
  name: optional(LABEL_NAME),
  path: optional(FOLDER),
  canaries: optional(TEXTS),
  destinations: optional(TEXT_MAP),
  exclude: optional(TEXTS),
  maxUpdate: optional({}),
};

/** The name that Argo CD knows a cluster by when nobody says another: that of its folder. */
const BASENAME = '{{ .path.basename }}';

/**
 * `argoproj.io/v1alpha1` ApplicationSet: an Application for each folder that there is, and RollingSync in stages. Canaries
 * change one after the other, then the rest, each only when those before it are synced and healthy. It deletes no
 * Application when its folder goes, and no object when it is deleted itself.
 *
 * The ApplicationSet controller has to run with `--enable-progressive-syncs`: without it the strategy counts for nothing,
 * and all clusters change at once. `automated` has to be there for what is gone from Git to be pruned; RollingSync turns the
 * rest of it off. Sources: Argo CD's pages "Progressive Syncs", "Git Generator" and "Controlling if/when the
 * ApplicationSet controller modifies Application resources".
 */
export class ArgoCdApplicationSet extends Construct {
  /** The ApplicationSet itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: ArgoCdApplicationSetProps) {
    super(scope, id);
    const checked = checkProps(props, APPLICATION_SET_SHAPE);
    const { findings } = checked;
    const sound = withoutFaulty(checked);
    const name = sound.name ?? 'masq';
    const { maxUpdate = 1 } = sound;
    const fault = maxUpdateFault(maxUpdate);
    const faults = [
      ...destinationFaults(sound.destinations),
      ...(fault === undefined ? [] : [{ path: ['maxUpdate'], message: fault }]),
    ];
    const destination = { name: '{{ .values.name }}', server: '{{ .values.server }}' };
    this.apiObject = new ApiObject(this, 'ApplicationSet', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: metadata(name, sound.namespace ?? 'argocd', 'configuration', sound),
      spec: {
        goTemplate: true,
        goTemplateOptions: ['missingkey=error'],
        generators: generators(sound),
        strategy: { type: 'RollingSync', rollingSync: { steps: steps(sound, fault === undefined ? maxUpdate : 1) } },
        syncPolicy: { applicationsSync: 'create-update', preserveResourcesOnDeletion: true },
        template: {
          metadata: {
            name: `${name}-${BASENAME}`,
            labels: {
              ...sound.labels,
              'app.kubernetes.io/managed-by': 'masq',
              [CLUSTER_LABEL]: BASENAME,
              [STAGE_LABEL]: '{{ .values.stage }}',
            },
            annotations: { ...COMPARE_OPTIONS, ...sound.annotations },
          },
          spec: applicationSpec({ ...sound, path: '{{ .path.path }}' }, destination, { prune: true }),
        },
      },
    });
    this.node.defaultChild = this.apiObject;
    reportFindings(this, () => [...findings, ...faults.map(faultDiagnostic)]);
  }
}

type Props = Partial<ArgoCdApplicationSetProps>;

/** What is wrong with where clusters are said to be. */
export function destinationFaults(destinations: Props['destinations'] = {}): FleetFault[] {
  return Object.entries(destinations).flatMap(([cluster, place]) => {
    const message = textFault(place, DESTINATION);
    return message === undefined ? [] : [{ path: ['destinations', cluster], message }];
  });
}

/** One generator for the folders of which nothing particular is said, those to come among them; others by name. */
function generators(props: Props) {
  const { canaries = [], destinations = {}, exclude = [], path = 'dist' } = props;
  const placed = Object.keys(destinations).sort();
  const plain = canaries.filter(name => !placed.includes(name)).sort();
  const apart = [...new Set([...canaries, ...placed, ...exclude])].sort();
  const named = (names: readonly string[]) => names.map(name => ({ path: below(path, name) }));
  const rest = [{ path: below(path, '*') }, ...named(apart).map(directory => ({ ...directory, exclude: true }))];
  const values = (stage: string, cluster = BASENAME) =>
    cluster.includes('://') ? { stage, name: '', server: cluster } : { stage, name: cluster, server: '' };
  return [
    ...(plain.length > 0 ? [gitGenerator(props, named(plain), values('canary'))] : []),
    ...placed.map(name => gitGenerator(props, named([name]), values(stageOf(name, canaries), destinations[name]))),
    gitGenerator(props, rest, values('rest')),
  ];
}

function gitGenerator({ repo, revision = 'main' }: Props, directories: object[], values: object) {
  return { git: { repoURL: repo, revision, directories, values } };
}

function steps({ canaries = [] }: Props, maxUpdate: number | string) {
  const step = (stage: string, atOnce: number | string) => ({
    matchExpressions: [{ key: STAGE_LABEL, operator: 'In', values: [stage] }],
    maxUpdate: atOnce,
  });
  return [...(canaries.length > 0 ? [step('canary', 1)] : []), step('rest', maxUpdate)];
}
