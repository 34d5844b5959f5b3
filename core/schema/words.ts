import { andList, orList } from '../diagnostics';
import { type JsonSchema, knownKeys } from './walk';

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'a map',
};

const FORMAT_WORDS: Readonly<Record<string, string>> = {
  cidr: 'a CIDR such as "10.0.0.0/8"',
  ip: 'an address such as "192.168.1.100"',
};

/** What a schema wants, as exactly as it can be said; undefined where its type says all. */
export function exactWords(schema: JsonSchema | undefined): string | undefined {
  const words = schema?.['x-wanted'] ?? FORMAT_WORDS[String(schema?.format)];
  if (typeof words === 'string') return words;
  if (Array.isArray(schema?.enum)) return orList(schema.enum.map(quote));
  if (Array.isArray(schema?.anyOf)) return 'a CIDR, the name of a range, or a map with "cidr" or "range"';
  if (schema?.type !== 'object') return undefined;
  const needed = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const keys = knownKeys(schema);
  if (keys.length > 0) return `a map with ${needed.length > 0 ? andList(needed) : orList(keys)}`;
  return isTextMap(schema) ? 'a map such as {key: value}' : undefined;
}

/** A type, or several, in the words of messages. */
export function typeWords(type: unknown): string {
  return orList((Array.isArray(type) ? type : [type]).map(t => TYPE_WORDS[String(t)] ?? String(t)));
}

/** Whether a schema is of a map from any key to text, such as labels. */
export function isTextMap(schema: JsonSchema | undefined): boolean {
  const values = schema?.additionalProperties as JsonSchema | undefined;
  return schema?.type === 'object' && values?.type === 'string';
}

/** What kind of value a value is, in the words of messages. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'empty';
  const type = typeof value;
  if (type === 'undefined') return 'undefined';
  if (type === 'string') return 'text';
  // Programs may have a Map or a Date where a plain map belongs.
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return `a ${type !== 'object' ? type : tag === 'Object' ? 'map' : tag}`;
}

/** A value as messages quote it. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A key and its value that were written without a space between them. */
export interface GluedPair {
  /** The key. */
  readonly key: string;
  /** What stands between: `:` or `=`. */
  readonly sign: string;
  /** The value. */
  readonly value: string;
}

/** A text in which a key and its value were written together: `team:search`, `team=search`; undefined if it is none. */
export function gluedPair(text: string): GluedPair | undefined {
  const [, key, sign, value] = /^([A-Za-z][\w./-]*)([:=])\s*([^\s:=].*)$/.exec(text) ?? [];
  return key === undefined || sign === undefined || value === undefined ? undefined : { key, sign, value };
}

/** What to write for a key and its value without a space between them. */
export function gluedAdvice({ key, sign, value }: GluedPair): string {
  return `write "${key}: ${value}"${sign === ':' ? ' (a space is missing behind ":")' : ''}`;
}

/** Brackets, and quotes of YAML and of word processors. */
const WRAPPING = '[\\](){}<>"\'`\\u2018-\\u201f\\u00ab\\u00bb';
const WRAPPED = new RegExp(`^[${WRAPPING}]+\\s*([^${WRAPPING}\\s](?:.*[^${WRAPPING}\\s])?)\\s*[${WRAPPING}]+$`, 'u');

/** A text without the brackets or quotes around it. */
export function unwrapped(text: string): string {
  return WRAPPED.exec(text)?.[1] ?? text;
}
