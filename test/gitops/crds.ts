import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../examples/examples';

/** A JSON Schema, as far as it is looked into here. */
export interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly [keyword: string]: unknown;
}

/** Schemas of other projects' kinds: shared between projects, and no part of this repo. */
const CRDS = join(ROOT, '../shared/crds');

/** Whether the schemas are here; where they are not, this is said. */
export function haveCrds(): boolean {
  if (existsSync(CRDS)) return true;
  console.warn('SKIPPED: ../shared/crds is not there; GitOps files are not compared with the real schemas');
  return false;
}

/** The schema of a kind in a version; undefined for kinds of which there is none. */
export function crdOf(apiVersion: string, kind: string): Schema | undefined {
  const [group, version] = apiVersion.split('/');
  const file = join(CRDS, group!, `${kind.toLowerCase()}_${version}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Schema) : undefined;
}

/**
 * Where a server would complete an item of a list by a default of the schema. Lists of custom resources are compared as a
 * whole: what it adds there would be a difference for ever.
 */
export function completedItems(schema: Schema, value: unknown, path = '', inList = false): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(item => completedItems(schema.items ?? {}, item, `${path}[]`, true));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const own = (value as Readonly<Record<string, unknown>>)[key];
    const at = `${path}.${key}`;
    if (own === undefined) return inList && inner.default !== undefined ? [at] : [];
    return completedItems(inner, own, at, inList);
  });
}
