import { type Family, IntervalSet, type Partition } from '../address';
import { contradiction, type KernelDecision, type ProtocolDecision } from '../dataplane/kernel-map';
import type { NatRule } from '../dataplane/nat-rule';
import { PROTOCOLS, type Protocol } from '../dataplane/protocol';
import type { NodeRules } from '../dump/node-rules';
import { isLeftOpen } from '../treatment/intent';
import type { TreatmentMap } from '../treatment/map';
import { type Decision, treatmentText } from '../treatment/treatment';
import { setsByLabel } from './diff';
import type { Enforced } from './enforced';
import { asMasqueraded, givesNodeSource } from './node-source';
import { type InTheWay, Obstacles } from './obstacles';

/**
 * How a node's rules stand to a map. `proven`: every packet is treated as the map says. `contradicted`: some packets
 * certainly are not. `unproven`: of some packets it cannot be told.
 */
export type Verdict = 'proven' | 'contradicted' | 'unproven';

/** What rules make of packets: surely something, perhaps of one protocol only, or something that cannot be told. */
export type Finding = KernelDecision | ProtocolDecision;

/** Destinations to which packets are not known to be treated as is wanted, all by one rule on each side. */
export interface DifferencePart {
  /** The destinations. */
  readonly to: IntervalSet;
  /** What is wanted. */
  readonly wanted: Decision;
  /** What the rules do. */
  readonly is: Finding;
  /** The rules that decide; none where packets meet no rule that changes or keeps their source. */
  readonly rules: readonly NatRule[];
}

/** All destinations for which one treatment is wanted and another one, or perhaps another one, is what packets get. */
export interface Difference {
  /** The destinations. */
  readonly to: IntervalSet;
  /** Whether the rules certainly do something else, or may do it. */
  readonly verdict: 'contradicted' | 'unproven';
  /** Whether all that differs is how source ports are chosen. */
  readonly isPortsOnly: boolean;
  /** The destinations by the rules that decide about them. */
  readonly parts: readonly DifferencePart[];
}

/** How the rules of one address family stand to a map. */
export interface FamilyProof {
  /** The family. */
  readonly family: Family;
  /** How they stand. */
  readonly verdict: Verdict;
  /** Where they differ: other treatments, other source ports, and what cannot be told; empty where all is proven. */
  readonly differences: readonly Difference[];
  /** Rules of others that are in the way, in the order in which they were found. */
  readonly inTheWay: readonly InTheWay[];
  /** Whether all would be as is wanted without those in the way. */
  readonly isRemedied: boolean;
  /** Rules of others that decide before the agent's could, and as is wanted: where all is proven. */
  readonly deciding: readonly InTheWay[];
  /** The destinations that an intent leaves to the data plane, so that nothing can be wrong with them. */
  readonly leftOpen: IntervalSet;
}

/** How a node's rules stand to a map. */
export interface NodeProof {
  /** How they stand, over all families. */
  readonly verdict: Verdict;
  /** How those of each family stand that the dumps have. */
  readonly families: readonly FamilyProof[];
}

/**
 * Compares what a node's rules do with packets of pods that no egress rule selects with what a map says of them, over
 * every address of the families that its dumps have.
 */
export function verifyNode(node: NodeRules, map: TreatmentMap, enforced: Enforced): NodeProof {
  const families = node.families.map(family => verifyFamily(node, map.base[family], enforced));
  const of = (verdict: Verdict): boolean => families.some(one => one.verdict === verdict);
  return { verdict: of('contradicted') ? 'contradicted' : of('unproven') ? 'unproven' : 'proven', families };
}

function verifyFamily(node: NodeRules, wanted: Partition<Decision>, enforced: Enforced): FamilyProof {
  const { family } = wanted;
  const sources = enforced.pods?.[family];
  const pods = sources?.isEmpty() ? undefined : sources;
  const kernel = node.map(family, pods);
  const differs = (is: Partition<KernelDecision>): Partition<Pair | undefined> => compare(node, wanted, is, enforced);
  const pairs = differs(kernel);
  const obstacles = new Obstacles(node, family, pods, enforced.chain);
  const leftOpen = wanted.where(isLeftOpen);
  if (pairs.where(pair => pair !== undefined).isEmpty()) {
    const { nodeSource, byPlatform } = enforced;
    const deciding = byPlatform
      ? []
      : obstacles.deciding(kernel).filter(({ rule }) => !nodeSource || !givesNodeSource(node, rule, nodeSource));
    return { family, verdict: 'proven', differences: [], inTheWay: [], isRemedied: false, deciding, leftOpen };
  }
  const differences = group(attributed(pairs, protocol => node.exits(family, pods, protocol)));
  const { inTheWay, isRemedied } = obstacles.find(pairs, differs);
  const isContradicted = differences.some(({ verdict }) => verdict === 'contradicted');
  const verdict = isContradicted ? 'contradicted' : 'unproven';
  return { family, verdict, differences, inTheWay, isRemedied, deciding: [], leftOpen };
}

