import { type Diagnostic, type Location, RULES, type Severity, type SourceRange } from '../../core/diagnostics';
import { ruleAddress } from '../site';
import { type PlacedEdit, placedEdits } from './edits';
import { countBySeverity, type Formatter } from './report';

/** A place in the JSON output; a key that has nothing to say is left out. */
export interface JsonPlace {
  readonly file?: string;
  readonly range?: SourceRange;
  readonly path?: readonly (string | number)[];
  readonly construct?: string;
}

/** A finding in the JSON output. */
export interface JsonDiagnostic extends JsonPlace {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  /** Where the rule is explained, if the documentation is published anywhere. */
  readonly help?: string | undefined;
  readonly related?: readonly (JsonPlace & { readonly message: string })[];
  /** What to replace in the file so that the finding is gone and everything is treated as before. */
  readonly fix?: readonly PlacedEdit[];
}

/** The JSON output. Keys may be added in later versions; none is renamed or removed. */
export interface JsonReport {
  /** The version of masq that wrote the output. */
  readonly version: string;
  readonly summary: {
    readonly errors: number;
    readonly warnings: number;
    readonly notes: number;
    readonly files: number;
    readonly documents: number;
    readonly suppressed: number;
  };
  readonly diagnostics: readonly JsonDiagnostic[];
  /** The findings that a comment or the settings leave out, with the reason given there. */
  readonly suppressed: readonly (JsonDiagnostic & { readonly reason: string; readonly by: 'comment' | 'settings' })[];
}

/** For scripts: one object, its keys always in the same order. */
export const jsonFormatter: Formatter = {
  format(report) {
    const counts = countBySeverity(report.diagnostics);
    const output: JsonReport = {
      version: report.version,
      summary: {
        errors: counts.error,
        warnings: counts.warning,
        notes: counts.note,
        files: report.files.length,
        documents: report.documents,
        suppressed: report.suppressed.length,
      },
      diagnostics: report.diagnostics.map(d => {
        const fix = placedEdits(report, d).map(({ range: { start, end }, text }) => ({
          range: { start: position(start), end: position(end) },
          text,
        }));
        return { ...toJson(d, report.site), ...(fix.length > 0 && { fix }) };
      }),
      suppressed: report.suppressed.map(({ diagnostic, reason, by }) => ({
        ...toJson(diagnostic, report.site),
        reason,
        by,
      })),
    };
    return `${JSON.stringify(output, undefined, 2)}\n`;
  },
};

function toJson(d: Diagnostic, site: string | undefined): JsonDiagnostic {
  return {
    code: d.code,
    name: RULES[d.code].name,
    severity: d.severity,
    message: d.message,
    hint: d.hint,
    help: ruleAddress(d.code, site),
    ...place(d),
    related: d.related?.map(related => ({ message: related.message, ...place(related) })),
  };
}

/** Picks the known keys, in a fixed order; `JSON.stringify` drops those that are undefined. */
function place(at: Location): JsonPlace {
  const { range } = at;
  return {
    file: at.file,
    range: range && { start: position(range.start), end: position(range.end) },
    path: at.path,
    construct: at.construct,
  };
}

function position({ line, column, offset }: SourceRange['start']): SourceRange['start'] {
  return { line, column, offset };
}
