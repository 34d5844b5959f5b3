import type { ValuePath } from '../diagnostics';

/** The ways to all values in some plain data that are null, or undefined where a key or an item stands. */
export function nullsIn(data: unknown, path: ValuePath = []): ValuePath[] {
  if (data === null || data === undefined) return [path];
  if (typeof data !== 'object') return [];
  const steps = Array.isArray(data) ? data.map((item, i) => [i, item] as const) : Object.entries(data);
  return steps.flatMap(([step, value]) => nullsIn(value, [...path, step]));
}
