import { formatAddress, formatCidr } from '../../core/address';
import type { Change, ClassChange, PodGroup } from '../../core/analysis/diff';
import { type ChangedClusters, diffFleets, type FleetDiff } from '../../core/analysis/fleet';
import { placesHit, registryPlaces } from '../../core/analysis/places';
import { termsText } from '../../core/analysis/terms';
import { andList, hasErrors } from '../../core/diagnostics';
import type { Labels } from '../../core/intent/selector';
import { countText, podText, ruleText, treatmentWord } from '../ask/words';
import { writeFindings } from '../findings';
import type { Invocation } from '../masq';
import { commandLine } from '../shells';
import { type ReadSide, readSide } from '../side';
import { refuse, stderr, stdout } from '../stdio';
import { type ColorChoice, type Palette, palette, useColor } from '../terminal';

/** `masq diff`: whose packets change treatment from one side to the other. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const [a, b] = positionals as [string, string];
  const sides = [readSide([a]), readSide([b])] as const;
  const faults = sides.flatMap(side => side.faults);
  if (faults.length > 0) return refuse(faults);
  for (const side of sides) if (hasErrors(side.diagnostics)) return await refuseFiles(side, values);
  const diff = diffFleets(sides[0].subjects, sides[1].subjects);
  if (values.format === 'json') stdout.write(`${JSON.stringify(asData(diff), undefined, 2)}\n`);
  else stdout.write(asText(diff, b, palette(useColor(stdout, process.env, values.color as ColorChoice))));
  return diff.changed.length + diff.added.length + diff.removed.length === 0 ? 0 : 1;
}

/** Nothing is compared with files of which it is not known what they mean. */
async function refuseFiles(side: ReadSide, values: Invocation['values']): Promise<number> {
  await writeFindings(
    { ...side, files: [...side.sources.keys()], documents: 0 },
    { ...values, format: 'text' },
    stderr,
  );
  return 2;
}

function asText(diff: FleetDiff, after: string, paint: Palette): string {
  const blocks = diff.changed.map(group => clustersText(group, after, paint));
  for (const { name } of diff.added) blocks.push(`${paint.bold(name)} is new\n`);
  for (const { name } of diff.removed) blocks.push(`${paint.bold(name)} is gone\n`);
  return [...blocks, `${summary(diff)}\n`].join('\n');
}

function clustersText({ clusters }: ChangedClusters, after: string, paint: Palette): string {
  const [first] = clusters;
  const names = andList(clusters.map(cluster => cluster.after.name));
  const lines = [paint.bold(names)];
  for (const change of first!.diff.classes) {
    lines.push(`  ${podsText(change)}`);
    for (const one of change.changes) lines.push(...changeLines(one, change, first!.after.places, after, paint));
  }
  return `${lines.join('\n')}\n`;
}

function podsText({ all, groups }: ClassChange): string {
  if (all) return 'every pod';
  const [first, ...others] = groups;
  const more =
    others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'kind' : 'kinds'} of pods`;
  return `${podText(first?.pod)}${more}`;
}

function changeLines(
  change: Change,
  { groups }: ClassChange,
  places: Parameters<typeof placesHit>[1],
  after: string,
  paint: Palette,
): string[] {
  const { to, family } = change;
  const count = `${countText(to.count())} IPv${family} ${to.count() === 1n ? 'address' : 'addresses'}`;
  const lines = [
    `    ${treatmentWord(change.before)} ${paint.bold('→')} ${paint.bold(treatmentWord(change.after))}  ${termsText(to)}  (${count})`,
  ];
  for (const part of change.parts) {
    const where = change.parts.length === 1 ? '' : `${termsText(part.to)}: `;
    lines.push(paint.dim(`      ${where}before by ${ruleText(part.before)}`));
    lines.push(paint.dim(`      ${where}after by ${ruleText(part.after)}`));
  }
  const hits = placesHit(to, [...places, ...registryPlaces()]);
  if (hits.length > 0) {
    const words = hits.map(({ name, whole, all }) =>
      whole ? `all of ${name}` : all ? `in ${name}` : `part of ${name}`,
    );
    lines.push(`      hits ${andList(words)}`);
  }
  lines.push(`      try: ${witness(formatAddress(to.first()!), groups[0], after)}`);
  return lines;
}

/** A command that shows one packet of those that change. */
function witness(destination: string, group: PodGroup | undefined, after: string): string {
  const labels = (own: Labels) =>
    Object.entries(own)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
  const pod = group?.pod;
  const from = pod && Object.keys(pod.labels).length > 0 ? ['--from', labels(pod.labels)] : [];
  const namespace = pod && Object.keys(pod.namespace).length > 0 ? ['--namespace', labels(pod.namespace)] : [];
  return commandLine(['masq', 'explain', after, ...from, ...namespace, '--to', destination]);
}

function summary({ changed, compared, added, removed }: FleetDiff): string {
  const clusters = changed.reduce((sum, group) => sum + group.clusters.length, 0);
  const told = clusters === 0 ? 'no changes' : `${count(clusters, 'cluster')} changed`;
  const beside = [
    ...(added.length > 0 ? [`${added.length} new`] : []),
    ...(removed.length > 0 ? [`${removed.length} gone`] : []),
  ];
  return `${[told, ...beside].join(', ')}; ${count(compared, 'cluster')} compared`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function asData({ changed, compared, added, removed }: FleetDiff): object {
  return {
    compared,
    added: added.map(({ name }) => name),
    removed: removed.map(({ name }) => name),
    changed: changed.map(({ clusters }) => ({
      clusters: clusters.map(({ after }) => after.name),
      classes: clusters[0]!.diff.classes.map(({ all, groups, changes }) => ({
        pods: all ? 'all' : groups.map(({ pod }) => pod ?? 'others'),
        changes: changes.map(({ to, before, after, parts }) => ({
          to: to.cidrs().map(formatCidr),
          addresses: to.count().toString(),
          before,
          after,
          parts: parts.map(part => ({
            to: part.to.cidrs().map(formatCidr),
            before: ruleText(part.before),
            after: ruleText(part.after),
          })),
        })),
      })),
    })),
  };
}
