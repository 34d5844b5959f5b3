import { cidr, type Family, IntervalSet } from '../address';
import { goesBy, type InterfaceName } from './interfaces';
import { isMarked, type Mark, UNTRACKED, unknownOf } from './mark';
import type { Condition, NatRule } from './nat-rule';
import { PROTOCOLS, type Protocol } from './protocol';

/** What is known of the packets beside their destination. */
export interface Packets {
  /** Their protocol. */
  readonly protocol: Protocol;
  /** Where they go to. @default anywhere; of other destinations nothing is told */
  readonly to?: IntervalSet;
  /** Where they come from. @default anywhere but loopback addresses: a rule that asks for others may hold or not */
  readonly sources?: IntervalSet;
  /** Whether it was looked for their connection, which is new. @default false: rules that ask for it may hold or not */
  readonly isTracked?: boolean;
  /** Whether they may have been given another source already. @default false: they still have the pod's */
  readonly isTranslated?: boolean;
  /** Whether `to` is where pods send them. @default false: it is where they leave to, when rules may have sent them elsewhere */
  readonly isAsSent?: boolean;
  /** The interfaces by which they leave the node: each of them by one of these. @default any but the loopback device */
  readonly outInterfaces?: readonly InterfaceName[] | undefined;
  /** Bits of the mark that they do not carry. @default those of packets to Services; the others may be set or not */
  readonly unmarked?: number;
  /** Bits of the mark that they may carry all the same on their way to some destinations. @default none */
  readonly marked?: readonly PossibleMark[];
  /** Bits of the mark that they have lost when they come to the postrouting hook, but for those set since. @default none */
  readonly cleared?: number;
  /** By name, the addresses of sets that rules refer to. @default none are known */
  readonly sets?: ReadonlyMap<string, IntervalSet>;
}

/** Bits of marks that packets may carry, and why. */
export interface PossibleMark {
  /** Where they go to. */
  readonly to: IntervalSet;
  /** The bits. */
  readonly bits: number;
  /** What sets them. */
  readonly rule: NatRule;
  /** Whether it does so before it is known where they leave to. */
  readonly isBeforeRouting?: true;
}

/** Which packets a rule holds for. */
export interface Matching {
  /** Their destinations, or, where it is not `certain`, those of packets for which it may hold. */
  readonly set: IntervalSet;
  /** Whether it is sure to hold for them. */
  readonly certain: boolean;
}

/** What a pod cannot send from. */
const LOOPBACK: Readonly<Record<Family, IntervalSet>> = {
  4: IntervalSet.ofCidr(cidr('127.0.0.0/8')),
  6: IntervalSet.ofCidr(cidr('::1/128')),
};
const ANYWHERE: Readonly<Record<Family, IntervalSet>> = { 4: LOOPBACK[4].complement(), 6: LOOPBACK[6].complement() };

/** kube-proxy's ipsets of what a pod sends to itself by way of a Service, in its IPVS mode. */
const HAIRPINS: readonly string[] = ['KUBE-LOOP-BACK', 'KUBE-6-LOOP-BACK'];

/** For which of the packets that carry `mark` to `set` a rule holds. */
export function matching(rule: NatRule, set: IntervalSet, mark: Mark, packets: Packets): Matching {
  if (isHairpin(rule, packets)) return { set: IntervalSet.empty(set.family), certain: true };
  let left = set;
  let certain = true;
  for (const condition of rule.conditions) {
    const answer = holds(condition, set.family, mark, packets);
    if (answer === true) continue;
    if (answer === false) return { set: IntervalSet.empty(set.family), certain: true };
    if (answer === undefined) certain = false;
    else left = left.intersect(answer);
  }
  return { set: left, certain };
}

/** Whether a rule may hold for packets of some sources alone: whether it does cannot be told as long as nobody knows theirs. */
export function asksForSource({ conditions }: NatRule, family: Family, sets?: Packets['sets']): boolean {
  const packets: Packets = { protocol: 'other', ...(sets && { sets }) };
  return conditions.some(condition => {
    if (condition.on === 'source') return comesFrom(condition.set, packets) === undefined;
    if (condition.on !== 'named-set' || condition.of === 'destination') return false;
    return inNamedSet(condition, family, packets) === undefined;
  });
}

/** Whether every condition of a rule that cannot be decided about holds by chance. */
export function spreads(rule: NatRule, family: Family, mark: Mark, packets: Packets): boolean {
  return rule.conditions.every(
    condition => condition.on === 'chance' || holds(condition, family, mark, packets) !== undefined,
  );
}

/** What a rule asks that none of the packets are: the first such condition. */
export function failing(rule: NatRule, set: IntervalSet, mark: Mark, packets: Packets): Condition | undefined {
  let left = set;
  return rule.conditions.find(condition => {
    const answer = holds(condition, set.family, mark, packets);
    if (answer === false) return true;
    if (answer instanceof IntervalSet) left = left.intersect(answer);
    return left.isEmpty();
  });
}

