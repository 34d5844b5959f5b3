import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type CommonProps, metadata } from '../metadata';
import { COMMON, checkProps, NAMESPACE, optional, type PropsShape, required } from '../props';
import { reportFindings } from '../validation';
import { clusterRef } from './argocd-project';
import { DESTINATION, FOLDER, GIT_REPO, GIT_REVISION, LABEL_NAME } from './shapes';

/** What Applications of both styles are told alike: where Argo CD is, and what it applies. */
export interface ArgoCdSourceProps extends CommonProps {
  /**
   * The namespace in which Argo CD runs.
   * @default argocd
   */
  readonly namespace?: string;

  /**
   * The Argo CD project.
   * @default masq
   */
  readonly project?: string;

  /** The URL of the Git repository. */
  readonly repo: string;

  /**
   * The branch, tag or commit.
   * @default main
   */
  readonly revision?: string;
}

/** What each prop of {@link ArgoCdSourceProps} has to be. */
export const ARGOCD_SOURCE_SHAPE: PropsShape<ArgoCdSourceProps> = {
  ...COMMON,
  namespace: optional(NAMESPACE),
  project: optional(LABEL_NAME),
  repo: required(GIT_REPO),
  revision: optional(GIT_REVISION),
};

/** Properties of {@link ArgoCdApplication}. */
export interface ArgoCdApplicationProps extends ArgoCdSourceProps {
  /** The Application's name. */
  readonly name: string;

  /** The cluster's folder in the repository. */
  readonly path: string;

  /** The cluster that is written to: the URL of its API server, or its name in Argo CD. */
  readonly destination: string;
}

const SHAPE: PropsShape<ArgoCdApplicationProps> = {
  ...ARGOCD_SOURCE_SHAPE,
  name: required(LABEL_NAME),
  path: required(FOLDER),
  destination: required(DESTINATION),
};

/**
 * The namespace that an Application names for objects without one, of which there are none: the project has to allow it all
 * the same. Source: `IsDestinationPermitted` of Argo CD's AppProject.
 */
export const HOME_NAMESPACE = 'kube-system';

/** What an Application compares by: what the API server would make of an object, not the text in Git. */
export const COMPARE_OPTIONS = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };

/**
 * How objects are applied. Those that are gone from Git are deleted last, when all others are healthy; those of an
 * Application that is itself deleted stay. What another Application has already is not fought over.
 * Source: Argo CD's page "Sync Options".
 */
export const SYNC_OPTIONS = [
  'ApplyOutOfSyncOnly=true',
  'CreateNamespace=false',
  'Delete=false',
  'FailOnSharedResource=true',
  'PruneLast=true',
  'ServerSideApply=true',
];

/** How often a failed sync is tried again, and when: after 10 seconds, 20, 40, 80 and 160. */
export const RETRY = { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } };

/** What Applications of both styles take. */
export interface ApplicationSource {
  readonly project?: string | undefined;
  readonly repo?: string | undefined;
  readonly revision?: string | undefined;
  readonly path?: string | undefined;
}

/** The spec that Applications of both styles share. */
export function applicationSpec(source: ApplicationSource, destination: object, automated: object) {
  return {
    project: source.project ?? 'masq',
    source: { repoURL: source.repo, targetRevision: source.revision ?? 'main', path: source.path },
    destination: { ...destination, namespace: HOME_NAMESPACE },
    syncPolicy: { automated, syncOptions: [...SYNC_OPTIONS], retry: RETRY },
  };
}

/**
 * `argoproj.io/v1alpha1` Application of one cluster's folder: synced by itself, drift undone, what is gone from Git
 * pruned. It has no finalizer, so that deleting it leaves what it applied in force.
 */
export class ArgoCdApplication extends Construct {
  /** The Application itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: ArgoCdApplicationProps) {
    super(scope, id);
    const { sound, findings } = checkProps(props, SHAPE);
    const common = { ...sound, annotations: { ...COMPARE_OPTIONS, ...sound.annotations } };
    const destination = sound.destination === undefined ? {} : clusterRef(sound.destination);
    this.apiObject = new ApiObject(this, 'Application', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: metadata(sound.name, sound.namespace ?? 'argocd', 'configuration', common),
      spec: applicationSpec(sound, destination, { prune: true, selfHeal: true }),
    });
    this.node.defaultChild = this.apiObject;
    reportFindings(this, () => findings);
  }
}
