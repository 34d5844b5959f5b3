import { type Diagnostic, diagnostic, type ValuePath } from '../diagnostics';
import type { SourceDocument } from '../source';
import { pathText } from './path';
import { NAMESPACE_LABEL } from './unknown-key';
import type { SchemaError } from './validator';
import { type JsonSchema, knownKeys, schemaAt } from './walk';
import { exactWords, gluedAdvice, gluedPair, isTextMap, kindOf, quote, typeWords, unwrapped } from './words';

/** A finding on a value of another type than its schema wants, with what to write where that can be told. */
export function wrongType(
  document: SourceDocument,
  error: SchemaError,
  path: ValuePath,
  value: unknown,
  root: JsonSchema,
): Diagnostic {
  const schema = schemaAt(root, error.schemaPath);
  const at = document.at(path);
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  const written = isScalar ? document.written(path) : undefined;
  // A map may have a key "toString".
  const asText = isScalar ? (written ?? String(value)) : '';
  const isDuration = path[path.length - 1] === 'resyncInterval';
  if (isDuration && typeof value === 'number')
    return diagnostic('MQ216', at, {
      message: `resyncInterval ${value} has no unit; write ${value > 0 ? value : 60}s`,
    });
  if (isScalar && !isDuration && error.params.type === 'string' && isAllowed(asText, schema)) {
    const message = `${pathText(path)} is ${kindOf(value)}; text is wanted: write "${asText}"`;
    return diagnostic('MQ204', at, { message });
  }
  const shown = isScalar || typeof value === 'string' ? ` ${written ?? quote(value)}` : '';
  const instead = insteadText(error, schema, path, value, root);
  return diagnostic('MQ204', at, { message: `${pathText(path)}${shown} is ${kindOf(value)}; ${instead}` });
}

function insteadText(
  error: SchemaError,
  schema: JsonSchema | undefined,
  path: ValuePath,
  value: unknown,
  root: JsonSchema,
): string {
  const words = exactWords(schema);
  const { type } = error.params;
  const advice =
    type === 'object'
      ? asMap(value, schema, path, root)
      : type === 'array'
        ? asList(value, schema)
        : asScalar(value, type);
  if (words) return advice ?? `write ${words}`;
  return advice ? `${typeWords(type)} is wanted: ${advice}` : `${typeWords(type)} is wanted`;
}

/** What people write for true and false, in YAML 1.1 and elsewhere. */
const MEANT: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  y: true,
  no: false,
  off: false,
  n: false,
};

/** What to write where a list stands for its one item, or where quotes make text of something else. */
function asScalar(value: unknown, type: unknown): string | undefined {
  if (Array.isArray(value))
    return type === 'string' && value.length === 1 && typeof value[0] === 'string' ? `write ${value[0]}` : undefined;
  if (type === 'boolean' && typeof value === 'string' && Object.hasOwn(MEANT, value.toLowerCase()))
    return `write ${MEANT[value.toLowerCase()]}`;
  const fits = type === 'boolean' ? /^(?:true|false)$/ : type === 'integer' ? /^\d+$/ : undefined;
  return typeof value === 'string' && fits?.test(value) ? `write ${value} without quotes` : undefined;
}

function asList(value: unknown, schema: JsonSchema | undefined): string | undefined {
  if (isItem(value, schema)) return `write [${typeof value === 'string' ? asItem(value, schema) : String(value)}]`;
  return isMap(value) && itemsAreMaps(schema) ? 'write it as an item of the list, with "- " before it' : undefined;
}

/**
 * A text as an item of a list, or as several where addresses are wanted and blanks stand between them. Where ranges are
 * wanted, a plain IPv4 address needs its prefix length.
 */
function asItem(value: string, schema: JsonSchema | undefined): string {
  const text = unwrapped(value);
  if (isOfAddresses(schema) && /[\s,]/.test(text)) {
    const items = text.split(/[\s,]+/).filter(Boolean);
    return items.map(item => asItem(item, schema)).join(', ');
  }
  return /^\d+(?:\.\d+){3}$/.test(text) && !itemsName(schema).endsWith('/IP') ? `${text}/32` : text;
}

