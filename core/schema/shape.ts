import { andList, type Diagnostic, diagnostic, orList, suggest, type ValuePath } from '../diagnostics';
import type { SourceDocument } from '../source';
import type { SchemaError } from './generated/validators';
import { pathText, pointerPath, valueAt } from './path';

/** A JSON Schema, as far as messages need to look into it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

const OLD_BOOLEAN = /^(?:yes|no|on|off)$/i;

/** Whether the key at the end of a way must be there. */
export type IsNeeded = (path: ValuePath) => boolean;

/**
 * Turns a validator's errors into findings at true places, with the value quoted and what to write instead.
 * @param root the schema that the validator was made from, for the keys that a map knows
 * @param isNeeded the keys that a document needs though its schema lets them be absent
 */
export function shapeDiagnostics(
  document: SourceDocument,
  errors: readonly SchemaError[],
  root: JsonSchema,
  isNeeded: IsNeeded = () => false,
): Diagnostic[] {
  const kept = essential(errors, document.value);
  const subjects = subjectsOf(kept, document.value);
  const mustStay: IsNeeded = path => isNeeded(path) || isRequired(root, path);
  return kept.flatMap(error => {
    const subject = subjects.get(error.instancePath)!;
    return subject.isFolded(error, root) ? [] : (describe(document, error, subject, root, mustStay) ?? []);
  });
}

/** The value that errors are about, and what some of them say about others: of a large map there may be thousands. */
class Subject {
  private readonly unknown: SchemaError[] = [];
  private readonly required: SchemaError[] = [];
  private found: { readonly colon: string | undefined; readonly missing: readonly string[] } | undefined;

  constructor(
    readonly path: ValuePath,
    readonly value: unknown,
  ) {}

  add(error: SchemaError): void {
    if (error.keyword === 'additionalProperties') this.unknown.push(error);
    if (error.keyword === 'required') this.required.push(error);
  }

  /** Whether a missing key is spoken of where an unknown one stands, which is most likely meant for it. */
  isFolded(error: SchemaError, root: JsonSchema): boolean {
    if (error.keyword !== 'required') return false;
    const key = String(error.params.missingProperty);
    return this.unknown.some(unknown => {
      const near = suggest(String(unknown.params.additionalProperty), knownKeys(schemaAt(root, unknown.schemaPath)));
      return near === undefined || near === key;
    });
  }

  /** The text that the value, a map, was meant as: `2001:db8::` without quotes. */
  get colon(): string | undefined {
    return this.facts.colon;
  }

  /** The required keys that the value lacks, but those that an unknown one was clearly meant for. */
  get missing(): readonly string[] {
    return this.facts.missing;
  }

  private get facts() {
    this.found ??= { colon: endsInColon(this.value), missing: this.missingKeys() };
    return this.found;
  }

  private missingKeys(): string[] {
    const unknown = this.unknown.map(e => String(e.params.additionalProperty));
    return this.required
      .map(e => String(e.params.missingProperty))
      .filter(key => !unknown.some(other => suggest(other, [key])));
  }
}

function subjectsOf(errors: readonly SchemaError[], data: unknown): ReadonlyMap<string, Subject> {
  const subjects = new Map<string, Subject>();
  for (const error of errors) {
    let subject = subjects.get(error.instancePath);
    if (!subject) {
      const path = pointerPath(error.instancePath, data);
      subject = new Subject(path, valueAt(data, path));
      subjects.set(error.instancePath, subject);
    }
    subject.add(error);
  }
  return subjects;
}

function knownKeys(schema: JsonSchema | undefined): string[] {
  return Object.keys((schema?.properties as object | undefined) ?? {});
}

/** What to write in place of an unknown key. */
function insteadOf(key: string, parent: JsonSchema | undefined, missing: readonly string[]): string {
  const known = knownKeys(parent);
  const near = suggest(key, known);
  if (near) return `did you mean "${near}"?`;
  if (parent?.title === 'LabelSelector') return `labels stand below "matchLabels": write {matchLabels: {${key}: ...}}`;
  if (known.length === 0) return 'remove it';
  const lacking =
    missing.length > 0 ? `, of which ${andList(missing.map(quote))} ${missing.length > 1 ? 'are' : 'is'} missing` : '';
  return `known keys: ${known.join(', ')}${lacking}`;
}

/** Drops what only says that some branch of a choice failed, and keeps the branch that the value was meant for. */
function essential(errors: readonly SchemaError[], data: unknown): SchemaError[] {
  const choices = new Set(errors.filter(e => e.keyword === 'anyOf').map(e => e.instancePath));
  const kept = new Map<string, SchemaError>();
  for (const error of errors) {
    if (error.keyword === 'if' || error.keyword === 'propertyNames') continue;
    if (choices.has(error.instancePath)) {
      const value = valueAt(data, pointerPath(error.instancePath, data));
      const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
      const wanted = isMap ? error.keyword !== 'anyOf' && error.keyword !== 'type' : error.keyword === 'anyOf';
      if (!wanted) continue;
    }
    const { instancePath, keyword, params } = error;
    const said = JSON.stringify([instancePath, keyword, (error as { propertyName?: string }).propertyName, params]);
    if (!kept.has(said)) kept.set(said, error);
  }
  return [...kept.values()];
}

