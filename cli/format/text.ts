import type { Diagnostic, Related, Severity } from '../../core/diagnostics';
import { type Palette, palette } from '../terminal';
import { Excerpts } from './excerpt';
import { describePath, describePlace } from './place';
import { printable } from './printable';
import { countBySeverity, type Formatter, type Report } from './report';

/** For people: each finding with its place, its source line and its hint; one line of summary at the end. */
export const textFormatter: Formatter = {
  format(report, { color, quiet }) {
    const paint = palette(color);
    const excerpts = new Excerpts(report.sources);
    const blocks = report.diagnostics.map(d => `${block(d, excerpts, paint).join('\n')}\n`);
    if (!quiet) blocks.push(`${summary(report)}\n`);
    return blocks.join('\n');
  },
};

function block(d: Diagnostic, excerpts: Excerpts, paint: Palette): string[] {
  const place = printable(describePlace(d));
  const lines = [
    `${place === '' ? '' : `${place} `}${severityColor(d.severity, paint)(d.severity)} ${d.code} ${printable(d.message)}`,
  ];
  const shown = excerptLines(d, excerpts, paint);
  if (shown.length > 0) lines.push(...shown);
  else if (d.path !== undefined && d.path.length > 0) lines.push(`  at: ${printable(describePath(d.path))}`);
  if (d.hint !== undefined) lines.push(`  hint: ${printable(d.hint)}`);
  for (const related of d.related ?? []) lines.push(note(related));
  return lines;
}

function excerptLines(d: Diagnostic, excerpts: Excerpts, paint: Palette): string[] {
  if (d.file === undefined || d.range === undefined) return [];
  const excerpt = excerpts.of(d.file, d.range);
  if (excerpt === undefined) return [];
  const number = String(excerpt.line);
  const until = excerpt.until === undefined ? '' : ` … to line ${excerpt.until}`;
  const carets = excerpt.carets.trimStart();
  const indent = excerpt.carets.slice(0, excerpt.carets.length - carets.length);
  return [
    `  ${paint.dim(`${number} |`)}${excerpt.source === '' ? '' : ` ${excerpt.source}`}`,
    `  ${paint.dim(`${' '.repeat(number.length)} |`)} ${indent}${severityColor(d.severity, paint)(carets)}${until}`,
  ];
}

function note(related: Related): string {
  const place = printable(describePlace(related));
  return `  note: ${place === '' ? '' : `${place} `}${printable(related.message)}`;
}

function severityColor(severity: Severity, paint: Palette): (text: string) => string {
  return { error: paint.red, warning: paint.yellow, note: paint.cyan }[severity];
}

/** `2 errors, 1 warning in 3 files (5 documents)`; a run over no file, such as a synth, names none. */
function summary(report: Report): string {
  const counts = countBySeverity(report.diagnostics);
  const parts = (['error', 'warning', 'note'] as const).filter(s => counts[s] > 0).map(s => plural(counts[s], s));
  const found = parts.length === 0 ? 'no findings' : parts.join(', ');
  const left = report.suppressed.length === 0 ? '' : `; ${report.suppressed.length} left out as told`;
  if (report.files.length === 0) return `${found}${left}`;
  return `${found} in ${plural(report.files.length, 'file')} (${plural(report.documents, 'document')})${left}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
