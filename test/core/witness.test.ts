import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cidr, formatAddress, IntervalSet } from '../../core/address';
import { witnessOf } from '../../core/analysis/witness';

const set = (...blocks: string[]): IntervalSet => {
  const cidrs = blocks.map(cidr);
  return IntervalSet.fromCidrs(cidrs[0]!.family, cidrs);
};

test.each([
  [['0.0.0.0/0'], '1.0.0.1'],
  [['10.0.0.0/8'], '10.0.0.1'],
  [['10.0.0.0/32', '10.0.1.0/24'], '10.0.1.1'],
  [['10.0.0.0/32'], '10.0.0.0'],
  [['10.0.0.0/31'], '10.0.0.1'],
  [['10.0.0.254/31'], '10.0.0.254'],
  [['10.0.0.255/32', '10.0.3.255/32', '10.0.7.9/32'], '10.0.7.9'],
  [['10.0.0.4/30'], '10.0.0.5'],
  [['0.0.0.0/8'], '0.0.0.1'],
  [['127.0.0.0/8', '240.0.0.0/4', '9.9.9.9/32'], '9.9.9.9'],
  [['::/0'], '2000::1'],
  [['2001:db8:deac::/48'], '2001:db8:deac::1'],
  [['2001:db8::5/128'], '2001:db8::5'],
  [['fe80::/10'], 'fe80::1'],
])('%j is shown by %s', (blocks, witness) => {
  expect(formatAddress(witnessOf(set(...blocks)))).toBe(witness);
});

test('a witness is always one of the set, and never x.x.x.0 where a host is there', () => {
  const block = fc.tuple(fc.nat({ max: 0xffffffff }), fc.integer({ min: 0, max: 32 })).map(([bits, prefix]) => {
    const network = prefix === 0 ? 0 : (bits & (~0 << (32 - prefix))) >>> 0;
    return `${[24, 16, 8, 0].map(shift => (network >>> shift) & 255).join('.')}/${prefix}`;
  });
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 8 }), blocks => {
      const whole = set(...blocks);
      const witness = witnessOf(whole);
      expect(whole.has(witness)).toBe(true);
      const hosts = blocks.some(text => Number(text.split('/')[1]) <= 30 && !/^(0|127|22[4-9]|2[3-5]\d)\./.test(text));
      const last = Number(formatAddress(witness).split('.')[3]);
      if (hosts) expect([0, 255]).not.toContain(last);
    }),
  );
});

test('nothing is shown of nothing', () => {
  expect(() => witnessOf(IntervalSet.empty(4))).toThrow(RangeError);
});
