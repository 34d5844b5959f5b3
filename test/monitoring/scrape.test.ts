import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { METRICS } from '../../agent/metrics';
import { TestNode, until } from '../agent/node-lab';
import { buildProgram, isBuildable, RUNTIMES } from '../agent/runtimes';
import { hasKernel } from '../dataplane/kernel';
import { ALERTS_FILE, alerts } from './rules';
import { hasPrograms } from './tools';

const GOOD = 'nonMasqueradeCIDRs: [10.1.0.0/16]\nresyncInterval: 200ms\n';
/** Ports of the node's own loopback, which nobody else sees. */
const AGENT = '127.0.0.1:9797';
const PROMETHEUS = '127.0.0.1:9090';

const root = mkdtempSync(join(tmpdir(), 'masq-scrape-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Debian's Prometheus, and an agent with its server, all on one node with a network of its own. */
describe.runIf(hasKernel() && hasPrograms('prometheus', 'promtool')).each(RUNTIMES)(
  'Prometheus scrapes the agent on %s',
  runtime => {
    describe.runIf(isBuildable(runtime))('', () => {
      let program: readonly string[];
      let node: TestNode;
      beforeAll(async () => {
        mkdirSync(join(root, runtime));
        program = await buildProgram(runtime, 'agent/entry', join(root, runtime));
      });
      afterEach(() => node.stop());

      /** The samples that a query gives, by their labels. */
      function query(expression: string): Readonly<Record<string, string>> {
        const out = node.sh(`promtool query instant -o json http://${PROMETHEUS} '${expression}'`);
        const found = JSON.parse(out) as { metric: Record<string, string>; value: [number, string] }[];
        return Object.fromEntries(
          found.map(({ metric: { __name__, job, instance, ...labels }, value }) => [
            Object.keys(labels).length === 0 ? (__name__ ?? '') : Object.values(labels).join(' '),
            value[1],
          ]),
        );
      }

      /** What Prometheus answers by HTTP. */
      function ask(path: string): string {
        const script = `from urllib.request import urlopen; print(urlopen("http://${PROMETHEUS}${path}").read().decode())`;
        return node.sh(`python3 -c '${script}' 2> /dev/null || true`);
      }

      test('every metric arrives with its type, and changes as the node does', { timeout: 180_000 }, async () => {
        node = await TestNode.start();
        node.configure(GOOD);
        const settings = [
          'global: {scrape_interval: 250ms, evaluation_interval: 250ms}',
          `rule_files: [${ALERTS_FILE}]`,
          `scrape_configs: [{job_name: masq-agent, static_configs: [{targets: ["${AGENT}"]}]}]`,
        ].join('\n');
        writeFileSync(join(node.folder, 'prometheus.yml'), settings);
        node.start(program);
        await until('ready', () => node.sh('cat /run/masq-agent/state.json || true').includes('"ready": true'));
        node.run([...program, 'serve', `--listen=${AGENT}`]);
        node.run([
          // It does not find relative paths in a mount namespace that it was put into.
          ...['prometheus', `--config.file=${node.folder}/prometheus.yml`, `--storage.tsdb.path=${node.folder}/data`],
          ...[`--web.listen-address=${PROMETHEUS}`, '--log.level=error'],
        ]);
        await until('Prometheus', () => ask('/-/ready') !== '', 60_000);
        await until('up', () => query('up').up === '1', 30_000);

        const names = Object.keys(
          query('count by (name) (label_replace({job="masq-agent"}, "name", "$1", "__name__", "(.*)"))'),
        );
        const own = names.filter(name => !/^(?:up$|scrape_)/.test(name));
        expect(own.sort()).toEqual(METRICS.map(({ name }) => name).sort());
        const metadata = JSON.parse(ask('/api/v1/metadata')) as {
          data: Record<string, { type: string; help: string }[]>;
        };
        for (const { name, type, help } of METRICS) expect(metadata.data[name]).toMatchObject([{ type, help }]);

        expect(query('masq_agent_ready')).toEqual({ masq_agent_ready: '1' });
        expect(query('masq_agent_verdict == 1')).toEqual({ enforced: '1' });
        expect(query('masq_agent_preserved_cidrs')).toEqual({ masq_agent_preserved_cidrs: '2' });
        expect(query('masq_agent_resync_interval_seconds')).toEqual({ masq_agent_resync_interval_seconds: '0.2' });
        expect(query('masq_agent_drifts_total')).toEqual({ masq_agent_drifts_total: '0' });
        // The process is what it says it is, and its clock is Prometheus' own.
        const { process_resident_memory_bytes: memory } = query('process_resident_memory_bytes');
        expect(Number(memory)).toBeGreaterThan(500_000);
        expect(query('time() - masq_agent_last_reconcile_timestamp_seconds < 30')).not.toEqual({});
        expect(query('time() - process_start_time_seconds < 120')).not.toEqual({});
        expect(query('masq_agent_tools_cpu_seconds_total > 0')).not.toEqual({});

        node.sh('iptables-nft -t nat -F IP-MASQ-AGENT');
        await until('a drift', () => query('masq_agent_drifts_total').masq_agent_drifts_total === '1', 30_000);
        node.configure('nonMasqueradeCIDRs: [10.1.0.0/8]\n');
        await until('a refusal', () => query('masq_agent_config_valid').masq_agent_config_valid === '0', 30_000);
        expect(query('masq_agent_verdict == 1')).toEqual({ refused: '1' });
        expect(query('masq_agent_config_refusals_total')).toEqual({ masq_agent_config_refusals_total: '1' });

        const rules = JSON.parse(ask('/api/v1/rules')) as {
          data: { groups: { rules: { name: string; health: string; state: string }[] }[] };
        };
        const [group] = rules.data.groups;
        expect(group!.rules.map(({ name, health }) => [name, health])).toEqual(
          alerts().map(({ alert }) => [alert, 'ok']),
        );
        await until(
          'alerts',
          () => {
            const waiting = Object.keys(query('ALERTS{alertstate="pending"}')).join('\n');
            return waiting.includes('MasqAgentConfigRefused') && waiting.includes('MasqAgentNotReady');
          },
          30_000,
        );
      });
    });
  },
);
