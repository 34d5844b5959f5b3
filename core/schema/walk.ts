import type { ValuePath } from '../diagnostics';

/** A JSON Schema, as far as messages need to look into it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** The keys that a map's schema names. */
export function knownKeys(schema: JsonSchema | undefined): string[] {
  return Object.keys((schema?.properties as object | undefined) ?? {});
}

/** The schema that holds the keyword which a pointer (of a validator's error) leads to. */
export function schemaAt(root: JsonSchema, pointer: string): JsonSchema | undefined {
  const steps = pointer
    .replace(/^[^#]*#\/?/, '')
    .split('/')
    .slice(0, -1);
  let schema: unknown = root;
  for (const raw of steps) {
    const step = decodeURIComponent(raw.replace(/~1/g, '/').replace(/~0/g, '~'));
    const ref: unknown = (schema as JsonSchema | undefined)?.$ref;
    if (typeof ref === 'string' && !(step in (schema as object))) schema = schemaAt(root, `${ref}/x`);
    if (typeof schema !== 'object' || schema === null) return undefined;
    schema = (schema as JsonSchema)[step];
  }
  return schema as JsonSchema | undefined;
}

/** The schemas of the value at the end of a way, whichever branch of a choice its maps were meant for. */
export function schemasOf(root: JsonSchema, path: ValuePath): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (schemas, step) => schemas.flatMap(schema => below(root, schema, step)),
    branches(root, root),
  );
}

/** Whether the key at the end of a way must be there, whichever branch of a choice its map was meant for. */
export function isRequired(root: JsonSchema, path: ValuePath): boolean {
  const key = path[path.length - 1];
  if (typeof key !== 'string') return false;
  return schemasOf(root, path.slice(0, -1)).some(
    schema => Array.isArray(schema.required) && schema.required.includes(key),
  );
}

/** The ways to the maps that know a key; a step into a list's items is 0. */
export function homesOf(root: JsonSchema, key: string): readonly ValuePath[] {
  const known = indexes.get(root) ?? indexOf(root);
  indexes.set(root, known);
  return known.get(key) ?? [];
}

/** Of schemas that were asked for: the ways to the maps that know each of their keys. */
const indexes = new WeakMap<JsonSchema, ReadonlyMap<string, readonly ValuePath[]>>();

function indexOf(root: JsonSchema): ReadonlyMap<string, readonly ValuePath[]> {
  const index = new Map<string, ValuePath[]>();
  const visit = (schema: JsonSchema, path: ValuePath): void => {
    for (const branch of branches(root, schema)) {
      for (const [name, inner] of Object.entries((branch.properties ?? {}) as Readonly<Record<string, JsonSchema>>)) {
        index.set(name, [...(index.get(name) ?? []), path]);
        visit(inner, [...path, name]);
      }
      if (typeof branch.items === 'object' && branch.items !== null) visit(branch.items as JsonSchema, [...path, 0]);
    }
  };
  visit(root, []);
  return index;
}

/** The schemas of what a map has below a key, or a list at an index. */
export function below(root: JsonSchema, schema: JsonSchema, step: string | number): JsonSchema[] {
  const named = (schema.properties as Record<string, unknown> | undefined)?.[step];
  const inner = typeof step === 'number' ? schema.items : (named ?? schema.additionalProperties);
  return typeof inner === 'object' && inner !== null ? branches(root, inner as JsonSchema) : [];
}

/** A schema and those that it is made of. */
function branches(root: JsonSchema, schema: JsonSchema): JsonSchema[] {
  const target = typeof schema.$ref === 'string' ? schemaAt(root, `${schema.$ref}/x`) : undefined;
  const parts = [...((schema.allOf ?? []) as JsonSchema[]), ...((schema.anyOf ?? []) as JsonSchema[])];
  const inner = [...parts, target, schema.then as JsonSchema | undefined].filter(part => part !== undefined);
  return [schema, ...inner.flatMap(part => branches(root, part))];
}
