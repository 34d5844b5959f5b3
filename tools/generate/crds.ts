import { banner, type Output } from './output';
import type { CrdSource } from './sources';

const TYPES = `
/** A CustomResourceDefinition as plain data: give it to a cdk8s \`ApiObject\`, or write it out as YAML or JSON. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: {
      readonly plural: string;
      readonly singular: string;
      readonly kind: string;
      readonly listKind: string;
    };
    readonly scope: 'Cluster' | 'Namespaced';
    readonly versions: readonly CustomResourceVersion[];
    readonly conversion: { readonly strategy: 'None' };
  };
}

/** One version of a custom resource. */
export interface CustomResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: { readonly openAPIV3Schema: Readonly<Record<string, unknown>> };
  readonly subresources?: { readonly status?: Readonly<Record<string, never>> };
  readonly additionalPrinterColumns?: readonly {
    readonly name: string;
    readonly type: string;
    readonly description?: string;
    readonly jsonPath: string;
  }[];
}
`;

/** The definitions as typed constants, so that nothing has to read files when it runs. */
export function crdsOutput(crds: readonly CrdSource[]): Output {
  const names = crds.map(crd => `'${crd.name}'`).join(' | ');
  const entries = crds.map(crd => `  ${crd.name}: ${indent(JSON.stringify(crd.definition, null, 2))},\n`);
  const text = [
    banner('schemas/crds/*.yaml'),
    TYPES,
    `\n/** The name of a definition: its kind, and its version where there are several. */\nexport type CrdName =${wrap(names)};\n`,
    '\n/** Every CustomResourceDefinition of schemas/crds. The two of EgressNATPolicy exclude each other in a cluster. */\n',
    `export const CRDS: Readonly<Record<CrdName, CustomResourceDefinition>> = {\n${entries.join('')}};\n`,
  ];
  return { path: 'core/schema/generated/crds.ts', text: text.join('') };
}

function indent(json: string): string {
  return json.replaceAll('\n', '\n  ');
}

function wrap(union: string): string {
  return `\n  | ${union.replaceAll(' | ', '\n  | ')}`;
}
