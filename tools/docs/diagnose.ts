import { lintFiles } from '../../core/analysis/lint/lint';
import { checkFiles } from '../../core/check/check';
import type { Diagnostic } from '../../core/diagnostics';

/** What `masq validate` says of an example. */
export function diagnose(text: string, file = 'example.yaml'): readonly Diagnostic[] {
  return checkFiles([{ file, text }]).diagnostics;
}

/** What `masq lint` says of an example. */
export function diagnoseByLint(text: string, file = 'example.yaml'): readonly Diagnostic[] {
  return lintFiles([{ file, text }]).diagnostics;
}

/** Whether a text holds something but comments. */
export function hasContent(text: string): boolean {
  return text.split('\n').some(line => line.trim() !== '' && !line.trim().startsWith('#'));
}
