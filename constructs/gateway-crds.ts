import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { CRDS, type CrdName } from '../core/schema/generated/crds';
import { type CommonProps, clusterScoped, KEPT, metadata } from './metadata';
import { COMMON, checkProps, type PropsShape, required } from './props';
import { reportFindings } from './validation';

/** Properties of {@link CustomResourceDefinitions}. */
export interface CustomResourceDefinitionsProps extends CommonProps {
  /** Which definitions. The two of EgressNATPolicy have the same name and exclude each other in a cluster. */
  readonly names: readonly CrdName[];
}

const SHAPE: PropsShape<CustomResourceDefinitionsProps> = {
  ...COMMON,
  names: required({ type: 'array', minItems: 1, items: { enum: Object.keys(CRDS) } }),
};

/**
 * Definitions of the custom resources, for clusters that do not bring them. Not for GKE and Anthos, which do. Argo CD and
 * Flux are told to keep them: with a definition every policy of its kind is deleted, whoever wrote it.
 */
export class CustomResourceDefinitions extends Construct {
  /** The definitions, in the order in which they were asked for. */
  readonly apiObjects: readonly ApiObject[];

  constructor(scope: Construct, id: string, props: CustomResourceDefinitionsProps) {
    super(scope, id);
    const { sound, findings } = checkProps(props, SHAPE);
    const names = [...new Set(sound.names)].filter(name => Object.hasOwn(CRDS, name));
    const common = { ...sound, annotations: { ...KEPT, ...sound.annotations } };
    this.apiObjects = names.map(name => {
      const { apiVersion, kind, spec, metadata: own } = CRDS[name];
      const object = { apiVersion, kind, metadata: metadata(own.name, undefined, 'definition', common), spec };
      return clusterScoped(new ApiObject(this, name, object));
    });
    reportFindings(this, () => findings);
  }
}
