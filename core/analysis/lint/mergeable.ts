import { type Cidr, cidrContains, compareCidrs, FAMILIES, formatCidr, IntervalSet } from '../../address';
import { andList, type Diagnostic, diagnostic, type Edit } from '../../diagnostics';
import { valueAt } from '../../schema/path';
import type { SourceDocument } from '../../source';
import { hasComment, removal, replacement } from './edit';
import { BY_HAND } from './idle-rules';
import type { ListedRange, RangeList } from './listing';

/** A plain range of a list. */
interface Plain extends ListedRange {
  readonly cidr: Cidr;
  readonly index: number;
}

/**
 * Ranges of a list that are exactly one shorter one. What people have given different reasons for is not the same.
 * @param isIdle whether a range may go by itself
 */
export function mergeableRanges(
  document: SourceDocument,
  list: RangeList,
  isIdle: (range: ListedRange) => boolean,
): Diagnostic[] {
  const plain = list.ranges.flatMap((range, index): Plain[] =>
    range.cidr && !isIdle(range) ? [{ ...range, cidr: range.cidr, index }] : [],
  );
  const reasons = new Set(plain.map(({ reason }) => reason));
  return [...reasons].flatMap(reason =>
    blocksOf(plain.filter(range => range.reason === reason)).flatMap(({ block, ranges }) =>
      ranges.length < 2 ? [] : [finding(document, list, block, ranges)],
    ),
  );
}

/** The fewest blocks that some ranges are, with the ranges of each in their order. */
function blocksOf(ranges: readonly Plain[]): { readonly block: Cidr; readonly ranges: readonly Plain[] }[] {
  return FAMILIES.flatMap(family => {
    const own = ranges.filter(({ cidr }) => cidr.family === family);
    const blocks = IntervalSet.fromCidrs(
      family,
      own.map(({ cidr }) => cidr),
    ).cidrs();
    const sorted = own.sort((a, b) => compareCidrs(a.cidr, b.cidr));
    let next = 0;
    return blocks.map(block => {
      const start = next;
      while (next < sorted.length && cidrContains(block, sorted[next]!.cidr)) next++;
      return { block, ranges: sorted.slice(start, next).sort((a, b) => a.index - b.index) };
    });
  });
}

function finding(document: SourceDocument, list: RangeList, block: Cidr, ranges: readonly Plain[]): Diagnostic {
  const [first, ...others] = ranges as readonly [Plain, ...Plain[]];
  const names = andList(ranges.map(({ text }) => `"${text}"`));
  const fix = merging(document, list, block, ranges);
  const found = diagnostic('MQ703', document.at(first.path), {
    message: `${names} are exactly "${formatCidr(block)}"; write it instead`,
    ...(!fix && { hint: BY_HAND }),
    related: others.map(({ path, text }) => ({ ...document.at(path), message: `"${text}" stands here` })),
  });
  return fix ? { ...found, fix } : found;
}

/** The edits that write a block in place of the first range; none where a comment says something of one of them. */
function merging(
  document: SourceDocument,
  { path }: RangeList,
  block: Cidr,
  ranges: readonly Plain[],
): Edit[] | undefined {
  const [first, ...others] = ranges as readonly [Plain, ...Plain[]];
  if (ranges.some(({ index }) => hasComment(document, path, index))) return undefined;
  const [key] = typeof valueAt(document.value, first.path) === 'string' ? [[]] : [['cidr']];
  const edits = [
    document.list(path)?.items[first.index]?.free
      ? replacement(document, [...first.path, ...key!], formatCidr(block))
      : undefined,
    ...others.map(({ index }) => removal(document, path, index)),
  ];
  const found = edits.filter(edit => edit !== undefined);
  return found.length === edits.length ? found : undefined;
}
