import { describe, expect, test } from 'vitest';
import { METRICS, type Measures, metricsText, VERDICTS } from '../../agent/metrics';
import type { State } from '../../agent/state';
import { STATE } from './sample-state';
import { hasPrograms, promtool } from './tools';

const MEASURES: Measures = {
  started: 1_000_500,
  lastReconcile: 12.5,
  reconciled: 2_000_250,
  usage: { ownSeconds: 0.25, toolSeconds: 1.5, residentBytes: 4096 },
};

/** The samples of a text, without its comments. */
function samples(state: State, measures: Measures): string[] {
  return metricsText(state, measures)
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'));
}

describe('metrics', () => {
  test('say what the state says, in base units', () => {
    expect(samples(STATE, MEASURES)).toEqual([
      'masq_agent_build_info{version="1.2.3"} 1',
      'masq_agent_backend_info{backend="nftables"} 1',
      'masq_agent_config_info{digest="00f1",source="file"} 1',
      'masq_agent_ready 1',
      'masq_agent_verdict{verdict="starting"} 0',
      'masq_agent_verdict{verdict="enforced"} 1',
      'masq_agent_verdict{verdict="unproven"} 0',
      'masq_agent_verdict{verdict="contradicted"} 0',
      'masq_agent_verdict{verdict="refused"} 0',
      'masq_agent_verdict{verdict="failed"} 0',
      'masq_agent_config_valid 1',
      'masq_agent_config_changes_total 2',
      'masq_agent_config_refusals_total 5',
      'masq_agent_config_deletions_total 6',
      'masq_agent_preserved_cidrs 5',
      'masq_agent_reconciles_total 9',
      'masq_agent_applies_total 3',
      'masq_agent_drifts_total 1',
      'masq_agent_failures_total 4',
      'masq_agent_last_change_timestamp_seconds 1767323045.25',
      'masq_agent_last_proof_timestamp_seconds 1767323046.5',
      'masq_agent_last_reconcile_timestamp_seconds 2000.25',
      'masq_agent_last_reconcile_duration_seconds 0.0125',
      'masq_agent_resync_interval_seconds 60',
      'masq_agent_tools_cpu_seconds_total 1.5',
      'process_cpu_seconds_total 0.25',
      'process_resident_memory_bytes 4096',
      'process_start_time_seconds 1000.5',
    ]);
  });

  test('what is not known is left out', () => {
    const { backend, lastProof, ...state } = STATE;
    const lines = samples(state, { ...MEASURES, usage: {} });
    expect([backend, lastProof]).not.toContain(undefined);
    expect(lines).toContain('masq_agent_last_proof_timestamp_seconds 0');
    const names = lines.map(line => line.replace(/[{ ].*/, ''));
    const gone = METRICS.map(({ name }) => name).filter(name => !names.includes(name));
    expect(gone).toEqual([
      'masq_agent_backend_info',
      'masq_agent_tools_cpu_seconds_total',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
    ]);
  });

  test.each(VERDICTS)('%s is one verdict of all', verdict => {
    const on = samples({ ...STATE, verdict }, MEASURES).filter(line => /^masq_agent_verdict.* 1$/.test(line));
    expect(on).toEqual([`masq_agent_verdict{verdict="${verdict}"} 1`]);
  });

  test('a label may hold anything', () => {
    const [first] = samples({ ...STATE, version: 'a"b\\c\nd' }, MEASURES);
    expect(first).toBe('masq_agent_build_info{version="a\\"b\\\\c\\nd"} 1');
  });

  test('their labels are those that are documented', () => {
    for (const { name, labels = [], samples: of } of METRICS) {
      for (const [given] of of(STATE, MEASURES)) expect([name, ...Object.keys(given)]).toEqual([name, ...labels]);
    }
  });

  test.runIf(hasPrograms('promtool'))('promtool finds nothing against their names and types', () => {
    const odd = { ...STATE, version: 'a"b\\c\nd' };
    for (const state of [STATE, odd]) {
      expect(promtool(['check', 'metrics'], metricsText(state, MEASURES))).toEqual({ status: 0, text: '' });
    }
    // It does look: a counter needs its suffix.
    const wrong = metricsText(STATE, MEASURES).replaceAll('drifts_total', 'drifts');
    expect(promtool(['check', 'metrics'], wrong)).toMatchObject({ status: 3 });
  });
});
