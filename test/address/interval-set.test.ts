import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  address,
  BITS,
  type Cidr,
  cidr,
  cidrContains,
  compareAddresses,
  compareCidrs,
  type Family,
  formatAddress,
  formatCidr,
  IntervalSet,
  minimalCidrs,
  setsOf,
  WORDS,
} from '../../core/address';
import { runs } from '../random';
import { addressOf, anyCidr, cidrOf, family, probes, python, setOf, TOP, toBigInt } from './oracle';

const set = (...texts: string[]): IntervalSet => {
  const cidrs = texts.map(cidr);
  return IntervalSet.fromCidrs(cidrs[0]!.family, cidrs);
};
const texts = (s: IntervalSet): string[] => s.cidrs().map(formatCidr);
const pair = family.chain(f => fc.tuple(setOf(f), setOf(f)));
const triple = family.chain(f => fc.tuple(setOf(f), setOf(f), setOf(f)));
const cidrs = family.chain(f => fc.tuple(fc.constant(f), fc.array(cidrOf(f), { maxLength: 40 })));

describe('an interval set', () => {
  it('says "10/8 except 10.100.10/24" in the fewest blocks', () => {
    expect(texts(set('10.0.0.0/8').subtract(set('10.100.10.0/24')))).toEqual([
      '10.0.0.0/10',
      '10.64.0.0/11',
      '10.96.0.0/14',
      '10.100.0.0/21',
      '10.100.8.0/23',
      '10.100.11.0/24',
      '10.100.12.0/22',
      '10.100.16.0/20',
      '10.100.32.0/19',
      '10.100.64.0/18',
      '10.100.128.0/17',
      '10.101.0.0/16',
      '10.102.0.0/15',
      '10.104.0.0/13',
      '10.112.0.0/12',
      '10.128.0.0/9',
    ]);
  });

  it('covers a range that no prefix covers', () => {
    const range = IntervalSet.fromRange(address('fe80::1'), address('fe80::1:0:0:4'));
    expect(range.count()).toBe(2n ** 48n + 4n);
    expect(texts(range).slice(0, 3)).toEqual(['fe80::1/128', 'fe80::2/127', 'fe80::4/126']);
    expect(texts(range).slice(-2)).toEqual(['fe80::1:0:0:0/126', 'fe80::1:0:0:4/128']);
  });

  it('reaches to both ends of the space', () => {
    expect(texts(set('0.0.0.0/0'))).toEqual(['0.0.0.0/0']);
    expect(texts(set('::/1', '8000::/1'))).toEqual(['::/0']);
    expect(set('255.255.255.255/32').bounds).toEqual(Uint32Array.of(0xffffffff));
    expect(IntervalSet.fromRange(address('0.0.0.0'), address('255.255.255.255')).isFull()).toBe(true);
    expect(IntervalSet.full(6).count()).toBe(2n ** 128n);
    expect(IntervalSet.empty(6).first()).toBeUndefined();
    expect([...IntervalSet.full(4).intervals()].map(i => [i.first, i.last].map(formatAddress))).toEqual([
      ['0.0.0.0', '255.255.255.255'],
    ]);
  });

  it('refuses what cannot be meant', () => {
    expect(() => set('10.0.0.0/8').union(set('fc00::/7'))).toThrow(
      new RangeError('an IPv4 operand cannot be combined with an IPv6 one'),
    );
    expect(() => IntervalSet.fromCidrs(6, [cidr('10.0.0.0/8')])).toThrow(RangeError);
    expect(() => IntervalSet.fromRange(address('10.0.0.2'), address('10.0.0.1'))).toThrow(
      new RangeError('a range cannot end before it starts'),
    );
    expect(set('10.0.0.0/8').has(address('::'))).toBe(false);
    expect(IntervalSet.empty(4).equals(IntervalSet.empty(6))).toBe(false);
  });

  it('obeys the laws of sets', () => {
    fc.assert(
      fc.property(triple, ([a, b, c]) => {
        const empty = IntervalSet.empty(a.family);
        const same = (x: IntervalSet, y: IntervalSet): void => expect(x.bounds).toEqual(y.bounds);
        same(a.union(b).complement(), a.complement().intersect(b.complement()));
        same(a.intersect(b).complement(), a.complement().union(b.complement()));
        same(a.subtract(b), a.intersect(b.complement()));
        same(a.symmetricDifference(b), a.subtract(b).union(b.subtract(a)));
        same(a.union(b), b.union(a));
        same(a.union(b).union(c), a.union(b.union(c)));
        same(a.intersect(b.union(c)), a.intersect(b).union(a.intersect(c)));
        same(a.complement().complement(), a);
        same(a.union(a.complement()), empty.complement());
        same(a.intersect(a.complement()), empty);
        same(a.symmetricDifference(a), empty);
        same(a.union(empty), a);
        expect(a.union(b).count() + a.intersect(b).count()).toBe(a.count() + b.count());
        expect(a.containsSet(b)).toBe(b.subtract(a).isEmpty());
        expect(a.overlaps(b)).toBe(!a.intersect(b).isEmpty());
        expect(a.equals(b)).toBe(a.symmetricDifference(b).isEmpty());
        expect(a.union(b).containsSet(a)).toBe(true);
      }),
      { numRuns: runs(400) },
    );
  });

  it('holds, at every address where it could go wrong, what its parts say', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const results = {
          union: a.union(b),
          intersect: a.intersect(b),
          subtract: a.subtract(b),
          xor: a.symmetricDifference(b),
          not: a.complement(),
        };
        for (const at of probes(a.family, a, b)) {
          const [x, y] = [naive(a, at), naive(b, at)];
          expect(results.union.has(at)).toBe(x || y);
          expect(results.intersect.has(at)).toBe(x && y);
          expect(results.subtract.has(at)).toBe(x && !y);
          expect(results.xor.has(at)).toBe(x !== y);
          expect(results.not.has(at)).toBe(!x);
        }
      }),
    );
  });

  it('keeps its flips sorted and all different, and counts by them', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        for (const s of [a, a.union(b), a.subtract(b), a.complement()]) {
          const flips = flipsOf(s);
          for (let n = 1; n < flips.length; n++) expect(flips[n]! > flips[n - 1]!).toBe(true);
          const intervals = [...s.intervals()].map(i => [toBigInt(i.first), toBigInt(i.last)] as const);
          expect(s.intervalCount).toBe(intervals.length);
          expect(s.count()).toBe(intervals.reduce((sum, [first, last]) => sum + last - first + 1n, 0n));
          expect(s.first() && toBigInt(s.first()!)).toEqual(intervals[0]?.[0]);
        }
      }),
    );
  });

  it('is the set of its own minimal cover', () => {
    fc.assert(
      fc.property(family.chain(setOf), s => {
        const cover = s.cidrs();
        expect(IntervalSet.fromCidrs(s.family, cover).equals(s)).toBe(true);
        expect([...cover].sort(compareCidrs)).toEqual(cover);
        for (let n = 1; n < cover.length; n++) expect(siblings(cover[n - 1]!, cover[n]!)).toBe(false);
        expect(cover.reduce((sum, c) => sum + (1n << BigInt(BITS[s.family] - c.prefix)), 0n)).toBe(s.count());
      }),
      { numRuns: runs(400) },
    );
  });

  it('is split by family', () => {
    const both = setsOf(['fc00::/7', '10.0.0.0/8', '11.0.0.0/8'].map(cidr));
    expect([texts(both[4]), texts(both[6])]).toEqual([['10.0.0.0/7'], ['fc00::/7']]);
  });
});

