import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaErrors } from '../../core/schema/interpret';
import type { JsonSchema } from '../../core/schema/shape';
import type { SchemaError } from '../../core/schema/validator';

/** A schema with every keyword that is read. */
const SCHEMA: JsonSchema = {
  $defs: { Name: { type: 'string', pattern: '^[a-z]+$', maxLength: 3 } },
  type: 'object',
  required: ['name', 'list'],
  additionalProperties: false,
  properties: {
    name: { $ref: '#/$defs/Name' },
    list: { type: 'array', minItems: 1, items: { anyOf: [{ type: 'string' }, { $ref: '#/properties/map' }] } },
    map: { type: 'object', propertyNames: { $ref: '#/$defs/Name' }, additionalProperties: { type: 'integer' } },
    mode: { enum: ['a', 'b'] },
    flag: { type: 'boolean' },
    'a/b~c': { type: 'string' },
  },
};

const validate = new Ajv2020({ allErrors: true, inlineRefs: false }).compile(SCHEMA);

/** What ajv says of some data: an oracle of the same standard. */
function ajvErrors(data: unknown): SchemaError[] {
  validate(data);
  return (validate.errors ?? []) as SchemaError[];
}

/** Errors in a form that can be compared; ajv adds one to each bad name of a property, which says nothing further. */
function comparable(errors: readonly SchemaError[]): string[] {
  return errors
    .filter(error => error.keyword !== 'propertyNames')
    .map(error => JSON.stringify([error.instancePath, error.keyword, error.params]))
    .sort();
}

const value = fc.oneof(
  fc.constantFrom('a', 'b', 'abcd', 'A', '', 5, 1.5, true, null),
  fc.array(
    fc.oneof(fc.constantFrom('x', 3, null), fc.dictionary(fc.constantFrom('k', 'Key'), fc.constantFrom(1, 'v'))),
  ),
  fc.dictionary(fc.constantFrom('k', 'Key', 'long'), fc.constantFrom<unknown>(1, 1.5, 'v', null)),
);
const data = fc.oneof(
  value,
  fc.dictionary(fc.constantFrom('name', 'list', 'map', 'mode', 'flag', 'a/b~c', 'other'), value),
);

describe('schemaErrors', () => {
  it('finds what ajv finds', () => {
    fc.assert(
      fc.property(data, given => {
        expect(comparable(schemaErrors(SCHEMA, given))).toEqual(comparable(ajvErrors(given)));
      }),
    );
  });

  it('takes a key with the value undefined for one that is not there', () => {
    expect(schemaErrors(SCHEMA, { name: 'a', list: ['x'], flag: undefined, other: undefined })).toEqual([]);
    expect(schemaErrors(SCHEMA, { name: undefined, list: ['x'] }).map(error => error.params)).toEqual([
      { missingProperty: 'name' },
    ]);
  });

  it('says which schema was violated, from the root on', () => {
    const errors = schemaErrors(SCHEMA, { name: 'A', list: ['x'], map: { k: 'v' } });
    expect(errors.map(error => error.schemaPath)).toEqual([
      '#/$defs/Name/pattern',
      '#/properties/map/additionalProperties/type',
    ]);
  });
});
