import { appendFileSync } from 'node:fs';
import type { Diagnostic } from '../core/diagnostics';

/** Names the file that `masq synth` reads an app's warnings and notes from, a line of JSON each, to tell them with its own. */
export const FINDINGS_FILE = 'MASQ_FINDINGS_FILE';

/** Tells a warning or a note of an app: to `masq synth` where that runs the app, else to people. */
export function tell(finding: Diagnostic): void {
  const file = process.env[FINDINGS_FILE];
  if (file) appendFileSync(file, `${JSON.stringify(finding)}\n`);
  else process.stderr.write(`${findingLine(finding)}\n`);
}

/** The construct is named beside the line: a loop makes many of them in one. */
function findingLine({ file, range, construct, severity, code, message }: Diagnostic): string {
  const line = file && range ? `${file}:${range.start.line}:${range.start.column} ` : '';
  return `${line}[${construct ?? ''}] ${severity} ${code} ${message}`;
}
