import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { METRICS } from '../../agent/metrics';
import { ALERTS_FILE, alerts } from './rules';
import { hasPrograms, promtool } from './tools';

const folder = mkdtempSync(join(tmpdir(), 'masq-alerts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const AT = '{job="masq-agent",instance="node-1"}';
const AT_ALL = '{job="masq-agent",instance="node-1",';
const MORE = '{job="masq-agent",instance="node-2",';

/** A course of values, a minute apart, in promtool's notation. */
type Series = Readonly<Record<string, string>>;

/** What an alert is tried with. */
interface Trial {
  readonly alert: string;
  /** Series on which it fires at a time, and a little earlier not yet. */
  readonly on: Series;
  readonly at: string;
  readonly before: string;
  /** What its text says of the value. */
  readonly value?: string;
  /** Labels of the alert beside the severity. @default the node's */
  readonly labels?: Readonly<Record<string, string>>;
  /** Series on which it never fires. */
  readonly quiet: Series;
}

const NODE = { job: 'masq-agent', instance: 'node-1' };

const TRIALS: readonly Trial[] = [
  {
    alert: 'MasqAgentAbsent',
    on: { 'up{job="other"}': '1x60' },
    at: '10m',
    before: '9m',
    labels: {},
    quiet: { [`up${AT}`]: '0x60' },
  },
  { alert: 'MasqAgentDown', on: { [`up${AT}`]: '0x60' }, at: '10m', before: '9m', quiet: { [`up${AT}`]: '0x8 1x50' } },
  {
    alert: 'MasqAgentRestarting',
    on: { [`process_start_time_seconds${AT}`]: '1+1x60' },
    at: '5m',
    before: '3m',
    value: '5',
    quiet: { [`process_start_time_seconds${AT}`]: '1x30 2x30' },
  },
  {
    alert: 'MasqAgentStale',
    on: {
      [`masq_agent_last_reconcile_timestamp_seconds${AT}`]: '0x60',
      [`masq_agent_resync_interval_seconds${AT}`]: '60x60',
    },
    at: '7m',
    before: '6m',
    value: '7m 0s',
    quiet: {
      [`masq_agent_last_reconcile_timestamp_seconds${AT}`]: '0+60x60',
      [`masq_agent_resync_interval_seconds${AT}`]: '60x60',
    },
  },
  {
    alert: 'MasqAgentNotReady',
    on: { [`masq_agent_ready${AT}`]: '0x60' },
    at: '5m',
    before: '4m',
    quiet: { [`masq_agent_ready${AT}`]: '0x4 1x60' },
  },
  {
    alert: 'MasqAgentConfigRefused',
    on: { [`masq_agent_config_valid${AT}`]: '0x60' },
    at: '2m',
    before: '1m',
    quiet: { [`masq_agent_config_valid${AT}`]: '1x60' },
  },
  {
    alert: 'MasqAgentNothingEnforced',
    on: { [`masq_agent_config_info${AT_ALL}digest="",source="none"}`]: '1x60' },
    at: '2m',
    before: '1m',
    labels: { ...NODE, source: 'none' },
    quiet: { [`masq_agent_config_info${AT_ALL}digest="a",source="file"}`]: '1x60' },
  },
  {
    alert: 'MasqAgentLastGood',
    on: { [`masq_agent_config_info${AT_ALL}digest="a",source="last-good"}`]: '1x60' },
    at: '15m',
    before: '14m',
    labels: { ...NODE, digest: 'a', source: 'last-good' },
    quiet: { [`masq_agent_config_info${AT_ALL}digest="a",source="file"}`]: '1x60' },
  },
  {
    alert: 'MasqAgentBuiltIn',
    on: { [`masq_agent_config_info${AT_ALL}digest="a",source="built-in"}`]: '1x60' },
    at: '15m',
    before: '14m',
    labels: { ...NODE, digest: 'a', source: 'built-in' },
    quiet: { [`masq_agent_config_info${AT_ALL}digest="a",source="file"}`]: '1x60' },
  },
  {
    alert: 'MasqAgentContradicted',
    on: { [`masq_agent_verdict${AT_ALL}verdict="contradicted"}`]: '1x60' },
    at: '5m',
    before: '4m',
    labels: { ...NODE, verdict: 'contradicted' },
    quiet: { [`masq_agent_verdict${AT_ALL}verdict="contradicted"}`]: '0x60' },
  },
  {
    alert: 'MasqAgentUnproven',
    on: { [`masq_agent_verdict${AT_ALL}verdict="unproven"}`]: '1x90' },
    at: '60m',
    before: '59m',
    labels: { ...NODE, verdict: 'unproven' },
    quiet: { [`masq_agent_verdict${AT_ALL}verdict="unproven"}`]: '0x90' },
  },
  {
    alert: 'MasqAgentFailing',
    on: { [`masq_agent_failures_total${AT}`]: '0+1x60' },
    at: '20m',
    before: '3m',
    value: '15',
    quiet: { [`masq_agent_failures_total${AT}`]: '0x10 1x20 2x30' },
  },
  {
    alert: 'MasqAgentDrift',
    on: { [`masq_agent_drifts_total${AT}`]: '0+1x60' },
    at: '40m',
    before: '3m',
    value: '30',
    quiet: { [`masq_agent_drifts_total${AT}`]: '0x10 1x20 2x30' },
  },
  {
    alert: 'MasqAgentConfigDiffers',
    on: {
      [`masq_agent_config_info${AT_ALL}digest="a",source="file"}`]: '1x60',
      [`masq_agent_config_info${MORE}digest="b",source="last-good"}`]: '1x60',
    },
    at: '15m',
    before: '14m',
    value: '2',
    labels: { job: 'masq-agent' },
    quiet: {
      [`masq_agent_config_info${AT_ALL}digest="a",source="file"}`]: '1x60',
      [`masq_agent_config_info${MORE}digest="a",source="last-good"}`]: '1x60',
      'masq_agent_config_info{job="masq-agent",instance="node-3",digest="",source="none"}': '1x60',
    },
  },
];

describe('docs/monitoring/alerts.yaml', () => {
  const all = alerts();

  test('every alert is tried', () => {
    expect(TRIALS.map(({ alert }) => alert)).toEqual(all.map(({ alert }) => alert));
  });

  test.each(all)('$alert says what is so, what it means and what to do', ({ annotations, labels }) => {
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'action']);
    expect(Object.keys(labels)).toEqual(['severity']);
    expect(['info', 'warning', 'critical']).toContain(labels.severity);
  });

  test.each(all)('$alert asks for metrics that there are', ({ expr }) => {
    for (const [name] of expr.matchAll(/\b(?:masq_agent|process)_\w+/g)) {
      expect(METRICS.map(metric => metric.name)).toContain(name);
    }
  });

  describe.runIf(hasPrograms('promtool'))('promtool', () => {
    test('takes it', () => {
      const { status, text } = promtool(['check', 'rules', ALERTS_FILE]);
      expect({ status, text }).toEqual({
        status: 0,
        text: expect.stringContaining(`SUCCESS: ${all.length} rules found`),
      });
    });

    test.each(TRIALS)('$alert fires when it should, and not otherwise', trial => {
      const file = join(folder, `${trial.alert}.yaml`);
      writeFileSync(file, stringify(unitTest(trial)));
      expect(promtool(['test', 'rules', file])).toEqual({ status: 0, text: expect.stringContaining('SUCCESS') });
    });

    test('an alert that does not fire is found', () => {
      const file = join(folder, 'wrong.yaml');
      writeFileSync(file, stringify(unitTest({ ...TRIALS[1]!, at: TRIALS[1]!.before })));
      expect(promtool(['test', 'rules', file])).toMatchObject({ status: 1 });
    });
  });
});

/** A trial as promtool's unit test. */
function unitTest({ alert, on, at, before, value = '', labels = NODE, quiet }: Trial): unknown {
  const written = alerts().find(one => one.alert === alert)!;
  const filled = Object.entries(written.annotations).map(([name, text]) => [
    name,
    text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label) => labels[label]!).replace(/\{\{ \$value.*?\}\}/g, value),
  ]);
  const fired = { exp_labels: { ...written.labels, ...labels }, exp_annotations: Object.fromEntries(filled) };
  const series = (of: Series): unknown => Object.entries(of).map(([name, values]) => ({ series: name, values }));
  return {
    rule_files: [ALERTS_FILE],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: series(on),
        alert_rule_test: [
          { alertname: alert, eval_time: before },
          { alertname: alert, eval_time: at, exp_alerts: [fired] },
        ],
      },
      {
        interval: '1m',
        input_series: series(quiet),
        alert_rule_test: ['5m', '20m', '50m'].map(time => ({ alertname: alert, eval_time: time })),
      },
    ],
  };
}
