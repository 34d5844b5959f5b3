import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type CommonProps, metadata } from '../metadata';
import { COMMON, checkProps, NAMESPACE, optional, type PropsShape, required, TEXTS } from '../props';
import { reportFindings } from '../validation';
import { sourceKind } from './flux-source';
import { DURATION, FOLDER, LABEL_NAME, OBJECT_NAME } from './shapes';

/** Properties of {@link FluxKustomization}. */
export interface FluxKustomizationProps extends CommonProps {
  /** The Kustomization's name. */
  readonly name: string;

  /**
   * The namespace in which Flux runs; the source has to be there too.
   * @default flux-system
   */
  readonly namespace?: string;

  /**
   * Whether the source is a GitRepository or an OCIRepository.
   * @default git
   */
  readonly source?: 'git' | 'oci';

  /**
   * The source's name.
   * @default masq
   */
  readonly sourceName?: string;

  /** The cluster's folder in the source. */
  readonly path: string;

  /**
   * Names of Kustomizations that have to be ready first, with the same revision.
   * @default none
   */
  readonly dependsOn?: readonly string[];

  /**
   * The Secret that holds the kubeconfig of the cluster that is written to.
   * @default none: the cluster that Flux runs in
   */
  readonly kubeConfigSecret?: string;

  /**
   * The ServiceAccount, of the cluster that is written to, with whose rights objects are applied.
   * @default that of Flux's controller, or of the kubeconfig
   */
  readonly serviceAccountName?: string;

  /**
   * How long applying and becoming healthy may take.
   * @default 10m0s
   */
  readonly timeout?: string;
}

/** What each prop of {@link FluxKustomization} has to be. */
export const KUSTOMIZATION_SHAPE: PropsShape<FluxKustomizationProps> = {
  ...COMMON,
  name: required(LABEL_NAME),
  namespace: optional(NAMESPACE),
  source: optional({ enum: ['git', 'oci'] }),
  sourceName: optional(LABEL_NAME),
  path: required(FOLDER),
  dependsOn: optional(TEXTS),
  kubeConfigSecret: optional(OBJECT_NAME),
  serviceAccountName: optional(OBJECT_NAME),
  timeout: optional(DURATION),
};

/**
 * `kustomize.toolkit.fluxcd.io/v1` Kustomization of one cluster's folder. It is ready when all that it applied is healthy;
 * every ten minutes it undoes drift. What is gone from the source is pruned; what it applied stays when it is deleted
 * itself. Source: Flux's page "Kustomization".
 */
export class FluxKustomization extends Construct {
  /** The Kustomization itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: FluxKustomizationProps) {
    super(scope, id);
    const { sound, findings } = checkProps(props, KUSTOMIZATION_SHAPE);
    const { dependsOn = [], kubeConfigSecret, serviceAccountName } = sound;
    this.apiObject = new ApiObject(this, 'Kustomization', {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: metadata(sound.name, sound.namespace ?? 'flux-system', 'configuration', sound),
      spec: {
        ...(dependsOn.length > 0 && { dependsOn: dependsOn.map(name => ({ name })) }),
        sourceRef: { kind: sourceKind(sound.source), name: sound.sourceName ?? 'masq' },
        path: `./${sound.path}`,
        ...(kubeConfigSecret !== undefined && { kubeConfig: { secretRef: { name: kubeConfigSecret } } }),
        ...(serviceAccountName !== undefined && { serviceAccountName }),
        interval: '10m0s',
        retryInterval: '2m0s',
        timeout: sound.timeout ?? '10m0s',
        prune: true,
        deletionPolicy: 'Orphan',
        wait: true,
      },
    });
    this.node.defaultChild = this.apiObject;
    reportFindings(this, () => findings);
  }
}
