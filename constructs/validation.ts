import type { Construct } from 'constructs';
import type { Diagnostic, Location } from '../core/diagnostics';
import { pathText } from '../core/schema/path';
import { plainDocument, type SourceDocument } from '../core/source';
import { creationSite } from './site';

const FINDINGS = Symbol.for('cdk8s-masq.findings');

/** Something that has findings to report. */
interface WithFindings {
  [FINDINGS]?: (() => readonly Diagnostic[])[];
}

/**
 * Lets a construct report findings: its errors stop the synth, all of them at once, each with the construct's path and
 * the line of the program that made it; warnings and notes can be asked for with {@link findingsOf}.
 */
export function reportFindings(construct: Construct, findings: () => readonly Diagnostic[]): void {
  const site = creationSite();
  const located = (): Diagnostic[] =>
    findings().map(d => ({ ...d, construct: construct.node.path, ...(d.range ? {} : fileOf(site)) }));
  const holder = construct as WithFindings;
  holder[FINDINGS] = [...(holder[FINDINGS] ?? []), located];
  construct.node.addValidation({
    validate: () =>
      located()
        .filter(d => d.severity === 'error')
        .map(validationText),
  });
}

function fileOf(site: ReturnType<typeof creationSite>): Location {
  const found = site();
  if (!found) return {};
  const start = { line: found.line, column: found.column, offset: 0 };
  return { file: found.file, range: { start, end: start } };
}

/** Everything that the constructs below (and including) one have to report: errors, warnings and notes. */
export function findingsOf(root: Construct): Diagnostic[] {
  return root.node.findAll().flatMap(node => ((node as WithFindings)[FINDINGS] ?? []).flatMap(findings => findings()));
}

function validationText(found: Diagnostic): string {
  const { code, message, file, range, path } = found;
  const value = path && path.length > 0 ? ` (${pathText(path)})` : '';
  const place = file && range ? ` at ${file}:${range.start.line}:${range.start.column}` : '';
  return `${code} ${message}${value}${place}`;
}

/** A construct's props as a document that the checks of core can read. */
export function propsDocument(props: unknown): SourceDocument {
  return plainDocument(props, {});
}
