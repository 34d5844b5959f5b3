/** A line that both texts have, or one of them. */
interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** How many lines are shown around a change. */
const CONTEXT = 3;

/** The changes from one text to another as `diff -u` shows them, for `git apply` and `patch`; empty when they are equal. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const lines = compared(linesOf(before), linesOf(after));
  const parts = hunks(lines).map(([from, to]) => hunkText(lines, from, to));
  return `--- ${file}\n+++ ${file}\n${parts.join('')}`;
}

/** The lines of a text with their breaks. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The shortest way from one list of lines to another. Source: Myers, An O(ND) difference algorithm, 1986. */
function compared(before: readonly string[], after: readonly string[]): Line[] {
  const furthest = new Map<number, number>([[1, 0]]);
  const trail: Map<number, number>[] = [];
  for (let d = 0; ; d++) {
    trail.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      let x = isDown(furthest, k, d) ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      furthest.set(k, x);
      if (x >= before.length && x - k >= after.length) return walkBack(trail, before, after);
    }
  }
}

function isDown(furthest: ReadonlyMap<number, number>, k: number, d: number): boolean {
  return k === -d || (k !== d && furthest.get(k - 1)! < furthest.get(k + 1)!);
}

function walkBack(
  trail: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): Line[] {
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  for (let d = trail.length - 1; d >= 0; d--) {
    const furthest = trail[d]!;
    const k = x - y;
    const down = isDown(furthest, k, d);
    const startX = d === 0 ? 0 : furthest.get(down ? k + 1 : k - 1)!;
    const startY = d === 0 ? 0 : startX - (down ? k + 1 : k - 1);
    for (; x > startX && y > startY; x--, y--) lines.push({ mark: ' ', text: before[x - 1]! });
    if (d > 0) lines.push(down ? { mark: '+', text: after[--y]! } : { mark: '-', text: before[--x]! });
  }
  return lines.reverse();
}

/** The stretches of lines that are shown: changes, and what stands around them. */
function hunks(lines: readonly Line[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (const [i, { mark }] of lines.entries()) {
    if (mark === ' ') continue;
    const [from, to] = [Math.max(0, i - CONTEXT), Math.min(lines.length, i + CONTEXT + 1)];
    const last = found.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else found.push([from, to]);
  }
  return found;
}

function hunkText(lines: readonly Line[], from: number, to: number): string {
  const [a, b] = [place(lines, from, to, '+'), place(lines, from, to, '-')];
  const shown = lines.slice(from, to).map(({ mark, text }) => {
    return text.endsWith('\n') ? `${mark}${text}` : `${mark}${text}\n\\ No newline at end of file\n`;
  });
  return `@@ -${a} +${b} @@\n${shown.join('')}`;
}

/** Where a stretch begins on one side, and how many lines it has there. */
function place(lines: readonly Line[], from: number, to: number, other: Line['mark']): string {
  const count = (part: readonly Line[]): number => part.filter(({ mark }) => mark !== other).length;
  const [above, within] = [count(lines.slice(0, from)), count(lines.slice(from, to))];
  const start = within === 0 ? above : above + 1;
  return within === 1 ? `${start}` : `${start},${within}`;
}
