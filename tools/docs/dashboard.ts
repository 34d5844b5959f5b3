import type { Output } from '../generate/output';
import { type Panel, ROWS } from './dashboard-rows';

const SOURCE = { type: 'prometheus', uid: '$datasource' };
/** How wide Grafana's grid is, and how many panels of one kind go side by side. */
const GRID = 24;
const MOST_ABREAST = { stat: 6, timeseries: 3, table: 3 } as const;

/** docs/monitoring/dashboard.json: Grafana's dashboard. */
export function dashboardOutput(): Output {
  const dashboard = {
    title: 'masq-agent',
    uid: 'masq-agent',
    description: 'What the nodes do to the source addresses of pods, and whether that is proven.',
    tags: ['masq-agent', 'kubernetes', 'network'],
    editable: true,
    graphTooltip: 1,
    refresh: '1m',
    schemaVersion: 38,
    time: { from: 'now-6h', to: 'now' },
    timezone: '',
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0 },
        variable('job', 'Job', 'label_values(masq_agent_build_info, job)'),
        variable('instance', 'Node', 'label_values(masq_agent_build_info{job=~"$job"}, instance)'),
      ],
    },
    panels: panels(),
  };
  return { path: 'docs/monitoring/dashboard.json', text: `${JSON.stringify(dashboard, undefined, 2)}\n` };
}

function variable(name: string, label: string, query: string): unknown {
  return {
    ...{ name, label, type: 'query', datasource: SOURCE, hide: 0 },
    ...{ definition: query, query: { query, refId: name }, refresh: 2, sort: 1 },
    ...{ includeAll: true, multi: true, allValue: '.*', current: { text: ['All'], value: ['$__all'] } },
  };
}

/** The panels from left to right and from top to bottom, each row below a heading. */
function panels(): unknown[] {
  const all: unknown[] = [];
  let y = 0;
  const place = (panel: object, width: number, height: number, x: number): void => {
    all.push({ id: all.length + 1, gridPos: { h: height, w: width, x, y }, ...panel });
  };
  for (const { title, height, panels: row } of ROWS) {
    place({ type: 'row', title, collapsed: false, panels: [] }, GRID, 1, 0);
    y += 1;
    const abreast = evenly(row.length, MOST_ABREAST[row[0]!.type]);
    row.forEach((panel, i) => {
      const width = GRID / abreast;
      place(drawn(panel), width, height, (i % abreast) * width);
      if (i % abreast === abreast - 1 || i === row.length - 1) y += height;
    });
  }
  return all;
}

/** How many of so many go side by side, so that the last line is full where that can be. */
function evenly(count: number, most: number): number {
  return Math.ceil(count / Math.ceil(count / most));
}

function drawn({ title, description, type, queries, unit = 'none', steps = [['green', null]] }: Panel): object {
  const targets = queries.map(([expr, legendFormat], i) => ({
    refId: String.fromCharCode(65 + i),
    datasource: SOURCE,
    expr,
    ...(type === 'timeseries' ? { legendFormat } : { instant: true }),
    ...(type === 'table' && { format: 'table' }),
  }));
  const thresholds = { mode: 'absolute', steps: steps.map(([color, value]) => ({ color, value })) };
  return {
    ...{ title, description, type, datasource: SOURCE, targets },
    fieldConfig: { defaults: { unit, min: 0, thresholds }, overrides: [] },
    ...OPTIONS[type],
  };
}

/** How each kind is drawn. */
const OPTIONS: Readonly<Record<Panel['type'], object>> = {
  stat: { options: { colorMode: 'value', graphMode: 'none', reduceOptions: { calcs: ['lastNotNull'] } } },
  timeseries: {
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  },
  table: {
    transformations: [
      { id: 'organize', options: { excludeByName: { Time: true, Value: true, __name__: true, job: true } } },
    ],
  },
};
