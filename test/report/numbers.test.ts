import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleText, treatmentWord } from '../../cli/ask/words';
import { detailOf, lookAt } from '../../cli/report/client/detail';
import { readLiteral } from '../../cli/report/client/literal';
import { type Look, tonesFor } from '../../cli/report/look';
import { SAME } from '../../cli/report/tone';
import { FAMILIES, formatAddress, IntervalSet } from '../../core/address';
import { diffMaps } from '../../core/analysis/diff';
import { explain } from '../../core/analysis/explain';
import { pack, type ReportCluster, unpack } from '../../core/analysis/report/pack';
import { partitionsFor, podKinds } from '../../core/analysis/report/pods';
import { matches, type Pod } from '../../core/treatment/pod-classes';
import { treatmentText } from '../../core/treatment/treatment';
import { edgesOf, mapOfSide, naiveTreatment, type Side, sideArbitrary } from '../analysis/maps';
import { runs } from '../random';

/** What a page has of two sides, through the text that carries it. */
function pageOf(before: Side, after: Side): ReportCluster {
  const subject = (side: Side) => ({ name: 'c', as: 'x', places: [], map: mapOfSide(side) });
  const packed = pack([{ name: 'c', before: subject(before), after: subject(after) }]);
  return unpack(JSON.parse(JSON.stringify(packed))).cluster(0);
}

const at = (value: bigint) => ({ family: 4, words: Uint32Array.of(Number(value)) }) as const;
const address = fc.bigInt({ min: 0n, max: 0xffffffffn });

/** A pod that no egress rule selects, for {@link naiveTreatment}: of the page's kinds it is the first. */
const NOBODY: Pod = { namespace: { no: 'such' }, labels: { no: 'such' } };

test('what a page tells of an address is what explain tells of it, and what the words alone say', () => {
  fc.assert(
    fc.property(sideArbitrary, sideArbitrary, fc.array(address, { maxLength: 10 }), (before, after, random) => {
      const cluster = pageOf(before, after);
      const sides = { before, after, changes: after };
      for (const look of ['before', 'after', 'changes'] satisfies Look[]) {
        const map = mapOfSide(sides[look]);
        for (const pod of podKinds([mapOfSide(before), mapOfSide(after)])) {
          const looked = lookAt(cluster, look, pod);
          for (const value of [...edgesOf(before, 4), ...edgesOf(after, 4), ...random]) {
            const { said } = detailOf(looked, at(value));
            const { decision } = explain(map, pod, IntervalSet.fromRange(at(value), at(value)))[0]!;
            expect(said).toContain(`${treatmentWord(decision.treatment)}, leaves with `);
            expect(said).toContain(`, decided by ${ruleText(decision)}`);
            expect(said.startsWith(`${formatAddress(at(value))}: `)).toBe(true);
            const isNaive = pod !== undefined || !map.egress.some(rule => matches(rule.pods, NOBODY));
            if (isNaive)
              expect(treatmentText(decision.treatment)).toBe(naiveTreatment(sides[look], pod ?? NOBODY, 4, value));
          }
        }
      }
    }),
    { numRuns: runs(8) },
  );
});

test('what a page calls alike around an address is treated alike on both sides, and ends where one of them differs', () => {
  fc.assert(
    fc.property(sideArbitrary, sideArbitrary, fc.array(address, { maxLength: 10 }), (before, after, random) => {
      const cluster = pageOf(before, after);
      const maps = [mapOfSide(before), mapOfSide(after)];
      for (const pod of podKinds(maps)) {
        const looked = lookAt(cluster, 'changes', pod);
        const sides = maps.map(map => partitionsFor(map, pod)[4]);
        const treated = (value: bigint): string =>
          sides.map(side => treatmentText(side.at(at(value)).treatment)).join(' → ');
        for (const value of [...edgesOf(before, 4), ...edgesOf(after, 4), ...random]) {
          const [, told] = /alike around it<\/dt><dd><code>([^<]*)</.exec(detailOf(looked, at(value)).shown.text)!;
          const set = readLiteral(told!) as IntervalSet;
          const first = BigInt(set.first()!.words[0]!);
          const end = first + set.count();
          const inside = [...edgesOf(before, 4), ...edgesOf(after, 4)].filter(one => one >= first && one < end);
          for (const one of [first, end - 1n, ...inside]) expect(treated(one)).toBe(treated(value));
          if (first > 0n) expect(treated(first - 1n)).not.toBe(treated(value));
          if (end < 2n ** 32n) expect(treated(end)).not.toBe(treated(value));
        }
      }
    }),
    { numRuns: runs(8) },
  );
});

test('what a page draws as changed is what diff tells, address by address', () => {
  fc.assert(
    fc.property(sideArbitrary, sideArbitrary, (before, after) => {
      const cluster = pageOf(before, after);
      const [left, right] = [mapOfSide(before), mapOfSide(after)];
      const { classes } = diffMaps(left, right);
      for (const pod of podKinds([left, right])) {
        const key = (one: Pod | undefined) =>
          [...left.egress, ...right.egress].map(rule => one !== undefined && matches(rule.pods, one)).join();
        const own = classes.filter(one => one.all || one.groups.some(group => key(group.pod) === key(pod)));
        const tones = tonesFor(cluster, 'changes', pod);
        for (const family of FAMILIES) {
          const changed = own.flatMap(({ changes }) => changes.filter(one => one.family === family));
          const told = IntervalSet.unionOf(
            family,
            changed.map(({ to }) => to),
          );
          expect(tones[family].where(tone => tone !== SAME).equals(told)).toBe(true);
          for (const change of changed) {
            const text = `${treatmentWord(change.before)} → ${treatmentWord(change.after)}`;
            expect(tones[family].where(tone => tone.text === text).containsSet(change.to)).toBe(true);
          }
        }
      }
    }),
    { numRuns: runs(100) },
  );
});
