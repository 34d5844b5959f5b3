import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { type Address, address, BITS, type Cidr, type Family, IntervalSet, WORDS } from '../../core/address';

/** An address as a number, for oracles that count with BigInt. */
export function toBigInt(a: Address): bigint {
  return a.words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
}

export function fromBigInt(family: Family, value: bigint): Address {
  const words = Uint32Array.from({ length: WORDS[family] }, (_, w) =>
    Number((value >> BigInt(32 * (WORDS[family] - 1 - w))) & 0xffffffffn),
  );
  return { family, words };
}

export const TOP = { 4: 2n ** 32n - 1n, 6: 2n ** 128n - 1n } as const;

export const family = fc.constantFrom<Family>(4, 6);

/** Addresses that crowd where things go wrong: the ends of the space, word borders, and a small neighbourhood. */
export function addressOf(f: Family): fc.Arbitrary<Address> {
  const near = (base: bigint): fc.Arbitrary<bigint> =>
    fc.bigInt({ min: -4n, max: 4n }).map(step => {
      const value = base + step;
      return value < 0n ? 0n : value > TOP[f] ? TOP[f] : value;
    });
  const crowded = fc.nat({ max: BITS[f] }).chain(bit => near(bit === BITS[f] ? TOP[f] : 1n << BigInt(bit)));
  return fc
    .oneof(near(0n), near(TOP[f]), crowded, fc.bigInt({ min: 0n, max: TOP[f] }), near(TOP[f] / 2n))
    .map(value => fromBigInt(f, value));
}

/** Blocks of every prefix length, /0 and single addresses among them. */
export function cidrOf(f: Family): fc.Arbitrary<Cidr> {
  return fc.tuple(addressOf(f), fc.nat({ max: BITS[f] })).map(([a, prefix]) => {
    const host = BigInt(BITS[f] - prefix);
    return { family: f, words: fromBigInt(f, (toBigInt(a) >> host) << host).words, prefix };
  });
}

export const anyCidr = family.chain(cidrOf);

/** Sets of some blocks and ranges, at times turned inside out. */
export function setOf(f: Family): fc.Arbitrary<IntervalSet> {
  const ranges = fc.array(fc.tuple(addressOf(f), addressOf(f)), { maxLength: 4 });
  return fc.tuple(fc.array(cidrOf(f), { maxLength: 6 }), ranges, fc.boolean()).map(([cidrs, pairs, inverted]) => {
    const set = pairs.reduce(
      (all, [a, b]) => {
        const [first, last] = toBigInt(a) <= toBigInt(b) ? [a, b] : [b, a];
        return all.union(IntervalSet.fromRange(first, last));
      },
      IntervalSet.fromCidrs(f, cidrs),
    );
    return inverted ? set.complement() : set;
  });
}

/** The addresses at which a set could be wrong: its ends and their neighbours, and those of the space. */
export function probes(f: Family, ...sets: readonly IntervalSet[]): Address[] {
  const values = new Set([0n, TOP[f]]);
  for (const set of sets) {
    for (const { first, last } of set.intervals()) {
      for (const a of [first, last]) for (const step of [-1n, 0n, 1n]) values.add(toBigInt(a) + step);
    }
  }
  return [...values]
    .filter(value => value >= 0n && value <= TOP[f])
    .sort((a, b) => (a < b ? -1 : 1))
    .map(value => fromBigInt(f, value));
}

export const ANY: Record<Family, Address> = { 4: address('0.0.0.0'), 6: address('::') };

/**
 * Runs a Python program once, with one JSON value on its standard input and one on its output.
 * Answers undefined, after a warning, where there is no python3; in CI that is an error.
 */
export function python<T>(program: string, input: unknown): T | undefined {
  const { status, stdout, stderr, error } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) {
    if (process.env.CI) throw error;
    console.warn(`SKIPPED: python3 is missing, so nothing was compared with ipaddress (${error.message})`);
    return undefined;
  }
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}