function describe(
  document: SourceDocument,
  error: SchemaError,
  subject: Subject,
  root: JsonSchema,
  mustStay: IsNeeded,
): Diagnostic | undefined {
  const { path, value, colon } = subject;
  const parent = schemaAt(root, error.schemaPath);
  const where = pathText(path);
  const at = document.at(path);
  if (colon !== undefined && (error.params.type === 'string' || error.keyword === 'additionalProperties')) {
    const message = `${where} is a map, since a text that ends in ":" is a key; write it in quotes: "${colon}"`;
    return diagnostic('MQ204', at, { message });
  }
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(error.params.additionalProperty ?? error.params.unevaluatedProperty);
      const place = path.length === 0 ? '' : ` in ${where}`;
      return diagnostic('MQ203', document.at([...path, key], 'key'), {
        message: `unknown key "${key}"${place}; ${insteadOf(key, parent, subject.missing)}`,
      });
    }
    case 'required': {
      const key = String(error.params.missingProperty);
      const about = (parent?.properties as Record<string, JsonSchema> | undefined)?.[key]?.description;
      return diagnostic('MQ205', document.at(path, 'key'), {
        message: `${where} lacks the key "${key}"`,
        ...(typeof about === 'string' && { hint: about }),
      });
    }
    case 'type':
    case 'anyOf': {
      if (value === null) {
        const remove = mustStay(path) ? '' : `, or remove ${itemOrKey(path)}`;
        const message = `${where} has no value; write ${wantedType(error, parent)}${remove}`;
        return diagnostic('MQ211', at, { message });
      }
      // Written plainly it has a finding of its own; in quotes it is just text.
      if (error.params.type === 'boolean' && OLD_BOOLEAN.test(document.written(path) ?? '')) return undefined;
      return wrongType(document, error, path, value, parent);
    }
    case 'enum':
    case 'const': {
      const allowed = (
        error.keyword === 'const' ? [error.params.allowedValue] : error.params.allowedValues
      ) as unknown[];
      if (value === null)
        return diagnostic('MQ211', at, { message: `${where} has no value; write ${orList(allowed.map(String))}` });
      const near = suggest(String(value), allowed.map(String));
      const instead = near ? `did you mean "${near}"?` : `write ${orList(allowed.map(quote))}`;
      return diagnostic('MQ206', at, { message: `${where} cannot be ${quote(value)}; ${instead}` });
    }
    case 'pattern':
    case 'maxLength': {
      // Addresses in CRDs have patterns for the API server's sake; masq's own parser says better what is wrong.
      if (typeof parent?.['x-wanted'] !== 'string') return undefined;
      const last = path[path.length - 1];
      const inName = error.schemaPath.includes('/propertyNames/');
      const wanted = parent['x-wanted'];
      const name = (error as { propertyName?: string }).propertyName;
      const subject = inName && name !== undefined ? `the name "${name}" in ${where}` : `${where} "${String(value)}"`;
      const place = inName && name !== undefined ? document.at([...path, name], 'key') : at;
      return diagnostic(last === 'name' ? 'MQ615' : 'MQ206', place, {
        message: `${subject} is not allowed; write ${wanted}`,
      });
    }
    case 'minItems':
      return diagnostic('MQ206', at, {
        message: `${where} is empty; at least ${String(error.params.limit)} is needed`,
      });
    case 'minLength':
      return diagnostic('MQ206', at, { message: `${where} is empty` });
    case 'minimum':
      return diagnostic('MQ206', at, {
        message: `${where} is ${String(value)}; the least is ${String(error.params.limit)}`,
      });
    default:
      return diagnostic('MQ206', at, { message: `${where} ${error.message ?? 'is not allowed'}` });
  }
}

