import { formatCidr } from '../../core/address';
import { diffFleets, type FleetDiff } from '../../core/analysis/fleet';
import { hasErrors } from '../../core/diagnostics';
import { diffMarkdown } from '../ask/diff-markdown';
import { diffText } from '../ask/diff-text';
import { ruleText } from '../ask/words';
import { writeFindings } from '../findings';
import type { Invocation } from '../masq';
import { type ReadSide, readSide } from '../side';
import { refuse, stderr, stdout } from '../stdio';
import { type ColorChoice, palette, useColor } from '../terminal';

/** `masq diff`: whose packets change treatment from one side to the other. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const [a, b] = positionals as [string, string];
  const sides = [readSide([a]), readSide([b])] as const;
  const faults = sides.flatMap(side => side.faults);
  if (faults.length > 0) return refuse(faults);
  for (const side of sides) if (hasErrors(side.diagnostics)) return await refuseFiles(side, values);
  const diff = diffFleets(sides[0].subjects, sides[1].subjects);
  if (values.format === 'json') stdout.write(`${JSON.stringify(asData(diff), undefined, 2)}\n`);
  else if (values.format === 'markdown') stdout.write(diffMarkdown(diff, b));
  else stdout.write(diffText(diff, b, palette(useColor(stdout, process.env, values.color as ColorChoice))));
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
