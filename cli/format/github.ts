import { type Diagnostic, RULES, type Severity } from '../../core/diagnostics';
import { describePath, describePlace } from './place';
import { printable } from './printable';
import type { Formatter } from './report';
import { fromRoot } from './root';
import { slashed } from './uri';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/**
 * For GitHub Actions: one workflow command a finding, which the runner turns into an annotation. How many are left out
 * stands in the log alone.
 */
export const githubFormatter: Formatter = {
  format(report) {
    const commands = fromRoot(report).diagnostics.map(d => `${command(d)}\n`);
    const left = report.suppressed.length;
    if (left > 0) commands.push(`${left} finding${left === 1 ? '' : 's'} left out as told\n`);
    return commands.join('');
  },
};

function command(d: Diagnostic): string {
  const properties = [...placeProperties(d), ['title', `${d.code} ${RULES[d.code].name}`] as const];
  const written = properties.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
  return `::${COMMANDS[d.severity]} ${written}::${escapeData(message(d))}`;
}

/** Columns are left out of a range over several lines: the runner takes both only of one line. */
function placeProperties({ file, range }: Diagnostic): (readonly [key: string, value: string | number])[] {
  if (file === undefined) return [];
  if (range === undefined) return [['file', slashed(file)]];
  const { start, end } = range;
  const name = ['file', slashed(file)] as const;
  if (start.line !== end.line) return [name, ['line', start.line], ['endLine', end.line]];
  return [name, ['line', start.line], ['col', start.column], ['endLine', end.line], ['endColumn', end.column]];
}

function message(d: Diagnostic): string {
  const construct = d.construct === undefined ? '' : `[${d.construct}] `;
  const lines = [`${construct}${d.message}`];
  if (d.range === undefined && d.path !== undefined && d.path.length > 0) lines.push(`at: ${describePath(d.path)}`);
  if (d.hint !== undefined) lines.push(`hint: ${d.hint}`);
  for (const related of d.related ?? []) lines.push(`note: ${describePlace(related)} ${related.message}`);
  return lines.join('\n');
}

/** Line breaks are escaped as the runner wants it; what else could move the cursor of a log is made visible. */
function escapeData(text: string): string {
  return printable(text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
