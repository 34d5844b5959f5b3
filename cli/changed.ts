import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { mayConcern } from '../core/check/mentions';
import { byteOrder, DOCUMENT_EXTENSIONS, expandFiles, roughText, STDIN_NAME } from './files';
import { type ReadInput, readInput } from './inputs';

/** What kustomize takes for its own file in a folder. */
const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * Whether a changed file has to do with masq, by its words. What is too large or no text is looked through as well: only
 * a file that is masq's is refused for it.
 */
export function concerns(input: ReadInput): boolean {
  if (input.ok) return mayConcern(input);
  const { file, fault } = input;
  if (file === STDIN_NAME || (fault.code !== 'MQ209' && fault.code !== 'MQ217')) return true;
  for (const text of roughText(file)) if (mayConcern({ file, text })) return true;
  return false;
}

/**
 * The files beside some that were changed, as far as those have to agree with them: manifests of the same folders, and
 * the kustomizations there and one folder up, which tell patches from whole objects.
 */
export function readBeside(changed: readonly string[]): ReadInput[] {
  const folders = [...new Set(changed.map(dirname))];
  const near = folders.flatMap(filesIn);
  const above = folders.flatMap(folder => KUSTOMIZATIONS.map(name => join(folder, '..', name)));
  const { files } = expandFiles([...changed, ...near, ...above]);
  return files
    .slice(changed.length)
    .map(readInput)
    .filter(input => input.ok && (isKustomization(input.file) || mayConcern(input)));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isFile() && isDocument(entry.name))
    .map(entry => join(folder, entry.name))
    .sort(byteOrder);
}

function isKustomization(file: string): boolean {
  return KUSTOMIZATIONS.includes(basename(file));
}

function isDocument(name: string): boolean {
  return isKustomization(name) || DOCUMENT_EXTENSIONS.some(ending => name.toLowerCase().endsWith(ending));
}
