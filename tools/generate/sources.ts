import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Json, type JsonObject, listAt, objectAt, textAt } from './json';
import { compareText } from './output';

/** A JSON Schema of the folder `schemas/`. */
export interface SchemaSource {
  /** The file's name without `.schema.json`, such as `agent-config`. */
  readonly name: string;
  readonly schema: JsonObject;
}

/** One version of a custom resource. */
export interface CrdSource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The kind, with its version when several versions of it are known: `EgressNATPolicyV1`. A part of identifiers. */
  readonly name: string;
  /** The version's `openAPIV3Schema`. */
  readonly schema: JsonObject;
  /** The whole CustomResourceDefinition. */
  readonly definition: JsonObject;
}

/** Every `schemas/*.schema.json`, in the order of their names. */
export function readSchemas(root: string): SchemaSource[] {
  const suffix = '.schema.json';
  return filesIn(join(root, 'schemas'), suffix).map(({ file, text }) => ({
    name: file.slice(0, -suffix.length),
    schema: JSON.parse(text) as JsonObject,
  }));
}

/** Every CustomResourceDefinition of `schemas/crds/`, in the order of their names. Each file holds one with one version. */
export function readCrds(root: string): CrdSource[] {
  const crds = filesIn(join(root, 'schemas/crds'), '.yaml').map(({ file, text }) => {
    const definition = parse(text) as JsonObject;
    const spec = objectAt(definition, 'spec');
    const versions = listAt(spec, 'versions') as readonly JsonObject[];
    const [version] = versions;
    if (version === undefined || versions.length > 1) throw new Error(`${file} must hold exactly one version`);
    return {
      group: textAt(spec, 'group'),
      version: textAt(version, 'name'),
      kind: textAt(objectAt(spec, 'names'), 'kind'),
      schema: objectAt(objectAt(version, 'schema'), 'openAPIV3Schema'),
      definition,
    };
  });
  return crds
    .map(crd => {
      const alone = crds.filter(other => other.kind === crd.kind).length === 1;
      return { ...crd, name: alone ? crd.kind : crd.kind + pascal(crd.version) };
    })
    .sort((a, b) => compareText(a.name, b.name));
}

/** `agent-config` becomes `AgentConfig`, `v1alpha1` becomes `V1Alpha1`. */
export function pascal(name: string): string {
  return name.replace(/(?:^|-|(?<=\d))([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The names below `$defs` that a schema lists as its documents with `x-documents`; empty when it is one document itself. */
export function documentsOf(schema: JsonObject): string[] {
  const documents: Json = schema['x-documents'] ?? [];
  return Array.isArray(documents) ? documents.map(String) : [];
}

function filesIn(folder: string, suffix: string): { file: string; text: string }[] {
  return readdirSync(folder)
    .filter(file => file.endsWith(suffix))
    .sort(compareText)
    .map(file => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
}
