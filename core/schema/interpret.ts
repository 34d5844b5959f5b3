import type { JsonSchema } from './shape';
import type { SchemaError } from './validator';

/**
 * Checks data against a small schema that is written in a program, by the keywords below and without compiling it.
 * Keys with the value `undefined` count as absent, as they do for a program's author.
 * @returns every violation, as the compiled validators report it
 */
export function schemaErrors(root: JsonSchema, data: unknown): SchemaError[] {
  return errorsAt(root, root, data, { instancePath: '', schemaPath: '#' });
}

type Place = Pick<SchemaError, 'instancePath' | 'schemaPath'>;

function errorsAt(root: JsonSchema, schema: JsonSchema, data: unknown, at: Place): SchemaError[] {
  const below = (inner: unknown, value: unknown, step: string, ...keywords: readonly string[]): SchemaError[] =>
    errorsAt(root, inner as JsonSchema, value, {
      instancePath: `${at.instancePath}${step}`,
      schemaPath: [at.schemaPath, ...keywords.map(escaped)].join('/'),
    });
  const error = (keyword: string, params: SchemaError['params']): SchemaError => ({
    instancePath: at.instancePath,
    schemaPath: `${at.schemaPath}/${keyword}`,
    keyword,
    params,
  });
  const entries = isMap(data) ? Object.entries(data).filter(([, value]) => value !== undefined) : [];
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.entries(schema).flatMap(([keyword, wanted]): SchemaError[] => {
    switch (keyword) {
      case '$ref': {
        const definition = String(wanted).split('/').slice(1);
        const target = definition.reduce<unknown>((part, key) => (part as JsonSchema)[key], root);
        return errorsAt(root, target as JsonSchema, data, { ...at, schemaPath: String(wanted) });
      }
      case 'anyOf': {
        const branches = (wanted as readonly JsonSchema[]).map((branch, i) => below(branch, data, '', 'anyOf', `${i}`));
        return branches.some(errors => errors.length === 0) ? [] : [...branches.flat(), error('anyOf', {})];
      }
      case 'required': {
        const missing = (wanted as readonly string[]).filter(key => !entries.some(([name]) => name === key));
        return isMap(data) ? missing.map(missingProperty => error(keyword, { missingProperty })) : [];
      }
      case 'properties':
        return entries.flatMap(([key, value]) =>
          Object.hasOwn(properties, key) ? below(properties[key], value, `/${escaped(key)}`, keyword, key) : [],
        );
      case 'additionalProperties': {
        const further = entries.filter(([key]) => !Object.hasOwn(properties, key));
        return further.flatMap(([key, value]) =>
          wanted === false
            ? [error(keyword, { additionalProperty: key })]
            : below(wanted, value, `/${escaped(key)}`, keyword),
        );
      }
      case 'propertyNames':
        return entries.flatMap(([propertyName]) =>
          below(wanted, propertyName, '', keyword).map(found => ({ ...found, propertyName })),
        );
      case 'items':
        return Array.isArray(data) ? Array.from(data).flatMap((item, i) => below(wanted, item, `/${i}`, keyword)) : [];
      default: {
        const params = fault(keyword, wanted, data);
        return params ? [error(keyword, params)] : [];
      }
    }
  });
}

/** What a keyword without schemas below it has against a value; the parameters of its error. */
function fault(keyword: string, wanted: unknown, data: unknown): SchemaError['params'] | undefined {
  const limit = Number(wanted);
  const text = typeof data === 'string' ? data : undefined;
  switch (keyword) {
    case 'type':
      return hasType(data, String(wanted)) ? undefined : { type: wanted };
    case 'enum':
      return (wanted as readonly unknown[]).includes(data) ? undefined : { allowedValues: wanted };
    case 'pattern':
      return text === undefined || new RegExp(String(wanted), 'u').test(text) ? undefined : { pattern: wanted };
    case 'maxLength':
      return text === undefined || text.length <= limit ? undefined : { limit };
    case 'minimum':
      return typeof data !== 'number' || data >= limit ? undefined : { limit };
    case 'maximum':
      return typeof data !== 'number' || data <= limit ? undefined : { limit };
    case 'minItems':
      return !Array.isArray(data) || data.length >= limit ? undefined : { limit };
    default:
      return undefined; // what describes, such as `x-wanted` and `$defs`
  }
}

function hasType(data: unknown, type: string): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(data);
    case 'object':
      return isMap(data);
    case 'integer':
      return Number.isInteger(data);
    default:
      return typeof data === type;
  }
}

function isMap(data: unknown): data is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(data) === '[object Object]';
}

/** A step of a JSON pointer (RFC 6901). */
function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
