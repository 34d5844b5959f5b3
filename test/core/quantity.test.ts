import { expect, it } from 'vitest';
import { canonicalQuantity, parseQuantity } from '../../core/intent/quantity';

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

/** The first two are the examples of Kubernetes' own documentation. */
it.each([
  ['1.5', '1500m'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['0.5Ki', '512'],
  ['12e6', '12e6'],
  ['0', '0'],
  ['0.5', '500m'],
  ['.5', '500m'],
  ['5.', '5'],
  ['1000m', '1'],
  ['100m', '100m'],
  ['1000k', '1M'],
  ['1500', '1500'],
  ['1000', '1k'],
  ['1e3', '1e3'],
  ['1E-3', '1e-3'],
  ['1000e-3', '1'],
  ['64Mi', '64Mi'],
  ['1000Mi', '1000Mi'],
  ['1024', '1024'],
  ['0.1n', '1n'],
  ['1Ei', '1Ei'],
  ['1E', '1E'],
  ['9.9Ki', '10138'],
  ['a lot', 'a lot'],
])('%s is stored as %s', (text, stored) => {
  expect(canonicalQuantity(text)).toBe(stored);
  expect(canonicalQuantity(stored)).toBe(stored);
});
