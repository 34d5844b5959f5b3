import type { Report } from '../../cli/format';
import { type Diagnostic, diagnostic, type Location, type Position, type RuleCode } from '../../core/diagnostics';

/** The place in a text where a word stands, or from one word's start to another's end. */
export function at(file: string, text: string, from: string, to: string = from): Location {
  const start = text.indexOf(from);
  const end = text.indexOf(to, start) + to.length;
  return { file, range: { start: position(text, start), end: position(text, end) } };
}

export function position(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n'), offset };
}

export function finding(
  code: RuleCode,
  where: Location,
  message = 'it is wrong',
  more: Partial<Diagnostic> = {},
): Diagnostic {
  return { ...diagnostic(code, where, { message }), ...more };
}

export function report(
  diagnostics: readonly Diagnostic[],
  sources: Record<string, string> = {},
  more: Partial<Report> = {},
): Report {
  return {
    diagnostics,
    suppressed: [],
    sources: new Map(Object.entries(sources)),
    files: Object.keys(sources),
    documents: Object.keys(sources).length,
    version: '1.2.3',
    ...more,
  };
}
