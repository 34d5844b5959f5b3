import { diffFleets } from '../../core/analysis/fleet';
import { type Gate, gateHits, idleGates, parseGates } from '../../core/analysis/gates';
import type { Subject } from '../../core/analysis/subject';
import type { Asked } from '../ask/asked';
import { chosen } from '../ask/chosen';
import { diffData } from '../ask/diff-json';
import { diffMarkdown } from '../ask/diff-markdown';
import { diffText } from '../ask/diff-text';
import { asking, readWith } from '../ask/told';
import type { Invocation } from '../masq';
import { comparison } from '../report/comparison';
import { reportPage } from '../report/page';
import { type ReadSide, readSides } from '../side';
import { refuse, stdout } from '../stdio';
import { type ColorChoice, palette, useColor } from '../terminal';

/** `masq diff`: whose packets change treatment from one side to the other. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const gates = gatesOf(values['fail-on'] as string[] | undefined);
  if ('faults' in gates) return refuse(gates.faults);
  const [a, b] = positionals;
  const after = b === undefined ? [] : [b];
  const read = await readSides([[a!], after], values);
  if (!read.ok) return read.code;
  const [left, right] = read.sides.map(({ subjects }) => ofCluster(subjects, values.cluster as string | undefined));
  if (values.cluster !== undefined && left!.length + right!.length === 0) {
    return refuse([unknownCluster(read.sides, values.cluster as string)]);
  }
  const idle = idleGates([...left!, ...right!], gates.gates);
  if (idle.length > 0) return refuse(idle.map(gate => `--fail-on ${gate}`));
  const diff = diffFleets(left!, right!);
  if (diff.refusals.length > 0) return refuse(diff.refusals);
  const hits = gateHits(diff, gates.gates);
  const ask = asking([...after, ...readWith(values)], read.sides[1]!.subjects.length === 1);
  stdout.write(written({ diff, hits, ask }, values));
  const changes = diff.changed.length + diff.added.length + diff.removed.length;
  return (gates.gates.length > 0 ? hits.length : changes) === 0 ? 0 : 1;
}

function ofCluster(subjects: readonly Subject[], name: string | undefined): readonly Subject[] {
  return name === undefined ? subjects : subjects.filter(subject => subject.name === name);
}

function unknownCluster(sides: readonly ReadSide[], name: string): string {
  return String(chosen([...new Map(sides.flatMap(side => side.subjects.map(one => [one.name, one]))).values()], name));
}

function written(asked: Asked, values: Invocation['values']): string {
  switch (values.format) {
    case 'json':
      return `${JSON.stringify(diffData(asked), undefined, 2)}\n`;
    case 'markdown':
      return diffMarkdown(asked);
    case 'html':
      return reportPage({ clusters: comparison(asked.diff), asked });
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
