import type { Diagnostic } from '../../core/diagnostics';
import type { Imported } from '../../core/import/import';
import { intentText } from '../../core/import/write';

/** What became of an import as text: what is said, what is missing, and the intent. */
export function outcome({ intent, missing, diagnostics }: Imported, from: string): string {
  const said = [...diagnostics].sort((a, b) => offset(a) - offset(b)).map(findingText);
  const asked = missing.map(line => `missing: ${line}\n`);
  const written = intent ? [intentText(intent.name, intent.spec, 'yaml', from)] : [];
  return [...said, ...asked, ...written].join('');
}

function offset({ range }: Diagnostic): number {
  return range?.start.offset ?? -1;
}

function findingText({ range, severity, code, message, hint }: Diagnostic): string {
  const place = range ? `${range.start.line}:${range.start.column}` : '-';
  return `${place} ${severity} ${code} ${message}\n${hint === undefined ? '' : `  hint: ${hint}\n`}`;
}
