import type { RuleCode, ValuePath } from '../diagnostics';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';

/** What somebody put in the place of an agent's file. */
export interface Stray {
  readonly code: RuleCode;
  /** The key that shows it. */
  readonly path: ValuePath;
  /** What it is, and what to write instead. */
  readonly message: string;
}

/**
 * What stands where an agent's file belongs, when it is a document of another kind or still has around it what a
 * ConfigMap puts there; undefined when it is a file, right or wrong.
 * @param keys the keys of an agent's file
 */
export function strayDocument({ value }: SourceDocument, keys: readonly string[]): Stray | undefined {
  const { apiVersion, kind } = isMap(value) ? value : {};
  if (/^masq\//.test(String(apiVersion)) || kind === 'ClusterIntent') {
    const message =
      'this is a masq intent, not the agent\'s file; "masq synth" writes that from it, into a ConfigMap below "config:"';
    return { code: 'MQ203', path: [apiVersion === undefined ? 'kind' : 'apiVersion'], message };
  }
  const wrapped = wrappedFile(value, keys);
  if (wrapped) return wrapped;
  if (Array.isArray(value)) {
    const message = 'the document is a list; write "nonMasqueradeCIDRs:" above it, or before it if it is in brackets';
    return { code: 'MQ204', path: [], message };
  }
  if (apiVersion === undefined || kind === undefined) return undefined;
  const message = `a manifest of the kind ${text(kind)} stands where the agent's file belongs; write nonMasqueradeCIDRs with its list`;
  return { code: 'MQ203', path: ['apiVersion'], message };
}

/** An agent's file below keys that are not its own, or in quotes. */
export function wrappedFile(value: unknown, keys: readonly string[]): Stray | undefined {
  if (typeof value === 'string' && holdsKey(value, keys)) {
    const message = 'the agent\'s file is one text here; remove the "|" or the quotes before it, and unindent it';
    return { code: 'MQ204', path: [], message };
  }
  const path = fileBelow(value, keys);
  if (path === undefined || path.length === 0) return undefined;
  const key = path[path.length - 1];
  const message = `the agent's file is what stands below "${key}:"; keep only that, and unindent it`;
  return { code: 'MQ203', path, message };
}

/** How many keys deep a file is looked for: in a ConfigMap it is below two. */
const DEEPEST = 2;

/** The way to a map or text that has keys of an agent's file; none from a map that has some itself. */
function fileBelow(value: unknown, keys: readonly string[], depth = 0): ValuePath | undefined {
  if (typeof value === 'string') return holdsKey(value, keys) ? [] : undefined;
  if (!isMap(value)) return undefined;
  if (keys.some(key => Object.hasOwn(value, key))) return [];
  if (depth === DEEPEST) return undefined;
  for (const key of Object.keys(value)) {
    const below = fileBelow(valueAt(value, [key]), keys, depth + 1);
    if (below) return [key, ...below];
  }
  return undefined;
}

/** Whether one of a text's lines begins with a key of an agent's file. */
function holdsKey(value: string, keys: readonly string[]): boolean {
  return (
    keys.some(key => value.includes(key)) &&
    new RegExp(`^[\\s{"']*(?:${keys.join('|')})["']?\\s*:(?:\\s|$)`, 'm').test(value)
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
