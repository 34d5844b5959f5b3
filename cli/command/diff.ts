import { FleetComparison } from '../../core/analysis/fleet';
import { type Gate, gateHits, idleGates, parseGates } from '../../core/analysis/gates';
import type { ReportCluster } from '../../core/analysis/report/pack';
import type { Subject } from '../../core/analysis/subject';
import type { Asked } from '../ask/asked';
import { chosen } from '../ask/chosen';
import { diffData } from '../ask/diff-json';
import { diffMarkdown } from '../ask/diff-markdown';
import { diffText } from '../ask/diff-text';
import { asking, factsOf, readWith } from '../ask/told';
import type { Invocation } from '../masq';
import type { ReadSide } from '../read-side';
import { comparison } from '../report/comparison';
import { reportPage } from '../report/page';
import { readSides } from '../side';
import { refuse, stdout } from '../stdio';
import { type ColorChoice, palette, useColor } from '../terminal';

/** `masq diff`: whose packets change treatment from one side to the other. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const gates = gatesOf(values['fail-on'] as string[] | undefined);
  if ('faults' in gates) return refuse(gates.faults);
  const [a, b] = positionals;
  const after = b === undefined ? [] : [b];
  const cluster = values.cluster as string | undefined;
  const fleet = new FleetComparison();
  // A page shows whole maps, facts may say more of clusters, and of one cluster nothing else counts.
  const isWhole = values.format === 'html' || cluster !== undefined || (values.facts as string[]).length > 0;
  const read = await readSides([[a!], after], values, isWhole ? {} : { fleet });
  if (!read.ok) return read.code;
  const [left, right] = read.sides.map(({ subjects }) => ofCluster(subjects, cluster)) as [Subjects, Subjects];
  const isNamed = [...left, ...right].some(({ name }) => name === cluster);
  if (cluster !== undefined && !isNamed) return refuse([unknownCluster(read.sides, cluster)]);
  const idle = idleGates([...fleet.told, ...left, ...right], gates.gates);
  if (idle.length > 0) return refuse(idle.map(gate => `--fail-on ${gate}`));
  const isOne = fleet.told.length / 2 + read.sides[1]!.subjects.length === 1;
  for (const subject of left) fleet.add(0, subject);
  for (const subject of right) fleet.add(1, subject);
  const diff = fleet.finish();
  if (diff.refusals.length > 0) return refuse(diff.refusals);
  const hits = gateHits(diff, gates.gates);
  const given = (values.facts as string[]).length > 0 ? [] : factsOf(a, left, right);
  const ask = asking([...after, ...readWith(values, read.sides[1]!.subjects), ...given], isOne);
  stdout.write(written({ diff, hits, ask }, () => comparison(left, right), values));
  const changes = diff.changed.length + diff.added.length + diff.removed.length;
  return (gates.gates.length > 0 ? hits.length : changes) === 0 ? 0 : 1;
}

type Subjects = readonly Subject[];

/** The cluster that is named; what has no name of its own, as a node's dump, is that cluster where nothing else is there. */
function ofCluster(subjects: Subjects, name: string | undefined): Subjects {
  if (name === undefined) return subjects;
  const found = subjects.filter(subject => subject.name === name);
  const isNameless = subjects.length === 1 && !subjects[0]!.model;
  return found.length === 0 && isNameless ? subjects : found;
}

function unknownCluster(sides: readonly ReadSide[], name: string): string {
  return String(chosen([...new Map(sides.flatMap(side => side.subjects.map(one => [one.name, one]))).values()], name));
}

function written(asked: Asked, clusters: () => ReportCluster[], values: Invocation['values']): string {
  switch (values.format) {
    case 'json':
      return `${JSON.stringify(diffData(asked), undefined, 2)}\n`;
    case 'markdown':
      return diffMarkdown(asked);
    case 'html':
      return reportPage({ clusters: clusters(), asked });
    default:
      return diffText(asked, palette(useColor(stdout, process.env, values.color as ColorChoice)));
  }
}

function gatesOf(texts: readonly string[] = []): { gates: readonly Gate[] } | { faults: readonly string[] } {
  const read = texts.map(parseGates);
  const faults = read.flatMap(one => one.faults);
  return faults.length > 0
    ? { faults: faults.map(fault => `--fail-on ${fault}`) }
    : { gates: read.flatMap(one => one.gates) };
}
