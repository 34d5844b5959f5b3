import { both, FAMILIES } from '../../address';
import { andList, type Diagnostic, diagnostic, type Location } from '../../diagnostics';
import type { TreatmentMap } from '../../treatment/map';
import { termsText } from '../terms';
import { type Fact, without } from './facts';

/** What is preserved for a cluster, and where one would write more of it. */
export interface Preserving {
  /** What is said of packets. */
  readonly map: TreatmentMap;
  /** What is said to preserve: the list, or who has none. */
  readonly what: string;
  /** Its place. */
  readonly at: Location;
}

/** The ranges of a cluster's own that are masqueraded, with the exact rest of those that are preserved in part. */
export function uncovered({ map, what, at }: Preserving, facts: readonly Fact[]): Diagnostic[] {
  const kept = both(family => map.base[family].where(({ treatment }) => treatment.kind === 'preserve'));
  return facts.flatMap(fact => {
    const rest = without(fact, kept);
    const left = FAMILIES.filter(family => !rest[family].isEmpty());
    if (left.length === 0) return [];
    const count = left.reduce((sum, family) => sum + rest[family].count(), 0n);
    const all = FAMILIES.reduce((sum, family) => sum + fact.sets[family].count(), 0n);
    const range = `the ${fact.role} range "${fact.text}"`;
    const parts = andList(left.map(family => termsText(rest[family])));
    const message =
      count === all
        ? `${what} preserves nothing of ${range}: ${WHY[fact.role]}; add it`
        : `${what} preserves ${all - count} of the ${all} addresses of ${range}, but not ${parts}: ${WHY[fact.role]}; add what is missing`;
    const related = fact.at ? [{ ...fact.at, message: `the ${fact.role} range` }] : [];
    return [diagnostic('MQ705', at, { message, related })];
  });
}

/** What becomes of packets to a range that is not preserved. */
const WHY = {
  pod: 'a pod there sees the node of who calls it, and not the pod',
  node: 'packets to nodes there are masqueraded',
} as const;
