/** What is drawn. */
export interface Panel {
  readonly title: string;
  /** What it shows, and what to make of it. */
  readonly description: string;
  readonly type: 'stat' | 'timeseries' | 'table';
  /** Expressions, with what their series are called. */
  readonly queries: readonly (readonly [expression: string, legend: string])[];
  /** Of Grafana's units. @default none */
  readonly unit?: string;
  /** From which value on it is green, yellow or red. @default always green */
  readonly steps?: readonly (readonly [color: string, from: number | null])[];
}

/** Panels side by side, under a heading. */
export interface Row {
  readonly title: string;
  readonly height: number;
  readonly panels: readonly Panel[];
}

/** What is chosen at the top of the dashboard. */
const OF = '{job=~"$job",instance=~"$instance"}';
const of = (label: string): string => `${OF.slice(0, -1)},${label}}`;

const BAD = [
  ['green', null],
  ['red', 1],
] as const;
const SEVERAL = [
  ['green', null],
  ['yellow', 2],
] as const;

/** The whole dashboard, from top to bottom. */
export const ROWS: readonly Row[] = [
  {
    title: 'Nodes',
    height: 4,
    panels: [
      {
        title: 'Agents',
        description: 'Nodes whose agent is scraped.',
        type: 'stat',
        queries: [[`sum(up${OF})`, '']],
      },
      {
        title: 'Not scraped',
        description: 'Nodes whose agent does not answer.',
        type: 'stat',
        queries: [[`count(up${OF} == 0) or vector(0)`, '']],
        steps: BAD,
      },
      {
        title: 'Not ready',
        description: 'Nodes whose file is not valid, or whose rules are not in place.',
        type: 'stat',
        queries: [[`count(masq_agent_ready${OF} == 0) or vector(0)`, '']],
        steps: BAD,
      },
      {
        title: 'File refused',
        description: 'Nodes that go on with what was good last.',
        type: 'stat',
        queries: [[`count(masq_agent_config_valid${OF} == 0) or vector(0)`, '']],
        steps: BAD,
      },
      {
        title: 'Configurations',
        description:
          'Different ones that are enforced; more than one for as long as a change takes to reach all nodes.',
        type: 'stat',
        queries: [[`count(count by (digest) (masq_agent_config_info${of('source!="none"')}))`, '']],
        steps: SEVERAL,
      },
      {
        title: 'Versions',
        description: 'Different versions of the agent; more than one during a rollout.',
        type: 'stat',
        queries: [[`count(count by (version) (masq_agent_build_info${OF}))`, '']],
        steps: SEVERAL,
      },
    ],
  },
  {
    title: 'Verdicts',
    height: 8,
    panels: [
      {
        title: 'Nodes by verdict',
        description: 'What the last look at the kernel of each node came to. All should be "enforced".',
        type: 'timeseries',
        queries: [[`sum by (verdict) (masq_agent_verdict${OF})`, '{{verdict}}']],
      },
      {
        title: 'Nodes with another verdict than "enforced"',
        description: 'masq-agent status in the pod of such a node says why.',
        type: 'table',
        queries: [[`masq_agent_verdict${of('verdict!="enforced"')} == 1`, '']],
      },
    ],
  },
  {
    title: 'Rules in the kernel',
    height: 8,
    panels: [
      {
        title: 'Drift',
        description:
          'How often others changed the rules, and they were repaired. Between the two, packets are treated otherwise.',
        type: 'timeseries',
        queries: [[`increase(masq_agent_drifts_total${OF}[$__rate_interval]) > 0`, '{{instance}}']],
      },
      {
        title: 'Failures',
        description: 'How often rules could not be read or written.',
        type: 'timeseries',
        queries: [[`increase(masq_agent_failures_total${OF}[$__rate_interval]) > 0`, '{{instance}}']],
      },
      {
        title: 'Writes and looks',
        description:
          'Rules are written only when they differ: the first line follows changes, the second the resync interval.',
        type: 'timeseries',
        queries: [
          [`sum(rate(masq_agent_applies_total${OF}[$__rate_interval]))`, 'written'],
          [`sum(rate(masq_agent_reconciles_total${OF}[$__rate_interval]))`, 'looked at'],
        ],
        unit: 'ops',
      },
      {
        title: 'Since the last proof',
        description:
          'How long ago the kernel was last proven to do what the configuration says. It grows with the resync interval and falls back.',
        type: 'timeseries',
        queries: [[`time() - (masq_agent_last_proof_timestamp_seconds${OF} > 0)`, '{{instance}}']],
        unit: 's',
      },
      {
        title: 'Length of a look',
        description: 'How long the last look at the kernel took, with what was written.',
        type: 'timeseries',
        queries: [
          [`max(masq_agent_last_reconcile_duration_seconds${OF})`, 'longest'],
          [`avg(masq_agent_last_reconcile_duration_seconds${OF})`, 'mean'],
        ],
        unit: 's',
      },
      {
        title: 'Since the last change',
        description: 'How long ago rules were written last.',
        type: 'timeseries',
        queries: [[`time() - (masq_agent_last_change_timestamp_seconds${OF} > 0)`, '{{instance}}']],
        unit: 's',
      },
    ],
  },
  {
    title: 'Configuration',
    height: 8,
    panels: [
      {
        title: 'Where it is from',
        description:
          'file: as it should be. built-in: there is no file. last-good: the file is refused since before the start. none: nothing is enforced.',
        type: 'timeseries',
        queries: [[`count by (source) (masq_agent_config_info${OF})`, '{{source}}']],
      },
      {
        title: 'Changes, refusals, deletions',
        description: 'Over all nodes.',
        type: 'timeseries',
        queries: [
          [`sum(increase(masq_agent_config_changes_total${OF}[$__rate_interval]))`, 'taken over'],
          [`sum(increase(masq_agent_config_refusals_total${OF}[$__rate_interval]))`, 'refused'],
          [`sum(increase(masq_agent_config_deletions_total${OF}[$__rate_interval]))`, 'deleted'],
        ],
      },
      {
        title: 'CIDRs that are preserved',
        description: 'Pods keep their address towards these, link-local ones included.',
        type: 'timeseries',
        queries: [[`masq_agent_preserved_cidrs${OF}`, '{{instance}}']],
      },
      {
        title: 'Configuration of each node',
        description: 'Equal digests are equal files.',
        type: 'table',
        queries: [[`masq_agent_config_info${OF}`, '']],
      },
    ],
  },
  {
    title: 'The agent itself',
    height: 7,
    panels: [
      {
        title: 'Memory',
        description: 'Of the agent; the tools that it runs are short-lived.',
        type: 'timeseries',
        queries: [[`process_resident_memory_bytes${OF}`, '{{instance}}']],
        unit: 'bytes',
      },
      {
        title: 'Processor time',
        description: 'Of the agent, and of the iptables or nft that it runs.',
        type: 'timeseries',
        queries: [
          [`sum(rate(process_cpu_seconds_total${OF}[$__rate_interval]))`, 'agents'],
          [`sum(rate(masq_agent_tools_cpu_seconds_total${OF}[$__rate_interval]))`, 'tools'],
        ],
        unit: 's',
      },
      {
        title: 'Starts',
        description: 'A node that keeps starting its agent anew shows here.',
        type: 'timeseries',
        queries: [[`changes(process_start_time_seconds${OF}[$__rate_interval]) > 0`, '{{instance}}']],
      },
      {
        title: 'Backends',
        description: 'How rules get into the kernel; nodes of one image should agree.',
        type: 'timeseries',
        queries: [[`count by (backend) (masq_agent_backend_info${OF})`, '{{backend}}']],
      },
    ],
  },
];