/** What is wanted and what is. */
export interface Pair {
  readonly wanted: Decision;
  readonly is: Finding;
}

/** Whatever rules do cannot be proved, or be wrong, where nobody can tell what they are to do. */
const UNTOLD: KernelDecision = { treatment: undefined, rules: [], some: [] };

/** What is wanted and what is, wherever these are not known to be alike. */
function compare(
  node: NodeRules,
  wanted: Partition<Decision>,
  kernel: Partition<KernelDecision>,
  { randomFully, nodeSource }: Enforced,
): Partition<Pair | undefined> {
  return wanted.zip(kernel, (want, found) => {
    if (isLeftOpen(want)) return undefined;
    if (want.treatment.kind === 'unknown') return { wanted: want, is: UNTOLD };
    const isMasquerade = want.treatment.kind === 'masquerade';
    const is = isMasquerade && nodeSource ? asMasqueraded(node, found, nodeSource) : found;
    const wrong = contradiction(want.treatment, is, randomFully);
    if (wrong) return { wanted: want, is: wrong };
    return is.treatment ? undefined : { wanted: want, is };
  });
}

/** What differs, and the rules that decide. @param exitsOf by which rules packets of a protocol keep their source */
function attributed(
  pairs: Partition<Pair | undefined>,
  exitsOf: (protocol: Protocol) => Partition<NatRule | undefined>,
): Partition<(Pair & Pick<DifferencePart, 'rules'>) | undefined> {
  const kept = PROTOCOLS.filter(protocol => !pairs.where(pair => isKept(pair, protocol)).isEmpty());
  let all = pairs.map(pair => pair && { ...pair, rules: rulesOf(pair.is) });
  for (const protocol of kept) {
    all = all.zip(exitsOf(protocol), (pair, exit) =>
      pair && exit && isKept(pair, protocol) ? { ...pair, rules: [exit] } : pair,
    );
  }
  return all;
}

/** Whether packets keep their source, those of a protocol where they are told apart. */
function isKept(pair: Pair | undefined, protocol: Protocol): boolean {
  if (pair?.is.treatment?.kind !== 'preserve') return false;
  return ('protocol' in pair.is ? pair.is.protocol : 'other') === protocol;
}

function rulesOf(is: Finding): readonly NatRule[] {
  if (!is.treatment) return is.rules;
  return is.rule ? [is.rule] : [];
}

/** Puts together where the same is wanted and the same is: what is certain first, and other source ports behind other treatments. */
function group(pairs: Partition<(Pair & Pick<DifferencePart, 'rules'>) | undefined>): Difference[] {
  const groups = new Map<string, DifferencePart[]>();
  for (const [pair, to] of setsByLabel(pairs.family, pairs)) {
    const part = { to, ...pair };
    const key = keyOf(part);
    const parts = groups.get(key);
    if (parts) parts.push(part);
    else groups.set(key, [part]);
  }
  const differences = [...groups.values()].map((parts): Difference => {
    const { wanted, is } = parts[0]!;
    const isPortsOnly = is.treatment !== undefined && treatmentText(wanted.treatment) === treatmentText(is.treatment);
    const to = IntervalSet.unionOf(
      pairs.family,
      parts.map(part => part.to),
    );
    return { to, verdict: is.treatment ? 'contradicted' : 'unproven', isPortsOnly, parts };
  });
  return [
    ...differences.filter(one => one.verdict === 'contradicted' && !one.isPortsOnly),
    ...differences.filter(one => one.isPortsOnly),
    ...differences.filter(one => one.verdict === 'unproven'),
  ];
}

function keyOf({ wanted, is }: DifferencePart): string {
  const want = treatmentText(wanted.treatment);
  if (!is.treatment) return `${want} unknown`;
  const protocol = 'protocol' in is ? is.protocol : '';
  return `${want} ${treatmentText(is.treatment)} ${is.randomFully} ${protocol}`;
}
