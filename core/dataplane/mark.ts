import type { NatRuleset } from './nat-rule';

/**
 * What is known of the mark that packets carry: which of its 32 bits, in the upper half, and what these are. Above both is
 * whether the packets are {@link UNTRACKED}.
 */
export type Mark = bigint;

/** How a rule changes a mark: to `(mark & ~clear) ^ flip`. */
export interface MarkChange {
  readonly clear: number;
  readonly flip: number;
  /** Bits that nobody knows behind it. @default none */
  readonly lost?: number;
}

/** Beside a mark: no connection is tracked, so no rule of type nat is asked about the packets. */
export const UNTRACKED: Mark = 1n << 64n;

/** All bits of a mark. */
export const ALL_BITS = 0xffffffff;

/** A mark of which some bits are known. */
export function markOf(known: number, bits: number): Mark {
  return (BigInt(known >>> 0) << 32n) | BigInt((bits & known) >>> 0);
}

/** What is known of a mark when a rule has changed it. */
export function changedMark(mark: Mark, { clear, flip, lost = 0 }: MarkChange): Mark {
  const { known, bits } = partsOf(mark);
  return (mark & UNTRACKED) | markOf((known | clear) & ~lost, (bits & ~clear) ^ flip);
}

/** Whether the masked bits of a mark are these; undefined when nobody knows. */
export function isMarked(
  mark: Mark,
  { value, mask }: { readonly value: number; readonly mask: number },
): boolean | undefined {
  const { known, bits } = partsOf(mark);
  if ((value & ~mask) !== 0 || ((bits ^ value) & mask & known) !== 0) return false;
  return (mask & ~known) === 0 ? true : undefined;
}

/** Which of some bits of a mark nobody knows. */
export function unknownOf(mark: Mark, bits: number): number {
  return (bits & ~partsOf(mark).known) >>> 0;
}

function partsOf(mark: Mark): { readonly known: number; readonly bits: number } {
  return { known: Number((mark >> 32n) & BigInt(ALL_BITS)), bits: Number(mark & BigInt(ALL_BITS)) };
}

/**
 * Chains of kube-proxy, in both of its modes, of the portmap plugin of CNI, and of Podman. The marks that they ask for are
 * those of packets to Services and host ports.
 */
const SERVICES =
  /(?:^| )(?:KUBE-POSTROUTING|CNI-HOSTPORT-MASQ|NETAVARK-HOSTPORT-MASQ)$|^ip6? kube-proxy |^inet netavark /;

/** The chain of Tailscale, whose mark is that of packets that come from its own network. */
const TAILSCALE = /(?:^| )ts-postrouting$/;

/**
 * The bits that are known not to be set: those that say of a packet that it goes to a Service or a host port, for the
 * map is one of packets that do not. Any other bit may have been set on a packet's way here.
 */
export function serviceBits(ruleset: NatRuleset): number {
  return bitsAskedBy(ruleset, SERVICES);
}

/** Whether packets that meet a chain's rules are told by a mark that says where they go or come from, and others leave it. */
export function asksForServiceMark(chain: string): boolean {
  return SERVICES.test(chain) || TAILSCALE.test(chain);
}

/** The bits that say of a packet that it comes from Tailscale's network, unless Cilium puts something else there. */
export function tailscaleBits(ruleset: NatRuleset): number {
  return bitsAskedBy(ruleset, TAILSCALE);
}

/** The bits that are the asker's own. Who asks for a whole mark means by it the bits of that, and says nothing of the others. */
function ownBits({ value, mask }: { readonly value: number; readonly mask: number }): number {
  return mask >>> 0 === ALL_BITS ? value : mask;
}

function bitsAskedBy({ chains }: NatRuleset, of: RegExp): number {
  let bits = 0;
  for (const [name, { rules }] of chains) {
    if (!of.test(name)) continue;
    for (const { conditions } of rules) {
      for (const condition of conditions) if (condition.on === 'mark') bits |= ownBits(condition);
    }
  }
  return bits >>> 0;
}
