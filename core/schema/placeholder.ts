import type { ValuePath } from '../diagnostics';
import { below, type JsonSchema, schemasOf } from './walk';
import { exactWords, typeWords } from './words';

const GAP = /\{\{|\$\{|\$\(|^<.*>$|^%.*%$/;
const VARIABLE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/** Whether a text that should be an address or a version looks like the gap of a template that was never filled in. */
export function isPlaceholder(text: string): boolean {
  return GAP.test(text) || VARIABLE.test(text);
}

/** A value that a template should have filled in. */
export interface Gap {
  /** The way to it. */
  readonly path: ValuePath;
  /** The placeholder. */
  readonly text: string;
  /** What should stand there, in the words of messages. */
  readonly wanted: string;
}

/** Texts for people, in which anything may stand. */
const FREE_TEXTS: ReadonlySet<string> = new Set(['reason', 'annotations']);

/** The gaps among the values that a schema knows. */
export function gapsOf(data: unknown, root: JsonSchema): readonly Gap[] {
  const gaps: Gap[] = [];
  if (!hasGaps(data)) return gaps;
  const visit = (value: unknown, schemas: readonly JsonSchema[], path: ValuePath): void => {
    const text = gapText(value);
    if (text !== undefined) gaps.push({ path, text, wanted: wantedBy(schemas) });
    else if (Array.isArray(value)) {
      const items = schemas.flatMap(schema => below(root, schema, 0));
      for (const [i, item] of value.entries()) visit(item, items, [...path, i]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        const known = schemas.flatMap(schema => below(root, schema, key));
        const isFree = FREE_TEXTS.has(key) && (typeof inner === 'string' || gapText(inner) === undefined);
        if (known.length > 0 && !isFree) visit(inner, known, [...path, key]);
      }
    }
  };
  visit(data, schemasOf(root, []), []);
  return gaps;
}

/** Whether there are gaps in data at all: hardly any file has one, and looking up schemas takes long. */
function hasGaps(data: unknown): boolean {
  if (Array.isArray(data)) return data.some(hasGaps);
  if (gapText(data) !== undefined) return true;
  return typeof data === 'object' && data !== null && Object.values(data).some(hasGaps);
}

/** The placeholder in a value, undefined for others: a text with a gap; and `{{ .Values.name }}`, which YAML reads as a map with a map for its only key. */
export function gapText(value: unknown): string | undefined {
  if (typeof value === 'string') return GAP.test(value) ? value : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [[key, inner] = ['', undefined], ...others] = Object.entries(value);
  return others.length === 0 && inner === null && /^\{.*\}$/.test(key) ? `{${key}}` : undefined;
}

function wantedBy(schemas: readonly JsonSchema[]): string {
  const [words] = schemas.flatMap(schema => exactWords(schema) ?? []);
  const typed = schemas.find(schema => schema.type !== undefined);
  return words ?? typeWords(typed?.type ?? 'string');
}
