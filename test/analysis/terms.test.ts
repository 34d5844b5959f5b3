import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidr, formatCidr, IntervalSet } from '../../core/address';
import { termsOf, termsText } from '../../core/analysis/terms';
import { cidrArbitrary } from '../core/intents';

const RUNS = { numRuns: 300 };

function setOf(...cidrs: string[]): IntervalSet {
  return IntervalSet.fromCidrs(cidrs[0]?.includes(':') ? 6 : 4, cidrs.map(cidr));
}

/** How many blocks a text of terms names. */
function costOf(set: IntervalSet): number {
  return termsOf(set).reduce((sum, { minus }) => sum + 1 + minus.length, 0);
}

test.each([
  [['10.0.0.0/8'], [], '10.0.0.0/8'],
  [['10.0.0.0/8'], ['10.8.0.0/14'], '10.0.0.0/8 minus 10.8.0.0/14'],
  [['10.0.0.0/8'], ['10.128.0.0/9'], '10.0.0.0/9'],
  [['10.0.0.0/8'], ['10.64.0.0/10'], '10.0.0.0/10, 10.128.0.0/9'],
  [['0.0.0.0/0'], ['10.0.0.0/8', '192.168.0.0/16'], '0.0.0.0/0 minus 10.0.0.0/8 and 192.168.0.0/16'],
  [['10.0.0.0/8', '172.16.0.0/12'], ['10.1.2.3/32'], '10.0.0.0/8 minus 10.1.2.3/32, 172.16.0.0/12'],
  [['::/0'], ['fd00::/8', 'fe80::/10', '2001:db8::/32'], '::/0 minus 2001:db8::/32, fd00::/8 and fe80::/10'],
  [[], [], ''],
])('%j without %j is written %s', (all, without, text) => {
  const set = setOf(...all);
  expect(termsText(without.length === 0 ? set : set.subtract(setOf(...without)))).toBe(text);
});

describe.each([4, 6] as const)('terms of random sets, IPv%i', family => {
  const sets = fc
    .tuple(fc.array(cidrArbitrary(family), { maxLength: 8 }), fc.array(cidrArbitrary(family), { maxLength: 4 }))
    .map(([all, without]) =>
      IntervalSet.fromCidrs(family, all.map(cidr)).subtract(IntervalSet.fromCidrs(family, without.map(cidr))),
    );

  test('mean the set, and name no more blocks than a plain list', () => {
    fc.assert(
      fc.property(sets, set => {
        const parts = termsOf(set).map(({ cidr: block, minus }) =>
          IntervalSet.ofCidr(block).subtract(IntervalSet.fromCidrs(family, minus)),
        );
        expect(IntervalSet.unionOf(family, parts).equals(set)).toBe(true);
        for (const [i, part] of parts.entries()) {
          expect(parts.slice(i + 1).every(other => !other.overlaps(part))).toBe(true);
        }
        expect(costOf(set)).toBeLessThanOrEqual(set.cidrs().length);
      }),
      RUNS,
    );
  });
});

/** Eight neighbouring addresses, in which every set and every way of writing it can be gone through. */
describe('of all sets of eight addresses', () => {
  const blocks = [29, 30, 31, 32].flatMap(prefix => {
    const size = 2 ** (32 - prefix);
    return Array.from({ length: 8 / size }, (_, n) => ({
      mask: ((2 ** size - 1) << (n * size)) & 255,
      cidr: `192.0.2.${n * size}/${prefix}`,
    }));
  });

  /** The fewest blocks for each set, found by adding terms to sets until nothing becomes shorter. */
  function shortest(): number[] {
    const plain = fewest(blocks.map(({ mask }) => [mask, 1] as const));
    const terms = blocks.flatMap(({ mask }) =>
      Array.from({ length: 256 }, (_, minus) => minus)
        .filter(minus => (minus & ~mask) === 0 && minus !== mask)
        .map(minus => [mask & ~minus, 1 + plain[minus]!] as const),
    );
    return fewest(terms);
  }

  function fewest(terms: readonly (readonly [mask: number, cost: number])[]): number[] {
    const best = Array.from({ length: 256 }, (_, set) => (set === 0 ? 0 : Number.POSITIVE_INFINITY));
    for (let changed = true; changed; ) {
      changed = false;
      for (let set = 0; set < 256; set++) {
        for (const [mask, cost] of terms) {
          const both = set | mask;
          if (best[set]! + cost >= best[both]!) continue;
          best[both] = best[set]! + cost;
          changed = true;
        }
      }
    }
    return best;
  }

  test('none can be written shorter', () => {
    const best = shortest();
    for (let mask = 0; mask < 256; mask++) {
      const singles = Array.from({ length: 8 }, (_, n) => n).filter(n => (mask >> n) & 1);
      const set = IntervalSet.fromCidrs(
        4,
        singles.map(n => cidr(`192.0.2.${n}/32`)),
      );
      expect(costOf(set), termsText(set)).toBe(best[mask]);
      expect(termsOf(set).map(({ cidr: block }) => formatCidr(block)).length).toBeLessThanOrEqual(4);
    }
  });
});