function wrongType(
  document: SourceDocument,
  error: SchemaError,
  path: ValuePath,
  value: unknown,
  parent: JsonSchema | undefined,
): Diagnostic {
  const where = pathText(path);
  const at = document.at(path);
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  if (path[path.length - 1] === 'resyncInterval' && typeof value === 'number')
    return diagnostic('MQ216', at, {
      message: `resyncInterval ${value} has no unit; write ${value > 0 ? value : 60}s`,
    });
  const written = scalar ? document.written(path) : undefined;
  if (scalar && error.params.type === 'string' && isAllowed(written ?? String(value), parent)) {
    const message = `${where} is ${kindOf(value)}; text is wanted: write "${written ?? String(value)}"`;
    return diagnostic('MQ204', at, { message });
  }
  const shown = scalar || typeof value === 'string' ? ` ${written ?? quote(value)}` : '';
  const onlyKey = required(parent);
  if (error.params.type === 'object' && typeof value === 'string' && onlyKey !== undefined) {
    const message = `${where} "${value}" is text; a map is wanted: write {${onlyKey}: "${value}"}`;
    return diagnostic('MQ204', at, { message });
  }
  const quoted = typeof value === 'string' && (error.params.type === 'boolean' || error.params.type === 'integer');
  const single =
    error.params.type === 'array' && isItem(value, parent)
      ? `: write [${String(value)}]`
      : error.params.type === 'array' && isMap(value) && itemsAreMaps(parent)
        ? ': make it an item of one'
        : quoted && /^(?:true|false|\d+)$/.test(value) && /\d/.test(value) === (error.params.type === 'integer')
          ? `: write ${value} without quotes`
          : '';
  const message = `${where}${shown} is ${kindOf(value)}; ${wantedType(error, parent)} is wanted${single}`;
  return diagnostic('MQ204', at, { message });
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value that is no list may have been meant as the one item of it: not "none" where addresses are wanted. */
function isItem(value: unknown, parent: JsonSchema | undefined): boolean {
  const addresses = /\/(?:CIDR|IP)$/.test(itemsName(parent));
  return typeof value === 'number' || (typeof value === 'string' && (!addresses || /\d/.test(value)));
}

/** Whether the items of a list can be maps: in our schemas each kind of map has a name, as addresses have. */
function itemsAreMaps(parent: JsonSchema | undefined): boolean {
  return /\/(?!CIDR$|IP$)\w+$/.test(itemsName(parent));
}

function itemsName(parent: JsonSchema | undefined): string {
  return String((parent?.items as JsonSchema | undefined)?.$ref ?? '');
}

/** Whether a value that is no text would do as one, in quotes. */
function isAllowed(text: string, parent: JsonSchema | undefined): boolean {
  const { format, pattern } = parent ?? {};
  return format === undefined && (typeof pattern !== 'string' || new RegExp(pattern).test(text));
}

/** The text that `- 2001:db8::` was meant as: YAML reads it as a map with one key and no value. */
function endsInColon(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [only, ...others] = Object.keys(value);
  if (only === undefined || others.length > 0 || !only.includes(':')) return undefined;
  return (value as Record<string, unknown>)[only] === null ? `${only}:` : undefined;
}

/** The one key that a map must have, when there is just one. */
function required(parent: JsonSchema | undefined): string | undefined {
  const keys = parent?.required;
  return Array.isArray(keys) && keys.length === 1 ? String(keys[0]) : undefined;
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'a map',
};

const FORMAT_WORDS: Record<string, string> = {
  cidr: 'a CIDR such as "10.0.0.0/8"',
  ip: 'an address such as "192.168.1.100"',
};

function wantedType(error: SchemaError, parent: JsonSchema | undefined): string {
  const wanted = parent?.['x-wanted'] ?? FORMAT_WORDS[String(parent?.format)];
  if (typeof wanted === 'string') return wanted;
  if (error.keyword === 'anyOf') return 'a CIDR, the name of a range, or a map with "cidr" or "range"';
  const type = error.params.type;
  const words = (Array.isArray(type) ? type : [type]).map(t => TYPE_WORDS[String(t)] ?? String(t));
  return orList(words);
}

function itemOrKey(path: ValuePath): string {
  return typeof path[path.length - 1] === 'number' ? 'the list item' : 'the key';
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'empty';
  const type = typeof value;
  if (type === 'undefined') return 'undefined';
  if (type === 'string') return 'text';
  // Programs may have a Map or a Date where a plain map belongs.
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return `a ${type !== 'object' ? type : tag === 'Object' ? 'map' : tag}`;
}

function quote(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The schema that holds the keyword which failed. */
function schemaAt(root: JsonSchema, pointer: string): JsonSchema | undefined {
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

/** Whether the key at the end of a way must be there, whichever branch of a choice its map was meant for. */
function isRequired(root: JsonSchema, path: ValuePath): boolean {
  const key = path[path.length - 1];
  if (typeof key !== 'string') return false;
  const maps = path
    .slice(0, -1)
    .reduce<JsonSchema[]>(
      (schemas, step) => schemas.flatMap(schema => below(root, schema, step)),
      branches(root, root),
    );
  return maps.some(schema => Array.isArray(schema.required) && schema.required.includes(key));
}

/** The schemas of what a map has below a key, or a list at an index. */
function below(root: JsonSchema, schema: JsonSchema, step: string | number): JsonSchema[] {
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
