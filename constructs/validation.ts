import type { IConstruct } from 'constructs';
import type { Diagnostic, Location, Related } from '../core/diagnostics';
import { pathText } from '../core/schema/path';
import { plainDocument, type SourceDocument } from '../core/source';
import { addReporter } from './reporter';
import { type TreeFindings, treeFindings } from './tree';

/** What a validation of the whole tree has found, until each construct has taken its own. */
const VALIDATIONS = new WeakMap<IConstruct, TreeFindings>();

/**
 * Lets a construct report findings: its errors stop the synth, all of them at once, each with the construct's path and
 * the line of the program that made it; warnings and notes can be asked for with {@link findingsOf}. What is wrong with
 * the objects that it renders to is reported with them.
 * @param findings asked once, since what a construct was given does not change
 */
export function reportFindings(construct: IConstruct, findings: () => readonly Diagnostic[]): void {
  let found: readonly Diagnostic[] | undefined;
  watchFindings(construct, () => {
    found ??= findings();
    return found;
  });
}

/** As {@link reportFindings}, for findings that are not the same each time. */
export function watchFindings(construct: IConstruct, findings: () => readonly Diagnostic[]): void {
  if (!addReporter(construct, findings)) return;
  const { root } = construct.node;
  if (!VALIDATIONS.has(root)) validateFromRoot(root);
  construct.node.addValidation({ validate: () => take(construct).filter(isError).map(validationText) });
}

/** An app validates its root before everything else: what was found in the tree before counts no more. */
function validateFromRoot(root: IConstruct): void {
  VALIDATIONS.set(root, new Map());
  root.node.addValidation({
    validate: () => {
      VALIDATIONS.set(root, treeFindings(root));
      return [];
    },
  });
}

/** A construct's part of a validation of the whole tree; when it is validated by itself, of one made for it. */
function take(construct: IConstruct): readonly Diagnostic[] {
  const { root } = construct.node;
  const validation = VALIDATIONS.get(root);
  const found = validation?.get(construct);
  validation?.delete(construct);
  return found ?? treeFindings(root).get(construct) ?? [];
}

/** Everything that the constructs below (and including) one have to report: errors, warnings and notes. */
export function findingsOf(root: IConstruct): Diagnostic[] {
  const found = treeFindings(root.node.root);
  return root.node.findAll().flatMap(node => found.get(node) ?? []);
}

function isError(found: Diagnostic): boolean {
  return found.severity === 'error';
}

/** An error in one line, as cdk8s lists it behind the construct's path. */
export function validationText({ code, message, path, related = [], ...at }: Diagnostic): string {
  const value = path && path.length > 0 ? ` (${pathText(path)})` : '';
  const place = at.file && at.range ? ` at ${lineText(at)}` : '';
  const text = [`${code} ${message}${value}${place}`, ...related.map(relatedText)].join('; ');
  return text.replace(/\p{Cc}/gu, control => JSON.stringify(control).slice(1, -1)); // cdk8s lists errors by lines
}

function relatedText({ message, construct, ...at }: Related): string {
  return [`${message}:`, ...(construct ? [`[${construct}]`] : []), ...(at.file && at.range ? [lineText(at)] : [])].join(
    ' ',
  );
}

function lineText({ file, range }: Location): string {
  return `${file}:${range!.start.line}:${range!.start.column}`;
}

/** A construct's props as a document that the checks of core can read. */
export function propsDocument(props: unknown): SourceDocument {
  return plainDocument(props, {});
}
