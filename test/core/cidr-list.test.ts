import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FAMILIES, formatCidr, IntervalSet } from '../../core/address';
import { CidrList } from '../../core/address/cidr-list';
import { anyCidr } from '../dataplane/configs';

describe.each(FAMILIES)('a list of blocks of IPv%i', family => {
  const anyList = fc.array(fc.oneof(anyCidr(4), anyCidr(6)), { maxLength: 40 });

  test('holds those of its family in their order', () => {
    fc.assert(
      fc.property(anyList, cidrs => {
        const list = new CidrList(family, cidrs);
        const own = cidrs.filter(block => block.family === family);
        expect(list.length).toBe(own.length);
        expect([...list].map(formatCidr)).toEqual(own.map(formatCidr));
        expect(list.map(formatCidr)).toEqual(own.map(formatCidr));
      }),
    );
  });

  test('has their addresses', () => {
    fc.assert(
      fc.property(anyList, cidrs => {
        const own = cidrs.filter(block => block.family === family);
        expect(new CidrList(family, cidrs).set().equals(IntervalSet.fromCidrs(family, own))).toBe(true);
      }),
    );
  });
});
