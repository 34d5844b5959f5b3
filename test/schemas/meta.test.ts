import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../tools/generate/json';
import { mapSchema } from '../../tools/generate/schema-walk';
import { readCrds, readSchemas } from '../../tools/generate/sources';
import { fixtures, ROOT } from './fixtures';

/** ajv that knows our own keywords, which annotate only. */
function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, validateFormats: false });
  return ajv.addVocabulary(['x-documents', 'x-wanted']);
}

function subschemas(schema: JsonObject): JsonObject[] {
  const found: JsonObject[] = [];
  mapSchema(schema, part => {
    found.push(part);
    return part;
  });
  return found;
}

describe.each(readSchemas(ROOT))('schemas/$name.schema.json', ({ name, schema }) => {
  test('is a JSON Schema 2020-12, strictly', () => {
    const ajv = createAjv();
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  test('says what it is', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.$id).toBe(`urn:masq:schema:${name}`);
    expect(schema.title).toEqual(expect.any(String));
    expect(schema.description).toEqual(expect.any(String));
  });

  test('has examples and defaults that it accepts', () => {
    for (const part of subschemas(schema)) {
      const values = [
        ...((part.examples as unknown[] | undefined) ?? []),
        ...('default' in part ? [part.default] : []),
      ];
      if (values.length === 0) continue;
      const { $id: _, ...plain } = part;
      const validate = createAjv().compile({ $defs: schema.$defs ?? {}, ...plain });
      for (const value of values) expect(validate(value) || validate.errors).toBe(true);
    }
  });
});

test('the agent file: every key is described', () => {
  const schema = readSchemas(ROOT).find(({ name }) => name === 'agent-config')?.schema;
  const properties = Object.entries((schema?.properties ?? {}) as Record<string, JsonObject>);
  expect(properties.map(([key]) => key)).toEqual([
    'nonMasqueradeCIDRs',
    'masqLinkLocal',
    'masqLinkLocalIPv6',
    'cidrLimit',
    'resyncInterval',
  ]);
  for (const [, property] of properties) expect(String(property.description).length).toBeGreaterThan(60);
});

describe.each(readCrds(ROOT))('the standalone schema of $name', ({ group, version, kind }) => {
  const path = join(ROOT, 'schemas/json', group, `${kind.toLowerCase()}_${version}.json`);

  test('is where kubeconform looks, and is a JSON Schema 2020-12, strictly', () => {
    expect(existsSync(path)).toBe(true);
    const schema = JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
    const validate = createAjv().compile(schema);
    const documents = fixtures('objects/valid').flatMap(fixture => fixture.documents as Record<string, unknown>[]);
    for (const document of documents) {
      const mine = document.apiVersion === `${group}/${version}` && document.kind === kind;
      expect(validate(document)).toBe(mine);
    }
  });

  test('refuses unknown fields wherever the definition does not keep them', () => {
    const schema = JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
    const open = subschemas(schema).filter(part => part.type === 'object' && part.additionalProperties === undefined);
    const shown = open.map(part => String(part.description));
    for (const description of shown) expect(description).toMatch(/Standard metadata|does not publish|do not show/);
  });
});
