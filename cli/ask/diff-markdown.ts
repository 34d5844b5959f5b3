import type { FleetDiff } from '../../core/analysis/fleet';
import { andList } from '../../core/diagnostics';
import { diffSummary, type ToldChange, type ToldClusters, tellClusters } from './told';

/** The first line of a comment, by which the next run finds it again. */
export const MARKER = '<!-- masq diff -->';

/** GitHub takes comments of 65,536 characters; so many are written, so that something may stand around them. */
const LONGEST = 60_000;

/** A diff as a comment of a pull request: the summary, and a fold for the clusters of each change. */
export function diffMarkdown(diff: FleetDiff, side: string): string {
  const head = [MARKER, '### masq: what changes for packets', '', `**${diffSummary(diff)}**`, ''];
  const beside = [
    ...diff.added.map(({ name }) => `- ${code(name)} is new`),
    ...diff.removed.map(({ name }) => `- ${code(name)} is gone`),
  ];
  const blocks = diff.changed.map(group => fold(tellClusters(group, side), diff.changed.length === 1));
  return cut([...head, ...beside, ''].join('\n'), blocks);
}

/** As many blocks as fit, whole, and how many did not. */
function cut(head: string, blocks: readonly string[]): string {
  let text = head;
  for (const [i, block] of blocks.entries()) {
    if (text.length + block.length > LONGEST) {
      const left = blocks.length - i;
      return `${text}\n${left} more ${left === 1 ? 'change does' : 'changes do'} not fit here; "masq diff" lists all of them.\n`;
    }
    text += block;
  }
  return text;
}

function fold({ names, classes }: ToldClusters, open: boolean): string {
  const shown = names.length > 8 ? [...names.slice(0, 7), `${names.length - 7} more`] : names;
  const tables = classes.map(({ pods, changes }) => `${pods}\n\n${table(changes)}`);
  return `\n<details${open ? ' open' : ''}>\n<summary>${escaped(andList(shown))}</summary>\n\n${tables.join('\n')}\n</details>\n`;
}

function table(changes: readonly ToldChange[]): string {
  const rows = changes.map(({ before, after, to, count, parts, hits, witness }) => {
    const who = parts.map(
      part => `${parts.length === 1 ? '' : `${code(part.to)}: `}${escaped(part.before)} → ${escaped(part.after)}`,
    );
    const cells = [
      code(to),
      count,
      `${escaped(before)} → **${escaped(after)}**`,
      escaped(hits),
      who.join('<br>'),
      code(witness),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `| destinations | addresses | treatment | hits | decided by | try |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** What Markdown would take for something else, in a cell of a table. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~]/g, sign => `\\${sign}`).replace(/\s+/g, ' ');
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replaceAll('|', '\\|').replace(/\s+/g, ' ')}${fence}`;
}
