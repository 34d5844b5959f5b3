import { expect, it } from 'vitest';
import { parseQuantity } from '../../core/intent/quantity';

it.each([
  ['0', 0],
  ['10m', 0.01],
  ['700m', 0.7],
  ['.5', 0.5],
  ['5.', 5],
  ['1.1k', 1100],
  ['64M', 64_000_000],
  ['64Mi', 67_108_864],
  ['1Ei', 2 ** 60],
  ['1E', 1e18],
  ['1e3', 1000],
  ['1E-3', 0.001],
  ['100n', 1e-7],
  ['1u', 1e-6],
])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

it.each(['', 'm', '1K', '1 Mi', '-1', '1mi', '1e', '1µ'])('"%s" is no quantity', text => {
  expect(parseQuantity(text)).toBeUndefined();
});
