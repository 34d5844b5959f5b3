import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidr, IntervalSet } from '../../core/address';
import { termsOf, termsText } from '../../core/analysis/terms';
import { cidrArbitrary } from '../core/intents';
import { runs } from '../random';

const RUNS = { numRuns: runs(300) };

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
  [['10.0.0.0/8', '172.16.0.0/12'], ['10.1.2.3/32'], '(10.0.0.0/8 minus 10.1.2.3), 172.16.0.0/12'],
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

/** Sixteen neighbouring addresses, in which every set and every way of writing it can be gone through. */
describe('of all sets of sixteen addresses', () => {
  const SIZE = 16;
  const ALL = 2 ** SIZE - 1;

  /**
   * The fewest blocks for each set: all ways of putting blocks in and taking blocks out are gone through, the larger
   * blocks first, so that a smaller one changes what a larger one did.
   */
  function fewest(): Uint8Array {
    const best = new Uint8Array(ALL + 1).fill(255);
    best[0] = 0;
    for (let size = SIZE; size >= 1; size /= 2) {
      for (let from = 0; from < SIZE; from += size) {
        const mask = (2 ** size - 1) * 2 ** from;
        const before = best.slice();
        for (let set = 0; set <= ALL; set++) {
          if (before[set] === 255) continue;
          for (const changed of [set | mask, set & ~mask]) best[changed] = Math.min(best[changed]!, before[set]! + 1);
        }
      }
    }
    return best;
  }

  test('none can be written shorter', () => {
    const best = fewest();
    const addresses = Array.from({ length: SIZE }, (_, n) => IntervalSet.ofCidr(cidr(`192.0.2.${n}/32`)));
    for (let mask = 0; mask <= ALL; mask += 1 + (mask % 7)) {
      const set = IntervalSet.unionOf(
        4,
        addresses.filter((_, n) => (mask >> n) & 1),
      );
      if (costOf(set) !== best[mask]) expect(costOf(set), termsText(set)).toBe(best[mask]);
    }
  });
});

test('a block in what was taken out is a term of its own', () => {
  const set = setOf('0.0.0.0/0').subtract(setOf('10.0.0.0/8', '203.0.113.0/24')).union(setOf('10.200.0.0/16'));
  expect(termsText(set)).toBe('(0.0.0.0/0 minus 10.0.0.0/8 and 203.0.113.0/24), 10.200.0.0/16');
});
