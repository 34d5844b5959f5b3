/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is a JSON object, not a list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object behind a key. It throws, naming the key, when there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  if (!isObject(value)) throw new Error(`"${key}" is not an object`);
  return value;
}

/** The list behind a key. It throws, naming the key, when there is none. */
export function listAt(object: JsonObject, key: string): readonly Json[] {
  const value = object[key];
  if (!Array.isArray(value)) throw new Error(`"${key}" is not a list`);
  return value;
}

/** The text behind a key. It throws, naming the key, when there is none. */
export function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw new Error(`"${key}" is not a text`);
  return value;
}
