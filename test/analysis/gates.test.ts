import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { address, FAMILIES, NAMED_RANGES } from '../../core/address';
import { diffFleets } from '../../core/analysis/fleet';
import { gateHits, parseGates } from '../../core/analysis/gates';
import type { Subject } from '../../core/analysis/subject';
import type { TreatmentMap } from '../../core/treatment/map';
import { edges, holds, textOf } from '../core/naive';
import { edgesOf, mapOfSide, naiveTreatment, sideArbitrary } from './maps';

const subject = (map: TreatmentMap): Subject => ({ name: 'c', map, as: 'x', places: [] });

const RANGES: Readonly<Record<string, readonly string[]>> = {
  public: NAMED_RANGES.filter(({ name }) => /^internet-ipv[46]$/.test(name)).flatMap(({ cidrs }) => cidrs),
  rfc1918: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  '203.0.113.0/24': ['203.0.113.0/24'],
};
const KINDS = { preserve: 'preserved', masquerade: 'masqueraded' } as const;
const NOBODY = { namespace: {}, labels: {} };

test('a gate is shut for exactly the addresses that are newly treated so in its range', () => {
  fc.assert(
    fc.property(
      sideArbitrary,
      sideArbitrary,
      fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
      fc.constantFrom(...Object.keys(RANGES)),
      (left, right, kind, range) => {
        const [before, after] = [mapOfSide({ ...left, policies: [] }), mapOfSide({ ...right, policies: [] })];
        const { gates, faults } = parseGates(`newly-${KINDS[kind]}=${range}`);
        expect(faults).toEqual([]);
        const hits = gateHits(diffFleets([subject(before)], [subject(after)]), gates);
        for (const family of FAMILIES) {
          const stopped = hits.filter(({ to }) => to.family === family).map(({ to }) => to);
          for (const value of new Set([
            ...edgesOf(left, family),
            ...edgesOf(right, family),
            ...edges(family, RANGES[range]!),
          ])) {
            const [was, is] = [left, right].map(side =>
              naiveTreatment({ ...side, policies: [] }, NOBODY, family, value),
            );
            const counts = holds(RANGES[range]!, family, value);
            const newly = !was!.startsWith(KINDS[kind]) && is!.startsWith(KINDS[kind]);
            expect(stopped.some(set => set.has(address(textOf(family, value))))).toBe(counts && newly);
          }
        }
      },
    ),
  );
});