/** What to write where a text stands for a map: one whose key lost its colon, or one that is meant for a key of it. */
function asMap(value: unknown, schema: JsonSchema | undefined, path: ValuePath, root: JsonSchema): string | undefined {
  if (Array.isArray(value)) return value.length > 0 && value.every(isMap) ? 'write its items without "- "' : undefined;
  if (typeof value !== 'string') return undefined;
  const glued = gluedPair(value);
  const known = knownKeys(schema);
  if (glued && known.includes(glued.key)) return gluedAdvice(glued);
  const [, key, rest] = /^(\S+)\s+(\S+)$/.exec(value) ?? [];
  if (key !== undefined && known.includes(key)) return `a ":" is missing behind "${key}": write "${key}: ${rest}"`;
  const first = /^\S+/.exec(value)?.[0] ?? '';
  if (known.includes(first)) return `a ":" is missing behind "${first}"`;
  const choice = known.find(key => choicesOf(schema, key).includes(value));
  if (choice !== undefined && schema?.required === undefined) return `write {${choice}: ${value}}`;
  if (isTextMap(schema)) return pairs(value) && `write ${pairs(value)}`;
  if (schema?.title === 'LabelSelector') return asSelector(value, path);
  const only = required(schema);
  return only !== undefined && isText(schema, only, root) ? `write {${only}: "${value}"}` : undefined;
}

/** The words that a key of a map may have as its value; none where it may have others. */
function choicesOf(schema: JsonSchema | undefined, key: string): readonly unknown[] {
  const inner = (schema?.properties as Record<string, JsonSchema> | undefined)?.[key];
  return Array.isArray(inner?.enum) ? inner.enum : [];
}

/** A selector that was written as kubectl takes one, or as the name of a namespace. */
function asSelector(value: string, path: ValuePath): string | undefined {
  const labels = pairs(value);
  if (labels) return `write {matchLabels: ${labels}}`;
  if (path[path.length - 1] !== 'namespaceSelector' || !/^[a-z0-9][-a-z0-9]*$/.test(value)) return undefined;
  return `write {matchLabels: {${NAMESPACE_LABEL}: ${value}}}`;
}

/** `a=b,c=d` as a map in writing; undefined when the text is not made of such pairs. */
function pairs(text: string): string | undefined {
  const found = text.split(',').map(pair => gluedPair(pair.trim()));
  if (found.some(pair => pair === undefined)) return undefined;
  return `{${found.map(pair => `${pair!.key}: ${pair!.value}`).join(', ')}}`;
}

function isText(schema: JsonSchema | undefined, key: string, root: JsonSchema): boolean {
  const inner = (schema?.properties as Record<string, JsonSchema> | undefined)?.[key];
  const target = typeof inner?.$ref === 'string' ? schemaAt(root, `${inner.$ref}/x`) : inner;
  return target?.type === 'string';
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value that is no list may have been meant as the one item of it: not "none" where addresses are wanted. */
function isItem(value: unknown, schema: JsonSchema | undefined): boolean {
  const addresses = isOfAddresses(schema);
  return (typeof value === 'number' && !addresses) || (typeof value === 'string' && (!addresses || /\d/.test(value)));
}

/** Whether the items of a list are addresses or CIDRs. */
function isOfAddresses(schema: JsonSchema | undefined): boolean {
  const { format } = (schema?.items ?? {}) as JsonSchema;
  return format === 'cidr' || /\/(?:CIDR|IP)$/.test(itemsName(schema));
}

/** Whether the items of a list can be maps: in our schemas each kind of map has a name, as addresses have. */
function itemsAreMaps(schema: JsonSchema | undefined): boolean {
  return /\/(?!CIDR$|IP$)\w+$/.test(itemsName(schema));
}

function itemsName(schema: JsonSchema | undefined): string {
  return String((schema?.items as JsonSchema | undefined)?.$ref ?? '');
}

/** Whether a value that is no text would do as one, in quotes. */
function isAllowed(text: string, schema: JsonSchema | undefined): boolean {
  const { format, pattern } = schema ?? {};
  return format === undefined && (typeof pattern !== 'string' || new RegExp(pattern).test(text));
}

/** The one key that a map must have, when there is just one. */
function required(schema: JsonSchema | undefined): string | undefined {
  const keys = schema?.required;
  return Array.isArray(keys) && keys.length === 1 ? String(keys[0]) : undefined;
}
