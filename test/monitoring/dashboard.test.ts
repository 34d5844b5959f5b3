import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { METRICS } from '../../agent/metrics';
import { alerts } from './rules';
import { hasPrograms, promtool } from './tools';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Place;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly datasource: { readonly uid: string };
  }[];
}

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

const dashboard = JSON.parse(
  readFileSync(join(__dirname, '../../docs/monitoring/dashboard.json'), 'utf8'),
) as Dashboard;
const drawn = dashboard.panels.filter(({ type }) => type !== 'row');
const expressions = drawn.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

const folder = mkdtempSync(join(tmpdir(), 'masq-dashboard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** There is no Grafana in Debian: its structure is checked here, its look is not. */
describe('docs/monitoring/dashboard.json', () => {
  test('panels lie on the grid and on no other', () => {
    const cells = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x} ${y}`), `${title} lies on another`).toBe(false);
          cells.add(`${x} ${y}`);
        }
      }
    }
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(drawn)('$title has a title, an explanation and queries of the chosen source', panel => {
    expect(panel.title).not.toBe('');
    expect(panel.description).toMatch(/\.$/);
    expect(panel.datasource?.uid).toBe('$datasource');
    expect(panel.targets).not.toEqual([]);
    for (const { datasource } of panel.targets!) expect(datasource.uid).toBe('$datasource');
    const refs = panel.targets!.map(({ refId }) => refId);
    expect(new Set(refs).size).toBe(refs.length);
  });

  test.each(expressions)('$title asks for the chosen nodes, and for metrics that there are: $expr', ({ expr }) => {
    const names = [...expr.matchAll(/\b((?:masq_agent|process)_\w+|up)(?=\{)/g)].map(match => match[1]!);
    expect(names).not.toEqual([]);
    expect(names.length).toBe(expr.match(/\{/g)!.length);
    for (const name of names) expect(['up', ...METRICS.map(metric => metric.name)]).toContain(name);
    const variables = new Set([...expr.matchAll(/\$(\w+)/g)].map(match => match[1]));
    variables.delete('__rate_interval');
    const known = dashboard.templating.list.map(({ name }) => name);
    expect(known).toEqual(['datasource', 'job', 'instance']);
    expect([...variables].sort()).toEqual(['instance', 'job']);
  });

  test('every metric is on it, or in an alert', () => {
    const used = [...expressions, ...alerts()].map(({ expr }) => expr).join('\n');
    expect(METRICS.map(({ name }) => name).filter(name => !used.includes(name))).toEqual([]);
  });

  test.runIf(hasPrograms('promtool'))('promtool reads every expression', () => {
    const rules = expressions.map(({ expr }, i) => ({ record: `panel_${i}`, expr: filled(expr) }));
    const file = join(folder, 'rules.yaml');
    const check = (): unknown => {
      writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
      return promtool(['check', 'rules', file]);
    };
    expect(check()).toEqual({ status: 0, text: expect.stringContaining(`${rules.length} rules found`) });
    rules.push({ record: 'wrong', expr: 'sum(' });
    expect(check()).toMatchObject({ status: 1 });
  });
});

/** An expression as Grafana sends it. */
function filled(expression: string): string {
  return expression.replaceAll('$job', '.*').replaceAll('$instance', '.*').replaceAll('$__rate_interval', '5m');
}
