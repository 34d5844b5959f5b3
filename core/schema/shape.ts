import { type Diagnostic, diagnostic, orList, suggest, type ValuePath } from '../diagnostics';
import type { SourceDocument } from '../source';
import { pathText, pointerPath, valueAt } from './path';
import { homeOf, insteadOf, type UnknownKey } from './unknown-key';
import type { SchemaError } from './validator';
import { isRequired, type JsonSchema, knownKeys, schemaAt } from './walk';
import { exactWords, gluedAdvice, gluedPair, quote, typeWords, unwrapped } from './words';
import { wrongType } from './wrong-type';

export type { JsonSchema } from './walk';

const OLD_BOOLEAN = /^(?:yes|no|on|off)$/i;

function isOldBoolean(written: string | undefined): boolean {
  return written !== undefined && OLD_BOOLEAN.test(written);
}

/** Whether the key at the end of a way must be there. */
export type IsNeeded = (path: ValuePath) => boolean;

/** What {@link shapeDiagnostics} cannot tell from the schema. */
export interface ShapeOptions {
  /** The keys that a document needs though its schema lets them be absent. @default none */
  readonly isNeeded?: IsNeeded;
  /** Whether words such as yes and off get a finding of their own, MQ208, which says all of them. @default true */
  readonly refusesOldBooleans?: boolean;
}

/**
 * Turns a validator's errors into findings at true places, with the value quoted and what to write instead.
 * @param root the schema that the validator was made from, for the keys that a map knows
 */
export function shapeDiagnostics(
  document: SourceDocument,
  errors: readonly SchemaError[],
  root: JsonSchema,
  { isNeeded = () => false, refusesOldBooleans = true }: ShapeOptions = {},
): Diagnostic[] {
  const kept = essential(errors, document.value);
  const subjects = subjectsOf(kept, document.value);
  const misplaced = misplacedKeys(kept, subjects, document, root);
  const mustStay: IsNeeded = path => isNarrowing(path) || isNeeded(path) || isRequired(root, path);
  return kept.flatMap(error => {
    const subject = subjects.get(error.instancePath)!;
    // Written plainly it has a finding of its own; in quotes it is just text.
    if (refusesOldBooleans && error.params.type === 'boolean' && isOldBoolean(document.written(subject.path)))
      return [];
    const isFolded = subject.isFolded(error, root) || misplaced.has(missingKey(error, subject));
    return isFolded ? [] : (describe(document, error, subject, root, mustStay) ?? []);
  });
}

/** Keys without which a policy is about more than with them: nobody is told to remove one, or what is below it. */
const NARROWING: ReadonlySet<string | number> = new Set([
  'matchLabels',
  'matchExpressions',
  'nodeSelector',
  'except',
  'always',
]);

function isNarrowing(path: ValuePath): boolean {
  // Without a list in the agent's file its built-in one holds, which nobody has written.
  return path.some(step => NARROWING.has(step)) || path[path.length - 1] === 'nonMasqueradeCIDRs';
}

function missingKey({ keyword, params }: SchemaError, { path }: Subject): string | undefined {
  return keyword === 'required' ? pathText([...path, String(params.missingProperty)]) : undefined;
}

/** The keys that stand at the wrong level, by the ways to where they belong: there they are not called missing too. */
function misplacedKeys(
  errors: readonly SchemaError[],
  subjects: ReadonlyMap<string, Subject>,
  document: SourceDocument,
  root: JsonSchema,
): ReadonlySet<string | undefined> {
  const needed = new Set(errors.map(error => missingKey(error, subjects.get(error.instancePath)!)));
  needed.delete(undefined);
  if (needed.size === 0) return needed;
  const homes = errors.flatMap(error => {
    const subject = subjects.get(error.instancePath)!;
    const unknown = unknownKey(error, subject, document, root);
    const home = unknown && homeOf(unknown, subject.missing);
    return home ? [pathText([...home.path, home.key])] : [];
  });
  return new Set(homes.filter(home => needed.has(home)));
}

function unknownKey(
  { keyword, params, schemaPath }: SchemaError,
  { path }: Subject,
  { value: data }: SourceDocument,
  root: JsonSchema,
): UnknownKey | undefined {
  if (keyword !== 'additionalProperties' && keyword !== 'unevaluatedProperties') return undefined;
  const key = String(params.additionalProperty ?? params.unevaluatedProperty);
  return { key, path, data, parent: schemaAt(root, schemaPath), root };
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
      const unknown = unknownKey(error, subject, document, root)!;
      const place = path.length === 0 ? '' : ` in ${where}`;
      return diagnostic('MQ203', document.at([...path, unknown.key], 'key'), {
        message: `unknown key "${unknown.key}"${place}; ${insteadOf(unknown, subject.missing)}`,
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
        const glued = error.params.type === 'string' ? gluedPair(String(path[path.length - 1])) : undefined;
        const remove = mustStay(path) ? '' : `, or remove ${itemOrKey(path)}`;
        const instead = glued
          ? gluedAdvice(glued)
          : `write ${exactWords(parent) ?? typeWords(error.params.type)}${remove}`;
        const message = `${where} has no value; ${instead}`;
        return diagnostic('MQ211', at, { message });
      }
      return wrongType(document, error, path, value, root);
    }
    case 'enum':
    case 'const': {
      const allowed = (
        error.keyword === 'const' ? [error.params.allowedValue] : error.params.allowedValues
      ) as unknown[];
      if (value === null)
        return diagnostic('MQ211', at, { message: `${where} has no value; write ${orList(allowed.map(String))}` });
      const near = typeof value === 'object' ? undefined : nearest(String(value), allowed.map(String));
      const instead = near ? `did you mean "${near}"?` : `write ${exactWords(parent) ?? orList(allowed.map(quote))}`;
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
        message: `${subject} is not allowed; write ${bareText(value, parent) ?? wanted}`,
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
    case 'maximum':
      return diagnostic('MQ206', at, {
        message: `${where} is ${String(value)}; the most is ${String(error.params.limit)}`,
      });
    default:
      return diagnostic('MQ206', at, { message: `${where} ${error.message ?? 'is not allowed'}` });
  }
}

/** What a text was meant as that is none of a few words: one that is spelt alike, or that is part of the other. */
function nearest(text: string, allowed: readonly string[]): string | undefined {
  const parts = text.toLowerCase().split(/[^a-z]+/);
  const isPart = (word: string): boolean => parts.includes(word) || (text.length > 2 && word.startsWith(text));
  return suggest(text, allowed) ?? allowed.find(isPart);
}

/** What in front of an image says how tools are to get it, which Kubernetes does not want to know. */
const TRANSPORT = /^(?:https?|docker|oci):\/\//;

/** A text as its pattern allows it: without the signs around it that are no quotes in YAML, or in lower case. */
function bareText(value: unknown, { pattern }: JsonSchema): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = unwrapped(value).replace(TRANSPORT, '');
  const found = [bare, bare.toLowerCase()].find(text => new RegExp(String(pattern), 'u').test(text));
  return found === undefined || found === value ? undefined : `"${found}"`;
}

/** The text that `- 2001:db8::` was meant as: YAML reads it as a map with one key and no value. */
function endsInColon(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [only, ...others] = Object.keys(value);
  if (only === undefined || others.length > 0 || !only.endsWith(':')) return undefined;
  return (value as Record<string, unknown>)[only] === null ? `${only}:` : undefined;
}

function itemOrKey(path: ValuePath): string {
  return typeof path[path.length - 1] === 'number' ? 'the list item' : 'the key';
}
