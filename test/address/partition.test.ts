import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  address,
  cidr,
  type Family,
  formatAddress,
  IntervalSet,
  type LabelledSet,
  Partition,
} from '../../core/address';
import { family, probes, setOf, toBigInt } from './oracle';

const layer = (text: string, value: string): LabelledSet<string> => ({ set: IntervalSet.ofCidr(cidr(text)), value });
const layersOf = (f: Family): fc.Arbitrary<LabelledSet<string>[]> =>
  fc.array(fc.record({ set: setOf(f), value: fc.constantFrom('a', 'b', 'c', 'd') }), { maxLength: 6 });
const layered = family.chain(f => fc.tuple(fc.constant(f), layersOf(f), layersOf(f)));
const text = <T>(p: Partition<T>): string[] =>
  [...p.entries()].map(e => `${formatAddress(e.first)}-${formatAddress(e.last)} ${e.value}`);

describe('a partition', () => {
  it('is decided by the first layer that holds the address', () => {
    const layers = [layer('10.100.10.0/24', 'masquerade'), layer('10.0.0.0/8', 'preserve')];
    const p = Partition.fromLayers(4, layers, 'masquerade');
    expect(text(p)).toEqual([
      '0.0.0.0-9.255.255.255 masquerade',
      '10.0.0.0-10.100.9.255 preserve',
      '10.100.10.0-10.100.10.255 masquerade',
      '10.100.11.0-10.255.255.255 preserve',
      '11.0.0.0-255.255.255.255 masquerade',
    ]);
    expect(p.at(address('10.100.10.7'))).toBe('masquerade');
    expect(p.size).toBe(5);
  });

  it('joins neighbours of one label', () => {
    const p = Partition.fromLayers(6, [layer('::/1', 'x'), layer('8000::/1', 'x')], 'y');
    expect(text(p)).toEqual(['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff x']);
    expect(Partition.constant(6, 'x').firstDifference(p, Object.is)).toBeUndefined();
  });

  it('holds labels that are undefined or no strings', () => {
    const p = Partition.fromLayers<number | undefined>(4, [{ set: IntervalSet.full(4), value: undefined }], Number.NaN);
    expect([p.at(address('1.1.1.1')), p.size, p.map(v => v === undefined).at(address('1.1.1.1'))]).toEqual([
      undefined,
      1,
      true,
    ]);
  });

  it('says, at every address where it could go wrong, what its layers say one by one', () => {
    fc.assert(
      fc.property(layered, ([f, layers]) => {
        const p = Partition.fromLayers(f, layers, 'else');
        for (const at of probes(f, ...layers.map(l => l.set))) {
          expect(p.at(at)).toBe(layers.find(l => l.set.has(at))?.value ?? 'else');
        }
      }),
    );
  });

  it('covers the space without a gap, and its neighbours differ', () => {
    fc.assert(
      fc.property(layered, ([f, layers, others]) => {
        const p = Partition.fromLayers(f, layers, 'else').zip(Partition.fromLayers(f, others, 'else'), (a, b) => a < b);
        const entries = [...p.entries()];
        expect(entries.length).toBe(p.size);
        expect(toBigInt(entries[0]!.first)).toBe(0n);
        expect(toBigInt(entries.at(-1)!.last) + 1n).toBe(f === 4 ? 2n ** 32n : 2n ** 128n);
        for (let n = 1; n < entries.length; n++) {
          expect(toBigInt(entries[n]!.first)).toBe(toBigInt(entries[n - 1]!.last) + 1n);
          expect(entries[n]!.value).not.toBe(entries[n - 1]!.value);
        }
      }),
    );
  });

  it('is combined, mapped and asked address by address', () => {
    fc.assert(
      fc.property(layered, ([f, layers, others]) => {
        const [p, q] = [Partition.fromLayers(f, layers, 'a'), Partition.fromLayers(f, others, 'b')];
        const zipped = p.zip(q, (x, y) => x + y);
        const mapped = p.map(x => x === 'a');
        const where = p.where(x => x === 'a');
        for (const at of probes(f, ...layers.map(l => l.set), ...others.map(l => l.set))) {
          expect(zipped.at(at)).toBe(p.at(at) + q.at(at));
          expect(mapped.at(at)).toBe(p.at(at) === 'a');
          expect(where.has(at)).toBe(p.at(at) === 'a');
        }
        expect(p.where(() => true).isFull()).toBe(true);
        expect(p.where(x => x !== 'a').equals(where.complement())).toBe(true);
      }),
    );
  });

  it('finds the lowest difference', () => {
    fc.assert(
      fc.property(layered, ([f, layers, others]) => {
        const [p, q] = [Partition.fromLayers(f, layers, 'a'), Partition.fromLayers(f, others, 'a')];
        const found = p.firstDifference(q, Object.is);
        const lowest = p
          .zip(q, (x, y) => x !== y)
          .where(x => x)
          .first();
        expect(found?.address).toEqual(lowest);
        const differing = probes(f, ...layers.map(l => l.set), ...others.map(l => l.set)).find(
          at => p.at(at) !== q.at(at),
        );
        expect(found?.address).toEqual(differing);
        if (found) expect([found.left, found.right]).toEqual([p.at(found.address), q.at(found.address)]);
      }),
    );
  });

  it('asks once for each label and each pair of labels', () => {
    const layers = Array.from({ length: 200 }, (_, n) => layer(`10.0.${n}.0/24`, n % 2 === 0 ? 'even' : 'odd'));
    const p = Partition.fromLayers(4, layers, 'none');
    let calls = 0;
    const count = <T>(value: T): T => {
      calls++;
      return value;
    };
    p.map(count);
    expect(calls).toBe(3);
    p.where(v => count(v) === 'odd');
    expect(calls).toBe(6);
    p.zip(p, v => count(v));
    expect(calls).toBe(9);
  });

  it('keeps up with thousands of layers', () => {
    const layers = Array.from({ length: 5_000 }, (_, n) => ({
      set: IntervalSet.ofCidr(cidr(`10.${n >> 8}.${n & 255}.0/24`)).union(
        IntervalSet.ofCidr(cidr(`${n % 200}.0.0.0/8`)),
      ),
      value: n,
    }));
    const p = Partition.fromLayers(4, layers, -1);
    expect(p.at(address('10.19.135.255'))).toBe(10);
    expect(p.at(address('199.1.1.1'))).toBe(199);
    expect(p.at(address('200.1.1.1'))).toBe(-1);
  });

  it('refuses the other family', () => {
    expect(() => Partition.constant(4, 'x').at(address('::'))).toThrow(RangeError);
    expect(() => Partition.fromLayers(6, [layer('10.0.0.0/8', 'x')], 'y')).toThrow(RangeError);
    expect(() => Partition.constant(4, 'x').zip(Partition.constant(6, 'x'), Object.is)).toThrow(
      new RangeError('an IPv4 operand cannot be combined with an IPv6 one'),
    );
  });
});
