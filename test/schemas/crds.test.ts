import { Ajv } from 'ajv';
import { CustomResourceDefinition as Model } from 'kubernetes-models/apiextensions.k8s.io/v1';
import { describe, expect, test } from 'vitest';
import { CRDS, type CustomResourceDefinition } from '../../core/schema/generated/crds';
import { type CrdSource, readCrds } from '../../tools/generate/sources';
import { fixtures, ROOT } from './fixtures';

type Schema = Readonly<Record<string, unknown>>;

const crds = readCrds(ROOT);

/** Every schema of a CRD with its path, the root first. */
function walk(schema: Schema, path = ''): [string, Schema][] {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const named = properties.flatMap(([name, property]) => walk(property, `${path}/${name}`));
  const items = schema.items === undefined ? [] : walk(schema.items as Schema, `${path}[]`);
  const values =
    schema.additionalProperties === undefined ? [] : walk(schema.additionalProperties as Schema, `${path}{}`);
  return [[path, schema], ...named, ...items, ...values];
}

/** What the API server's rules for structural schemas have against a schema. */
function structuralFaults(schema: Schema): string[] {
  return walk(schema).flatMap(([path, part]) => {
    const faults: string[] = [];
    if (typeof part.type !== 'string') faults.push(`${path} has no type`);
    if (part.type === 'array' && part.items === undefined) faults.push(`${path} has no items`);
    if (part.properties !== undefined && part.additionalProperties !== undefined) faults.push(`${path} is both`);
    for (const keyword of ['$ref', 'definitions', 'patternProperties', 'uniqueItems', 'const', 'if']) {
      if (keyword in part) faults.push(`${path} uses ${keyword}`);
    }
    if (path === '/metadata' && JSON.stringify(part) !== '{"type":"object"}') faults.push('metadata is restricted');
    return faults;
  });
}

describe.each(crds)('$name', ({ name, definition, schema, group, version, kind }: CrdSource) => {
  const crd = CRDS[name as keyof typeof CRDS] as CustomResourceDefinition;

  test('is structural', () => {
    expect(structuralFaults(schema)).toEqual([]);
  });

  test('describes every field', () => {
    const bare = walk(schema).filter(([path, part]) => part.description === undefined && path !== '/metadata');
    expect(bare.map(([path]) => path).filter(path => !/\{\}$|values\[\]$/.test(path))).toEqual([]);
  });

  test('is stored as it is applied', () => {
    const { names, scope, versions, conversion, ...others } = crd.spec;
    expect(names).toEqual({
      plural: names.plural,
      singular: kind.toLowerCase(),
      kind,
      listKind: `${kind}List`,
    });
    expect(crd.metadata).toEqual({ name: `${names.plural}.${group}` });
    expect(['Cluster', 'Namespaced']).toContain(scope);
    expect(versions.map(v => ({ name: v.name, served: v.served, storage: v.storage }))).toEqual([
      { name: version, served: true, storage: true },
    ]);
    expect(conversion).toEqual({ strategy: 'None' });
    expect(others).toEqual({ group });
    expect(Object.keys(crd)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
  });

  test('is a valid object of apiextensions.k8s.io/v1', () => {
    const model = (data: unknown) => new Model(data as ConstructorParameters<typeof Model>[0]);
    expect(() => model(definition).validate()).not.toThrow();
    const { scope: _, ...spec } = crd.spec;
    expect(() => model({ ...definition, spec }).validate()).toThrow(/scope/);
  });

  test('has columns that exist', () => {
    const paths = new Set(walk(schema).map(([path]) => path.replaceAll('/', '.')));
    for (const column of crd.spec.versions[0]?.additionalPrinterColumns ?? []) {
      if (column.jsonPath !== '.metadata.creationTimestamp') expect(paths).toContain(column.jsonPath);
    }
  });

  test('has patterns that Go can read', () => {
    for (const [, part] of walk(schema)) expect(String(part.pattern ?? '')).not.toMatch(/\(\?|\\[1-9]/);
  });

  test('accepts the valid objects as an API server reads it, without our additions', () => {
    const validate = new Ajv({ strict: false }).compile(schema);
    const mine = fixtures('objects/valid')
      .flatMap(fixture => fixture.documents as Record<string, unknown>[])
      .filter(document => document.apiVersion === `${group}/${version}` && document.kind === kind);
    expect(mine.length).toBeGreaterThan(0);
    for (const document of mine) expect(validate(document) || validate.errors).toBe(true);
  });
});

test('the faults are found', () => {
  const faults = structuralFaults({
    type: 'object',
    properties: {
      a: {},
      b: { type: 'array', uniqueItems: true },
      c: { type: 'object', properties: { d: { type: 'string' } }, additionalProperties: { type: 'string' } },
      metadata: { type: 'object', description: 'x' },
    },
  });
  expect(faults).toEqual([
    '/a has no type',
    '/b has no items',
    '/b uses uniqueItems',
    '/c is both',
    'metadata is restricted',
  ]);
});

describe('the IPv4 patterns', () => {
  const spec = crds.find(crd => crd.name === 'EgressNATPolicyV1Alpha1')?.schema ?? {};
  const pattern = (at: string) => new RegExp(String(walk(spec).find(([path]) => path === at)?.[1].pattern));

  test.each(['0.0.0.0', '9.10.99.100', '192.168.1.199', '200.249.250.255'])('address %s', ip => {
    expect(ip).toMatch(pattern('/spec/egressSourceIP'));
    for (const length of [0, 9, 10, 29, 30, 32]) expect(`${ip}/${length}`).toMatch(pattern('/spec/destinationCIDRs[]'));
  });

  test.each(['256.0.0.0', '1.2.3', '1.2.3.4.5', '010.0.0.1', ' 1.2.3.4', '1.2.3.4/32', '::1', ''])('not "%s"', ip => {
    expect(ip).not.toMatch(pattern('/spec/egressSourceIP'));
    expect(`${ip}/24`).not.toMatch(pattern('/spec/destinationCIDRs[]'));
  });

  test.each(['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/-1'])('not the range "%s"', cidr => {
    expect(cidr).not.toMatch(pattern('/spec/destinationCIDRs[]'));
  });
});
