import { isObject, type Json, type JsonObject } from './json';

/** Keywords whose value maps names to schemas: the names must not be taken for keywords. */
const NAMED_SCHEMAS = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);
/** Keywords whose value is a schema or, for some, a list of schemas. */
const SUBSCHEMAS = new Set([
  'items',
  'prefixItems',
  'additionalProperties',
  'propertyNames',
  'contains',
  'not',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'then',
  'else',
]);

/** Rewrites a schema from the leaves up: `change` sees every schema with its subschemas already rewritten. */
export function mapSchema(schema: JsonObject, change: (schema: JsonObject) => JsonObject): JsonObject {
  const value = (json: Json): Json => (isObject(json) ? mapSchema(json, change) : json);
  const entries = Object.entries(schema).map(([key, json]): [string, Json] => {
    if (NAMED_SCHEMAS.has(key) && isObject(json)) {
      return [key, Object.fromEntries(Object.entries(json).map(([name, schema]) => [name, value(schema)]))];
    }
    if (SUBSCHEMAS.has(key)) return [key, Array.isArray(json) ? json.map(value) : value(json)];
    return [key, json];
  });
  return change(Object.fromEntries(entries));
}

/** A schema without the given keywords. */
export function withoutKeywords(schema: JsonObject, drop: (keyword: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !drop(keyword)));
}
