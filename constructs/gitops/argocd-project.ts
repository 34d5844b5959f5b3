import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type CommonProps, metadata } from '../metadata';
import { COMMON, checkProps, NAMESPACE, optional, type PropsShape, required, TEXT, withoutFaulty } from '../props';
import { reportFindings } from '../validation';
import type { RenderedKind } from './rendered-clusters';
import { GIT_REPO, LABEL_NAME } from './shapes';

/** A cluster and the namespaces in it to which an {@link ArgoCdProject} lets its Applications write. */
export interface ArgoCdDestination {
  /** The URL of its API server, or its name in Argo CD. */
  readonly cluster: string;
  /** The namespaces. */
  readonly namespaces: readonly string[];
}

/** Properties of {@link ArgoCdProject}. */
export interface ArgoCdProjectProps extends CommonProps {
  /**
   * The project's name.
   * @default masq
   */
  readonly name?: string;

  /**
   * The namespace in which Argo CD runs.
   * @default argocd
   */
  readonly namespace?: string;

  /** The one repository from which its Applications may take manifests. */
  readonly repo: string;

  /** Where its Applications may write. */
  readonly destinations: readonly ArgoCdDestination[];

  /** The kinds of objects that its Applications may write; all others are refused. */
  readonly kinds: readonly RenderedKind[];

  /**
   * What it is for.
   * @default a line that names masq
   */
  readonly description?: string;
}

/** The project that Argo CD comes with allows everything, and other Applications count on it. */
const OWN_NAME = {
  ...LABEL_NAME,
  pattern: `^(?!default$)${LABEL_NAME.pattern.slice(1)}`,
  'x-wanted': `${LABEL_NAME['x-wanted']}, and not Argo CD's own "default"`,
};

const SHAPE: PropsShape<ArgoCdProjectProps> = {
  ...COMMON,
  name: optional(OWN_NAME),
  namespace: optional(NAMESPACE),
  repo: required(GIT_REPO),
  destinations: required({
    type: 'array',
    minItems: 1,
    items: { type: 'object', required: ['cluster', 'namespaces'] },
  }),
  kinds: required({ type: 'array', minItems: 1, items: { type: 'object', required: ['group', 'kind', 'namespaced'] } }),
  description: optional({ ...TEXT, pattern: '.', 'x-wanted': 'what it is for' }),
};

/**
 * `argoproj.io/v1alpha1` AppProject with the least that its Applications need: one repository, the clusters and
 * namespaces and kinds that there are. It lets nobody read pods: to see them in Argo CD's tree of an Application, its kinds
 * would have to be allowed too. Source: Argo CD's page "Projects", and issue 28564 of argoproj/argo-cd.
 */
export class ArgoCdProject extends Construct {
  /** The AppProject itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: ArgoCdProjectProps) {
    super(scope, id);
    const checked = checkProps(props, SHAPE);
    const { findings } = checked;
    const sound = withoutFaulty(checked);
    this.apiObject = new ApiObject(this, 'Project', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      // Before the Applications, which are refused as long as it is not there.
      metadata: metadata(sound.name ?? 'masq', sound.namespace ?? 'argocd', 'definition', sound),
      spec: {
        description: sound.description ?? 'What masq renders, and nothing else.',
        sourceRepos: [sound.repo],
        destinations: (sound.destinations ?? []).flatMap(destinationsOf),
        ...permissions(sound.kinds ?? []),
      },
    });
    this.node.defaultChild = this.apiObject;
    reportFindings(this, () => findings);
  }
}

function destinationsOf({ cluster, namespaces }: ArgoCdDestination) {
  return [...new Set(namespaces)].sort().map(namespace => ({ ...clusterRef(cluster), namespace }));
}

/** How Argo CD is told of a cluster. */
export function clusterRef(cluster: string): { readonly name: string } | { readonly server: string } {
  return cluster.includes('://') ? { server: cluster } : { name: cluster };
}

/** An empty list of kinds in namespaces would allow every one, an empty one of kinds outside of them allows none. */
function permissions(kinds: readonly RenderedKind[]) {
  const [inside, outside] = [true, false].map(namespaced =>
    groupKinds(kinds.filter(kind => kind.namespaced === namespaced)),
  );
  return {
    ...(outside!.length > 0 && { clusterResourceWhitelist: outside }),
    ...(inside!.length > 0
      ? { namespaceResourceWhitelist: inside }
      : { namespaceResourceBlacklist: [{ group: '*', kind: '*' }] }),
  };
}

function groupKinds(kinds: readonly RenderedKind[]) {
  const unique = new Map(kinds.map(({ group, kind }) => [`${group}/${kind}`, { group, kind }]));
  return [...unique.keys()].sort().map(id => unique.get(id)!);
}
