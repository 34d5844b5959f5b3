import type { IConstruct } from 'constructs';
import type { Diagnostic, Location } from '../core/diagnostics';
import { type CreationSite, creationSite } from './site';

/** What a construct has to say of what it was given, and where the program made it. */
interface Reporter {
  readonly site: () => CreationSite | undefined;
  readonly findings: (() => readonly Diagnostic[])[];
}

// A registered symbol, so that a second copy of this package finds the reporters of the first one.
const REPORTER = Symbol.for('cdk8s-masq.reporter');

interface WithReporter {
  [REPORTER]?: Reporter;
}

/** Adds to what a construct reports; says whether it is the first thing. */
export function addReporter(construct: IConstruct, findings: () => readonly Diagnostic[]): boolean {
  const holder = construct as WithReporter;
  const known = holder[REPORTER];
  if (known) known.findings.push(findings);
  else holder[REPORTER] = { site: creationSite(), findings: [findings] };
  return !known;
}

/** Whether a construct reports findings. */
export function isReporter(construct: IConstruct): boolean {
  return (construct as WithReporter)[REPORTER] !== undefined;
}

/** What a construct itself has to say, each finding at its own place if it has one, else at the construct's. */
export function reportedBy(construct: IConstruct): Diagnostic[] {
  const findings = (construct as WithReporter)[REPORTER]?.findings ?? [];
  const found = findings.flatMap(made => made());
  if (found.length === 0) return [];
  const { construct: path, ...place } = placeOf(construct);
  return found.map(one => ({ ...one, ...(one.file === undefined && place), construct: path }));
}

/** A construct's path and, when it is one that reports, the line of the program that made it. */
export function placeOf(construct: IConstruct): Location & { readonly construct: string } {
  const path = { construct: construct.node.path };
  const site = (construct as WithReporter)[REPORTER]?.site();
  if (!site) return path;
  const start = { line: site.line, column: site.column, offset: 0 };
  return { ...path, file: site.file, range: { start, end: start } };
}