describe('aggregation', () => {
  it('keeps the right entries, and reports the others by their index', () => {
    const aggregate = minimalCidrs(['10.0.0.0/9', 'SYNC', 'fc00::/8', '10.128.0.0/9', 'fd00::/8', '10.0.0.1/8', '::1']);
    expect(aggregate).toMatchObject({ v4: ['10.0.0.0/8'], v6: ['fc00::/7'] });
    expect(aggregate.faults.map(({ index, fault }) => [index, fault.kind])).toEqual([
      [1, 'not-an-address'],
      [5, 'host-bits'],
      [6, 'missing-prefix'],
    ]);
    expect(minimalCidrs([])).toEqual({ v4: [], v6: [], faults: [] });
  });

  it('is the same as going through a set, and a second time changes nothing', () => {
    fc.assert(
      fc.property(cidrs, ([f, list]) => {
        fc.pre(list.every(c => !isMapped(c)));
        const { v4, v6, faults } = minimalCidrs(list.map(formatCidr));
        const own = f === 4 ? v4 : v6;
        expect([faults, f === 4 ? v6 : v4]).toEqual([[], []]);
        expect(own).toEqual(texts(IntervalSet.fromCidrs(f, list)));
        expect(minimalCidrs(own)).toEqual({ v4, v6, faults: [] });
      }),
    );
  });

  it.each([
    [4, 30],
    [4, 3_000],
    [4, 80_000],
    [6, 30],
    [6, 3_000],
    [6, 80_000],
  ] as const)('agrees with cidr-tools: IPv%i, %i blocks', { timeout: 60_000 }, async (f, count) => {
    const { mergeCidr } = await import('cidr-tools');
    const list = fc.sample(clustered(f), { numRuns: count, seed: count }).map(formatCidr);
    const aggregate = minimalCidrs(list);
    const own = f === 4 ? aggregate.v4 : aggregate.v6;
    expect(own).toEqual(mergeCidr(list).sort((a, b) => compareCidrs(cidr(a), cidr(b))));
  });

  it("agrees with Python's ipaddress", { timeout: 60_000 }, () => {
    const lists = fc.sample(cidrs, 500).map(([, list]) => list.map(formatCidr));
    const program = `
import ipaddress, json, sys
print(json.dumps([[str(n) for n in sorted(ipaddress.collapse_addresses(map(ipaddress.ip_network, l)))] for l in json.load(sys.stdin)]))
`;
    const theirs = python<string[][]>(program, lists);
    if (!theirs) return;
    for (const [n, list] of lists.entries()) {
      if (list.some(text => text.includes('::ffff:'))) continue;
      const { v4, v6 } = minimalCidrs(list);
      expect([...v4, ...v6]).toEqual(theirs[n]);
    }
  });

  it('agrees with cidr-tools on differences', async () => {
    const { excludeCidr } = await import('cidr-tools');
    const two = family.chain(f => fc.tuple(fc.constant(f), fc.array(cidrOf(f)), fc.array(cidrOf(f), { minLength: 1 })));
    fc.assert(
      fc.property(two, ([f, base, except]) => {
        fc.pre([...base, ...except].every(c => !isMapped(c)) && base.length > 0);
        const ours = IntervalSet.fromCidrs(f, base).subtract(IntervalSet.fromCidrs(f, except));
        const theirs = excludeCidr(base.map(formatCidr), except.map(formatCidr));
        const mapped = (text: string): boolean => text.startsWith('::ffff:');
        if (theirs.some(mapped)) return;
        expect(texts(ours)).toEqual(theirs.sort((a, b) => compareCidrs(cidr(a), cidr(b))));
      }),
    );
  });
});

