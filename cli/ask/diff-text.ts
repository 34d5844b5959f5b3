import type { FleetDiff } from '../../core/analysis/fleet';
import { andList } from '../../core/diagnostics';
import type { Palette } from '../terminal';
import { diffSummary, type ToldChange, tellClusters } from './told';

/** A diff for people: a block for the clusters of each change, and a line of summary. */
export function diffText(diff: FleetDiff, side: string, paint: Palette): string {
  const blocks = diff.changed.map(group => {
    const { names, classes } = tellClusters(group, side);
    const lines = classes.flatMap(({ pods, changes }) => [
      `  ${pods}`,
      ...changes.flatMap(change => changeLines(change, paint)),
    ]);
    return `${[paint.bold(andList(names)), ...lines].join('\n')}\n`;
  });
  for (const { name } of diff.added) blocks.push(`${paint.bold(name)} is new\n`);
  for (const { name } of diff.removed) blocks.push(`${paint.bold(name)} is gone\n`);
  return [...blocks, `${diffSummary(diff)}\n`].join('\n');
}

function changeLines({ before, after, to, count, parts, hits, witness }: ToldChange, { bold, dim }: Palette): string[] {
  const deciders = parts.flatMap(part => {
    const where = parts.length === 1 ? '' : `${part.to}: `;
    return [dim(`      ${where}before by ${part.before}`), dim(`      ${where}after by ${part.after}`)];
  });
  return [
    `    ${before} ${bold('→')} ${bold(after)}  ${to}  (${count})`,
    ...deciders,
    ...(hits === '' ? [] : [`      hits ${hits}`]),
    `      try: ${witness}`,
  ];
}
