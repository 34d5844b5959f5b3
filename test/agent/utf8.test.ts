import { array, assert, constantFrom, integer, oneof, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { characterEnd, decodeUtf8 } from '../../agent/platform/utf8';
import { runs } from '../random';

/** Bytes near the borders between what is UTF-8 and what is not. */
const border = constantFrom(
  ...[0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef],
  ...[0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
);
const bytes = oneof(
  uint8Array({ maxLength: 30 }),
  array(border, { maxLength: 12 }).map(list => Uint8Array.from(list)),
  array(integer({ min: 0, max: 0x10ffff }), { maxLength: 10 }).map(points =>
    new TextEncoder().encode(points.map(point => String.fromCodePoint(point)).join('')),
  ),
);
const wanted = (input: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(input);

test('bytes are read as TextDecoder reads them', () => {
  const reads = property(bytes, input => {
    const { text, valid } = decodeUtf8(input);
    expect(text).toBe(wanted(input));
    expect(valid).toBe(Buffer.from(text).equals(input));
  });
  assert(reads, { numRuns: runs(20_000) });
});

test('a cut parts no character, whether it is one or broken', () => {
  const cuts = property(bytes, integer({ min: 0, max: 30 }), (input, at) => {
    const first = input.subarray(0, at);
    const end = characterEnd(first);
    expect(first.length - end).toBeLessThanOrEqual(3);
    expect(decodeUtf8(input.subarray(0, end)).text + decodeUtf8(input.subarray(end)).text).toBe(wanted(input));
  });
  assert(cuts, { numRuns: runs(20_000) });
});