describe('comparing', () => {
  it('orders by family, address, and the larger block first', () => {
    const sorted = ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/9', '200.0.0.0/8', '::/0', '::/1', 'fe80::/10'];
    expect([...sorted].reverse().map(cidr).sort(compareCidrs).map(formatCidr)).toEqual(sorted);
    expect(compareAddresses(address('::1'), address('::1'))).toBe(0);
  });

  it('says of blocks what sets say', () => {
    const two = family.chain(f => fc.tuple(cidrOf(f), cidrOf(f), addressOf(f)));
    fc.assert(
      fc.property(two, ([a, b, at]) => {
        const [x, y] = [IntervalSet.ofCidr(a), IntervalSet.ofCidr(b)];
        expect(cidrContains(a, b)).toBe(x.containsSet(y));
        expect(cidrContains(a, at)).toBe(x.has(at));
        expect(cidrContains(a, a)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(anyCidr, c => {
        expect(cidrContains(cidr(c.family === 4 ? '::/0' : '0.0.0.0/0'), c)).toBe(false);
      }),
    );
  });
});

/** Blocks in a small part of the space, so that many touch, nest and repeat. */
function clustered(f: Family): fc.Arbitrary<Cidr> {
  const lengths = f === 4 ? { min: 12, max: 32 } : { min: 20, max: 128 };
  return fc.tuple(fc.bigInt({ min: 0n, max: TOP[f] }), fc.integer(lengths)).map(([bits, prefix]) => {
    const words = Uint32Array.from({ length: WORDS[f] }, (_, w) => Number((bits >> BigInt(32 * w)) & 0xffffffffn));
    words[0] = (f === 4 ? 0x0a000000 : 0x20010000) | (words[0]! & 0x00ffffff);
    if (f === 6 && prefix % 2 === 0) words.fill(0, 1, 3);
    for (let bit = prefix; bit < BITS[f]; bit++) words[bit >> 5]! &= ~(0x80000000 >>> (bit & 31));
    return { family: f, words, prefix };
  });
}

function flipsOf(s: IntervalSet): bigint[] {
  const stride = WORDS[s.family];
  return Array.from({ length: s.bounds.length / stride }, (_, n) =>
    toBigInt({ family: s.family, words: s.bounds.slice(n * stride, (n + 1) * stride) }),
  );
}

/** Membership without any search: how many flips are not above the address. */
function naive(s: IntervalSet, at: Address): boolean {
  return flipsOf(s).filter(flip => flip <= toBigInt(at)).length % 2 === 1;
}

/** Whether two blocks are the halves of one. */
function siblings(a: Cidr, b: Cidr): boolean {
  if (a.prefix !== b.prefix) return false;
  const size = BigInt(BITS[a.family] - a.prefix);
  return toBigInt(a) >> size === (toBigInt(b) >> size) - 1n && (toBigInt(a) >> size) % 2n === 0n;
}

function isMapped(c: Cidr): boolean {
  return c.family === 6 && toBigInt(c) >> 32n === 0xffffn;
}
