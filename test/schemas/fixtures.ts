import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { SchemaValidator } from '../../core/schema/validator';

/** The repository's root. */
export const ROOT = join(__dirname, '../..');

/** A YAML file of a folder beside the tests. */
export interface Fixture {
  readonly file: string;
  readonly documents: readonly unknown[];
  /** The errors that the file's head comment announces: lines that begin with a JSON pointer. */
  readonly errors: readonly string[];
}

/** Every YAML file of a folder below test/schemas. */
export function fixtures(folder: string): Fixture[] {
  const path = join(__dirname, folder);
  return readdirSync(path)
    .sort()
    .map(file => {
      const text = readFileSync(join(path, file), 'utf8');
      const documents = [...parseAllDocuments(text)].map(document => document.toJS() as unknown);
      const errors = text.split('\n').flatMap(line => (line.startsWith('# /') ? line.slice(2) : []));
      return { file, documents: documents.length === 0 ? [null] : documents, errors };
    });
}

/** A validator's verdict as text, a line an error; empty when the value is valid. */
export function errorsOf(validator: SchemaValidator, data: unknown): string[] {
  if (validator(data)) return [];
  return (validator.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = 'additionalProperty' in params ? `: ${params.additionalProperty}` : '';
    return `${instancePath || '/'} ${message}${extra}`;
  });
}
