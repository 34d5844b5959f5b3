import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cidr, IntervalSet, Partition } from '../../core/address';
import { pointOf, rectangleOf, SIDE, wordAt } from '../../core/analysis/report/hilbert';
import { labelAt, pictureOf, sharesOf, visitSquares } from '../../core/analysis/report/picture';
import { cidrArbitrary } from '../core/intents';

const word = fc.integer({ min: 0, max: 0xffffffff });

test('each address has a point of its own', () => {
  fc.assert(
    fc.property(word, one => {
      expect(wordAt(pointOf(one))).toBe(one);
    }),
  );
  const cells = Array.from({ length: 65536 }, (_, i) => pointOf(i * 65536)).map(({ x, y }) => `${x >> 8} ${y >> 8}`);
  expect(new Set(cells).size).toBe(65536);
});

test('the next address is the next point', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xfffffffe }), one => {
      const [a, b] = [pointOf(one), pointOf(one + 1)];
      expect(Math.abs(a.x - b.x) + Math.abs(a.y - b.y)).toBe(1);
    }),
  );
});

test.each([
  ['0.0.0.0', 0, 0],
  ['64.0.0.0', 0, SIDE / 2],
  ['128.0.0.0', SIDE / 2, SIDE / 2],
  ['255.255.255.255', SIDE - 1, 0],
])('%s is where such maps have it', (text, x, y) => {
  expect(pointOf(cidr(`${text}/32`).words[0]!)).toEqual({ x, y });
});

test('a block is a square, or two of them side by side, and holds its addresses alone', () => {
  fc.assert(
    fc.property(cidrArbitrary(4), word, (text, other) => {
      const block = cidr(text);
      const { x, y, width, height } = rectangleOf(block);
      expect(width * height).toBe(2 ** (32 - block.prefix));
      expect(Math.max(width, height) / Math.min(width, height)).toBe(block.prefix % 2 === 0 ? 1 : 2);
      const holds = (one: number) => {
        const point = pointOf(one);
        return point.x >= x && point.x < x + width && point.y >= y && point.y < y + height;
      };
      const size = 2 ** (32 - block.prefix);
      expect(holds(block.words[0]! + (other % size))).toBe(true);
      expect(holds(other)).toBe(other >= block.words[0]! && other < block.words[0]! + size);
    }),
  );
});

test('the squares of a picture fill the map once, and say what the partition says', () => {
  const layers = fc.array(cidrArbitrary(4), { maxLength: 5 });
  fc.assert(
    fc.property(layers, fc.integer({ min: 0, max: 16 }), fc.array(word, { minLength: 20 }), (texts, log, words) => {
      const sets = texts.map((text, i) => ({ set: IntervalSet.ofCidr(cidr(text)), value: i }));
      const partition = Partition.fromLayers(4, sets, -1);
      const picture = pictureOf(partition);
      const least = 2 ** log;
      let area = 0;
      const at = (one: number) => partition.at({ family: 4, words: Uint32Array.of(one) });
      for (const one of words) expect(labelAt(picture, one)).toBe(at(one));
      visitSquares(picture, { x: 0, y: 0, width: SIDE, height: SIDE }, least, square => {
        area += square.width * square.height;
        const size = square.width ** 2;
        const shares = sharesOf(picture, square);
        expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBe(size);
        if (square.label === undefined) {
          expect(square.width).toBeLessThanOrEqual(least);
          expect(shares.size).toBeGreaterThan(1);
        } else for (const one of [0, size - 1]) expect(at(square.word + one)).toBe(picture.values[square.label]);
        const corner = pointOf(square.word);
        expect(corner.x - (corner.x % square.width)).toBe(square.x);
        expect(corner.y - (corner.y % square.width)).toBe(square.y);
      });
      expect(area).toBe(SIDE * SIDE);
    }),
  );
});
