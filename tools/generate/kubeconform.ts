import { isObject, type JsonObject, objectAt } from './json';
import type { Output } from './output';
import { mapSchema, withoutKeywords } from './schema-walk';
import type { CrdSource } from './sources';

/**
 * The standalone JSON Schema of a custom resource, in the layout
 * `{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json` of kubeconform and the CRDs catalog.
 */
export function kubeconformOutput(crd: CrdSource): Output {
  const path = `schemas/json/${crd.group}/${crd.kind.toLowerCase()}_${crd.version}.json`;
  return { path, text: `${JSON.stringify(toStandalone(crd), null, 2)}\n` };
}

/** An `openAPIV3Schema` as a JSON Schema of its own that also refuses unknown fields, which an API server would drop. */
export function toStandalone(crd: CrdSource): JsonObject {
  const { description, required, properties, ...rest } = mapSchema(crd.schema, close);
  const fields = objectAt({ properties: properties ?? {} }, 'properties');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: crd.kind,
    description: description ?? '',
    ...rest,
    required: ['apiVersion', 'kind', 'metadata', ...(Array.isArray(required) ? required : [])],
    properties: {
      ...fields,
      apiVersion: { ...objectAt(fields, 'apiVersion'), const: `${crd.group}/${crd.version}` },
      kind: { ...objectAt(fields, 'kind'), const: crd.kind },
      metadata: {
        description: 'Standard metadata of a Kubernetes object.',
        type: 'object',
        required: ['name'],
        properties: { name: { description: "The object's name.", type: 'string' } },
      },
    },
  };
}

function close(schema: JsonObject): JsonObject {
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties !== undefined;
  const plain = withoutKeywords(schema, keyword => keyword.startsWith('x-kubernetes-'));
  return isObject(schema.properties) && !open ? { ...plain, additionalProperties: false } : plain;
}
