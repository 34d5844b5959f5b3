import { appendFileSync } from 'node:fs';
import type { Diagnostic } from '../core/diagnostics';

/** Names the file that `masq synth` reads an app's findings from, a line of JSON each, to tell them with its own. */
export const FINDINGS_FILE = 'MASQ_FINDINGS_FILE';

/** Tells a finding of an app: to `masq synth` where that runs the app, else to people. */
export function tell(finding: Diagnostic): void {
  const file = process.env[FINDINGS_FILE];
  if (file) appendFileSync(file, `${JSON.stringify(finding)}\n`);
  else process.stderr.write(`${findingLine(finding)}\n`);
}

/** Whether `masq synth` runs the app, and reads what is told. */
export function isRunByMasq(): boolean {
  return Boolean(process.env[FINDINGS_FILE]);
}

/** The construct is named beside the line: a loop makes many of them in one. */
function findingLine({ file, range, construct, severity, code, message }: Diagnostic): string {
  const line = file && range ? `${file}:${range.start.line}:${range.start.column} ` : '';
  return `${line}[${construct ?? ''}] ${severity} ${code} ${message}`;
}
