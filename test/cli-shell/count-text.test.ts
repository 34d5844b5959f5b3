import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countText } from '../../cli/ask/words';

test.each([
  [0n, '0'],
  [1024n, '1,024'],
  [2n ** 32n, '4,294,967,296'],
  [10n ** 12n - 1n, '999,999,999,999'],
  [2n ** 40n, '2\u2074\u2070'],
  [3n * 2n ** 78n, '3 × 2\u2077\u2078'],
  [2n ** 128n, '2\u00b9\u00b2\u2078'],
  [2n ** 128n - 2n ** 80n, '2\u00b9\u00b2\u2078 less 2\u2078\u2070'],
  [2n ** 128n - 1n, '2\u00b9\u00b2\u2078 less 1'],
  [10n ** 12n + 1n, '1,000,000,000,001'],
])('%i addresses are written so that one can read them', (count, text) => {
  expect(countText(count)).toBe(text);
});

test('what is written is exact, and no longer than the digits', () => {
  const sizes = fc.uniqueArray(fc.nat({ max: 128 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sizes, bits => {
      const count = bits.reduce((sum, bit) => sum + (1n << BigInt(bit)), 0n);
      const text = countText(count);
      expect(countOf(text)).toBe(count);
      expect(text.length).toBeLessThanOrEqual(count.toLocaleString('en').length);
    }),
  );
});

/** What a person reads. */
function countOf(text: string): bigint {
  const [whole, less] = text.split(' less ') as [string, string?];
  if (less !== undefined) return countOf(whole) - countOf(less);
  return text
    .split(' × ')
    .map(factor => {
      const raised = /^2([\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+)$/.exec(factor)?.[1];
      return raised === undefined ? BigInt(factor.replaceAll(',', '')) : 2n ** BigInt(raised.normalize('NFKD'));
    })
    .reduce((product, one) => product * one);
}
