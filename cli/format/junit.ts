import { type Diagnostic, RULES } from '../../core/diagnostics';
import { describePath, describePlace } from './place';
import { type Formatter, groupByFile } from './report';

/**
 * For test reports: a suite a file, a case a finding, one passing case for a clean file.
 * An error is a failure; a warning or a note is the output of a case that passes; what is left out is a case skipped.
 */
export const junitFormatter: Formatter = {
  format(report) {
    const left = new Map(report.suppressed.map(({ diagnostic, reason }) => [diagnostic, reason]));
    const groups = [...groupByFile({ ...report, diagnostics: [...report.diagnostics, ...left.keys()] })];
    const all = groups.flatMap(([, found]) => found);
    const totals = counts(all, left, groups.filter(([, found]) => found.length === 0).length);
    const lines = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="masq" ${totals}>`,
      ...groups.flatMap(([file, found]) => suite(file ?? 'constructs', found, left)),
      '</testsuites>',
    ];
    return `${lines.join('\n')}\n`;
  },
};

/** The findings that are left out, and why. */
type Left = ReadonlyMap<Diagnostic, string>;

function suite(name: string, found: readonly Diagnostic[], left: Left): string[] {
  const cases =
    found.length === 0
      ? [`    <testcase name="${attribute(name)}" classname="${attribute(name)}"/>`]
      : found.flatMap(d => testcase(name, d, left.get(d)));
  return [
    `  <testsuite name="${attribute(name)}" ${counts(found, left, found.length === 0 ? 1 : 0)}>`,
    ...cases,
    '  </testsuite>',
  ];
}

function counts(found: readonly Diagnostic[], left: Left, clean: number): string {
  const failures = found.filter(d => d.severity === 'error' && !left.has(d)).length;
  const skipped = found.filter(d => left.has(d)).length;
  return `tests="${found.length + clean}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function testcase(className: string, d: Diagnostic, reason: string | undefined): string[] {
  const where = describeInside(d);
  const name = `${d.code} ${RULES[d.code].name}${where === '' ? '' : ` (${where})`}`;
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(className)}">`;
  return [open, `      ${outcome(d, reason)}`, '    </testcase>'];
}

function outcome(d: Diagnostic, reason: string | undefined): string {
  const text = element(details(d));
  if (reason !== undefined) return `<skipped message="${attribute(reason)}">${text}</skipped>`;
  if (d.severity === 'error') return `<failure message="${attribute(d.message)}" type="${d.code}">${text}</failure>`;
  return `<system-out>${text}</system-out>`;
}

/** The place inside the suite: `line:col`, else the construct, else the value's way. */
function describeInside(d: Diagnostic): string {
  if (d.range !== undefined) return `${d.range.start.line}:${d.range.start.column}`;
  if (d.construct !== undefined) return d.construct;
  return d.path === undefined ? '' : describePath(d.path);
}

function details(d: Diagnostic): string {
  const lines = [[describePlace(d), d.severity, d.code, d.message].filter(part => part !== '').join(' ')];
  if (d.hint !== undefined) lines.push(`hint: ${d.hint}`);
  for (const related of d.related ?? []) lines.push(`note: ${describePlace(related)} ${related.message}`);
  return lines.join('\n');
}

/** What XML 1.0 cannot carry at all, not even escaped: most controls, lone surrogates, two non-characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const NOT_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu;

function element(text: string): string {
  const escaped = text.replace(NOT_XML, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replaceAll('\r', '&#13;');
}

function attribute(text: string): string {
  return element(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}
