import fc from 'fast-check';
import { type Cidr, type Family, IntervalSet } from '../../core/address';
import { type AgentFlags, DEFAULT_FLAGS } from '../../core/agentfile/flags';
import type { AgentConfig } from '../../core/treatment/agentfile';

/** What an agent is given. */
export interface Given {
  readonly config: AgentConfig;
  readonly flags: AgentFlags;
}

/** A block of any size; many of them near each other, so that they touch and overlap. */
export function anyCidr(family: Family): fc.Arbitrary<Cidr> {
  const longest = family === 4 ? 32 : 128;
  const word = fc.oneof(
    fc.constantFrom(0, 1, 0xffffffff, 0x0a000000, 0x20010db8),
    fc.integer({ min: 0, max: 0xffffffff }),
  );
  return fc
    .tuple(fc.array(word, { minLength: longest / 32, maxLength: longest / 32 }), fc.integer({ min: 0, max: longest }))
    .filter(([words, prefix]) => family === 4 || !isMapped(words) || prefix < 96)
    .map(([words, prefix]) => ({
      family,
      words: Uint32Array.from(words, (word, i) => kept(word, prefix - 32 * i)),
      prefix,
    }));
}

/** IPv4 mapped into IPv6 is refused before any rule is planned. */
function isMapped(words: readonly number[]): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
}

function kept(word: number, bits: number): number {
  return bits >= 32 ? word : bits <= 0 ? 0 : (word & ~(2 ** (32 - bits) - 1)) >>> 0;
}

/** Sets of addresses, as a plan's are. */
export function anySet(family: Family): fc.Arbitrary<IntervalSet> {
  return fc.array(anyCidr(family), { maxLength: 12 }).map(cidrs => IntervalSet.fromCidrs(family, cidrs));
}

const anyPorts = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 0, max: 5000 })), { maxLength: 4 })
  .map(ranges => ranges.map(([first, more]) => `${first}-${Math.min(first + more, 65535)}`).join(','));

/** Any valid file with any valid flags. */
export const anyGiven: fc.Arbitrary<Given> = fc
  .record({
    cidrs: fc.option(fc.array(fc.oneof(anyCidr(4), anyCidr(6)), { maxLength: 20 })),
    masqLinkLocal: fc.boolean(),
    masqLinkLocalIPv6: fc.boolean(),
    enableIPv6: fc.boolean(),
    randomFully: fc.boolean(),
    nomasqAllReservedRanges: fc.boolean(),
    ports: anyPorts,
  })
  .map(({ cidrs, masqLinkLocal, masqLinkLocalIPv6, ports, ...flags }) => ({
    config: { masqLinkLocal, masqLinkLocalIPv6, ...(cidrs && { nonMasqueradeCIDRs: cidrs }) },
    flags: { ...DEFAULT_FLAGS, ...flags, ...(ports !== '' && { toPorts: ports }) },
  }));
