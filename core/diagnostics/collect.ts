import { type Diagnostic, diagnostic, type Severity, sortDiagnostics } from './diagnostic';

/** Adds findings to others. A call such as `push(...findings)` takes them as arguments, of which the stack holds few. */
export function append(findings: Diagnostic[], more: Iterable<Diagnostic>): void {
  for (const found of more) findings.push(found);
}

/** Leaves out what was said before of the very same characters, such as those that several aliases stand for. */
export function distinct(findings: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return findings.filter(({ code, file, range, message }) => {
    const key = [code, file, range?.start.offset, range?.end.offset, message].join('|');
    return !seen.has(key) && seen.add(key);
  });
}

/**
 * Leaves out that a word such as yes or off is text to some and a boolean to others, where another error says what is
 * wanted in its place: true and false would be wrong there too.
 */
export function withoutOldBooleans(findings: readonly Diagnostic[]): Diagnostic[] {
  const isOldBoolean = ({ code }: Diagnostic): boolean => code === 'MQ208';
  const placeOf = ({ file, range }: Diagnostic): string => [file, range?.start.offset, range?.end.offset].join('|');
  const refused = new Set(
    findings.filter(found => found.severity === 'error' && !isOldBoolean(found)).map(found => placeOf(found)),
  );
  return findings.filter(found => !isOldBoolean(found) || !refused.has(placeOf(found)));
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/**
 * The gravest findings of one file, as many as a report can show, and one that says how many more there are. It is as
 * grave as the gravest of these, so that a file is never better for having more findings.
 */
export function gravest(findings: readonly Diagnostic[], limit: number): readonly Diagnostic[] {
  if (findings.length <= limit) return findings;
  const ordered = distinct(sortDiagnostics(findings)).sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  const left = ordered.slice(limit);
  const [worst] = left;
  if (!worst) return ordered;
  const errors = left.filter(found => found.severity === 'error').length;
  const graver = errors === left.length ? ', all of them errors' : errors > 0 ? `, ${errors} of them errors` : '';
  const message = `${left.length} more findings of this file are left out${graver}; mend the others first`;
  const { file, range } = worst;
  const at = { ...(file !== undefined && { file }), ...(range && { range }) };
  return [...ordered.slice(0, limit), diagnostic('MQ219', at, { message, severity: worst.severity })];
}
