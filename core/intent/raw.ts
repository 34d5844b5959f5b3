// What a document says, as far as it has the type that it is to have: the schema reports what has another.

/** A map of a document, of which nothing more is known. */
export type Raw = Readonly<Record<string, unknown>>;

/** Whether a value is a map. */
export function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map as it is; anything else counts as an empty one. */
export function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

/** A text as it is; anything else counts as absent. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a map. */
export function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record(value)).filter((e): e is [string, string] => typeof e[1] === 'string'),
  );
}

/** One of a few texts as it is; anything else counts as absent. */
export function choice<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find(c => c === value);
}
