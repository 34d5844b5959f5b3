import type { Diagnostic, Severity } from '../../core/diagnostics';
import type { Suppressed } from '../../core/settings';

/** Everything that one run found, and what the formatters need to show it. */
export interface Report {
  /** The findings, sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** The findings that a comment or the settings leave out. */
  readonly suppressed: readonly Suppressed[];
  /** The text of each file, for excerpts; a file without text is reported without one. */
  readonly sources: ReadonlyMap<string, string>;
  /** Every file looked at, with and without findings. */
  readonly files: readonly string[];
  /** How many documents those files hold. */
  readonly documents: number;
  /** The least severity that makes the run fail. @default error */
  readonly failOn?: Severity;
  /** masq's own version. */
  readonly version: string;
  /** The folder that annotations and code scanning count paths from. @default the one that masq runs in */
  readonly root?: string | undefined;
  /** Where the documentation is published, with a slash at the end. @default nowhere */
  readonly site?: string | undefined;
}

/** What a formatter may be told beside the report. */
export interface FormatOptions {
  /** Whether the text may carry ANSI colours. Formats for machines never do. */
  readonly color: boolean;
  /** Leave out what is not a finding: the summary. Formats for machines are never shortened. */
  readonly quiet?: boolean;
}

/** Makes the whole output of a run, with its final newline; empty where a format has nothing to say. */
export interface Formatter {
  format(report: Report, options: FormatOptions): string;
}

/** How many findings there are of each severity. */
export type Counts = Readonly<Record<Severity, number>>;

/** Counts the findings by severity. */
export function countBySeverity(diagnostics: readonly Diagnostic[]): Counts {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const d of diagnostics) counts[d.severity]++;
  return counts;
}

const RANK: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };

/** Whether a finding makes a run fail, by the least severity that does. */
export function isFailure({ severity }: Diagnostic, failOn: Severity): boolean {
  return RANK[severity] >= RANK[failOn];
}

/** The findings of each file in the order of `files`; files that only findings name come next, fileless ones last. */
export function groupByFile(report: Report): Map<string | undefined, Diagnostic[]> {
  const groups = new Map<string | undefined, Diagnostic[]>(report.files.map(file => [file, []]));
  const rest: Diagnostic[] = [];
  for (const d of report.diagnostics) {
    if (d.file === undefined) rest.push(d);
    else if (groups.has(d.file)) groups.get(d.file)!.push(d);
    else groups.set(d.file, [d]);
  }
  if (rest.length > 0) groups.set(undefined, rest);
  return groups;
}
