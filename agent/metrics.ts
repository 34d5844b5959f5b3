import type { State, Verdict } from './state';
import type { Usage } from './usage';

/** Every verdict, in the order of {@link Verdict}. */
export const VERDICTS: readonly Verdict[] = ['starting', 'enforced', 'unproven', 'contradicted', 'refused', 'failed'];

/** What is measured beside the state. */
export interface Measures {
  /** When the process began, in milliseconds since 1970. */
  readonly started: number;
  /** How long the last look at the kernel took, in milliseconds. */
  readonly lastReconcile: number;
  /** When it ended, in milliseconds since 1970; 0 before the first one. */
  readonly reconciled: number;
  readonly usage: Usage;
}

/** A value, and what tells it apart from the metric's others. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric, and how it follows from what the agent knows. */
export interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  /** One sentence for people. */
  readonly help: string;
  /** What its samples are told apart by. @default nothing */
  readonly labels?: readonly string[];
  /** None where the value is not known. */
  readonly samples: (state: State, measures: Measures) => readonly Sample[];
}

type Value = (state: State, measures: Measures) => number | boolean | undefined;

/** Most metrics have none; one object for all is told apart at once. */
const NO_LABELS = {};

/** Samples of a metric without labels. */
function one(value: Value): Metric['samples'] {
  return (state, measures) => {
    const found = value(state, measures);
    return found === undefined ? [] : [[NO_LABELS, Number(found)]];
  };
}

/** Seconds since 1970 of a moment as the state writes it; 0 for never. */
const seconds = (iso: string | undefined): number => (iso === undefined ? 0 : Date.parse(iso) / 1000);

/** All that the agent tells Prometheus, in the order of the text. */
export const METRICS: readonly Metric[] = [
  {
    name: 'masq_agent_build_info',
    type: 'gauge',
    help: 'Always 1; the label is the version of the agent.',
    labels: ['version'],
    samples: ({ version }) => [[{ version }, 1]],
  },
  {
    name: 'masq_agent_backend_info',
    type: 'gauge',
    help: 'Always 1; the label says how rules get into the kernel.',
    labels: ['backend'],
    samples: ({ backend }) => (backend === undefined ? [] : [[{ backend }, 1]]),
  },
  {
    name: 'masq_agent_config_info',
    type: 'gauge',
    help: 'Always 1; the labels say which configuration is enforced and where it is from.',
    labels: ['digest', 'source'],
    samples: ({ config: { digest, source } }) => [[{ digest, source }, 1]],
  },
  {
    name: 'masq_agent_ready',
    type: 'gauge',
    help: 'Whether the file is valid and its rules are in place.',
    samples: one(({ ready }) => ready),
  },
  {
    name: 'masq_agent_verdict',
    type: 'gauge',
    help: 'Which verdict holds: 1 for that one, 0 for the others.',
    labels: ['verdict'],
    samples: state => VERDICTS.map(verdict => [{ verdict }, Number(verdict === state.verdict)]),
  },
  {
    name: 'masq_agent_config_valid',
    type: 'gauge',
    help: 'Whether the file, as it was read last, is valid; one that is not there is.',
    samples: one(({ config }) => config.valid),
  },
  {
    name: 'masq_agent_config_changes_total',
    type: 'counter',
    help: 'Configurations that were taken over, the first one included.',
    samples: one(({ config }) => config.generation),
  },
  {
    name: 'masq_agent_config_refusals_total',
    type: 'counter',
    help: 'Files that were refused.',
    samples: one(({ counts }) => counts.refusals),
  },
  {
    name: 'masq_agent_config_deletions_total',
    type: 'counter',
    help: 'Times that the file had gone and the built-in list took its place.',
    samples: one(({ counts }) => counts.deletions),
  },
  {
    name: 'masq_agent_preserved_cidrs',
    type: 'gauge',
    help: 'CIDRs to which pods keep their address, over both families, link-local ones included.',
    samples: one(({ config }) => config.preserved),
  },
  {
    name: 'masq_agent_reconciles_total',
    type: 'counter',
    help: 'Looks at the rules of the kernel.',
    samples: one(({ counts }) => counts.reconciles),
  },
  {
    name: 'masq_agent_applies_total',
    type: 'counter',
    help: 'Times that rules were written.',
    samples: one(({ counts }) => counts.applies),
  },
  {
    name: 'masq_agent_drifts_total',
    type: 'counter',
    help: 'Times that others had changed the rules, and they were repaired.',
    samples: one(({ counts }) => counts.drifts),
  },
  {
    name: 'masq_agent_failures_total',
    type: 'counter',
    help: 'Times that rules could not be read or written.',
    samples: one(({ counts }) => counts.failures),
  },
  {
    name: 'masq_agent_last_change_timestamp_seconds',
    type: 'gauge',
    help: 'When rules were written last; 0 for never.',
    samples: one(({ lastChange }) => seconds(lastChange)),
  },
  {
    name: 'masq_agent_last_proof_timestamp_seconds',
    type: 'gauge',
    help: 'When the kernel was last proven to do what the enforced configuration says; 0 for never.',
    samples: one(({ lastProof }) => seconds(lastProof)),
  },
  {
    name: 'masq_agent_last_reconcile_timestamp_seconds',
    type: 'gauge',
    help: 'When the last look at the rules of the kernel ended; 0 for never.',
    samples: one((_, { reconciled }) => reconciled / 1000),
  },
  {
    name: 'masq_agent_last_reconcile_duration_seconds',
    type: 'gauge',
    help: 'How long the last look at the rules of the kernel took, with what was written.',
    samples: one((_, { lastReconcile }) => lastReconcile / 1000),
  },
  {
    name: 'masq_agent_resync_interval_seconds',
    type: 'gauge',
    help: 'How long it takes at most until the rules of the kernel are looked at again.',
    samples: one(({ resyncSeconds }) => resyncSeconds),
  },
  {
    name: 'masq_agent_tools_cpu_seconds_total',
    type: 'counter',
    help: 'Processor time of the tools that were run: iptables, nft.',
    samples: one((_, { usage }) => usage.toolSeconds),
  },
  {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'Processor time of the agent itself.',
    samples: one((_, { usage }) => usage.ownSeconds),
  },
  {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Memory of the agent itself.',
    samples: one((_, { usage }) => usage.residentBytes),
  },
  {
    name: 'process_start_time_seconds',
    type: 'gauge',
    help: 'When the agent began.',
    samples: one((_, { started }) => started / 1000),
  },
];

/** The state as Prometheus reads it: the text format, version 0.0.4. */
export function metricsText(state: State, measures: Measures): string {
  let text = '';
  for (const { name, type, help, samples } of METRICS) {
    const lines = samples(state, measures).map(([labels, value]) => `${name}${labelsText(labels)} ${value}\n`);
    if (lines.length > 0) text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
  }
  return text;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  if (labels === NO_LABELS) return '';
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
}
