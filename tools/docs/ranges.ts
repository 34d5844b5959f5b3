import { NAMED_RANGES } from '../../core/address';
import type { Output } from '../generate/output';
import { banner, code, page, plain, table } from './markdown';

/** A list longer than this stands below the table, so that the table can be read. */
const LONGEST_CELL = 11;

const INTRODUCTION = `Names that an intent can use wherever a range is asked for, without defining them.
A document's own names under \`ranges\`, and those of a RangeSet in the same file, come beside them and cannot take their names.
One more name, \`platform-default\`, stands for what the platform preserves when no list is given.`;

/** docs/ranges.md: the registry of special ranges. */
export function rangesOutput(): Output {
  const rows = NAMED_RANGES.map(({ name, cidrs, title, source }) => [
    code(name),
    cidrs.length > LONGEST_CELL ? `[${cidrs.length} CIDRs](#${name})` : cidrs.map(code).join(' '),
    plain(title),
    plain(source),
  ]);
  const long = NAMED_RANGES.filter(range => range.cidrs.length > LONGEST_CELL);
  const text = page([
    banner('core/address/ranges.ts').trimEnd(),
    '# Named ranges',
    INTRODUCTION,
    table(['Name', 'CIDRs', 'What it is', 'Source'], rows),
    ...long.flatMap(({ name, cidrs, title }) => [`## ${name}`, `${plain(title)}:`, wrap(cidrs)]),
  ]);
  return { path: 'docs/ranges.md', text };
}

function wrap(cidrs: readonly string[]): string {
  const lines: string[] = [];
  for (let i = 0; i < cidrs.length; i += 6) lines.push(cidrs.slice(i, i + 6).join(' '));
  return `\`\`\`text\n${lines.join('\n')}\n\`\`\``;
}
