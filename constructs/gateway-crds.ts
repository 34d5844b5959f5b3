import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { CRDS, type CrdName } from '../core/schema/generated/crds';
import { type CommonProps, metadata } from './metadata';

/** Properties of {@link CustomResourceDefinitions}. */
export interface CustomResourceDefinitionsProps extends CommonProps {
  /** Which definitions. The two of EgressNATPolicy have the same name and exclude each other in a cluster. */
  readonly names: readonly CrdName[];
}

/** Definitions of the custom resources, for clusters that do not bring them. Not for GKE and Anthos, which do. */
export class CustomResourceDefinitions extends Construct {
  /** The definitions, in the order in which they were asked for. */
  readonly apiObjects: readonly ApiObject[];

  constructor(scope: Construct, id: string, props: CustomResourceDefinitionsProps) {
    super(scope, id);
    this.apiObjects = props.names.map(name => {
      const { apiVersion, kind, spec, metadata: own } = CRDS[name];
      return new ApiObject(this, name, {
        apiVersion,
        kind,
        metadata: metadata(own.name, undefined, 'definition', props),
        spec,
      });
    });
  }
}
