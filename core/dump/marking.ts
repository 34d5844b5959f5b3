import { type Both, type Family, IntervalSet } from '../address';
import { readSavedAddresses } from '../dataplane/iptables-address';
import type { PossibleMark } from '../dataplane/match';
import type { NatRule } from '../dataplane/nat-rule';

/** Bits of marks that some packets may carry when they come, though they go to no Service. */
export interface Marking {
  /** The bits. */
  readonly bits: number;
  /** The rule that sets them, or what does so instead of one. */
  readonly rule: NatRule;
  /** The only family that it is for. @default both */
  readonly family?: Family;
  /** Where the packets come from, as iptables-save prints it. @default anywhere */
  readonly source?: string;
  /** Where they leave to. @default anywhere */
  readonly to?: Both<IntervalSet>;
  /** Whether packets meet the rule before it is known where they leave to. */
  readonly isBeforeRouting?: true;
  /**
   * The table of iptables-nft, such as `ip mangle`, where nft lists the rule by its target's name only: what iptables-save
   * prints of that table says more.
   */
  readonly namedIn?: string;
  /** Which line of the text it is, or which entry of the listing, from 0; absent for what is no rule. */
  readonly index?: number;
}

/** Bits of marks that every packet loses on its way, before it comes to the postrouting hook. */
export interface Cleared {
  /** The bits. */
  readonly bits: number;
  /** The only family that it is for. @default both */
  readonly family?: Family;
}

/** What rules make of marks that are not followed one by one. */
export interface MarksSet {
  /** What may be set. */
  readonly markings: readonly Marking[];
  /** What is taken away again. */
  readonly cleared: readonly Cleared[];
}

/** The bits that packets of a family may carry, by their destinations. @param sources where they come from. @default anywhere */
export function marksOf(
  markings: readonly Marking[],
  family: Family,
  sources: IntervalSet | undefined,
): readonly PossibleMark[] {
  return markings
    .filter(marking => isOf(marking, family) && comesFrom(marking, family, sources))
    .map(({ bits, rule, to, isBeforeRouting }) => ({
      bits,
      rule,
      to: to?.[family] ?? IntervalSet.full(family),
      ...(isBeforeRouting && { isBeforeRouting }),
    }));
}

/** The bits that packets of a family have lost when they come to the postrouting hook. */
export function clearedBits(cleared: readonly Cleared[], family: Family): number {
  return cleared.filter(one => isOf(one, family)).reduce((bits, one) => (bits | one.bits) >>> 0, 0);
}

function isOf(one: { readonly family?: Family }, family: Family): boolean {
  return one.family === undefined || one.family === family;
}

/** Whether packets may be those of a marking; a source that is none of the family is not known. */
function comesFrom({ source }: Marking, family: Family, sources: IntervalSet | undefined): boolean {
  if (source === undefined || !sources) return true;
  const set = readSavedAddresses(family, source);
  return !set || set.overlaps(sources);
}
