import { expect, test } from 'vitest';
import { fuzz, NFT, SAVE } from './fuzz';

/** A part of what `npm run fuzz` does. */
test.each([SAVE, NFT])('$name: 3,000 inputs are read or refused', target => {
  const { taken } = fuzz(target, 3_000);
  // Mutations that are all refused would show nothing.
  expect(taken).toBeGreaterThan(300);
});