/** Which bits of marks a rule asks for that nobody knows. */
export function unknownBits({ conditions }: NatRule, mark: Mark): number {
  return conditions.reduce((bits, one) => (one.on === 'mark' ? bits | unknownOf(mark, one.mask) : bits), 0);
}

/** Whether a rule is for what an address sends to itself: that does not leave the node. */
function isHairpin({ conditions }: NatRule, { isTranslated }: Packets): boolean {
  const source = conditions.find(({ on }) => on === 'source');
  if (isTranslated || source?.on !== 'source' || source.set.count() !== 1n) return false;
  return conditions.some(condition => condition.on === 'destination' && condition.set.equals(source.set));
}

/** Whether a condition holds: for every packet, for none, for those to some destinations, or nobody knows. */
function holds(condition: Condition, family: Family, mark: Mark, packets: Packets): boolean | IntervalSet | undefined {
  switch (condition.on) {
    case 'destination':
      return condition.set;
    case 'source':
      return comesFrom(condition.set, packets);
    case 'protocol':
      return protocolIs(condition.protocols, condition.negated, packets);
    case 'destination-type':
    case 'source-type':
      // The packets leave the node, and they come from pods: neither end is an address of the node's own.
      if (condition.on === 'source-type' && packets.isTranslated) return undefined;
      if (condition.type === 'LOCAL') return condition.negated;
      return condition.on === 'destination-type' ? ofTypes(condition.type, family, condition.negated) : undefined;
    case 'connection-state':
      return unless(condition.negated, isInState(condition.states, mark, packets));
    case 'mark':
      return unless(condition.negated, isMarked(mark, condition));
    case 'out-interface':
      return unless(condition.negated, leavesBy(condition.names, packets));
    case 'never':
      return false;
    case 'named-set':
      return inNamedSet(condition, family, packets);
    default:
      return undefined;
  }
}

/**
 * The destinations of some types, with commas between them: none of them are addresses of the node's own, nor such that
 * packets are discarded to, and those that are broadcast to a network of the node's do not leave it. For IPv6 iptables and
 * nftables do not mean the same.
 */
function ofTypes(types: string, family: Family, negated: boolean): IntervalSet | undefined {
  const sets = types.split(',').map(type => (family === 4 ? TYPES[type] : undefined));
  if (!sets.every(set => set !== undefined)) return undefined;
  const all = IntervalSet.unionOf(4, sets);
  return negated ? all.complement() : all;
}

const MULTICAST = IntervalSet.ofCidr(cidr('224.0.0.0/4'));
// Kernels before 5.3, of which all of 0.0.0.0/8 is, forward no packet there.
const BROADCAST = IntervalSet.fromCidrs(4, [cidr('0.0.0.0/32'), cidr('255.255.255.255/32')]);
const TYPES: Readonly<Record<string, IntervalSet>> = {
  UNICAST: MULTICAST.union(BROADCAST).complement(),
  MULTICAST,
  BROADCAST,
  LOCAL: IntervalSet.empty(4),
};

/** States that a connection has beside that of being new. */
const BESIDE_NEW: readonly string[] = ['dnat', 'snat'];

/** Whether the first packet of a connection is in one of the states; undefined when nobody knows. */
function isInState(states: readonly string[], mark: Mark, { isTracked }: Packets): boolean | undefined {
  if (!isTracked) return undefined;
  if ((mark & UNTRACKED) !== 0n) return states.includes('untracked');
  if (states.includes('new')) return true;
  return states.some(state => BESIDE_NEW.includes(state)) ? undefined : false;
}

/** The answer, or its contrary where that is asked for; nobody knows the contrary of what nobody knows. */
function unless(negated: boolean, answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : answer !== negated;
}

function comesFrom(set: IntervalSet, packets: Packets): boolean | undefined {
  if (set.isFull()) return true;
  if (set.isEmpty()) return false;
  if (packets.isTranslated) return undefined;
  const { sources = ANYWHERE[set.family] } = packets;
  if (set.containsSet(sources)) return true;
  return set.overlaps(sources) ? undefined : false;
}

/** What leaves the node does not do so by its loopback device; of others it has to be told. */
function leavesBy(names: readonly InterfaceName[], { outInterfaces }: Packets): boolean | undefined {
  if (names.every(({ name, isPrefix }) => name === 'lo' && !isPrefix)) return false;
  return outInterfaces && goesBy(names, outInterfaces);
}

function protocolIs(protocols: readonly string[], negated: boolean, { protocol }: Packets): boolean | undefined {
  if (protocol !== 'other') return protocols.includes(protocol) !== negated;
  const told: readonly string[] = PROTOCOLS;
  return protocols.every(name => told.includes(name)) ? negated : undefined;
}

function inNamedSet(
  { name, of, negated }: Condition & { readonly on: 'named-set' },
  family: Family,
  packets: Packets,
): boolean | IntervalSet | undefined {
  if (HAIRPINS.includes(name)) return negated;
  const set = packets.sets?.get(name);
  if (set?.family !== family || of === 'other') return undefined;
  const wanted = negated ? set.complement() : set;
  return of === 'destination' ? wanted : comesFrom(wanted, packets);
}
