import type { ValuePath } from '../diagnostics';

/** A place where two objects differ, and what stands there in each; undefined where there is nothing. */
export interface Difference {
  /** The way to the place; what stands only in the planned object has its index there. */
  readonly path: ValuePath;
  /** What was planned. */
  readonly planned: unknown;
  /** What stands there. */
  readonly actual: unknown;
}

/** The lists whose items Kubernetes tells apart by one of their keys, whatever their order. */
const KEYS: ReadonlyMap<string | number | undefined, string> = new Map([
  ['containers', 'name'],
  ['versions', 'name'],
  ['volumes', 'name'],
  ['volumeMounts', 'mountPath'],
]);

/** Every place where an object differs from what was planned: as deep as maps and lists with keys go. */
export function differences(planned: unknown, actual: unknown, path: ValuePath = []): Difference[] {
  if ((isMap(planned) || isMap(actual)) && isMap(planned ?? {}) && isMap(actual ?? {})) {
    return mapDifferences(planned, actual, path);
  }
  const key = KEYS.get(path.at(-1));
  if (key !== undefined && Array.isArray(planned) && Array.isArray(actual)) {
    return listDifferences(planned, actual, { key, path });
  }
  return JSON.stringify(planned) === JSON.stringify(actual) ? [] : [{ path, planned, actual }];
}

/** A map that is not there is as an empty one, unless the other is empty too. */
function mapDifferences(planned: unknown, actual: unknown, path: ValuePath): Difference[] {
  const [left, right] = [entries(planned), entries(actual)];
  if (left.size + right.size === 0) return isMap(planned) && isMap(actual) ? [] : [{ path, planned, actual }];
  const steps = new Set([...left.keys(), ...right.keys()]);
  return [...steps].flatMap(step => differences(left.get(step), right.get(step), [...path, step]));
}

/** Items with equal keys are compared; the others are there or not as a whole. */
function listDifferences(
  planned: readonly unknown[],
  actual: readonly unknown[],
  { key, path }: { readonly key: string; readonly path: ValuePath },
): Difference[] {
  const keyOf = (item: unknown): unknown => entries(item).get(key);
  const met = new Set<unknown>();
  const standing = actual.flatMap((item, i) => {
    const counterpart = planned.find(other => keyOf(other) === keyOf(item));
    const first = counterpart !== undefined && !met.has(counterpart);
    met.add(counterpart);
    return first
      ? differences(counterpart, item, [...path, i])
      : [{ path: [...path, i], planned: undefined, actual: item }];
  });
  const gone = planned.flatMap((item, i) =>
    met.has(item) ? [] : [{ path: [...path, i], planned: item, actual: undefined }],
  );
  return [...standing, ...gone];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entries(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(isMap(value) ? Object.entries(value) : []);
}
