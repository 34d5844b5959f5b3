import type { State, Verdict } from './state';

const VERDICTS: readonly Verdict[] = ['starting', 'enforced', 'unproven', 'contradicted', 'refused', 'failed'];

/** What is measured beside the state. */
export interface Measures {
  /** When the process began, in milliseconds since 1970. */
  readonly started: number;
  /** How long the last look at the kernel took, in milliseconds. */
  readonly lastReconcile: number;
  /** When it ended, in milliseconds since 1970; 0 before the first one. */
  readonly reconciled: number;
}

/** The state as Prometheus reads it: the text format, version 0.0.4. */
export function metricsText(state: State, { started, lastReconcile, reconciled }: Measures): string {
  const { counts, config } = state;
  const seconds = (iso: string | undefined): number => (iso === undefined ? 0 : Date.parse(iso) / 1000);
  return [
    ...metric('gauge', 'build_info', 'Always 1; the labels say which agent this is.', [
      [{ version: state.version, backend: state.backend ?? '' }, 1],
    ]),
    ...metric('gauge', 'ready', 'Whether the file is valid and its rules are in place.', [[{}, state.ready ? 1 : 0]]),
    ...metric(
      'gauge',
      'verdict',
      'Which verdict holds: 1 for that one, 0 for the others.',
      VERDICTS.map(verdict => [{ verdict }, verdict === state.verdict ? 1 : 0]),
    ),
    ...metric('gauge', 'config_generation', 'How many different configurations were enforced since the start.', [
      [{}, config.generation],
    ]),
    ...metric('gauge', 'preserved_cidrs', 'How many CIDRs keep the source address of pods, over both families.', [
      [{}, config.preserved],
    ]),
    ...metric('counter', 'reconciles_total', 'Looks at the rules of the kernel.', [[{}, counts.reconciles]]),
    ...metric('counter', 'applies_total', 'Times that rules were written.', [[{}, counts.applies]]),
    ...metric('counter', 'drifts_total', 'Times that others had changed the rules.', [[{}, counts.drifts]]),
    ...metric('counter', 'failures_total', 'Times that rules could not be read or written.', [[{}, counts.failures]]),
    ...metric('counter', 'config_refusals_total', 'Files that were refused.', [[{}, counts.refusals]]),
    ...metric(
      'counter',
      'config_deletions_total',
      'Times that the file had gone and the built-in list took its place.',
      [[{}, counts.deletions]],
    ),
    ...metric('gauge', 'last_change_timestamp_seconds', 'When rules were written last; 0 for never.', [
      [{}, seconds(state.lastChange)],
    ]),
    ...metric('gauge', 'last_proof_timestamp_seconds', 'When the kernel was last proven to do what the file says.', [
      [{}, seconds(state.lastProof)],
    ]),
    ...metric('gauge', 'last_reconcile_timestamp_seconds', 'When the last look at the kernel ended.', [
      [{}, reconciled / 1000],
    ]),
    ...metric('gauge', 'last_reconcile_duration_seconds', 'How long the last look at the kernel took.', [
      [{}, lastReconcile / 1000],
    ]),
    ...metric('gauge', 'start_time_seconds', 'When the agent began.', [[{}, started / 1000]]),
    '',
  ].join('\n');
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function metric(type: 'gauge' | 'counter', name: string, help: string, samples: readonly Sample[]): string[] {
  const full = `masq_agent_${name}`;
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${type}`,
    ...samples.map(([labels, value]) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text.replace(/[\\"\n]/g, '\\$&')}"`);
      return `${full}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
    }),
  ];
}
