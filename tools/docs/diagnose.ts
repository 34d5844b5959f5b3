import { lintFiles } from '../../core/analysis/lint/lint';
import { checkFiles } from '../../core/check/check';
import type { Diagnostic, RuleCode } from '../../core/diagnostics';
import { importIntent } from '../../core/import/import';

/** What `masq validate` says of an example. */
export function diagnose(text: string, file = 'example.yaml'): readonly Diagnostic[] {
  return checkFiles([{ file, text }]).diagnostics;
}

/** What `masq lint` says of an example. */
export function diagnoseByLint(text: string, file = 'example.yaml'): readonly Diagnostic[] {
  return lintFiles([{ file, text }]).diagnostics;
}

/** Whether a rule is about what is imported. */
export function isOfAnImport(code: RuleCode): boolean {
  return code.startsWith('MQ8');
}

/** What `masq import` says of an example. */
export function diagnoseImport(text: string): readonly Diagnostic[] {
  const facts = { platform: 'kubernetes', nodeCIDRs: ['10.128.0.0/20'], podCIDRs: ['10.119.128.0/17'] } as const;
  return importIntent([{ file: 'example.yaml', text }], facts).diagnostics;
}

/** Whether a text holds something but comments. */
export function hasContent(text: string): boolean {
  return text.split('\n').some(line => line.trim() !== '' && !line.trim().startsWith('#'));
}
