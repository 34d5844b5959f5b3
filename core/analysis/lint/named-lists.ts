import { parseCidr } from '../../address';
import type { ClusterModel } from '../../intent/model';
import { list, record, written } from '../../manifest/object';
import { valueAt } from '../../schema/path';
import type { ListedRange, RangeList } from './listing';

/** The lists that an intent gives names to: what they stand for is asked where the names are. */
export function namedLists({ document }: ClusterModel): RangeList[] {
  const of = ['spec', 'ranges'];
  return Object.entries(record(valueAt(document.value, of))).map(([name, entries]) => ({
    path: [...of, name],
    ranges: list(entries).map((entry, i) => listedRange(entry, [...of, name, i])),
  }));
}

function listedRange(entry: unknown, path: ListedRange['path']): ListedRange {
  const { cidr, except, reason } = record(entry);
  const text = written(typeof entry === 'string' ? entry : cidr);
  const parsed = parseCidr(text);
  const isPlain = parsed.ok && list(except).length === 0;
  return { path, text, ...(isPlain && { cidr: parsed.value }), ...(typeof reason === 'string' && { reason }) };
}
