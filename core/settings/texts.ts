import type { ValuePath } from '../diagnostics';

/** A text among a document's values. */
export interface TextValue {
  /** The way to it. */
  readonly path: ValuePath;
  /** The text. */
  readonly value: string;
}

/** The texts in plain data that hold a word, in their order. */
export function textsWith(data: unknown, word: string, path: ValuePath = []): readonly TextValue[] {
  if (typeof data === 'string') return data.includes(word) ? [{ path, value: data }] : [];
  if (Array.isArray(data)) return data.flatMap((item, i) => textsWith(item, word, [...path, i]));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => textsWith(value, word, [...path, key]));
}
