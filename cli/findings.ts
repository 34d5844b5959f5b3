import { realpathSync } from 'node:fs';
import { type Diagnostic, type Severity, sortDiagnostics } from '../core/diagnostics';
import type { Suppressed } from '../core/settings';
import { type Format, formatter } from './format';
import { isFailure } from './format/report';
import type { Invocation } from './masq';
import { SITE } from './site';
import { stdout } from './stdio';
import { type ColorChoice, type TerminalStream, useColor } from './terminal';
import { version } from './version';

/** What a run that checks something has to show. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed?: readonly Suppressed[];
  readonly sources: ReadonlyMap<string, string>;
  readonly files: readonly string[];
  readonly documents: number;
}

/** Whether findings make the exit code 1, by the severity that `--fail-on` names. */
export function fails(diagnostics: readonly Diagnostic[], values: Invocation['values']): boolean {
  const failOn = failOnOf(values);
  return diagnostics.some(found => isFailure(found, failOn));
}

function failOnOf(values: Invocation['values']): Severity {
  return (values['fail-on'] as Severity | undefined) ?? 'error';
}

/** Writes findings in the format that was asked for. */
export async function writeFindings(
  findings: Findings,
  values: Invocation['values'],
  stream: TerminalStream = stdout,
): Promise<void> {
  const { format } = await formatter(values.format as Format);
  const color = useColor(stream, process.env, values.color as ColorChoice | undefined);
  const report = {
    suppressed: [],
    ...findings,
    diagnostics: sortDiagnostics(findings.diagnostics, findings.files),
    failOn: failOnOf(values),
    version,
    site: SITE,
    root: workspace(process.env.GITHUB_WORKSPACE),
  };
  stream.write(format(report, { color, quiet: values.quiet === true }));
}

/** The top of the repository where GitHub runs masq, in whatever folder below it; without links, as the paths that Node resolves. */
function workspace(folder: string | undefined): string | undefined {
  try {
    return folder ? realpathSync(folder) : undefined;
  } catch {
    return undefined;
  }
}
