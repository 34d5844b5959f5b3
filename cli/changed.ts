import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Checker, type Input } from '../core/check/check';
import { mayConcern } from '../core/check/mentions';
import { byteOrder, DOCUMENT_EXTENSIONS, expandFiles, isLink, kindOf, STDIN, STDIN_NAME } from './files';
import { type ReadInput, readInput } from './inputs';
import { roughText } from './read-text';

/** What kustomize takes for its own file in a folder. */
const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Whether a path that a commit changed is a file of its own: git names submodules too, and links wherever they lead. */
export function isOwnFile(path: string): boolean {
  if (path === STDIN) return true;
  const kind = kindOf(path);
  return kind === undefined ? !isLink(path) : !kind.isDirectory();
}

/**
 * Whether a changed file has to do with masq, by its words. What is too large or no text is looked through as well: only
 * a file that is masq's is refused for it. Of texts that are not called like YAML or JSON those count that are
 * nevertheless sound documents of masq's, and no pages or programs that mention some.
 */
export function concerns(input: ReadInput): boolean {
  const { file } = input;
  const isNamed = file === STDIN_NAME || isDocument(basename(file));
  if (input.ok) return mayConcern(input) && (isNamed || holdsDocuments(input));
  if (file === STDIN_NAME || !['MQ209', 'MQ217'].includes(input.fault.code)) return true;
  return isNamed && some(roughText(file), text => mayConcern({ file, text }));
}

function holdsDocuments(input: Input): boolean {
  const checker = new Checker();
  const { diagnostics } = checker.add(input);
  return checker.known > 0 && !diagnostics.some(({ code }) => code === 'MQ201');
}

function some<T>(values: Iterable<T>, test: (value: T) => boolean): boolean {
  for (const value of values) if (test(value)) return true;
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
