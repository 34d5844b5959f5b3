import type { Palette } from '../terminal';
import type { Asked } from './asked';
import { changeIndex } from './diff-index';
import {
  diffSummary,
  isShortened,
  shortList,
  type ToldChange,
  tellClusters,
  tellHit,
  tellNote,
  tellUntold,
} from './told';

/** A list of names is broken into lines of so many characters. */
const WIDTH = 100;

/** A diff for people: a block for the clusters of each change, what gates stop, and a line of summary. */
export function diffText({ diff, hits, ask }: Asked, paint: Palette): string {
  const blocks = diff.changed.map(group => {
    const { names, classes, untold, advice } = tellClusters(group, ask);
    const lines = classes.flatMap(({ pods, changes }) => [
      `  ${pods}`,
      ...changes.flatMap(change => changeLines(change, paint)),
    ]);
    const open = untold.map(
      ({ to, count, why }) => `  it cannot be told whether anything changes for ${to}  (${count}): ${why}`,
    );
    return `${[paint.bold(shortList(names)), ...allNames(names), ...lines, ...open, ...advice.map(line => `  ${line}`)].join('\n')}\n`;
  });
  const beside = [
    ...diff.added.map(({ name }) => `${paint.bold(name)} is new`),
    ...diff.removed.map(({ name }) => `${paint.bold(name)} is gone`),
    ...diff.untold.flatMap(one => [`${paint.bold(shortList(one.names))}: ${tellUntold(one)}`, ...allNames(one.names)]),
  ];
  if (beside.length > 0) blocks.push(`${beside.join('\n')}\n`);
  if (diff.notes.length > 0) blocks.push(`${diff.notes.map(note => `note: ${tellNote(note)}`).join('\n')}\n`);
  if (hits.length > 0) blocks.push(`${hits.map(hit => `${paint.red('stopped by')} ${tellHit(hit)}`).join('\n')}\n`);
  const index = changeIndex(diff.changed).map(({ text, clusters }) => {
    const names = clusters.map(({ after }) => after.name);
    return `${text}  in ${names.length} ${names.length === 1 ? 'cluster' : 'clusters'}: ${shortList(names)}\n`;
  });
  const first = index.length > 0 ? [index.join('')] : [];
  return [...first, ...blocks, `${diffSummary(diff)}\n`].join('\n');
}

/** All names of clusters that are more than stand in the line above, in lines of their own. */
function allNames(names: readonly string[]): string[] {
  if (!isShortened(names)) return [];
  const lines = [`  all ${names.length}:`];
  for (const [i, name] of names.entries()) {
    const word = ` ${name}${i < names.length - 1 ? ',' : ''}`;
    if (lines.at(-1)!.length + word.length <= WIDTH) lines[lines.length - 1] += word;
    else lines.push(`   ${word}`);
  }
  return lines;
}

function changeLines(
  { before, after, to, count, parts, moreParts, hits, witness }: ToldChange,
  { bold, dim }: Palette,
): string[] {
  const deciders = parts.flatMap(part => {
    const where = parts.length === 1 ? '' : `${part.to}: `;
    return [dim(`      ${where}before by ${part.before}`), dim(`      ${where}after by ${part.after}`)];
  });
  if (moreParts > 0) deciders.push(dim(`      and ${moreParts} more parts, which "--format json" lists`));
  return [
    `    ${before} ${bold('→')} ${bold(after)}  ${to}  (${count})`,
    ...deciders,
    ...(hits === '' ? [] : [`      hits ${hits}`]),
    `      try: ${witness}`,
  ];
}
