import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, IntervalSet } from '../../core/address';
import { type ClassChange, diffMaps } from '../../core/analysis/diff';
import { explain } from '../../core/analysis/explain';
import type { TreatmentMap } from '../../core/treatment/map';
import { matches, type Pod } from '../../core/treatment/pod-classes';
import { treatmentText } from '../../core/treatment/treatment';
import type { Family } from '../core/naive';
import { runs } from '../random';
import { edgesOf, mapOfSide, naiveTreatment, podArbitrary, sideArbitrary } from './maps';

const FAMILIES: readonly Family[] = [4, 6];

function addressOf(family: Family, value: bigint): Address {
  const size = family === 4 ? 1 : 4;
  const word = (w: number) => Number((value >> BigInt(32 * (size - 1 - w))) & 0xffffffffn);
  return { family, words: Uint32Array.from({ length: size }, (_, w) => word(w)) };
}

test('explain says of every address what the words say, once, and names who decides', () => {
  fc.assert(
    fc.property(sideArbitrary, podArbitrary, (side, pod) => {
      const map = mapOfSide(side);
      for (const family of FAMILIES) {
        const found = explain(map, pod, IntervalSet.full(family));
        expect(found.reduce((sum, { to }) => sum + to.count(), 0n)).toBe(2n ** (family === 4 ? 32n : 128n));
        for (const value of edgesOf(side, family)) {
          const address = addressOf(family, value);
          const [one, ...others] = found.filter(({ to }) => to.has(address));
          expect(others).toEqual([]);
          expect(treatmentText(one!.decision.treatment)).toBe(naiveTreatment(side, pod, family, value));
          const { all, count } = one!.passed;
          expect(all.slice(0, count).map(({ decision }) => decision)).not.toContain(one!.decision);
        }
      }
    }),
    { numRuns: runs(150) },
  );
});

test('diff says of every pod and address whether it changes, from what to what', () => {
  fc.assert(
    fc.property(sideArbitrary, sideArbitrary, fc.array(podArbitrary, { minLength: 1, maxLength: 6 }), (a, b, pods) => {
      const [before, after] = [mapOfSide(a), mapOfSide(b)];
      const { classes, coarse } = diffMaps(before, after);
      expect(coarse).toBe(false);
      const samples = classes.flatMap(({ groups }) => groups.flatMap(({ pod }) => pod ?? []));
      for (const pod of [...pods, ...samples]) {
        const changes = changesFor(classes, before, after, pod);
        for (const family of FAMILIES) {
          for (const value of [...edgesOf(a, family), ...edgesOf(b, family)]) {
            const [was, is] = [naiveTreatment(a, pod, family, value), naiveTreatment(b, pod, family, value)];
            const address = addressOf(family, value);
            const told = changes.filter(({ to }) => to.has(address));
            const texts = told.map(change => `${treatmentText(change.before)} → ${treatmentText(change.after)}`);
            expect(texts).toEqual(was === is ? [] : [`${was} → ${is}`]);
            for (const { parts } of told) expect(parts.filter(({ to }) => to.has(address))).toHaveLength(1);
          }
        }
      }
    }),
    { numRuns: runs(150) },
  );
});

/** The changes of the group that a pod is in. */
function changesFor(classes: readonly ClassChange[], before: TreatmentMap, after: TreatmentMap, pod: Pod) {
  const selecting = ({ egress }: TreatmentMap) => egress.filter(rule => matches(rule.pods, pod));
  const same = (a: readonly unknown[], b: readonly unknown[]) =>
    a.length === b.length && a.every(one => b.includes(one));
  const own = classes.filter(({ groups }) =>
    groups.some(group => same(group.before, selecting(before)) && same(group.after, selecting(after))),
  );
  expect(own.length).toBeLessThanOrEqual(1);
  return own[0]?.changes ?? [];
}

test('a map differs from itself nowhere', () => {
  fc.assert(
    fc.property(sideArbitrary, side => {
      expect(diffMaps(mapOfSide(side), mapOfSide(side))).toMatchObject({ classes: [], coarse: false });
    }),
    { numRuns: runs(60) },
  );
});
