import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type CommonProps, metadata } from '../metadata';
import { COMMON, checkProps, NAMESPACE, optional, type PropsShape, required, TEXT } from '../props';
import { reportFindings } from '../validation';
import { below, type FleetFault, faultDiagnostic } from './fleet';
import {
  FLUX_GIT_REPO,
  FOLDER,
  GIT_REVISION,
  LABEL_NAME,
  OBJECT_NAME,
  OCI_REPO,
  OCI_REVISION,
  textFault,
} from './shapes';

/** Properties of {@link FluxSource}. */
export interface FluxSourceProps extends CommonProps {
  /**
   * Whether manifests come from a Git repository or from an OCI artifact, as `flux push artifact` makes it.
   * @default git
   */
  readonly source?: 'git' | 'oci';

  /**
   * The source's name.
   * @default masq
   */
  readonly name?: string;

  /**
   * The namespace in which Flux runs.
   * @default flux-system
   */
  readonly namespace?: string;

  /** The URL of the Git repository, or of the OCI repository. */
  readonly repo: string;

  /**
   * The branch, `refs/tags/` and a tag, or the commit; of an OCI artifact the tag or the digest.
   * @default main for git, latest for oci
   */
  readonly revision?: string;

  /**
   * The folder that holds a folder for each cluster. All others stay outside of what Flux fetches.
   * @default dist
   */
  readonly path?: string;

  /**
   * The one cluster whose folder is fetched.
   * @default all of them
   */
  readonly cluster?: string;

  /**
   * The Secret with what the repository asks for.
   * @default none: everybody may read the repository
   */
  readonly secret?: string;
}

/** What each prop of {@link FluxSource} has to be. */
export const FLUX_SOURCE_SHAPE: PropsShape<FluxSourceProps> = {
  ...COMMON,
  source: optional({ enum: ['git', 'oci'] }),
  name: optional(LABEL_NAME),
  namespace: optional(NAMESPACE),
  repo: required(TEXT),
  revision: optional(TEXT),
  path: optional(FOLDER),
  cluster: optional(LABEL_NAME),
  secret: optional(OBJECT_NAME),
};

/**
 * `source.toolkit.fluxcd.io/v1` GitRepository or OCIRepository: the rendered folders and nothing else. What is below a
 * cluster's folder, such as `patches`, stays out: Flux would apply it with the folder, where Argo CD and kustomize do not.
 * Source: Flux's pages "GitRepository" (Ignore) and "Kustomization" (Generating a kustomization.yaml file).
 */
export class FluxSource extends Construct {
  /** The source itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: FluxSourceProps) {
    super(scope, id);
    const { sound, findings } = checkProps(props, FLUX_SOURCE_SHAPE);
    const { source = 'git', path = 'dist', cluster, secret } = sound;
    this.apiObject = new ApiObject(this, 'Source', {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: sourceKind(source),
      metadata: metadata(sound.name ?? 'masq', sound.namespace ?? 'flux-system', 'configuration', sound),
      spec: {
        interval: '1m0s',
        url: sound.repo,
        ref: (source === 'git' ? gitRef : ociRef)(sound.revision),
        ...(secret !== undefined && { secretRef: { name: secret } }),
        ignore: ignored(path, cluster),
      },
    });
    this.node.defaultChild = this.apiObject;
    const faults = sourceFaults(sound).map(faultDiagnostic);
    reportFindings(this, () => [...findings, ...faults]);
  }
}

/** The kind of a source. */
export function sourceKind(source: 'git' | 'oci' = 'git'): 'GitRepository' | 'OCIRepository' {
  return source === 'git' ? 'GitRepository' : 'OCIRepository';
}

/** What is wrong with a repository or a revision, which have other forms in Git than in a registry. */
export function sourceFaults({ source = 'git', repo, revision }: Partial<FluxSourceProps>): FleetFault[] {
  const check = (key: string, value: string | undefined, shape: object): FleetFault[] => {
    const fault = value === undefined ? undefined : textFault(value, { ...shape });
    return fault === undefined ? [] : [{ path: [key], message: fault }];
  };
  return [
    ...check('repo', repo, source === 'git' ? FLUX_GIT_REPO : OCI_REPO),
    ...check('revision', revision, source === 'git' ? GIT_REVISION : OCI_REVISION),
  ];
}

function gitRef(revision = 'main') {
  if (/^[0-9a-f]{40}$/.test(revision)) return { commit: revision };
  return revision.startsWith('refs/') ? { name: revision } : { branch: revision };
}

function ociRef(revision = 'latest') {
  return revision.startsWith('sha256:') ? { digest: revision } : { tag: revision };
}

/** Everything but some folders, level by level: what is below a folder that is left out cannot be taken in again. */
function ignored(path: string, cluster: string | undefined): string {
  const wanted = cluster === undefined ? path : below(path, cluster);
  const steps = wanted === '.' ? [] : wanted.split('/');
  const levels = steps.flatMap((_, i) => [
    `/${steps
      .slice(0, i)
      .map(step => `${step}/`)
      .join('')}*`,
    `!/${steps.slice(0, i + 1).join('/')}`,
  ]);
  const nested = `/${below(path, cluster ?? '*')}/*/`;
  return `${[...levels, nested].join('\n')}\n`;
}
