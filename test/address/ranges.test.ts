import { describe, expect, it } from 'vitest';
import { cidr, formatCidr, IntervalSet, minimalCidrs, NAMED_RANGES, namedRange } from '../../core/address';

const setOf = (texts: readonly string[]): IntervalSet => {
  const cidrs = texts.map(cidr);
  return IntervalSet.fromCidrs(cidrs[0]!.family, cidrs);
};

/** The blocks of the IANA registries that are not globally reachable, the outermost of nested ones. */
const NOT_REACHABLE = {
  4: `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`,
  6: '64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 ff00::/8',
};
const special = { 4: setOf(NOT_REACHABLE[4].split(/\s+/)), 6: setOf(NOT_REACHABLE[6].split(' ')) };

describe('the registry of ranges', () => {
  it.each(NAMED_RANGES.map(range => [range.name, range] as const))(
    '%s is one family in the fewest CIDRs',
    (name, range) => {
      const { v4, v6, faults } = minimalCidrs(range.cidrs);
      expect(faults).toEqual([]);
      expect([...v4, ...v6].sort()).toEqual([...range.cidrs].sort());
      expect(v4.length === 0 || v6.length === 0).toBe(true);
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(range.title && range.source).not.toBe('');
      expect(namedRange(name)).toBe(range);
    },
  );

  it('names each range once, and knows no other', () => {
    expect(new Set(NAMED_RANGES.map(range => range.name)).size).toBe(NAMED_RANGES.length);
    expect(namedRange('rfc1981')).toBeUndefined();
    expect(namedRange('constructor')).toBeUndefined();
  });

  it('has the internet as all that is left of unicast', () => {
    const v4 = setOf(namedRange('internet-ipv4')!.cidrs);
    expect(v4.equals(special[4].complement())).toBe(true);
    const v6 = setOf(namedRange('internet-ipv6')!.cidrs);
    expect(v6.equals(setOf(['2000::/3', '64:ff9b::/96']).subtract(special[6]))).toBe(true);
  });

  it('keeps every other range but the vendors public ones off the internet', () => {
    const internet = { 4: setOf(namedRange('internet-ipv4')!.cidrs), 6: setOf(namedRange('internet-ipv6')!.cidrs) };
    for (const { name, cidrs } of NAMED_RANGES) {
      if (/^(any|internet|google)-/.test(name)) continue;
      const set = setOf(cidrs);
      expect([name, set.overlaps(internet[set.family])]).toEqual([name, false]);
    }
  });

  it("has the agent's defaults in the order in which its rules are written", () => {
    expect(namedRange('ip-masq-agent-default')!.cidrs).toEqual(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);
    expect(namedRange('gke-default-non-masquerade')!.cidrs).toEqual([
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '100.64.0.0/10',
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.88.99.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '240.0.0.0/4',
    ]);
    expect(setOf(namedRange('rfc1918')!.cidrs).cidrs().map(formatCidr)).toEqual(namedRange('rfc1918')!.cidrs);
  });
});
