import { type Diagnostic, RULES, type Severity } from '../../core/diagnostics';
import { describePath, describePlace } from './place';
import { type Formatter, groupByFile, isFailure } from './report';

/**
 * For test reports: a suite a file, a case a finding, one passing case for a clean file.
 * What makes the run fail is a failure: an error, or what --fail-on names. Other findings are the output of a case that
 * passes; what is left out is a case skipped.
 */
export const junitFormatter: Formatter = {
  format(report) {
    const left = new Map(report.suppressed.map(({ diagnostic, reason }) => [diagnostic, reason]));
    const groups = [...groupByFile({ ...report, diagnostics: [...report.diagnostics, ...left.keys()] })];
    const all = groups.flatMap(([, found]) => found);
    const told: Told = { left, failOn: report.failOn ?? 'error' };
    const totals = counts(all, told, groups.filter(([, found]) => found.length === 0).length);
    const lines = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="masq" ${totals}>`,
      ...groups.flatMap(([file, found]) => suite(file ?? 'constructs', found, told)),
      '</testsuites>',
    ];
    return `${lines.join('\n')}\n`;
  },
};

/** What becomes of findings. */
interface Told {
  /** Those that are left out, and why. */
  readonly left: ReadonlyMap<Diagnostic, string>;
  /** The least severity that makes the run fail. */
  readonly failOn: Severity;
}

function suite(name: string, found: readonly Diagnostic[], told: Told): string[] {
  const cases =
    found.length === 0
      ? [`    <testcase name="${attribute(name)}" classname="${attribute(name)}"/>`]
      : found.flatMap(d => testcase(name, d, told));
  return [
    `  <testsuite name="${attribute(name)}" ${counts(found, told, found.length === 0 ? 1 : 0)}>`,
    ...cases,
    '  </testsuite>',
  ];
}

function counts(found: readonly Diagnostic[], { left, failOn }: Told, clean: number): string {
  const failures = found.filter(d => isFailure(d, failOn) && !left.has(d)).length;
  const skipped = found.filter(d => left.has(d)).length;
  return `tests="${found.length + clean}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function testcase(className: string, d: Diagnostic, told: Told): string[] {
  const where = describeInside(d);
  const name = `${d.code} ${RULES[d.code].name}${where === '' ? '' : ` (${where})`}`;
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(className)}">`;
  return [open, `      ${outcome(d, told)}`, '    </testcase>'];
}

function outcome(d: Diagnostic, { left, failOn }: Told): string {
  const text = element(details(d));
  const reason = left.get(d);
  if (reason !== undefined) return `<skipped message="${attribute(reason)}">${text}</skipped>`;
  if (isFailure(d, failOn)) return `<failure message="${attribute(d.message)}" type="${d.code}">${text}</failure>`;
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
