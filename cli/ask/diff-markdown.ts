import type { ChangedClusters } from '../../core/analysis/fleet';
import type { Asked } from './asked';
import { changeIndex } from './diff-index';
import {
  diffSummary,
  isShortened,
  shortList,
  type ToldChange,
  type ToldClusters,
  tellClusters,
  tellHit,
  tellNote,
  tellUntold,
} from './told';
import { shortened, shortTerms } from './words';

/** The first line of a comment, by which the next run finds it again. */
export const MARKER = '<!-- masq diff -->';

/** GitHub takes comments of 65,536 characters; so many are written, so that something may stand around them. */
const LONGEST = 60_000;

/** How many lines stand before the folds at the most. */
const MOST_LINES = 50;

/** How long these lines are at the most. */
const LONGEST_HEAD = 20_000;

/** How long a list of all clusters' names is at the most. */
const LONGEST_NAMES = 8_000;

/** A diff as a comment of a pull request: the summary, what gates stop, and a fold for the clusters of each change. */
export function diffMarkdown({ diff, hits, ask }: Asked): string {
  const stopped = hits.map(hit => `- **stopped by** ${escaped(tellHit(hit, shortTerms))}`);
  const beside = [
    ...diff.added.map(({ name }) => `- ${code(name)} is new`),
    ...diff.removed.map(({ name }) => `- ${code(name)} is gone`),
    ...diff.untold.map(one => `- ${escaped(shortList(one.names))}: ${escaped(tellUntold(one, shortTerms))}`),
    ...diff.notes.map(note => `- ${escaped(tellNote(note))}`),
  ];
  const head = [MARKER, '### masq: what changes for packets', '', `**${diffSummary(diff)}**`];
  const lines = firstLines([...stopped, ...beside]);
  const isOnly = diff.changed.length === 1;
  const list = lines.length > 0 ? ['', ...lines] : [];
  const open = diff.untold.filter(({ names }) => isShortened(names));
  const folds = firstOf(
    open.map(({ names }) => namesFold(`all ${names.length} clusters of which it cannot be told`, names)),
  );
  const index = indexTable(diff.changed);
  return folded(`${[...head, ...list].join('\n')}\n${index}${folds}`, diff.changed, group =>
    fold(tellClusters(group, ask), isOnly),
  );
}

/** What changes in which clusters, where there are many changes. */
function indexTable(changed: readonly ChangedClusters[]): string {
  const rows = changeIndex(changed).map(({ text, clusters }) => {
    const names = clusters.map(({ after }) => after.name);
    return `| ${text} | ${names.length} | ${escaped(shortList(names))} |\n`;
  });
  return rows.length === 0 ? '' : `\n| what changes | clusters | names |\n|---|---|---|\n${rows.join('')}`;
}

/** As many folds as fit, the last one perhaps not with all of its rows; of what did not fit the clusters' names. */
function folded(head: string, groups: readonly ChangedClusters[], fold: (group: ChangedClusters) => Fold): string {
  let text = head;
  for (const [i, group] of groups.entries()) {
    const { whole, upTo } = fold(group);
    const others = unfolded(groups.slice(i + 1));
    if (text.length + whole.length + others.length <= LONGEST) {
      text += whole;
      continue;
    }
    const part = upTo(LONGEST - text.length - others.length);
    return part === '' ? `${text}${unfolded(groups.slice(i))}` : `${text}${part}${others}`;
  }
  return text;
}

/** How many changes did not fit, and for which clusters. */
function unfolded(groups: readonly ChangedClusters[]): string {
  if (groups.length === 0) return '';
  const names = groups.flatMap(({ clusters }) => clusters.map(({ after }) => after.name));
  const kinds = `${groups.length} more ${groups.length === 1 ? 'kind' : 'kinds'}`;
  return `\nThere are changes of ${kinds}; "masq diff" lists all of them.\n${namesFold('their clusters', names)}`;
}

/** All names of clusters, folded away; of very many those that fit. */
function namesFold(title: string, names: readonly string[]): string {
  let [list, shown] = ['', 0];
  for (const name of names) {
    const next = `${shown > 0 ? ', ' : ''}${escaped(name)}`;
    if (list.length + next.length > LONGEST_NAMES) break;
    list += next;
    shown++;
  }
  const left = names.length - shown;
  return `\n<details>\n<summary>${title}</summary>\n\n${list}${left > 0 ? ` and ${left} more` : ''}\n\n</details>\n`;
}

/** What is folded away for the clusters of a change. */
interface Fold {
  readonly whole: string;
  /** As much of it as has so many characters; nothing where not one row would fit. */
  readonly upTo: (length: number) => string;
}

function fold({ names, classes, untold, advice }: ToldClusters, open: boolean): Fold {
  const start = `\n<details${open ? ' open' : ''}>\n<summary>${entities(shortList(names))}</summary>\n`;
  const end = '\n</details>\n';
  const pieces = classes.flatMap(({ pods, changes }) => {
    const [first = '', ...others] = changes.map(row);
    const head = `\n${escaped(pods)}\n\n| destinations | addresses | treatment | hits | decided by | try |\n|---|---|---|---|---|---|\n`;
    return [`${head}${first}`, ...others];
  });
  if (isShortened(names)) pieces.unshift(namesFold(`all ${names.length} clusters`, names));
  pieces.push(
    ...untold.map(
      ({ to, count, why }) =>
        `\nIt cannot be told whether anything changes for ${code(shortened(to))} (${count}): ${escaped(why)}.\n`,
    ),
  );
  pieces.push(...advice.map(line => `\n${escaped(line)}.\n`));
  const cut = '\nNot all of it fits here; "masq diff" lists the rest.\n';
  const upTo = (length: number): string => {
    let text = start;
    for (const piece of pieces) {
      if (text.length + piece.length + cut.length + end.length > length) break;
      text += piece;
    }
    return text === start ? '' : `${text}${cut}${end}`;
  };
  return { whole: [start, ...pieces, end].join(''), upTo };
}

function row({ before, after, to, count, parts, moreParts, hits, witness }: ToldChange): string {
  const who = parts.map(part => {
    const where = parts.length === 1 ? '' : `${code(shortened(part.to))}: `;
    return `${where}${escaped(part.before)} → ${escaped(part.after)}`;
  });
  const cells = [
    code(shortened(to)),
    count,
    `${escaped(before)} → **${escaped(after)}**`,
    escaped(hits),
    [...who, ...(moreParts > 0 ? [`and ${moreParts} more`] : [])].join('<br>'),
    code(witness),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

/** The first lines of a list, as many as have room, and how many others there are. */
function firstLines(all: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let length = 0;
  for (const line of all) {
    length += line.length + 1;
    if (length > LONGEST_HEAD || (lines.length === MOST_LINES - 1 && all.length > MOST_LINES)) break;
    lines.push(line);
  }
  const left = all.length - lines.length;
  return left === 0 ? lines : [...lines, `- and ${left} more lines, which "masq diff" lists`];
}

/** As many folds of a list as have room. */
function firstOf(folds: readonly string[]): string {
  let text = '';
  for (const fold of folds) if (text.length + fold.length <= LONGEST_HEAD) text += fold;
  return text;
}

/** What Markdown would take for something else, in a cell of a table; nobody is called by an @. */
function escaped(text: string): string {
  const plain = text.replace(/\s+/g, ' ');
  return plain.replace(/[\\`*_{}[\]<>|#~&]/g, sign => `\\${sign}`).replaceAll('@', '@<!-- -->');
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text.replaceAll('|', '\\|').replace(/\s+/g, ' ')}${space}${fence}`;
}
