import { compile } from 'json-schema-to-typescript';
import type { JsonObject } from './json';
import { banner, type Output } from './output';
import { addReadonly } from './readonly';
import { mapSchema } from './schema-walk';
import { documentsOf, pascal, type SchemaSource } from './sources';

/** The TypeScript types of one schema, all read-only, with its descriptions as TSDoc. */
export async function typesOutput(source: SchemaSource): Promise<Output> {
  const name = pascal(source.name);
  const text = await compile(mapSchema(rootOf(source, name), wrapReference), name, {
    additionalProperties: true,
    bannerComment: '',
    enableConstEnums: false,
    format: true,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 120, arrowParens: 'avoid' },
    unknownAny: true,
  });
  const path = `core/schema/generated/types-${source.name}.ts`;
  return { path, text: `${banner(`schemas/${source.name}.schema.json`)}\n${addReadonly(text.trimStart())}` };
}

/** A schema of several documents becomes their union: `if` and `then` say nothing to the type generator. */
function rootOf({ schema }: SchemaSource, name: string): JsonObject {
  const documents = documentsOf(schema);
  if (documents.length === 0) return { ...schema, title: name };
  return {
    title: name,
    description: schema.description ?? '',
    oneOf: documents.map(document => ({ $ref: `#/$defs/${document}` })),
    $defs: schema.$defs ?? {},
  };
}

/** Keeps a description beside a `$ref` from making a second type with a number in its name. */
function wrapReference(schema: JsonObject): JsonObject {
  const { $ref, ...rest } = schema;
  return $ref === undefined || Object.keys(rest).length === 0 ? schema : { ...rest, allOf: [{ $ref }] };
}
